"""Other Pythons of this machine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


def python_with(module: str) -> str:
    """A Python of 3.11 or newer that has a module of the standard library."""
    versions = Path(os.environ.get("PYENV_ROOT") or Path(sys.base_prefix).parent.parent, "versions")
    newest = sorted(versions.glob("3.1[1-9].*/bin/python"))
    for candidate in [*map(str, newest), "python3.13", "python3.12", "python3.11"]:
        try:
            done = subprocess.run([candidate, "-c", f"import {module}"], capture_output=True, check=False)
        except OSError:
            continue
        if done.returncode == 0:
            return candidate
    pytest.fail("these tests need a Python 3.11 or newer, as the monorepo's resolve does")
