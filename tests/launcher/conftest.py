"""A copy of the launcher with a package index of its own: small stand-ins for Pants, pex and pip, and no network."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher.fakes import PINNED, UNPINNED, write_lockfile, write_wheels
from launcher.harness import Launcher, copy_launcher, kill_group, make_repository
from launcher.pips import use_pip, write_real, write_stand_in


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_wheels(tmp_path_factory.mktemp("wheels"))


@pytest.fixture(scope="session")
def stand_in_pip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_stand_in(tmp_path_factory.mktemp("stand-in"))


@pytest.fixture(scope="session")
def real_pip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_real(tmp_path_factory.mktemp("pip"))


@pytest.fixture()
def untouched(tmp_path: Path, wheels: Path) -> Iterator[Launcher]:
    """The launcher as it is: ensurepip, and the real pip."""
    script = copy_launcher(tmp_path / "launcher")
    for lockfile in script.parent.glob("build-support/launcher/*.lock"):
        lockfile.unlink()
    write_lockfile(script.parent / "build-support" / "launcher" / f"pants-{PINNED}.lock", wheels)
    (tmp_path / "home").mkdir()
    launcher = Launcher(
        script,
        make_repository(tmp_path / "repository", f'[GLOBAL]\npants_version = "{PINNED}"\n'),
        tmp_path / "home" / ".cache" / "devflow" / "pants",
        {
            "HOME": str(tmp_path / "home"),
            "PATH": os.environ["PATH"],
            "PANTS_PYTHON": os.path.realpath(sys.executable),
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_FIND_LINKS": str(wheels),
            "PIP_NO_INDEX": "1",
            "PIP_RETRIES": "0",
        },
    )
    yield launcher
    for process in launcher.started:
        kill_group(process)
        process.wait()


@pytest.fixture()
def launcher(untouched: Launcher, stand_in_pip: Path) -> Launcher:
    """Installs in half a second: for all that is not about pip."""
    use_pip(untouched, stand_in_pip)
    return untouched


@pytest.fixture()
def with_pip(untouched: Launcher, real_pip: Path) -> Launcher:
    """Installs by the real pip, but without ensurepip."""
    use_pip(untouched, real_pip)
    return untouched


@pytest.fixture()
def python() -> str:
    """A Python 3.9 that runs."""
    return os.path.realpath(sys.executable)


@pytest.fixture(scope="session")
def filled_cache(tmp_path_factory: pytest.TempPathFactory, wheels: Path) -> dict[str, object]:
    """Where tests that need an installed Pants remember it, so that it is installed once."""
    return {"path": tmp_path_factory.mktemp("filled") / "cache"}


@pytest.fixture()
def installed(launcher: Launcher, filled_cache: dict[str, object]) -> Launcher:
    """A launcher whose cache already has the pinned and the unpinned Pants."""
    path = filled_cache["path"]
    assert isinstance(path, Path)
    if not path.exists():
        for version in (PINNED, UNPINNED):
            result = launcher.run(PANTS_VERSION=version)
            assert result.returncode == 0, result.stderr
        shutil.copytree(launcher.cache, path, symlinks=True)
    elif not launcher.cache.exists():
        shutil.copytree(path, launcher.cache, symlinks=True)
    return launcher
