"""Decide what a reset removes, which daemons it stops, and what blocks it (pure)."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from devflow.common.errors import Problem
from devflow.common.paths import is_inside
from devflow.common.units import duration
from devflow.plain.facts import Container, FoundContainers, PantsProcess
from devflow.reset_cache.facts import (
    CONTAINERS,
    DAEMON,
    EXECUTION,
    NAMED_CACHES,
    NO_CONTAINERS,
    STORE,
    FoundLocation,
    Location,
    Situation,
    Target,
)
from devflow.reset_cache.selection.prune import Kept, choose
from devflow.reset_cache.selection.request import ResetRequest

_SHARED = frozenset({EXECUTION, STORE, NAMED_CACHES})  # Other repositories may use the same directory.


@dataclass(frozen=True)
class Removal:
    """A target to remove."""

    location: Location
    target: Target


@dataclass(frozen=True)
class ContainerPlan:
    """The containers of tests: those to remove, and those to keep, with the reason. Empty if not concerned.

    `absent` says that this machine has no engine of containers.
    """

    engine: str = ""
    goes: tuple[Container, ...] = ()
    stays: tuple[tuple[Container, str], ...] = ()
    absent: str = ""
    problem: Problem | None = None


@dataclass(frozen=True)
class ResetPlan:
    """What a reset does. With `refusals`, it changes nothing; `problems` are those of locations that are left alone.

    `stops` are the daemons to stop before anything is removed. `warnings` name the processes that block the reset but
    for `--force`. `ends_daemon`: the daemon of this repository ends; it is one of `stops`, or runs this itself. `makes`
    are missing directories that Pants needs and does not make.
    """

    request: ResetRequest
    found: tuple[FoundLocation, ...] = ()
    removals: tuple[Removal, ...] = ()
    kept: tuple[Kept, ...] = ()
    problems: tuple[Problem, ...] = ()
    refusals: tuple[Problem, ...] = ()
    warnings: tuple[str, ...] = ()
    stops: tuple[PantsProcess, ...] = ()
    ends_daemon: bool = False
    makes: tuple[str, ...] = ()
    containers: ContainerPlan = field(default_factory=ContainerPlan)

    @property
    def changes_no_cache(self) -> bool:
        """Whether no file is removed or made, and no daemon is stopped."""
        return not (self.removals or self.stops or self.ends_daemon or self.makes)

    @property
    def changes_nothing(self) -> bool:
        """Whether nothing is removed, stopped or made."""
        return self.changes_no_cache and not self.containers.goes


def plan_reset(
    request: ResetRequest,
    found: Iterable[FoundLocation],
    situation: Situation,
    containers: FoundContainers = NO_CONTAINERS,
) -> ResetPlan:
    """Plan the reset of the locations and containers that were found, with these processes running."""
    found, planned = tuple(found), plan_containers(request, containers)
    choices = [(one.location, *choose(one, request, _keep_running(one.location, situation))) for one in found]
    removals = tuple(Removal(location, target) for location, goes, _ in choices for target in goes)
    removals, needed = _together_with_the_store(removals, situation)
    ends = bool(removals) if request.prunes else DAEMON in request.scopes
    stops, blockers = _stops_and_blockers(
        request, situation, frozenset(one.location.scope for one in removals), ends=ends
    )
    return ResetPlan(
        request,
        found,
        removals,
        kept=(*(kept for _, _, stays in choices for kept in stays), *needed),
        problems=(*(problem for one in found for problem in one.problems), *filter(None, [planned.problem])),
        refusals=() if request.force else blockers,
        warnings=tuple(problem.what for problem in blockers) if request.force else (),
        stops=stops,
        ends_daemon=ends and (situation.in_daemon or any(one.build_root == situation.build_root for one in stops)),
        makes=tuple(
            one.location.path
            for one in found
            if one.location.recreate and not one.exists and not one.problem and not request.prunes
        ),
        containers=planned,
    )


def plan_containers(request: ResetRequest, found: FoundContainers) -> ContainerPlan:
    """Plan the removal of containers. `--force` does not take a container from a test run that may live."""
    if not request.concerns_containers:
        return ContainerPlan()
    if found.not_asked:
        if not found.engine:
            return ContainerPlan(absent=found.not_asked)
        fix = f"{found.fix}; or leave {CONTAINERS} out of --only"
        return ContainerPlan(found.engine, problem=Problem(f"Containers are not known: {found.not_asked}.", fix))
    reasons = {one.id: one.blocker or _too_young(one, request) for one in found.containers}
    return ContainerPlan(
        found.engine,
        tuple(one for one in found.containers if reasons[one.id] is None),
        tuple((one, str(reasons[one.id])) for one in found.containers if reasons[one.id] is not None),
    )


def _too_young(container: Container, request: ResetRequest) -> str | None:
    if request.older_than_s is not None and container.age_s < request.older_than_s:
        return f"it is {duration(container.age_s)} old"
    return None


def _together_with_the_store(
    removals: tuple[Removal, ...], situation: Situation
) -> tuple[tuple[Removal, ...], tuple[Kept, ...]]:
    """The removals without what the store refers to, if the store stays; and what is kept for that reason.

    The store is removed as a whole, so it is kept if it exists and none of it is removed.
    """
    if not situation.store_exists or any(one.location.scope == STORE and not one.target.leftover for one in removals):
        return removals, ()
    needed = [one for one in removals if _goes_with_the_store(one)]
    reason = f"the store refers to it, so reset both: --only={STORE},{NAMED_CACHES}"
    return tuple(one for one in removals if one not in needed), tuple(Kept(one.target.path, reason) for one in needed)


def _goes_with_the_store(removal: Removal) -> bool:
    if removal.target.leftover:
        return False
    name = os.path.relpath(removal.target.path, removal.location.path).split(os.sep)[0]
    return any(fnmatchcase(name, glob) for glob in removal.location.goes_with_store)


def _keep_running(location: Location, situation: Situation) -> tuple[PantsProcess, ...]:
    """Pants processes of this user that keep running during the reset and do not block it."""
    ours = situation.processes.of_this_user() if situation.processes else ()
    if location.scope in _SHARED:
        return tuple(one for one in ours if situation.store not in one.stores and not _is_here(one, situation))
    return tuple(one for one in ours if not _is_here(one, situation))


def _is_here(one: PantsProcess, situation: Situation) -> bool:
    directory = one.build_root or one.process.directory
    return directory is not None and is_inside(directory, situation.build_root)


def _stops_and_blockers(
    request: ResetRequest, situation: Situation, scopes: frozenset[str], *, ends: bool
) -> tuple[tuple[PantsProcess, ...], tuple[Problem, ...]]:
    """The daemons to stop, and what blocks the reset. `scopes` are those that lose a target; `ends`, the own daemon."""
    if situation.processes is None:
        what = "This Python cannot read processes, so it is unknown which of them use the caches."
        return (), (
            Problem(what, "use the Python of Pants' virtualenv; or make sure that no Pants runs, and use --force"),
        )
    stops, blockers = [], []
    for one in situation.processes.others:
        shares = situation.store in one.stores and bool(scopes & _SHARED)
        own_daemon = one.build_root == situation.build_root
        if not (shares or (own_daemon and ends) or (not one.is_daemon and scopes and _is_here(one, situation))):
            continue
        ours = one.process.user_id == situation.processes.user_id
        if ours and one.is_daemon and (request.force or not one.busy):
            stops.append(one)
        if not ours or one.busy:
            whose = "" if ours else f" of user {one.process.user_id}"
            blockers.append(Problem(f"{one}{whose} is at work.", "wait until it has ended, or use --force"))
    if situation.processes.queued and scopes:
        what = "Another command waits for this daemon."
        blockers.append(Problem(what, "let it run first, or use --force"))
    if NAMED_CACHES in scopes:
        for process in situation.from_caches:
            what = f"Process {process.pid} ({process.command}) runs from the named caches."
            blockers.append(Problem(what, "end it, or use --force"))
    return tuple(stops), tuple(blockers)
