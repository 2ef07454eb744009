"""Repositories that many tests begin with: git makes one once, and each test gets a copy of it."""

from __future__ import annotations

import shutil
from pathlib import Path

from harness.processes import run_git

# What git puts there as examples of hooks is more than all else.
_NOT_KEPT = shutil.ignore_patterns("*.sample", ".pants.d", ".pids")


def kept(root: Path, directory: Path) -> Path:
    """A copy of the repository in `root`, in a new directory, for `put`."""
    return Path(shutil.copytree(root, directory, symlinks=True, ignore=_NOT_KEPT))


def put(template: Path, root: Path) -> None:
    """Fill an empty `root` with a copy, in which git's index is as it is after a commit: no file has to be read."""
    shutil.copytree(template, root, symlinks=True, dirs_exist_ok=True)
    run_git(root, "update-index", "-q", "--refresh")
