"""Read the actual state: locations, and the processes that use them. Changes nothing, and memoises nothing."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from devflow.common.removal.facts import total_usage
from devflow.common.removal.guard import Guard
from devflow.common.removal.mounts import ReadMounts, mount_points
from devflow.plain.containers import LIMIT_S
from devflow.plain.facts import FoundContainers, PantsProcess, Settings
from devflow.plain.processes.pants_processes import find_pants_processes, running_from, runs_in_daemon
from devflow.plain.processes.table import ProcessSource, process_source
from devflow.reset_cache.containers import ContainerAccess
from devflow.reset_cache.facts import (
    NAMED_CACHES,
    NO_CONTAINERS,
    CacheState,
    FoundLocation,
    Location,
    LocationState,
    PantsProcessState,
    Situation,
)
from devflow.reset_cache.selection.guards import surroundings_of
from devflow.reset_cache.selection.request import ResetRequest
from devflow.reset_cache.selection.survey import survey

_STATUS_LIMIT_S = 1.0  # for the engine of containers, so that a dead one does not keep all else waiting


@dataclass(frozen=True)
class Machine:
    """How the processes and the mount points of this machine are read. Tests give a machine of their own."""

    processes: Callable[[], ProcessSource | None] = process_source
    mounts: ReadMounts = mount_points


@dataclass(frozen=True)
class ResetContext:
    """The surroundings of a run. `locations` are all known ones, chosen or not; `source`: None without processes.

    `command` is the command line that resets without `--dry-run`. `containers` is None where they are of no interest.
    """

    settings: Settings
    locations: tuple[Location, ...]
    source: ProcessSource | None
    mounts: ReadMounts = mount_points
    in_daemon: bool = False
    command: str = "the same command"
    containers: ContainerAccess | None = None

    @classmethod
    def of(
        cls,
        settings: Settings,
        locations: tuple[Location, ...],
        machine: Machine,
        command: str = "the same command",
        *,
        containers: ContainerAccess | None = None,
    ) -> ResetContext:
        """The context of this process."""
        source = machine.processes()
        return cls(settings, locations, source, machine.mounts, runs_in_daemon(source), command, containers)

    def find_containers(self, *, limit_s: float = LIMIT_S) -> FoundContainers:
        """The containers of tests."""
        return self.containers.find(self.source, limit_s=limit_s) if self.containers else NO_CONTAINERS

    def guard(self) -> Guard:
        """The guard of a removal that begins now."""
        return Guard(surroundings_of(self.settings, self.command), read_mounts=self.mounts)


def inspect_locations(request: ResetRequest, context: ResetContext) -> tuple[FoundLocation, ...]:
    """The locations that the request concerns."""
    concerned = filter(request.concerns, context.locations)
    return survey(concerned, context.locations, context.guard(), one_by_one=request.prunes)


def inspect_situation(context: ResetContext, scopes: Iterable[str], *, ended: Iterable[PantsProcess] = ()) -> Situation:
    """Who uses the caches now, without the processes that have ended."""
    source = context.source
    named_caches = os.path.realpath(context.settings.named_caches_dir)
    return Situation(
        os.path.realpath(context.settings.build_root),
        os.path.realpath(context.settings.local_store_dir),
        find_pants_processes(source).without(ended) if source else None,
        context.in_daemon,
        running_from(source, named_caches) if source and NAMED_CACHES in scopes else (),
        store_exists=os.path.lexists(context.settings.local_store_dir),
    )


def inspect_caches(context: ResetContext) -> CacheState:
    """All that `cache-status` shows."""
    now_s = time.time()
    situation = inspect_situation(context, ())
    own, others = None, []
    if context.source:
        this = context.source.process(os.getpid())
        if context.in_daemon and this:
            one = PantsProcess(this, situation.build_root, frozenset(), busy=True)
            own = _process_state(one, context.source, now_s, asks=True)
        for one in situation.processes.others if situation.processes else ():
            if one.build_root == situation.build_root and not own:
                own = _process_state(one, context.source, now_s)
            elif situation.store in one.stores:
                others.append(_process_state(one, context.source, now_s))
    found = survey(context.locations, context.locations, context.guard(), with_kept=True)
    return CacheState(
        situation.build_root,
        now_s,
        own,
        tuple(others),
        tuple(map(_location_state, found)),
        context.find_containers(limit_s=_STATUS_LIMIT_S),
    )


def _process_state(one: PantsProcess, source: ProcessSource, now_s: float, *, asks: bool = False) -> PantsProcessState:
    process = one.process
    memory_bytes = source.memory_bytes(process.pid)
    up_s = now_s - process.started_s
    return PantsProcessState(process.pid, one.build_root, str(one), one.busy, up_s, memory_bytes, process.user_id, asks)


def _location_state(found: FoundLocation) -> LocationState:
    usage = total_usage(target.usage for target in found.targets)
    try:
        owner = os.lstat(found.location.path).st_uid
    except OSError:
        owner = None
    return LocationState(found.location, found.exists, len(found.targets), usage, owner, found.problem)
