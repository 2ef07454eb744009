"""Carries out a reset: announce, guard, lock, stop, rename, remove. The goal and the plain command share it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from dataclasses import replace as changed

from devflow.common.errors import Problem
from devflow.common.paths import display_path, shell_quote
from devflow.common.report import count
from devflow.common.units import size
from devflow.reset_cache.guards import Surroundings
from devflow.reset_cache.locations import NAMED_CACHES, Location, Settings, is_prunable
from devflow.reset_cache.plan import Plan, Removal, Situation, make_plan
from devflow.reset_cache.processes import ProcessSource
from devflow.reset_cache.prune import Request
from devflow.reset_cache.removal import Removed, remove, set_aside
from devflow.reset_cache.stopping import CannotStopError, LifecycleLocks, end, hide, lock_other, unhide
from devflow.reset_cache.survey import survey
from devflow.reset_cache.users import PantsProcess, find_users, running_from

Say = Callable[[str], None]


@dataclass(frozen=True)
class Place:
    """What is reset, and from where: all `locations` that there are, chosen or not."""

    settings: Settings
    locations: tuple[Location, ...]
    source: ProcessSource | None
    in_daemon: bool = False


@dataclass
class Outcome:
    """What came of a plan: `removed` is all that went, each with its numbers; `failures`, what went wrong meanwhile."""

    plan: Plan
    removed: list[tuple[Removal, Removed]] = field(default_factory=list)
    stopped: list[PantsProcess] = field(default_factory=list)
    made: list[str] = field(default_factory=list)
    failures: list[Problem] = field(default_factory=list)
    done: bool = False

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All that must be mended."""
        return (*self.plan.refusals, *self.plan.problems, *self.failures)

    @property
    def problems_before(self) -> tuple[Problem, ...]:
        """All because of which nothing is removed."""
        return () if self.done else (*self.plan.refusals, *self.failures)

    @property
    def exit_code(self) -> int:
        """A dry run fails if the real run would."""
        return 1 if self.problems else 0


def look(request: Request, place: Place, *, measured: bool) -> Plan:
    """Gather the facts and decide."""
    chosen = [
        location
        for location in place.locations
        if location.scope in request.scopes and (is_prunable(location) or not request.prunes)
    ]
    found = survey(
        chosen,
        place.locations,
        Surroundings.of(place.settings),
        one_by_one=request.prunes,
        measured=measured or request.prunes,
    )
    return make_plan(request, found, situation(place, request.scopes))


def situation(place: Place, scopes: Iterable[str], *, ended: Iterable[PantsProcess] = ()) -> Situation:
    """Who is there now, without those that have ended."""
    named_caches = os.path.realpath(place.settings.named_caches_dir)
    return Situation(
        os.path.realpath(place.settings.build_root),
        os.path.realpath(place.settings.local_store_dir),
        find_users(place.source).without(ended) if place.source else None,
        place.in_daemon,
        running_from(place.source, named_caches) if place.source and NAMED_CACHES in scopes else (),
    )


def reset(request: Request, place: Place, say: Say, announce: Callable[[Plan], None]) -> Outcome:
    """Do it, or with a dry run everything but it. Raises: nothing that a user could cause."""
    plan = look(request, place, measured=request.dry_run)
    announce(plan)
    outcome = Outcome(plan)
    if request.dry_run or plan.refusals or plan.changes_nothing:
        return outcome
    locks = LifecycleLocks()
    hidden: list[tuple[str, str]] = []
    try:
        with _failing(outcome, "The lock of the daemon"):
            hidden += _close(plan, place, locks)
        while not outcome.failures:
            # Somebody may have come between the first look and the locks.
            now = make_plan(request, plan.found, situation(place, request.scopes, ended=outcome.stopped))
            outcome.plan = changed(plan, refusals=now.refusals)
            if now.refusals or not now.stops:
                break
            _stop(now.stops, place, locks, outcome, say)
        if not outcome.problems_before:
            outcome.done = True
            _remove_all(plan, outcome, say)
            _make(plan, outcome)
    finally:
        if not outcome.done:
            unhide(hidden)
        # A daemon that ends itself holds its locks until it is gone; everybody else must give them back.
        if not (outcome.done and place.in_daemon):
            locks.release()
        for _, aside in hidden if outcome.done else ():
            remove(aside)
    return outcome


def _close(plan: Plan, place: Place, locks: LifecycleLocks) -> list[tuple[str, str]]:
    """Let no client reach the daemon of this repository any more, or start one. Gives what `hide` does."""
    try:
        locks.take(place.settings.pants_subprocessdir)
    except PermissionError:
        return []  # Then no client of this user can start a daemon, either. The guard of the location says whose it is.
    return hide(place.settings.pants_subprocessdir) if plan.ends_daemon else []


def _stop(daemons: Iterable[PantsProcess], place: Place, locks: LifecycleLocks, outcome: Outcome, say: Say) -> None:
    for daemon in daemons:
        with _failing(outcome, str(daemon)):
            if daemon.build_root != os.path.realpath(place.settings.build_root):
                lock_other(daemon, locks)
            say(f"Stopping {daemon}.")
            if place.source:
                end(daemon, place.source)
            outcome.stopped.append(daemon)


def _remove_all(plan: Plan, outcome: Outcome, say: Say) -> None:
    """First everything out of the way, which is quick, and then away."""
    aside: list[tuple[Removal, str]] = []
    for removal in plan.removals:
        target = removal.target
        with _failing(outcome, display_path(target.path)):
            path = target.path if target.leftover else set_aside(target.path, target.identity, into=target.into)
            if path:
                aside.append((removal, path))
    for removal, path in aside:
        scope = removal.location.scope

        def tell(removed: Removed, scope: str = scope) -> None:
            say(f"{scope}: {count(removed.files, 'file')}, {size(removed.freed_bytes)} so far …")

        removed = remove(path, tell)
        outcome.removed.append((removal, removed))
        if removed.failed:
            more = (
                f" (and {removed.failed - len(removed.failures)} more)"
                if removed.failed > len(removed.failures)
                else ""
            )
            name = display_path(removal.target.path)
            what = f"Of {name}, this could not be removed: {'; '.join(removed.failures)}{more}."
            outcome.failures.append(Problem(what, fix=f"sudo rm -r {shell_quote(path)}"))


def _make(plan: Plan, outcome: Outcome) -> None:
    for path in plan.makes:
        with _failing(outcome, display_path(path)):
            os.makedirs(path, exist_ok=True)
            outcome.made.append(path)


@contextmanager
def _failing(outcome: Outcome, what: str) -> Iterator[None]:
    """Turn a failure into a problem, and go on."""
    try:
        yield
    except CannotStopError as error:
        outcome.failures.append(
            Problem(str(error), fix="wait for it, or end it yourself, and run the same command again")
        )
    except OSError as error:
        fix = "mend that, and run the same command again"
        outcome.failures.append(Problem(f"{what}: {error.strerror or error}.", fix=fix))
