"""The `pip` with which each virtualenv of this interpreter begins, for tests that run without one."""

from __future__ import annotations

import ensurepip
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path


def _wheel() -> Path:
    [found] = Path(ensurepip.__file__).parent.glob("_bundled/pip-*.whl")
    return found


def make_pip_importable() -> None:
    """Where none is installed, it is imported from its wheel."""
    if find_spec("pip") is None:
        sys.path.append(str(_wheel()))


def unpack_pip(site_packages: Path) -> None:
    """Put the package into a directory, without the rest of its distribution."""
    with zipfile.ZipFile(_wheel()) as wheel:
        wheel.extractall(site_packages, [name for name in wheel.namelist() if name.startswith("pip/")])
