"""Where Sphinx comes from, and what its processes are given."""

from __future__ import annotations

from pants.option.option_types import StrListOption, StrOption
from pants.option.subsystem import Subsystem
from pants.util.strutil import softwrap

NETWORK_VARIABLES = (
    "ALL_PROXY",
    "CURL_CA_BUNDLE",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NO_PROXY",
    "REQUESTS_CA_BUNDLE",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "all_proxy",
    "http_proxy",
    "https_proxy",
    "no_proxy",
)


class SphinxSubsystem(Subsystem):
    """The settings that all sites share."""

    options_scope = "sphinx"
    help = "Build documentation by Sphinx (https://www.sphinx-doc.org), run from one of your own resolves."

    install_from_resolve = StrOption(
        default=None,
        help=softwrap(
            """
            The resolve whose lockfile has Sphinx, for sites that do not name one. If not set: the default resolve if it
            has Sphinx, else the only resolve that has it. Example: `docs`.
            """
        ),
    )
    extra_env_vars = StrListOption(
        default=[],
        help=softwrap(
            """
            Variables for Sphinx and the programs that it starts, as `NAME=value`, or as `NAME` for the value that Pants
            was called with. Without a `PATH`, extensions find no programs. Example: `["PATH", "DOCS_CHANNEL=stable"]`.
            """
        ),
    )
