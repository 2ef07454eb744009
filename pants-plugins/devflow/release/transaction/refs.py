"""Branch and tag move together: one transaction of git, and what a killed git left of it."""

from __future__ import annotations

import time
from collections.abc import Iterable
from enum import Enum
from pathlib import Path

from devflow.common.git import GitError
from devflow.release.transaction.journal import Journal, Ref
from devflow.release.transaction.order import Place

_PATIENCE_S = 1.0  # a git that is alive lets go of a ref in a moment


class RefState(Enum):
    """How far the refs of a journal have come."""

    NOT_MOVED = "not moved"
    PARTLY = "partly moved"
    MOVED = "moved"


def move(place: Place, refs: Iterable[Ref], reason: str) -> None:
    """All of them or none; each must still be where it was. Raises: GitError."""
    commands = ["start"]
    for ref in refs:
        commands.append(f"update {ref.name} {ref.new} {ref.old}" if ref.old else f"create {ref.name} {ref.new}")
    commands += ["prepare", "commit", ""]
    place.git.run("update-ref", "-m", reason, "--stdin", stdin="\n".join(commands).encode())


def state(place: Place, journal: Journal) -> RefState:
    """Git's files change one after the other, so a kill in the right millisecond leaves a part of them moved."""
    moved = [_has_moved(place, ref) for ref in journal.refs]
    if all(moved):
        return RefState.MOVED
    return RefState.PARTLY if any(moved) else RefState.NOT_MOVED


def finish(place: Place, journal: Journal, reason: str) -> None:
    """Move those that have not moved. Raises: GitError."""
    move(place, [ref for ref in journal.refs if not _has_moved(place, ref)], reason)


def remove_stale_locks(place: Place, journal: Journal) -> None:
    """Remove the locks of a git that was killed in the middle of `move`: those that hold our new object ids.

    Nobody else makes them: the caller has the lock of this repository's releases.
    """
    locks = [(place.common_dir / f"{ref.name}.lock", ref.new) for ref in journal.refs]
    deadline = time.monotonic() + _PATIENCE_S
    stale = [path for path, new in locks if _holds(path, new)]
    head_lock = place.git_dir / "HEAD.lock"
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


def _has_moved(place: Place, ref: Ref) -> bool:
    """Whether a ref is where it should be, or a branch that went on from there."""
    try:
        now = place.git.line("rev-parse", "--verify", "--quiet", ref.name)
    except GitError:
        return False
    if now == ref.new:
        return True
    return ref.name.startswith("refs/heads/") and place.git.succeeds("merge-base", "--is-ancestor", ref.new, now)
