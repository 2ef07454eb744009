"""Runs `fetch.py` with the `pip` of a seed: to download wheels needs no virtualenv of its own, and no pex.

download SEED PYTHON ARGUMENT…
"""

from __future__ import annotations

import glob
import os
import re
import sys
from importlib import import_module

# Older ones do not know each platform that the `pip` of pex knows, and could take another wheel than that.
_OLDEST_PIP = (21, 3)
_TEMPORARY = ".tmp"


def main(arguments: list[str]) -> int:
    """Become that program; 1 with a message on stderr if there is no `pip` for it."""
    seed, python, *rest = arguments
    seed = os.path.abspath(seed)
    # A seed is complete as soon as it exists; the modules that make one take longer to import than all of this.
    if not os.path.isdir(seed) and not _ensure(seed, python):
        print(f"{python} has no ensurepip", file=sys.stderr)
        return 1
    version = _version_of_pip(seed)
    if version < _OLDEST_PIP:
        print(f"the pip of {python} is older than {'.'.join(map(str, _OLDEST_PIP))}", file=sys.stderr)
        return 1
    # The default may be too small for large wheels.
    os.makedirs(_TEMPORARY, exist_ok=True)
    os.environ["TMPDIR"] = os.path.abspath(_TEMPORARY)
    # To download, `pip` needs no program; it would run some to say in a header of its requests what is installed.
    os.environ["PATH"] = ""
    program = os.path.join(seed, "bin", "python")
    fetch = os.path.join(os.path.dirname(__file__), "fetch.py")
    return os.execv(program, [program, "-I", "-B", fetch, *rest])  # noqa: S606


def _ensure(seed: str, python: str) -> bool:
    ensure = import_module("devflow.export_all_resolves.staging.seed").ensure
    return bool(ensure(seed, (python, "-m", "venv", "{digest_root}"), os.environ))


def _version_of_pip(seed: str) -> tuple[int, int]:
    for path in glob.glob(os.path.join(glob.escape(seed), "lib", "*", "site-packages", "pip-*.dist-info")):
        found = re.search(r"pip-(\d+)\.(\d+)", os.path.basename(path))
        if found:
            return int(found[1]), int(found[2])
    return (0, 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
