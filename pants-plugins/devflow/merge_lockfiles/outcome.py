"""The outcome of each lockfile. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from devflow.common.errors import Problem
from devflow.locking.changes import LockChanges, changes_of
from devflow.locking.facts import NewLockfile
from devflow.locking.reading import UnreadableLockfileError, read_lockfile
from devflow.merge_lockfiles.facts import Operation, Side
from devflow.merge_lockfiles.plan import MergeMode, MergePlan
from devflow.merge_lockfiles.threeway import Tie


@dataclass(frozen=True)
class MergedLockfile:
    """One lockfile: the files to write by path, and the origin of its versions; or the problem that prevents it.

    `unchanged`: the files are as they were already. `sides` has the version of each project that one side alone has
    added or changed, as far as it was kept; `staged` and `conflicted` are about git.
    """

    plan: MergePlan
    files: Mapping[str, bytes] = field(default_factory=dict)
    changes: LockChanges = field(default_factory=lambda: LockChanges((), 0))
    sides: Mapping[Side, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    ties: tuple[Tie, ...] = ()
    notes: tuple[str, ...] = ()
    problem: Problem | None = None
    conflicted: bool = True
    staged: bool = False


@dataclass(frozen=True)
class MergeOutcome:
    """A run: the outcome of each lockfile, by resolve; the files that are still unmerged; and how to continue."""

    mode: MergeMode
    lockfiles: tuple[MergedLockfile, ...]
    operation: Operation
    others: tuple[str, ...] = ()

    @property
    def merged(self) -> tuple[MergedLockfile, ...]:
        """The lockfiles that have no problem."""
        return tuple(one for one in self.lockfiles if one.problem is None)

    @property
    def exit_code(self) -> int:
        """1 if a lockfile could not be made."""
        return int(len(self.merged) < len(self.lockfiles))


def merged_lockfile(plan: MergePlan, new: NewLockfile, *, conflicted: bool) -> MergedLockfile:
    """Compare a new lockfile with both sides."""
    if new.problem:
        return MergedLockfile(plan, notes=plan.sides.notes, problem=new.problem, conflicted=conflicted)
    try:
        locked = read_lockfile(new.files[plan.path].decode())
    except (UnreadableLockfileError, UnicodeDecodeError, KeyError) as error:
        problem = Problem(
            f"{plan.path}, the lockfile of resolve {plan.resolve}, was made again, and cannot be read: {error}",
            fix="see that the command that makes it writes a lockfile to that path",
        )
        return MergedLockfile(plan, notes=plan.sides.notes, problem=problem, conflicted=conflicted)
    kept = {
        side: tuple(
            (name, plan.merged.pins[name])
            for name, of_side in plan.merged.sides.items()
            if of_side is side and name in plan.merged.pins and locked.pins.get(name) == plan.merged.pins[name]
        )
        for side in Side
    }
    ties = tuple(tie for tie in plan.merged.ties if locked.pins.get(tie.name) == tie.chosen)
    notes = [*plan.sides.notes]
    notes += [f"{name} is not pinned: {why}" for name, why in locked.not_pinned.items()]
    if new.all_released:
        notes.append("made without pins: the solver keeps none, or found no solution with them")
    changes = changes_of(locked, plan.merged.pins, new)
    return MergedLockfile(plan, new.files, changes, kept, ties, tuple(notes), conflicted=conflicted)
