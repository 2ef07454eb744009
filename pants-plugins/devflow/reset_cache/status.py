"""The state of the daemons and of each location, for `cache-status`."""

from __future__ import annotations

import os
import pwd
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from devflow.common.errors import Problem
from devflow.common.paths import display_path
from devflow.common.report import count, json_report
from devflow.common.units import duration, size
from devflow.reset_cache.guards import Surroundings
from devflow.reset_cache.locations import Location
from devflow.reset_cache.reset import Place, situation
from devflow.reset_cache.survey import Found, survey
from devflow.reset_cache.usage import Usage
from devflow.reset_cache.users import PantsProcess

GOAL = "cache-status"


@dataclass(frozen=True)
class Daemon:
    """A daemon, or a run without one. `memory_bytes` is resident; `asks`: it is the one that answers this."""

    pid: int
    build_root: str
    description: str
    busy: bool
    up_s: float
    memory_bytes: int
    user_id: int
    asks: bool = False


@dataclass(frozen=True)
class LocationState:
    """What is at a location. `owner` is the user id of the directory, None if it does not exist."""

    location: Location
    exists: bool
    entries: int
    usage: Usage
    owner: int | None
    problem: Problem | None


@dataclass(frozen=True)
class Status:
    """All of it. `own` is None if no daemon runs for this repository; `others` have the same store open."""

    build_root: str
    now_s: float
    own: Daemon | None
    others: tuple[Daemon, ...]
    locations: tuple[LocationState, ...]


def take_status(place: Place) -> Status:
    """Look at everything; nothing is changed."""
    now_s = time.time()
    who = situation(place, ())
    own, others = None, []
    if place.source:
        this = place.source.process(os.getpid())
        if place.in_daemon and this:
            one = PantsProcess(this, who.build_root, frozenset(), busy=True)
            own = _daemon(one, place, now_s, asks=True)
        for one in who.users.pants if who.users else ():
            if one.build_root == who.build_root and not own:
                own = _daemon(one, place, now_s)
            elif who.store in one.stores:
                others.append(_daemon(one, place, now_s))
    found = survey(place.locations, place.locations, Surroundings.of(place.settings), measured=True, with_kept=True)
    return Status(who.build_root, now_s, own, tuple(others), tuple(map(_state, found)))


def _daemon(one: PantsProcess, place: Place, now_s: float, *, asks: bool = False) -> Daemon:
    process = one.process
    memory = place.source.memory_bytes(process.pid) if place.source else 0
    return Daemon(
        process.pid, one.build_root, str(one), one.busy, now_s - process.started_s, memory, process.user_id, asks
    )


def _state(found: Found) -> LocationState:
    usage = Usage()
    for target in found.targets:
        usage.add(target.usage or Usage())
    try:
        owner = os.lstat(found.location.path).st_uid
    except OSError:
        owner = None
    return LocationState(found.location, found.exists, len(found.targets), usage, owner, found.problem)


def lines(status: Status) -> list[str]:
    """One fact a line."""
    own = _daemon_text(status.own) if status.own else "not running"
    return [
        f"daemon: {own}, {display_path(status.build_root)}",
        *(f"same store: {other.description}, {_daemon_text(other)}" for other in status.others),
        *(_location_text(state, status) for state in status.locations),
    ]


def _daemon_text(daemon: Daemon) -> str:
    state = "answers this" if daemon.asks else "busy" if daemon.busy else "idle"
    return f"{state}, process {daemon.pid}, up {duration(daemon.up_s)}, {size(daemon.memory_bytes)}"


def _location_text(state: LocationState, status: Status) -> str:
    parts = list(_facts(state, status))
    return f"{state.location.scope}: {display_path(state.location.path, status.build_root)}, {', '.join(parts)}"


def _facts(state: LocationState, status: Status) -> Iterator[str]:
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
            yield f"changed {duration(status.now_s - state.usage.changed_s)} ago"
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


def closing(status: Status) -> list[str]:
    """What it all comes to, and what is wrong with each location that cannot be reset."""
    total = Usage()
    for state in status.locations:
        total.add(state.usage)
    problems = [f"{GOAL}: {state.problem}" for state in status.locations if state.problem]
    return [*problems, f"{size(total.size_bytes)} in {count(total.files, 'file')}."]


def as_json(status: Status) -> str:
    """The status as a document: docs/goals/cache-status.md."""
    return json_report(
        GOAL,
        schema_version=1,
        mode="status",
        results=[_location_json(state) for state in status.locations],
        build_root=display_path(status.build_root),
        daemon=_daemon_json(status.own) if status.own else None,
        same_store=[_daemon_json(other) for other in status.others],
    )


def _daemon_json(daemon: Daemon) -> dict[str, Any]:
    return {
        "pid": daemon.pid,
        "build_root": display_path(daemon.build_root) or None,
        "description": daemon.description,
        "state": "answering" if daemon.asks else "busy" if daemon.busy else "idle",
        "up_s": int(daemon.up_s),
        "memory_bytes": daemon.memory_bytes,
        "user_id": daemon.user_id,
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
