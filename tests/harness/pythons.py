"""Other Pythons of this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path


@cache
def find_python(version: str) -> Path | None:
    """A Python of this minor version that runs: the running one, one beside it, or one on PATH."""
    if version == f"{sys.version_info.major}.{sys.version_info.minor}":
        return Path(sys.executable)
    versions = Path(os.environ.get("PYENV_ROOT") or Path(sys.base_prefix).parent.parent, "versions")
    if not versions.is_dir():
        versions = Path(sys.base_prefix).parent
    near = sorted(versions.glob(f"{version}.*/bin/python{version}"), reverse=True)
    candidates = [*map(str, near), shutil.which(f"python{version}")]
    return next((Path(candidate) for candidate in candidates if candidate and _runs(candidate)), None)


def python_of(version: str) -> Path:
    """The same. Raises: AssertionError without one, which the README or the test's marker asks for."""
    found = find_python(version)
    assert found, f"these tests need a Python {version}"
    return found


def _runs(python: str) -> bool:
    """A shim of pyenv is there for versions that are not."""
    return subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0
