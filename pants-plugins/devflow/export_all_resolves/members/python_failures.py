"""What it means to a user that pex has failed to install a resolve, and what to do then."""

from __future__ import annotations

import re

from pants.backend.python.subsystems.setup import PythonSetup
from pants.engine.process import ProcessExecutionFailure
from pants.util.docutil import bin_name
from pants.version import VERSION

from devflow.common.errors import UserError, last_words
from devflow.engine.python.resolves import how_to_make_lockfile
from devflow.export_all_resolves.contract import retry_command

_OTHER_HASH = "DO NOT MATCH THE HASHES"  # pip says so
_PARSE_ERROR = re.compile(r"^pex\.resolve\.lockfile\.json_codec\.ParseError: (.+)$", re.MULTILINE)


def explained(error: ProcessExecutionFailure, resolve: str, lockfile: str, python_setup: PythonSetup) -> Exception:
    """A UserError with a fix of its own, for a lockfile of another pex and a file that is not the locked one.

    Any other failure is returned as it is. Source: pex 2.1.137, pip 23.1.
    """
    output = error.stderr.decode(errors="replace")
    unreadable = _PARSE_ERROR.search(output)
    if unreadable:
        return UserError(
            f"{lockfile}, the lockfile of resolve {resolve}, was made by another pex than that of Pants {VERSION}, "
            f"which cannot read it: {unreadable[1]}",
            fix=f"{how_to_make_lockfile(resolve, python_setup)}; or set [GLOBAL].pants_version in pants.toml to the "
            "release that has made it",
        )
    if _OTHER_HASH in output:
        return UserError(
            f"exporting {resolve} failed: {last_words(error)}",
            fix=f"{retry_command(resolve)}; if the index has another file of the same version now, run "
            f"{bin_name()} reset-cache --only=store,named-caches, and lock the resolve again",
        )
    return error
