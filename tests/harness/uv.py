"""The real uv, from the package index, once for each machine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from harness.shared_caches import made_once

UV = "uv==0.13.9"


def real_uv() -> Path:
    """Its executable. Do not change it."""

    def make(directory: Path) -> None:
        python = f"{sys.base_prefix}/bin/python{sys.version_info.major}.{sys.version_info.minor}"
        subprocess.run([python, "-m", "venv", directory], check=True)
        subprocess.run([directory / "bin" / "python", "-m", "pip", "install", "--quiet", UV], check=True)

    return made_once("uv", UV, make) / "bin" / "uv"
