"""What a reset removes, whom it stops and whether it may: decided from facts alone, before anything changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from devflow.common.errors import Problem, UserError
from devflow.common.paths import is_inside
from devflow.reset_cache.locations import DAEMON, EXECUTION, NAMED_CACHES, STORE, Location, is_prunable
from devflow.reset_cache.processes import Process
from devflow.reset_cache.prune import Kept, Request, choose
from devflow.reset_cache.survey import Found, Target
from devflow.reset_cache.users import PantsProcess, Users

_SHARED = frozenset({EXECUTION, STORE, NAMED_CACHES})  # Other repositories may use the same.


@dataclass(frozen=True)
class Situation:
    """Who is there. `store` is a real path; `from_caches` are processes that run out of the named caches.

    `users` is None if this Python cannot look at processes. `in_daemon`: this runs in the daemon of the repository.
    """

    build_root: str
    store: str
    users: Users | None
    in_daemon: bool = False
    from_caches: tuple[Process, ...] = ()


@dataclass(frozen=True)
class Removal:
    """One thing that goes."""

    location: Location
    target: Target


@dataclass(frozen=True)
class Plan:
    """`problems` are locations that are left alone; with `refusals`, nothing is done at all.

    `stops` are daemons that end before anything is removed; `warnings` name who is disturbed by force. `ends_daemon`:
    the daemon of this repository ends, be it one of `stops` or the one that runs this.
    """

    request: Request
    found: tuple[Found, ...] = ()
    removals: tuple[Removal, ...] = ()
    kept: tuple[Kept, ...] = ()
    problems: tuple[Problem, ...] = ()
    refusals: tuple[Problem, ...] = ()
    warnings: tuple[str, ...] = ()
    stops: tuple[PantsProcess, ...] = ()
    ends_daemon: bool = False
    makes: tuple[str, ...] = ()  # Missing directories that Pants needs and does not make.

    @property
    def changes_nothing(self) -> bool:
        """Nothing goes, nobody is stopped, nothing is made."""
        return not (self.removals or self.stops or self.ends_daemon or self.makes)


def check_prunable(request: Request, named: Iterable[str], locations: Iterable[Location]) -> None:
    """Raises: UserError for a scope that was named and goes as a whole or not at all."""
    if not request.prunes:
        return
    prunable = {location.scope for location in locations if is_prunable(location)}
    option = "--older-than" if request.older_than_s is not None else "--max-size"
    for scope in named:
        if scope not in prunable:
            fix = f"leave {option} out, or choose from --only={','.join(sorted(prunable))}"
            raise UserError(f"{option}: {scope} goes as a whole or not at all.", fix=fix)


def make_plan(request: Request, found: Iterable[Found], situation: Situation) -> Plan:
    """Decide."""
    found = tuple(found)
    choices = [(one.location, *choose(one, request, _going_on(one.location, situation))) for one in found]
    removals = tuple(Removal(location, target) for location, goes, _ in choices for target in goes)
    ends = bool(removals) if request.prunes else DAEMON in request.scopes
    stops, at_work = _in_the_way(request, situation, frozenset(one.location.scope for one in removals), ends=ends)
    return Plan(
        request,
        found,
        removals,
        kept=tuple(kept for _, _, stays in choices for kept in stays),
        problems=tuple(one.problem for one in found if one.problem),
        refusals=() if request.force else at_work,
        warnings=tuple(problem.what for problem in at_work) if request.force else (),
        stops=stops,
        ends_daemon=ends and (situation.in_daemon or any(one.build_root == situation.build_root for one in stops)),
        makes=tuple(
            one.location.path
            for one in found
            if one.location.recreate and not one.exists and not one.problem and not request.prunes
        ),
    )


def _going_on(location: Location, situation: Situation) -> tuple[PantsProcess, ...]:
    """The Pants processes of this user that a reset of a location does not stop, and is not refused for."""
    ours = situation.users.ours() if situation.users else ()
    if location.scope in _SHARED:
        return tuple(one for one in ours if situation.store not in one.stores and not _is_here(one, situation))
    return tuple(one for one in ours if not _is_here(one, situation))


def _is_here(one: PantsProcess, situation: Situation) -> bool:
    return is_inside(one.build_root or one.process.directory, situation.build_root)


def _in_the_way(
    request: Request, situation: Situation, scopes: frozenset[str], *, ends: bool
) -> tuple[tuple[PantsProcess, ...], tuple[Problem, ...]]:
    """The daemons to stop, and those who are at work: `scopes` are those of which something goes."""
    if situation.users is None:
        what = "This Python cannot look at processes, so nobody knows who uses the caches."
        return (), (Problem(what, "use the Python of Pants' virtualenv; or see that nothing runs, and use --force"),)
    stops, at_work = [], []
    for one in situation.users.pants:
        shares = situation.store in one.stores and bool(scopes & _SHARED)
        own_daemon = one.build_root == situation.build_root
        if not (shares or (own_daemon and ends) or (not one.is_daemon and scopes and _is_here(one, situation))):
            continue
        ours = one.process.user_id == situation.users.user_id
        if ours and one.is_daemon and (request.force or not one.busy):
            stops.append(one)
        if not ours or one.busy:
            whose = "" if ours else f" of user {one.process.user_id}"
            at_work.append(Problem(f"{one}{whose} is at work.", "wait until it has ended, or use --force"))
    if situation.users.queued and scopes:
        what = "Another command waits for this daemon to be free."
        at_work.append(Problem(what, "let it run first, or use --force"))
    if NAMED_CACHES in scopes:
        for process in situation.from_caches:
            what = f"Process {process.pid} ({process.command}) runs out of the named caches."
            at_work.append(Problem(what, "end it, or use --force"))
    return tuple(stops), tuple(at_work)
