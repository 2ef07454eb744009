"""Which files git would pick up."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from devflow.common.errors import UserError
from devflow.common.git import Git, GitError


def not_ignored(build_root: Path, paths: Sequence[str]) -> tuple[str, ...]:
    """Those of the paths that git does not ignore; none outside of a git worktree, or without git."""
    return _left(build_root, paths, lambda git: git.ignored(paths))


def untracked(build_root: Path, paths: Sequence[str]) -> tuple[str, ...]:
    """Those of the paths that are in no commit to come; none outside of a git worktree, or without git."""
    return _left(build_root, paths, lambda git: git.records("ls-files", "-z", "--", *paths))


def _left(build_root: Path, paths: Sequence[str], known: Callable[[Git], Collection[str]]) -> tuple[str, ...]:
    if not paths:
        return ()
    try:
        those = known(Git(build_root, os.environ))
    except (GitError, UserError):
        return ()
    return tuple(path for path in paths if path not in those)
