"""The options of the goals, and the settings that all sites share."""

from __future__ import annotations

from pants.engine.goal import GoalSubsystem
from pants.option.option_types import BoolOption, EnumOption, IntOption, StrListOption, StrOption
from pants.option.subsystem import Subsystem
from pants.util.strutil import softwrap

from devflow.common.options import ReportFormat

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
BROWSER_VARIABLES = tuple("BROWSER DBUS_SESSION_BUS_ADDRESS DISPLAY HOME PATH WAYLAND_DISPLAY XDG_RUNTIME_DIR".split())


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
            Variables for Sphinx and the programs that it starts, as `NAME=value`, or as `NAME` for the value in Pants'
            own environment. Without a `PATH`, extensions find no programs. Example: `["PATH", "DOCS_CHANNEL=stable"]`.
            """
        ),
    )
    tailor = BoolOption(
        default=True,
        advanced=True,
        help="Propose a `sphinx_docs` target for each directory with a `conf.py` of Sphinx, by the goal `tailor`.",
    )


class DocsLinksSubsystem(GoalSubsystem):
    """The options of `docs-links`."""

    name = "docs-links"
    help = softwrap(
        """
        Find broken links in documentation. Without targets: in all `sphinx_docs` targets of the repository. References
        to pages, labels and documented code are checked without a network; with `--external`, each URL is requested.
        """
    )

    external = BoolOption(
        default=False, help="Request external links instead, by Sphinx' builder `linkcheck`. Results are never cached."
    )
    format = EnumOption(default=ReportFormat.TEXT, help="How to write the report. Example: `--format=json`.")


class DocsTranslateSubsystem(GoalSubsystem):
    """The options of `docs-translate`."""

    name = "docs-translate"
    help = softwrap(
        """
        Bring the catalogs of translations (`.po` files) up to date with the pages. Without targets: of every
        `sphinx_docs` target of the repository.

        A new message is added without a translation, one that has changed a little is marked as fuzzy, and one that is
        gone is kept at the end of the file. A catalog whose messages have not changed is not written.
        """
    )

    language = StrListOption(
        default=[], help="The languages to update. If not set: those of the target. Example: `--language=ko,ja`."
    )
    check = BoolOption(
        default=False, help="Change nothing; exit with 1 if a catalog is missing or out of date, and name it."
    )
    format = EnumOption(default=ReportFormat.TEXT, help="How to write the report. Example: `--format=json`.")


class DocsServeSubsystem(GoalSubsystem):
    """The options of `docs-serve`."""

    name = "docs-serve"
    help = softwrap(
        """
        Serve the pages of a site to the browsers of this machine, and build them again when a file changes.

        Each build reads only the files that have changed since the previous one. To publish pages, use `package`, which
        builds all of them from scratch.
        """
    )

    port = IntOption(
        default=8000,
        help="The port to serve on; if it is taken, one of the next ten; 0 for any free port. Example: `--port=8080`.",
    )
    open = BoolOption(default=False, help="Open the first page in a browser.")
    once = BoolOption(default=False, help="Build once, and do not watch for changes.")
    language = StrOption(
        default=None, help="The language to build. If not set: that of `conf.py`. Example: `--language=ko`."
    )
