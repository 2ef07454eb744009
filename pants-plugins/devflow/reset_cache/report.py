"""What a reset says: lines for people, and the same as JSON."""

from __future__ import annotations

from collections.abc import Iterator

from devflow.common.paths import display_path
from devflow.common.report import count, json_report, problems_as_json, to_do
from devflow.common.units import size
from devflow.reset_cache.locations import DAEMON
from devflow.reset_cache.plan import Plan
from devflow.reset_cache.reset import Outcome
from devflow.reset_cache.usage import Usage

GOAL = "reset-cache"


def announcement(plan: Plan, build_root: str) -> list[str]:
    """What is about to happen, before it does."""
    doing = ("Pruning", "Would prune") if plan.request.prunes else ("Resetting", "Would reset")
    verb = doing[plan.request.dry_run]
    parts = [DAEMON] if DAEMON in plan.request.scopes and not plan.request.prunes else []
    for one in plan.found:
        parts.append(f"{one.location.scope} ({display_path(one.location.path, build_root)})")
    return [f"{verb}: {', '.join(parts) or 'nothing'}.", *(f"By force: {warning}" for warning in plan.warnings)]


def lines(outcome: Outcome, build_root: str) -> list[str]:
    """One line for each daemon that was stopped and for each location, in order."""
    plan = outcome.plan
    return [
        *_daemon_lines(outcome, build_root),
        *(f"{scope}: {text}" for scope, text in _location_lines(outcome, build_root)),
        *(f"{'Made' if outcome.done else 'Would make'} {display_path(path, build_root)}" for path in plan.makes),
    ]


def _daemon_lines(outcome: Outcome, build_root: str) -> Iterator[str]:
    plan = outcome.plan
    verb = "stopped" if outcome.done else "would stop"
    for daemon in plan.stops:
        yield f"{DAEMON}: {verb} {daemon}"
    own_is_stopped = any(daemon.build_root == build_root for daemon in plan.stops)
    if plan.ends_daemon and not own_is_stopped:
        yield f"{DAEMON}: {'ends after this run' if outcome.done else 'would end'}"


def _location_lines(outcome: Outcome, build_root: str) -> Iterator[tuple[str, str]]:
    plan = outcome.plan
    for one in plan.found:
        path = display_path(one.location.path, build_root)
        if one.problem:
            yield one.location.scope, f"left alone, see below, {path}"
            continue
        removals = [removal for removal in plan.removals if removal.location == one.location]
        kept = [kept for kept in plan.kept if kept.path in {target.path for target in one.targets}]
        if removals:
            usage = _usage(outcome, one.location.path)
            entries = f"{count(len(removals), 'entry')}, " if one.location.patterns or plan.request.prunes else ""
            verb = "removed" if outcome.done else "would remove"
            yield one.location.scope, f"{verb} {entries}{count(usage.files, 'file')}, {size(usage.size_bytes)}, {path}"
        elif not kept:
            yield one.location.scope, f"nothing to remove, {path}"
        for reason in dict.fromkeys(stays.reason for stays in kept):
            paths = [display_path(stays.path, build_root) for stays in kept if stays.reason == reason]
            yield one.location.scope, f"kept {paths[0] if len(paths) == 1 else count(len(paths), 'entry')}, {reason}"


def _usage(outcome: Outcome, path: str) -> Usage:
    """What was freed of a location, or what would be, as far as it was measured."""
    total = Usage()
    if outcome.done:
        for removal, removed in outcome.removed:
            if removal.location.path == path:
                total.add(Usage(removed.freed_bytes, removed.files))
    else:
        for removal in outcome.plan.removals:
            if removal.location.path == path and removal.target.usage:
                total.add(removal.target.usage)
    return total


def _total(outcome: Outcome) -> Usage:
    total = Usage()
    for path in {one.location.path for one in outcome.plan.found}:
        total.add(_usage(outcome, path))
    return total


def closing(outcome: Outcome, command: str) -> list[str]:
    """Each problem whole, what it all came to, and after a dry run the command that does it."""
    plan = outcome.plan
    total = _total(outcome)
    ending = [f"{GOAL}: {problem}" for problem in outcome.problems]
    if plan.refusals or (outcome.failures and not outcome.done):
        return [*ending, "Nothing was changed." if not outcome.stopped else "Nothing was removed."]
    if plan.changes_nothing:
        return [*ending, "Nothing to do."]
    files, freed = count(total.files, "file"), size(total.size_bytes)
    if plan.request.dry_run:
        return [*ending, f"Would remove {files}; would free {freed}.", to_do(command)]
    return [*ending, f"Removed {files}; freed {freed}."]


def as_json(outcome: Outcome) -> str:
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
                "size_bytes": int(usage.size_bytes) if measured else None,
                "kept": [
                    {"path": display_path(kept.path), "reason": kept.reason}
                    for kept in plan.kept
                    if kept.path in {target.path for target in one.targets}
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
        stopped=[{"pid": one.process.pid, "build_root": display_path(one.build_root)} for one in outcome.stopped],
        would_stop=[{"pid": one.process.pid, "build_root": display_path(one.build_root)} for one in plan.stops]
        if not outcome.done
        else [],
        made=[display_path(path) for path in outcome.made],
        problems=problems_as_json(outcome.problems),
        freed_bytes=int(_total(outcome).size_bytes) if outcome.done else 0,
    )
