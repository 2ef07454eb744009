"""Writes settings files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from shlex import quote

from devflow.common.errors import Problem
from devflow.common.files import atomic_write, exclusive_lock
from devflow.ide_config.plan import FilePlan

_LOCK = "ide-config.lock"


def write_files(
    plan_now: Callable[[], tuple[FilePlan, ...]], build_root: str, workdir: str
) -> tuple[tuple[FilePlan, ...], Mapping[str, Problem]]:
    """Carry out the plan that `plan_now` makes under the lock of this goal; that plan, and the failures by path.

    A failure of one file does not stop the others.
    """
    with exclusive_lock(Path(workdir, _LOCK), timeout_s=-1):
        files = plan_now()
        failures = {file.path: _write(build_root, file) for file in files if file.changed}
    return files, {path: problem for path, problem in failures.items() if problem}


def _write(build_root: str, planned: FilePlan) -> Problem | None:
    """Replace the file; a link is followed, and permissions are kept."""
    try:
        atomic_write(Path(build_root, planned.path), planned.after.encode())
    except OSError as error:
        fix = f"look at it: ls -ld {quote(planned.path)}"
        return Problem(f"{planned.path} cannot be written: {error.strerror}.", fix=fix)
    return None
