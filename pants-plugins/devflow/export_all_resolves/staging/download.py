"""Downloads wheels by means of the `pip` of a seed: that needs no virtualenv of its own, and no pex.

    download SEED PYTHON SPEC ARGUMENT…

SPEC is a file for `fetch.py`. If that cannot do it, `pip` gets the arguments. Pins without a wheel are printed.
"""

from __future__ import annotations

import gc
import json
import os
import re
import sys
from importlib import import_module

# Older ones do not know each platform that the `pip` of pex knows, and could take another wheel than that.
_OLDEST_PIP = (21, 3)
_TEMPORARY = ".tmp"


def main(arguments: list[str]) -> int:
    """The exit code: 1 with a message on stderr if there is no `pip`. Or become `pip`."""
    seed, python, path, *of_pip = arguments
    seed = os.path.abspath(seed)
    # A seed is complete as soon as it exists; the modules that make one take longer to import than all of this.
    if not os.path.isdir(seed) and not _ensure(seed, python):
        print(f"{python} has no ensurepip", file=sys.stderr)
        return 1
    version, site_packages = _pip_of(seed)
    if version < _OLDEST_PIP:
        print(f"the pip of {python} is older than {'.'.join(map(str, _OLDEST_PIP))}", file=sys.stderr)
        return 1
    # The default may be too small for large wheels.
    os.makedirs(_TEMPORARY, exist_ok=True)
    os.environ["TMPDIR"] = os.path.abspath(_TEMPORARY)
    # To download, `pip` needs no program; it would run some to say in a header of its requests what is installed.
    os.environ["PATH"] = ""
    try:
        print(*_absent(path, version, site_packages), sep="\n")
    except Exception as error:  # whatever it is, `pip` itself may succeed, or say what is wrong
        print(f"pip downloads the wheels, because of: {error!r}", file=sys.stderr)
    else:
        return 0
    program = os.path.join(seed, "bin", "python")
    return os.execv(program, [program, "-I", "-B", "-m", "pip", *of_pip])  # noqa: S606


def _absent(path: str, version: tuple[int, int], site_packages: str) -> list[str]:
    """Download; the names of pins without a wheel. Raises: any exception."""
    sys.path.insert(0, site_packages)
    fetch = import_module("devflow.export_all_resolves.staging.fetch")
    with open(path, encoding="utf-8") as file:
        spec = json.load(file)
    network = fetch.Network(version, **spec["network"])
    return list(fetch.fetch(spec, network))


def _ensure(seed: str, python: str) -> bool:
    return bool(import_module("devflow.export_all_resolves.staging.seed").ensure_of(seed, python))


def _pip_of(seed: str) -> tuple[tuple[int, int], str]:
    """Its version, and the directory that it is in."""
    for library in os.listdir(os.path.join(seed, "lib")):
        site_packages = os.path.join(seed, "lib", library, "site-packages")
        for name in os.listdir(site_packages) if os.path.isdir(site_packages) else ():
            found = re.fullmatch(r"pip-(\d+)\.(\d+).*\.dist-info", name)
            if found:
                return (int(found[1]), int(found[2])), site_packages
    return (0, 0), ""


if __name__ == "__main__":
    gc.disable()  # a short run, most of which is to import modules
    exit_code = main(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(exit_code)  # to free the memory of an interpreter takes 20 ms; everything is closed
