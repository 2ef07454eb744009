"""Writes the files that run commands into `dist`."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path

from devflow.common.errors import Problem, UserError
from devflow.common.files import atomic_link, atomic_write, exclusive_lock
from devflow.exec.facts import CommandFacts
from devflow.exec.inspect import unwritable
from devflow.exec.plan import DesiredFile, PlannedFile, in_the_way

_LOCK = "exec-files.lock"


def write_files(
    plan_now: Callable[[], tuple[PlannedFile, ...]], build_root: str, workdir: str
) -> tuple[tuple[PlannedFile, ...], Mapping[str, Problem]]:
    """Make the plan by `plan_now` under the lock of this goal, and carry it out.

    Returns the plan, and the failures by path.
    """
    with exclusive_lock(Path(workdir, _LOCK), timeout_s=-1):
        files = plan_now()
        failures = {file.desired.path: _write(build_root, file.desired) for file in files if file.changed}
    return files, {path: problem for path, problem in failures.items() if problem}


def point_at_export(of: CommandFacts) -> None:
    """Make the link `current` lead to the export. Raises: OSError; UserError if it cannot be made or replaced."""
    path, version = Path(of.build_root, of.current), of.export.rpartition("/")[2]
    if not path.is_symlink() and path.exists():
        raise UserError.of(in_the_way(of.current, f"a {'directory' if path.is_dir() else 'file'} is in its place"))
    if not path.is_symlink() or os.readlink(path) != version:
        _refuse_unwritable(of.build_root, of.current)
        atomic_link(path, version)


def write_metadata_of_plugins(of: CommandFacts) -> None:
    """Write the files by which Python finds the entry points of plugin checkouts.

    Raises: OSError; UserError if one cannot be made or replaced.
    """
    for path, content in of.plugins.items():
        file = Path(of.build_root, path)
        if not file.is_file() or file.read_bytes() != content:
            _refuse_unwritable(of.build_root, path)
            atomic_write(file, content)


def _refuse_unwritable(build_root: str, path: str) -> None:
    problem = unwritable(build_root, path)
    if problem:
        raise UserError.of(problem)


def _write(build_root: str, file: DesiredFile) -> Problem | None:
    path = Path(build_root, file.path)
    try:
        if file.target is not None:
            atomic_link(path, file.target)
        else:
            atomic_write(path, file.content or b"")
            if file.executable:  # until then, the next run finds it stale
                mode = stat.S_IMODE(path.stat().st_mode)
                path.chmod(mode | (mode & 0o444) >> 2)  # each user with read permission may run the file
    except OSError as error:
        return Problem(
            f"{file.path} cannot be written: {error.strerror}.", fix="correct the cause, and run the same command again"
        )
    return None
