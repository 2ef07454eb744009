"""Other Pythons of this machine."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path


def find_python(version: str) -> Path | None:
    """A Python of this minor version: the running one, one beside it, or one on PATH."""
    if version == f"{sys.version_info.major}.{sys.version_info.minor}":
        return Path(sys.executable)
    versions = Path(os.environ.get("PYENV_ROOT") or Path(sys.base_prefix).parent.parent, "versions")
    if not versions.is_dir():
        versions = Path(sys.base_prefix).parent
    near = sorted(versions.glob(f"{version}.*/bin/python{version}"))
    found = str(near[-1]) if near else shutil.which(f"python{version}")
    return Path(found) if found else None


def python_of(version: str) -> Path:
    """The same. Raises: AssertionError without one, which the README or the test's marker asks for."""
    found = find_python(version)
    assert found, f"these tests need a Python {version}"
    return found
