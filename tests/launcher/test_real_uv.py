"""The real uv brings a Python: from a mirror that is a directory, with an archive as uv expects it."""

from __future__ import annotations

import json
import platform
import sys
import tarfile
from pathlib import Path

import pytest

from harness.uv import real_uv
from launcher.fakes import PINNED
from launcher.harness import Launcher
from launcher.machines import BARE, path_without_python

MIRRORED = "https://github.com/astral-sh/python-build-standalone/releases/download"
ARCHIVE = "20250101/cpython-3.9.99.tar.gz"
# Nothing of them is needed to make virtualenvs.
LEFT_OUT = {"__pycache__", "idlelib", "include", "lib2to3", "share", "site-packages", "test", "tkinter"}


def write_archive(path: Path) -> None:
    """The Python 3.9 that runs this test, in the layout of uv's own archives."""

    def without_ballast(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
        parts = Path(member.name).parts
        return None if LEFT_OUT & set(parts) or any(part.startswith("config-3") for part in parts) else member

    path.parent.mkdir(parents=True)
    with tarfile.open(path, "w:gz", compresslevel=1, dereference=True) as archive:
        archive.add(sys.base_prefix, "python", filter=without_ballast)


@pytest.fixture()
def mirror(tmp_path: Path) -> dict[str, str]:
    """What leads uv to it."""
    write_archive(tmp_path / "mirror" / ARCHIVE)
    system, libc = ("darwin", "none") if sys.platform == "darwin" else ("linux", "gnu")
    machine = {"arm64": "aarch64", "amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    download = {
        "name": "cpython",
        "arch": {"family": machine, "variant": None},
        "os": system,
        "libc": libc,
        "major": 3,
        "minor": 9,
        "patch": 99,
        "prerelease": "",
        "variant": None,
        "build": "20250101",
        "url": f"{MIRRORED}/{ARCHIVE}",
        "sha256": None,
    }
    downloads = tmp_path / "downloads.json"
    downloads.write_text(json.dumps({f"cpython-3.9.99-{system}-{machine}-{libc}": download}))
    return {
        "UV_PYTHON_DOWNLOADS_JSON_URL": downloads.as_uri(),
        "UV_PYTHON_INSTALL_MIRROR": (tmp_path / "mirror").as_uri(),
    }


def test_two_first_runs_at_once(launcher: Launcher, tmp_path: Path, mirror: dict[str, str]) -> None:
    path = path_without_python(tmp_path / "bin")
    (tmp_path / "bin" / "uv").symlink_to(real_uv())
    launcher.environ.update(BARE, **mirror, PATH=path)
    del launcher.environ["PANTS_PYTHON"]
    processes = [launcher.start("list"), launcher.start("list")]
    outputs = [process.communicate() for process in processes]
    assert [process.returncode for process in processes] == [0, 0], outputs
    # In uv's own place, and nowhere else.
    own = tmp_path / "home" / ".local"
    [python] = (own / "share" / "uv" / "python").glob("cpython-3.9.99-*/bin/python3.9")
    assert not (own / "bin").exists()
    [entry] = launcher.entries()
    assert (entry / "bin" / "python").resolve() == python.resolve()
    assert f"server {PINNED} list\n" in {stdout for stdout, _ in outputs}

    # What the mirror lacks, uv says.
    (tmp_path / "mirror" / ARCHIVE).unlink()
    elsewhere = {"UV_PYTHON_INSTALL_DIR": str(tmp_path / "elsewhere"), "PANTS_BOOTSTRAP_REBUILD": "1"}
    failed = launcher.run(**elsewhere)
    assert failed.returncode == 69
    assert "\n  'uv python install 3.9' failed:\n  | " in failed.stderr
    assert ARCHIVE.rpartition("/")[2] in failed.stderr
