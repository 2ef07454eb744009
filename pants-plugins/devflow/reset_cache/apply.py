"""Run a reset, for the goal and the plain command: inspect, plan, announce, lock, stop, inspect again, remove."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from devflow.common.errors import Problem
from devflow.common.paths import display_path, shell_quote
from devflow.common.removal.guard import Guard
from devflow.common.removal.trees import Removed, remove, set_aside
from devflow.common.report import count
from devflow.common.units import size
from devflow.plain.facts import Container, PantsProcess
from devflow.reset_cache.containers import remove_containers
from devflow.reset_cache.facts import NO_CONTAINERS
from devflow.reset_cache.inspect import ResetContext, inspect_locations, inspect_situation
from devflow.reset_cache.plan import Removal, ResetPlan, plan_reset
from devflow.reset_cache.processes.stopping import (
    CannotStopError,
    LifecycleLocks,
    end,
    hide,
    lock_other,
    unhide,
)
from devflow.reset_cache.selection.guards import elsewhere
from devflow.reset_cache.selection.request import ResetRequest

Say = Callable[[str], None]


@dataclass
class ResetOutcome:
    """The result of a reset. `done`: the removal has begun; `failures` are the problems that occurred in it.

    `containers` are those that are gone.
    """

    plan: ResetPlan
    removed: list[tuple[Removal, Removed]] = field(default_factory=list)
    stopped: list[PantsProcess] = field(default_factory=list)
    made: list[str] = field(default_factory=list)
    containers: list[Container] = field(default_factory=list)
    failures: list[Problem] = field(default_factory=list)
    done: bool = False

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems, of the plan and of the run."""
        return (*self.plan.refusals, *self.plan.problems, *self.failures)

    @property
    def blockers(self) -> tuple[Problem, ...]:
        """The problems because of which nothing is removed."""
        return () if self.done else (*self.plan.refusals, *self.failures)

    @property
    def exit_code(self) -> int:
        """A dry run fails if the real run would."""
        return 1 if self.problems else 0


def reset(
    request: ResetRequest, context: ResetContext, say: Say, announce: Callable[[ResetPlan], None]
) -> ResetOutcome:
    """Run the reset; a dry run stops before the first change.

    Failures a user can cause are returned in the outcome, not raised.
    """
    containers = context.find_containers() if request.concerns_containers else NO_CONTAINERS
    situation = inspect_situation(context, request.scopes)
    plan = plan_reset(request, inspect_locations(request, context), situation, containers)
    announce(plan)
    if request.dry_run or plan.refusals or plan.changes_nothing:
        return ResetOutcome(plan)
    outcome = ResetOutcome(plan, done=True) if plan.changes_no_cache else apply_plan(plan, context, say)
    if outcome.done and plan.containers.goes and context.containers:
        gone, problems = remove_containers(plan.containers.goes, context.containers, context.source, say)
        outcome.containers += gone
        outcome.failures += problems
    return outcome


def apply_plan(plan: ResetPlan, context: ResetContext, say: Say) -> ResetOutcome:
    """Stop daemons, remove targets, make directories. Nothing is removed if a process blocks the reset by now."""
    outcome = ResetOutcome(plan)
    guard = context.guard()
    locks = LifecycleLocks()
    hidden: list[tuple[str, str]] = []
    try:
        with _failing(outcome, "The lock of the daemon"):
            hidden += _close(plan, context, guard, locks)
        while not outcome.failures:
            # A process may have started between the first inspection and the locks.
            situation = inspect_situation(context, plan.request.scopes, ended=outcome.stopped)
            now = plan_reset(plan.request, plan.found, situation)
            outcome.plan = replace(plan, refusals=now.refusals)
            if now.refusals or not now.stops:
                break
            _stop(now.stops, context, locks, outcome, say)
        if not outcome.blockers:
            outcome.done = True
            _remove_all(plan, guard, outcome, say)
            _make(plan, outcome)
    finally:
        if not outcome.done:
            unhide(hidden)
        # A daemon that ends itself holds its locks until its process ends; any other process must release them.
        if not (outcome.done and context.in_daemon):
            locks.release()
        for _, aside in hidden if outcome.done else ():
            remove(aside, read_mounts=context.mounts)
    return outcome


def _close(plan: ResetPlan, context: ResetContext, guard: Guard, locks: LifecycleLocks) -> list[tuple[str, str]]:
    """Keep clients from reaching the daemon of this repository, and from starting one. Gives what `hide` gives."""
    try:
        locks.take(context.settings.pants_subprocessdir)
    except PermissionError:
        return []  # Then no client of this user can start a daemon, either. The guard of the location names its owner.
    return hide(context.settings.pants_subprocessdir, guard) if plan.ends_daemon else []


def _stop(
    daemons: Iterable[PantsProcess], context: ResetContext, locks: LifecycleLocks, outcome: ResetOutcome, say: Say
) -> None:
    for daemon in daemons:
        with _failing(outcome, str(daemon)):
            if daemon.build_root != os.path.realpath(context.settings.build_root):
                lock_other(daemon, locks)
            say(f"Stopping {daemon}.")
            if context.source:
                end(daemon, context.source)
            outcome.stopped.append(daemon)


def _remove_all(plan: ResetPlan, guard: Guard, outcome: ResetOutcome, say: Say) -> None:
    """Rename all targets first, which is quick and frees their paths; then remove them."""
    aside: list[tuple[Removal, str]] = []
    for removal in plan.removals:
        with _failing(outcome, display_path(removal.target.path)):
            path = _set_aside(removal, guard, outcome)
            if path:
                aside.append((removal, path))
    for removal, path in aside:
        scope = removal.location.scope

        def tell(removed: Removed, scope: str = scope) -> None:
            say(f"{scope}: {count(removed.files, 'file')}, {size(removed.freed_bytes)} so far …")

        removed = remove(path, tell, identity=removal.target.identity, read_mounts=guard.read_mounts)
        outcome.removed.append((removal, removed))
        if removed.failed:
            outcome.failures.append(_failure(removal, path, removed, guard))


def _set_aside(removal: Removal, guard: Guard, outcome: ResetOutcome) -> str | None:
    """Rename a target; gives its new path. None if it does not exist, or the guard refuses it now. Raises: OSError."""
    target = removal.target
    refusal = guard.refuses_now(target.path)
    if refusal:
        outcome.failures.append(refusal.problem(target.path, fix=elsewhere(removal.location)))
        return None
    return target.path if target.leftover else set_aside(target.path, target.identity, into=target.into)


def _failure(removal: Removal, path: str, removed: Removed, guard: Guard) -> Problem:
    """The problem of a failed removal. The rest is a leftover, which the next run passes through all guards."""
    shown = len(removed.failures)
    more = f" (and {removed.failed - shown} more)" if removed.failed > shown else ""
    name = display_path(removal.target.path)
    what = f"Of {name}, this could not be removed: {'; '.join(removed.failures)}{more}."
    sudo = "sudo " if guard.around.user_id else ""
    if removed.immutable:
        return Problem(what, fix=f"{sudo}chattr -R -f -i -a {shell_quote(path)}; then run the same command again")
    return Problem(what, fix="run the same command again, which removes the rest or says what keeps it")


def _make(plan: ResetPlan, outcome: ResetOutcome) -> None:
    for path in plan.makes:
        with _failing(outcome, display_path(path)):
            os.makedirs(path, exist_ok=True)
            outcome.made.append(path)


@contextmanager
def _failing(outcome: ResetOutcome, what: str) -> Iterator[None]:
    """Record a failure as a problem of the outcome, and continue."""
    try:
        yield
    except CannotStopError as error:
        fix = "wait until it ends, or end it yourself, then run the same command again"
        outcome.failures.append(Problem(str(error), fix))
    except OSError as error:
        fix = "correct the cause of this error, then run the same command again"
        outcome.failures.append(Problem(f"{what}: {error.strerror or error}.", fix))
