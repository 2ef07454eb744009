"""One repository for each module, which adopts devflow by its wheel."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.adopting.repositories import FILES, by_wheel
from harness.git import set_identity
from harness.world import Caches, Repository, repository


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with what `./pants package pants-plugins::` makes: beside the test in a sandbox, else in `dist`."""
    [wheel, *_] = [*Path.cwd().glob("pants_devflow-*.whl"), *Path.cwd().glob("dist/pants_devflow-*.whl")]
    directory = tmp_path_factory.mktemp("wheels")
    shutil.copy(wheel, directory)
    return directory


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory, caches: Caches, wheels: Path) -> Iterator[Repository]:
    files = {"pants.toml": by_wheel(wheels, "pants.backend.python", "devflow"), **FILES}
    with repository(tmp_path_factory.mktemp("adopting") / "repository", caches, files) as new:
        set_identity(new.root)
        yield new
