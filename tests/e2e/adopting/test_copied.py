"""A copy of devflow in the repository instead of the wheel."""

from __future__ import annotations

import shutil

from e2e.adopting.repositories import SETTINGS, every_goal_runs
from harness.world import PLUGINS, Repository


def test_a_copy(repo: Repository) -> None:
    copied = repo.root / "pants-plugins"
    shutil.copytree(PLUGINS / "devflow", copied / "devflow", ignore=shutil.ignore_patterns("__pycache__"))
    adopted = 'pythonpath = ["%(buildroot)s/pants-plugins"]\nbackend_packages = ["pants.backend.python", "devflow"]'
    repo.write("pants.toml", SETTINGS.format(adopted=adopted))
    repo.git("add", ".")
    repo.git("commit", "--quiet", "--message=Copied")
    every_goal_runs(repo)
    repo.daemon.terminate()  # it has the modules of the copy, and goes on with them until it sees that they are gone
    shutil.rmtree(copied)
