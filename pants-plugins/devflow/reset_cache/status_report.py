"""Text and JSON of `cache-status`."""

from __future__ import annotations

import pwd
from collections.abc import Iterator
from typing import Any

from devflow.common.errors import Problem, headed
from devflow.common.paths import display_path
from devflow.common.removal.facts import total_usage
from devflow.common.report import count, json_report
from devflow.common.units import duration, size
from devflow.plain.facts import FoundContainers
from devflow.reset_cache.facts import CONTAINERS, CacheState, LocationState, PantsProcessState
from devflow.reset_cache.report import container_json

GOAL = "cache-status"


def lines(caches: CacheState) -> list[str]:
    """The report: one fact a line."""
    own = _process_text(caches.own) if caches.own else "not running"
    return [
        f"daemon: {own}, {display_path(caches.build_root)}",
        *(f"same store: {other.description}, {_process_text(other)}" for other in caches.others),
        *(_location_text(state, caches) for state in caches.locations),
        *_container_text(caches.containers),
    ]


def _container_text(found: FoundContainers) -> Iterator[str]:
    """One line about containers; none if no container has the label."""
    leftovers = [one for one in found.containers if not one.blocker]
    in_use = len(found.containers) - len(leftovers)
    parts = [f"{found.engine}"]
    if leftovers:
        oldest = duration(max(one.age_s for one in leftovers))
        parts.append(f"{len(leftovers)} of interrupted tests, the oldest {oldest} old")
    if in_use:
        parts.append(f"{in_use} in use or not known to be left")
    if found.containers:
        yield f"{CONTAINERS}: {', '.join(parts)}"


def _process_text(process: PantsProcessState) -> str:
    state = "runs this goal" if process.asks else "busy" if process.busy else "idle"
    return f"{state}, process {process.pid}, up {duration(process.up_s)}, {size(process.memory_bytes)}"


def _location_text(state: LocationState, caches: CacheState) -> str:
    parts = list(_facts(state, caches))
    return f"{state.location.scope}: {display_path(state.location.path, caches.build_root)}, {', '.join(parts)}"


def _facts(state: LocationState, caches: CacheState) -> Iterator[str]:
    if not state.exists:
        yield "missing"
    elif not state.problem and state.location.patterns and not state.entries:
        yield "nothing to remove"
    elif not state.problem:
        if state.location.patterns:
            yield count(state.entries, "entry")
        yield size(state.usage.size_bytes)
        yield count(state.usage.files, "file")
        if state.usage.changed_s:
            yield f"changed {duration(caches.now_s - state.usage.changed_s)} ago"
        if state.usage.unreadable:
            yield f"{count(state.usage.unreadable, 'directory')} unreadable"
    if state.owner is not None:
        yield f"owner {_user_name(state.owner)}"
    if state.problem:
        yield f"cannot be reset: {state.problem.what.rstrip('.')}"
    yield state.location.set_by


def _user_name(user_id: int) -> str:
    try:
        return pwd.getpwuid(user_id).pw_name
    except KeyError:
        return str(user_id)


def closing(caches: CacheState) -> list[str | Problem]:
    """The problem of each location that cannot be reset, with its fix; and the total."""
    total = total_usage(state.usage for state in caches.locations)
    problems = [headed(GOAL, state.problem) for state in caches.locations if state.problem]
    return [*problems, f"{size(total.size_bytes)} in {count(total.files, 'file')}."]


def as_json(caches: CacheState) -> str:
    """The status as a document: docs/goals/cache-caches.md."""
    return json_report(
        GOAL,
        schema_version=1,
        mode="status",
        results=[_location_json(state) for state in caches.locations],
        build_root=display_path(caches.build_root),
        daemon=_process_json(caches.own) if caches.own else None,
        same_store=[_process_json(other) for other in caches.others],
        containers=[container_json(one, in_use=one.blocker) for one in caches.containers.containers],
    )


def _process_json(process: PantsProcessState) -> dict[str, Any]:
    return {
        "pid": process.pid,
        "build_root": None if process.build_root is None else display_path(process.build_root),
        "description": process.description,
        "state": "answering" if process.asks else "busy" if process.busy else "idle",
        "up_s": int(process.up_s),
        "memory_bytes": process.memory_bytes,
        "user_id": process.user_id,
    }


def _location_json(state: LocationState) -> dict[str, Any]:
    problem = state.problem
    return {
        "scope": state.location.scope,
        "path": display_path(state.location.path),
        "set_by": state.location.set_by,
        "exists": state.exists,
        "entries": state.entries,
        "files": state.usage.files,
        "size_bytes": int(state.usage.size_bytes),
        "changed_s": int(state.usage.changed_s) or None,
        "owner": state.owner,
        "by_default": state.location.by_default,
        "error": problem.as_json() if problem else None,
    }
