"""The result of a run: requirements, mappings, lockfiles, and the files to write. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from devflow.add_requirement.plan import AddMode, RequirementChange
from devflow.common.errors import Problem
from devflow.locking.changes import LockChanges, changes_of
from devflow.locking.facts import LockedProjects, NewLockfile
from devflow.locking.reading import UnreadableLockfileError, read_lockfile


@dataclass(frozen=True)
class MappingChange:
    """An entry that tells Pants the modules of a project; `inferred` are those that it would infer."""

    path: str
    address: str
    field: str
    name: str
    modules: tuple[str, ...]
    inferred: tuple[str, ...]


@dataclass(frozen=True)
class ChangedLockfile:
    """A new lockfile: its files, and how it differs from the former one; or the reason why there is none."""

    resolve: str
    path: str
    locked: LockedProjects | None = None
    files: Mapping[str, bytes] = field(default_factory=dict)
    changes: LockChanges = field(default_factory=lambda: LockChanges((), 0))
    all_released: bool = False
    problem: Problem | None = None


@dataclass(frozen=True)
class AddOutcome:
    """The outcome of each requirement, mapping and lockfile of a run, and notes."""

    mode: AddMode
    changes: tuple[RequirementChange, ...]
    mappings: tuple[MappingChange, ...] = ()
    lockfiles: tuple[ChangedLockfile, ...] = ()
    notes: tuple[str, ...] = ()


def changed_lockfile(path: str, old: str | None, new: NewLockfile, free: Collection[str] | None) -> ChangedLockfile:
    """Compare a new lockfile with the former one, if any; `free` are the projects that may move, None for all."""
    if new.problem:
        return ChangedLockfile(new.resolve, path, problem=new.problem)
    try:
        locked = read_lockfile(new.files[path].decode())
    except (UnreadableLockfileError, UnicodeDecodeError, KeyError) as error:
        problem = Problem(
            f"{path}, the lockfile of resolve {new.resolve}, was made again, and cannot be read: {error}",
            fix="see that the command that makes it writes a lockfile to that path",
        )
        return ChangedLockfile(new.resolve, path, problem=problem)
    before = pins_of(old)
    reasons = dict.fromkeys(before, "pins are free") if free is None else dict.fromkeys(free, "as wanted")
    changes = changes_of(locked, before, new, reasons)
    return ChangedLockfile(new.resolve, path, locked, new.files, changes, new.all_released)


def pins_of(lockfile: str | None) -> Mapping[str, str]:
    """The pins of a lockfile; none if there is none, or if it cannot be read."""
    if lockfile is None:
        return {}
    try:
        return read_lockfile(lockfile).pins
    except UnreadableLockfileError:
        return {}


def versions_of(lockfiles: Sequence[ChangedLockfile], resolves: Sequence[str], name: str) -> tuple[str, str]:
    """The first of these resolves that was locked, and its version of a project.

    The version is "" if no version identifies the project.
    """
    for one in lockfiles:
        if one.resolve in resolves and one.locked:
            return one.resolve, one.locked.pins.get(name, "")
    return (resolves[0] if resolves else ""), ""
