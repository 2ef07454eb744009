"""Locks the resolves of a plan again, before any file changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pants.backend.python.subsystems.setup import PythonSetup

from devflow.add_requirement.outcome import ChangedLockfile, changed_lockfile, pins_of
from devflow.add_requirement.plan import RequirementPlan
from devflow.common.errors import UserError
from devflow.common.files import read_file
from devflow.engine.python.resolves import how_to_make_lockfile
from devflow.locking.facts import LockfileFormat
from devflow.locking.journal import JournaledFile
from devflow.locking.locks import WantedLock, lock_with_pins
from devflow.locking.reading import UnreadableLockfileError, read_lockfile
from devflow.locking.requirement_file import with_pins
from devflow.locking.trial import locked_by_command


@dataclass(frozen=True)
class LockPlace:
    """The build root, the path of the lockfile of each resolve, and the journal of a trial."""

    build_root: str
    paths: Mapping[str, str]
    journal: Path

    def present(self, resolve: str) -> str | None:
        """The content of the present lockfile; None if it does not exist, or is not text."""
        try:
            return read_file(Path(self.build_root, self.paths[resolve])).decode()
        except (FileNotFoundError, UnicodeDecodeError):
            return None


async def lock_by_pants(
    plan: RequirementPlan, bounds: Mapping[str, str], place: LockPlace, say: Callable[[str], None], *, keep: bool
) -> tuple[ChangedLockfile, ...]:
    """Lock each resolve of the plan with its present pins, all in parallel.

    `bounds`: requirement, as Pants writes it → the operator of the bound that it gets.
    """
    olds = {resolve: place.present(resolve) for resolve in plan.requirements}
    wanted = [
        WantedLock(
            resolve,
            _kept(olds[resolve], plan.free[resolve]) if keep else {},
            (olds[resolve] or "") if keep else "",
            requirements,
            tuple((one, bounds[one]) for one in requirements if one in bounds),
            tuple(sorted(plan.free[resolve])),
        )
        for resolve, requirements in plan.requirements.items()
    ]
    new = await lock_with_pins(wanted, say)
    return tuple(
        changed_lockfile(place.paths[one.resolve], olds[one.resolve], one, plan.free[one.resolve] if keep else None)
        for one in new
    )


def _kept(lockfile: str | None, free: frozenset[str]) -> dict[str, str]:
    return {name: version for name, version in pins_of(lockfile).items() if name not in free}


def lock_by_command(
    plan: RequirementPlan,
    command: str | None,
    inputs: tuple[JournaledFile, ...],
    place: LockPlace,
    python_setup: PythonSetup,
    environment: Mapping[str, str],
    say: Callable[[str], None],
    *,
    keep: bool,
) -> tuple[ChangedLockfile, ...]:
    """Run the lock command of the repository while the new requirements are on disk; then put every file back.

    Raises: UserError without a command, OSError.
    """
    resolves = list(plan.requirements)
    if command is None:
        raise UserError(
            f"Pants makes no lockfile of resolve {resolves[0]}, because [python].resolves_generate_lockfiles is false, "
            "and [add-requirement].lock_command is not set.",
            fix='set it in pants.toml, for example lock_command = "3rdparty/python/lock.sh {stem}.in"; or '
            + how_to_make_lockfile(resolves[0], python_setup),
        )
    olds = {resolve: place.present(resolve) for resolve in resolves}
    new = locked_by_command(
        command,
        {resolve: place.paths[resolve] for resolve in resolves},
        inputs,
        candidates={resolve: _candidate(olds[resolve], plan.free[resolve]) if keep else "" for resolve in resolves},
        journal=place.journal,
        build_root=place.build_root,
        environment=environment,
        say=say,
    )
    return tuple(
        changed_lockfile(place.paths[one.resolve], olds[one.resolve], one, plan.free[one.resolve] if keep else None)
        for one in new
    )


def _candidate(lockfile: str | None, free: frozenset[str]) -> str:
    """The lockfile without the entries of the projects that may move; "" to leave the file as it is."""
    try:
        present = read_lockfile(lockfile or "")
    except UnreadableLockfileError:
        return ""
    if present.format is not LockfileFormat.REQUIREMENTS or not free & set(present.pins):
        return ""
    return with_pins(lockfile or "", [], {name: pin for name, pin in present.pins.items() if name not in free}, ())
