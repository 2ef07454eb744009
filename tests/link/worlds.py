"""A repository of several distributions in one namespace, and virtualenvs of somebody else."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from harness.shared_caches import made_once

PYTHON = Path(sys.base_prefix, "bin", f"python{sys.version_info.major}.{sys.version_info.minor}")
NAMES = ("common", "client", "cli", "agent")
_DEPENDENCIES = {"client": ("common",), "cli": ("client",), "agent": ("common",)}
_REQUIRES = {
    "common": ["helper>=1"],
    "client": ["acme-common==24.03.0rc1"],
    "cli": ["acme-client==24.3.0rc1", "helper; python_version >= '3'", "windows-only; sys_platform == 'win32'"],
    "agent": ["acme-common==24.3.0rc1"],
}


def build_file(name: str) -> str:
    dependencies = [f"src/acme/{other}:src" for other in _DEPENDENCIES.get(name, ())]
    points = "[console_scripts]\\nkiln = acme.cli:main\\n" if name == "cli" else ""
    return (
        f"python_sources(name='src', sources=['**/*.py'], dependencies={[*dependencies, ':data']})\n"
        "resources(name='data', sources=['VERSION', 'py.typed'])\n"
        "python_distribution(name='dist', dependencies=[':src'], provides=python_artifact(\n"
        f"  name='acme-{name}', version='24.3.0rc1', requires={_REQUIRES[name]}, points='{points}'))\n"
    )


def files() -> Mapping[str, str]:
    """Of the repository. Each component has a VERSION, which `make_links` makes a link to that of the repository."""
    found = {"VERSION": "24.03.0rc1\n"}
    for name in NAMES:
        at = f"src/acme/{name}"
        found[f"{at}/BUILD"] = build_file(name)
        found[f"{at}/__init__.py"] = (
            "from pathlib import Path\n"
            f"NAME = {name!r}\nVERSION = Path(__file__).with_name('VERSION').read_text().strip()\n"
        )
        found[f"{at}/py.typed"] = ""
        found[f"{at}/VERSION"] = ""
    found["src/acme/cli/__init__.py"] += (
        "from acme.client import NAME as client\n\ndef main():\n    print('kiln', client)\n"
    )
    found["src/acme/client/deep/__init__.py"] = ""
    found["src/acme/testutils/BUILD"] = "python_sources(name='src')"
    found["src/acme/testutils/__init__.py"] = ""
    return found


def make_links(root: Path) -> None:
    for name in NAMES:
        version = root / f"src/acme/{name}/VERSION"
        version.unlink()
        version.symlink_to("../../../VERSION")


def tree_hash(root: Path) -> str:
    """Of all that is in a repository: names, kinds, targets and contents. Not of what Pants and Python make there."""
    digest = hashlib.sha256()
    made = {".pants.d", ".pids", "dist", "__pycache__", ".git"}
    for directory, directories, names in os.walk(root):
        directories[:] = sorted(name for name in directories if name not in made)
        for name in sorted([*directories, *names]):
            path = Path(directory, name)
            digest.update(os.fsencode(path.relative_to(root)))
            if path.is_symlink():
                digest.update(b"-> " + os.fsencode(os.readlink(path)))
            elif path.is_file():
                digest.update(path.read_bytes())
    return digest.hexdigest()


def new_virtualenv(path: Path, *, pip: bool = True) -> Path:
    """A virtualenv of the Python of these tests. It takes seconds to make one with pip, so it is copied.

    Its scripts are those of the original; `bin/python -m pip` is its own.
    """

    def make(directory: Path) -> None:
        subprocess.run([PYTHON, "-m", "venv", directory, *([] if pip else ["--without-pip"])], check=True)

    key = f"{sys.version_info.major}.{sys.version_info.minor}.{sys.version_info.micro}-{'pip' if pip else 'bare'}"
    shutil.copytree(made_once("virtualenvs", key, make), path, symlinks=True)
    return path


def run_python(venv: Path, code: str) -> str:
    """What code prints by the Python of a virtualenv; what is imported is not compiled to files."""
    command = [str(venv / "bin/python"), "-B", "-I", "-c", code]
    done: subprocess.CompletedProcess[str] = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def finds(venv: Path, module: str) -> bool:
    return run_python(venv, f"import importlib.util; print(importlib.util.find_spec({module!r}) is not None)") == "True"
