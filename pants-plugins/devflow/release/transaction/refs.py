"""Move branch and tag in one ref transaction, and finish it where git was killed in it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from enum import Enum
from pathlib import Path

from devflow.common.git import GitError
from devflow.common.git_worktree import Worktree
from devflow.release.transaction.journal import Journal, Ref

_PATIENCE_S = 1.0  # a git that is alive releases the lock of a ref within milliseconds


class RefState(Enum):
    """How many refs of a journal have moved."""

    NOT_MOVED = "not moved"
    PARTLY = "partly moved"
    MOVED = "moved"


def move(worktree: Worktree, refs: Iterable[Ref], reason: str) -> None:
    """Move all refs or none; each must still be at its old object. Raises: GitError."""
    commands = ["start"]
    for ref in refs:
        commands.append(f"update {ref.name} {ref.new} {ref.old}" if ref.old else f"create {ref.name} {ref.new}")
    commands += ["prepare", "commit", ""]
    worktree.git.run("update-ref", "-m", reason, "--stdin", stdin=os.fsencode("\n".join(commands)))


def state(worktree: Worktree, journal: Journal) -> RefState:
    """Git writes the refs one after the other, so a kill between two writes leaves them partly moved."""
    moved = [_has_moved(worktree, ref) for ref in journal.refs]
    if all(moved):
        return RefState.MOVED
    return RefState.PARTLY if any(moved) else RefState.NOT_MOVED


def finish(worktree: Worktree, journal: Journal, reason: str) -> None:
    """Move the refs that have not moved. Raises: GitError."""
    move(worktree, [ref for ref in journal.refs if not _has_moved(worktree, ref)], reason)


def remove_stale_locks(worktree: Worktree, journal: Journal) -> None:
    """Remove the lock files of a git that was killed during `move`: those that hold the journal's new object ids.

    No other process makes such a file, because the caller holds the release lock.
    """
    locks = [(worktree.common_dir / f"{ref.name}.lock", ref.new) for ref in journal.refs]
    deadline = time.monotonic() + _PATIENCE_S
    stale = [path for path, new in locks if _holds(path, new)]
    head_lock = worktree.git_dir / "HEAD.lock"
    if stale and _holds(head_lock, ""):
        stale.append(head_lock)
    while any(path.exists() for path in stale) and time.monotonic() < deadline:
        time.sleep(0.05)
    for path in stale:
        path.unlink(missing_ok=True)


def _holds(path: Path, oid: str) -> bool:
    try:
        return path.read_text().strip() == oid
    except OSError:
        return False


def _has_moved(worktree: Worktree, ref: Ref) -> bool:
    """Whether a ref is at its new object, or is a branch with later commits on top of that."""
    try:
        now = worktree.git.line("rev-parse", "--verify", "--quiet", ref.name)
    except GitError:
        return False
    if now == ref.new:
        return True
    return ref.name.startswith("refs/heads/") and worktree.git.succeeds("merge-base", "--is-ancestor", ref.new, now)
