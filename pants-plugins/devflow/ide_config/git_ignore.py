"""Which files git would pick up."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from devflow.common.errors import UserError
from devflow.common.git import Git, GitError


def not_ignored(build_root: Path, paths: Sequence[str]) -> tuple[str, ...]:
    """Those of the paths that git does not ignore; none outside of a git worktree, or without git."""
    if not paths:
        return ()
    try:
        ignored = Git(build_root, os.environ).ignored(paths)
    except (GitError, UserError):
        return ()
    return tuple(path for path in paths if path not in ignored)
