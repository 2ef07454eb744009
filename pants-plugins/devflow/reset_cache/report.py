"""Text and JSON of a reset: its plan and its outcome."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from devflow.common.errors import Problem, headed
from devflow.common.paths import display_path, shown
from devflow.common.removal.facts import Usage, total_usage
from devflow.common.report import count, json_report, problems_as_json, to_do
from devflow.common.units import duration, size
from devflow.plain.facts import Container, PantsProcess
from devflow.reset_cache.apply import ResetOutcome
from devflow.reset_cache.facts import CONTAINERS, DAEMON, FoundLocation
from devflow.reset_cache.plan import ResetPlan
from devflow.reset_cache.selection.prune import Kept

GOAL = "reset-cache"
_SHOWN_REASONS = 8


def announcement(plan: ResetPlan, build_root: str) -> list[str]:
    """What the run is about to do, printed before the first change."""
    doing = ("Pruning", "Would prune") if plan.request.prunes else ("Resetting", "Would reset")
    verb = doing[plan.request.dry_run]
    parts = [DAEMON] if DAEMON in plan.request.scopes and not plan.request.prunes else []
    for one in plan.found:
        parts.append(f"{one.location.scope} ({display_path(one.location.path, build_root)})")
    if plan.request.concerns_containers:
        parts.append(CONTAINERS)
    return [f"{verb}: {', '.join(parts) or 'nothing'}.", *(f"By force: {warning}" for warning in plan.warnings)]


def lines(outcome: ResetOutcome, build_root: str) -> list[str]:
    """The report: one line for each daemon that is stopped, each location, each directory that is made; in order."""
    plan = outcome.plan
    return [
        *_daemon_lines(outcome, build_root),
        *(f"{scope}: {text}" for scope, text in _location_lines(outcome, build_root)),
        *(f"{'Made' if outcome.done else 'Would make'} {display_path(path, build_root)}" for path in plan.makes),
        *(f"{CONTAINERS}: {text}" for text in _container_lines(outcome)),
    ]


def _container_lines(outcome: ResetOutcome) -> Iterator[str]:
    plan = outcome.plan.containers
    for one in plan.goes:
        if outcome.done and one not in outcome.containers:
            yield f"left alone {_container_name(one)}, see below"
            continue
        verb = "removed" if outcome.done else "would remove"
        yield f"{verb} {_container_name(one)}, {duration(one.age_s)} old"
    for one, reason in plan.stays:
        yield f"kept {_container_name(one)}, {reason}"
    if outcome.plan.request.concerns_containers and not (plan.goes or plan.stays):
        why = "left alone, see below" if plan.problem else f"nothing to remove, {plan.absent or plan.engine}"
        yield why


def _container_name(one: Container) -> str:
    return f"{shown(one.name)} ({shown(one.image)})" if one.image else shown(one.name)


def _daemon_lines(outcome: ResetOutcome, build_root: str) -> Iterator[str]:
    plan = outcome.plan
    verb = "stopped" if outcome.done else "would stop"
    for daemon in plan.stops:
        yield f"{DAEMON}: {verb} {daemon}"
    own_is_stopped = any(daemon.build_root == build_root for daemon in plan.stops)
    if plan.ends_daemon and not own_is_stopped:
        yield f"{DAEMON}: {'ends after this run' if outcome.done else 'would end'}"


def _location_lines(outcome: ResetOutcome, build_root: str) -> Iterator[tuple[str, str]]:
    plan = outcome.plan
    for one in plan.found:
        path = display_path(one.location.path, build_root)
        if one.problem:
            yield one.location.scope, f"left alone, see below, {path}"
            continue
        removals = [removal for removal in plan.removals if removal.location == one.location]
        kept = [kept for kept in plan.kept if kept.path in {target.path for target in one.targets}]
        for spared in one.spared:
            yield one.location.scope, f"left alone, see below, {display_path(spared.path, build_root)}"
        if removals:
            usage = _usage(outcome, one.location.path)
            entries = f"{count(len(removals), 'entry')}, " if one.location.patterns or plan.request.prunes else ""
            verb = "removed" if outcome.done else "would remove"
            yield one.location.scope, f"{verb} {entries}{count(usage.files, 'file')}, {size(usage.freed_bytes)}, {path}"
        elif not kept and not one.spared:
            yield one.location.scope, f"nothing to remove, {path}"
        reasons = dict.fromkeys(stays.reason for stays in kept)
        if len(reasons) > _SHOWN_REASONS:
            yield one.location.scope, f"kept {count(len(kept), 'entry')}, {size(_kept_bytes(one, kept))}"
            continue
        for reason in reasons:
            paths = [display_path(stays.path, build_root) for stays in kept if stays.reason == reason]
            yield one.location.scope, f"kept {paths[0] if len(paths) == 1 else count(len(paths), 'entry')}, {reason}"


def _kept_bytes(found: FoundLocation, kept: list[Kept]) -> float:
    paths = {stays.path for stays in kept}
    return total_usage(target.usage for target in found.targets if target.path in paths).size_bytes


def _usage(outcome: ResetOutcome, path: str) -> Usage:
    """What a location has lost, or would lose, as far as it was measured."""
    if outcome.done:
        removed = (removed for removal, removed in outcome.removed if removal.location.path == path)
        return total_usage(Usage(one.freed_bytes, one.files) for one in removed)
    return total_usage(one.target.usage for one in outcome.plan.removals if one.location.path == path)


def _total(outcome: ResetOutcome) -> Usage:
    return total_usage(_usage(outcome, path) for path in {one.location.path for one in outcome.plan.found})


def closing(outcome: ResetOutcome, command: str) -> list[str | Problem]:
    """The problems with their fixes, the total, and after a dry run the command that carries it out."""
    plan = outcome.plan
    total = _total(outcome)
    ending = [headed(GOAL, problem) for problem in outcome.problems]
    if plan.refusals or (outcome.failures and not outcome.done):
        return [*ending, "Nothing was changed." if not outcome.stopped else "Nothing was removed."]
    if plan.changes_nothing:
        return [*ending, "Nothing to do."]
    containers = count(len(outcome.containers if outcome.done else plan.containers.goes), "container")
    removed = count(total.files, "file")
    if plan.request.concerns_containers:
        removed = containers if plan.changes_no_cache else f"{removed} and {containers}"
    freed = "" if plan.changes_no_cache else size(total.freed_bytes)
    if plan.request.dry_run:
        return [*ending, f"Would remove {removed}{'; would free ' + freed if freed else ''}.", to_do(command)]
    return [*ending, f"Removed {removed}{'; freed ' + freed if freed else ''}."]


def as_json(outcome: ResetOutcome) -> str:
    """The report as a document: docs/goals/reset-cache.md."""
    plan = outcome.plan
    results = []
    for one in plan.found:
        usage = _usage(outcome, one.location.path)
        removals = [removal for removal in plan.removals if removal.location == one.location]
        measured = outcome.done or plan.request.dry_run
        action = "none"
        if removals and outcome.done:
            action = "removed"
        elif removals and plan.request.dry_run:
            action = "would-remove"
        results.append(
            {
                "scope": one.location.scope,
                "path": display_path(one.location.path),
                "set_by": one.location.set_by,
                "action": "left-alone" if one.problem else action,
                "entries": len(removals),
                "files": usage.files if measured else None,
                "size_bytes": int(usage.freed_bytes) if measured else None,
                "kept": [
                    {"path": display_path(kept.path), "reason": kept.reason}
                    for kept in plan.kept
                    if kept.path in {target.path for target in one.targets}
                ],
                "left_alone": [
                    {"path": display_path(spared.path), "error": spared.problem.as_json()} for spared in one.spared
                ],
                "error": one.problem.as_json() if one.problem else None,
            }
        )
    return json_report(
        GOAL,
        schema_version=1,
        mode="dry-run" if plan.request.dry_run else "reset",
        results=results,
        daemon_ends=plan.ends_daemon and (outcome.done or plan.request.dry_run),
        stopped=_daemons_json(outcome.stopped),
        would_stop=[] if outcome.done else _daemons_json(plan.stops),
        made=[display_path(path) for path in outcome.made],
        containers=list(_containers_json(outcome)),
        problems=problems_as_json(outcome.problems),
        freed_bytes=int(_total(outcome).size_bytes) if outcome.done else 0,
    )


def _containers_json(outcome: ResetOutcome) -> Iterator[dict[str, Any]]:
    plan = outcome.plan.containers
    gone = set(outcome.containers)
    for one in plan.goes:
        action = "would-remove" if outcome.plan.request.dry_run else "removed" if one in gone else "none"
        yield container_json(one, action=action, reason=None)
    for one, reason in plan.stays:
        yield container_json(one, action="kept", reason=reason)


def container_json(one: Container, **more: object) -> dict[str, Any]:
    """A container in a document."""
    return {
        "id": one.id,
        "name": shown(one.name),
        "image": shown(one.image),
        "age_s": int(one.age_s),
        "running": one.running,
        **more,
    }


def _daemons_json(daemons: Iterable[PantsProcess]) -> list[dict[str, Any]]:
    return [{"pid": one.process.pid, "build_root": display_path(one.build_root or "")} for one in daemons]
