"""Virtualenvs with what the package index has, made once for each machine."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

from harness.shared_caches import made_once


def virtualenv_with(python: Path, *requirements: str) -> Path:
    """A virtualenv of this Python with these requirements, and what they require when it is made. Do not change it."""

    def make(directory: Path) -> None:
        subprocess.run([python, "-m", "venv", directory], check=True, env=environment)
        pip_install(directory / "bin" / "python", *requirements)

    environment = {**os.environ, "PYTHONPATH": ""}
    key = hashlib.sha256(repr((os.path.realpath(python), requirements)).encode()).hexdigest()[:16]
    return made_once("virtualenvs-with", key, make)


def pip_install(python: str | Path, *arguments: str) -> None:
    """Run the `pip` of a Python."""
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": ""})
