"""Finishes or undoes an interrupted run, at the start of any goal that writes lockfiles."""

from __future__ import annotations

from pathlib import Path

from devflow.common.files import exclusive_lock
from devflow.common.goals import GoalRun
from devflow.locking.journal import recover

_LOCK = "add-requirement.lock"


def requirements_lock(workdir: str) -> Path:
    """The lock that a run holds while it writes requirements and lockfiles, or has them on disk for a lock command."""
    return Path(workdir, _LOCK)


def finish_interrupted(run: GoalRun, journal: Path, build_root: str, workdir: str, command: str) -> tuple[str, ...]:
    """Finish or undo an interrupted run.

    Returns the paths of its files. Raises: UserError, OSError. With a `command`, change nothing, and print that
    command.
    """
    if not journal.exists():
        return ()
    if command:
        run.say(f"A run was interrupted; to finish or undo it: {command}")
        return ()
    with exclusive_lock(requirements_lock(workdir), timeout_s=-1):
        recovered = recover(journal, build_root)
    run.say(*recovered.said)
    return recovered.paths
