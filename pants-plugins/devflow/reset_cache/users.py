"""Who is using what: Pants' daemons, runs without one, and what they have started."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from devflow.common.paths import display_path, is_inside
from devflow.reset_cache.processes import Process, ProcessSource, descendants

_DAEMON_TITLE = re.compile(r"pantsd \[(.+)\]\s*", re.DOTALL)
# Each Pants process has the databases of its store open: <store>/<kind>/<shard>/data.mdb.
_DATABASE = re.compile(r"(.+)/(?:cache|files|directories)/[0-9a-f]/(?:data|lock)\.mdb(?: \(deleted\))?", re.DOTALL)


@dataclass(frozen=True)
class PantsProcess:
    """A process that has an engine in it. `build_root` is that of a daemon, "" for a run without one.

    `stores` are the real paths of the stores that it has open. A daemon is busy while a client is connected or while
    something that it has started runs; a run without a daemon always is.
    """

    process: Process
    build_root: str
    stores: frozenset[str]
    busy: bool

    @property
    def is_daemon(self) -> bool:
        """Otherwise it is a run without one."""
        return bool(self.build_root)

    def __str__(self) -> str:
        if self.is_daemon:
            return f"the daemon of {display_path(self.build_root)} (process {self.process.pid})"
        where = f" in {display_path(self.process.directory)}" if self.process.directory else ""
        return f"process {self.process.pid}{where} ({display_path(self.process.command)})"


@dataclass(frozen=True)
class Users:
    """All Pants processes but this one and its children, by process id; and who this one is.

    `queued` is the number of clients that wait for the daemon in which this runs.
    """

    own_pid: int
    user_id: int
    pants: tuple[PantsProcess, ...]
    queued: int = 0

    def without(self, ended: Iterable[PantsProcess]) -> Users:
        """The others."""
        gone = {one.process for one in ended}
        return replace(self, pants=tuple(one for one in self.pants if one.process not in gone))

    def ours(self) -> tuple[PantsProcess, ...]:
        """Those of this user."""
        return tuple(one for one in self.pants if one.process.user_id == self.user_id)


def find_users(source: ProcessSource) -> Users:
    """Look at the processes of this machine."""
    own_pid = os.getpid()
    everybody = {process.pid: process for process in source.processes()}
    mine = {own_pid, *descendants(everybody, (own_pid,))}
    candidates = {}
    for pid, process in everybody.items():
        if pid not in mine:
            stores = frozenset(match[1] for match in map(_DATABASE.fullmatch, source.open_files(pid)) if match)
            daemon_root = _daemon_root(process)
            if stores or daemon_root:
                candidates[pid] = (process, daemon_root, stores)
    held = {pid: stores for pid, (_, _, stores) in candidates.items()}
    return Users(
        own_pid,
        os.getuid(),
        tuple(
            PantsProcess(process, daemon_root, stores, busy=not daemon_root or _is_busy(pid, source, everybody))
            for pid, (process, daemon_root, stores) in sorted(candidates.items())
            if daemon_root or not _is_part_of_another(process, stores, held, everybody)
        ),
        queued=max(0, source.busy_listener(own_pid) - 1),
    )


def runs_in_daemon(source: ProcessSource | None) -> bool:
    """Whether this process is a daemon."""
    this = source.process(os.getpid()) if source else None
    return bool(this and _daemon_root(this))


def _daemon_root(process: Process) -> str:
    """The build root of a daemon: in its title, and its working directory, too. Source: `pants_daemon.py`."""
    match = _DAEMON_TITLE.fullmatch(process.arguments[0]) if process.arguments else None
    if not match or not process.directory:
        return ""
    return match[1] if os.path.realpath(match[1]) == process.directory else ""


def _is_busy(pid: int, source: ProcessSource, everybody: Mapping[int, Process]) -> bool:
    return source.busy_listener(pid) > 0 or bool(descendants(everybody, (pid,)))


def _is_part_of_another(
    process: Process, stores: frozenset[str], held: Mapping[int, frozenset[str]], everybody: Mapping[int, Process]
) -> bool:
    """Whether it only has open what the Pants process that has started it has: open files are inherited.

    One that has a store of its own open is a Pants process of its own, such as in a test of Pants.
    """
    seen = {process.pid}
    while process.parent_pid in everybody and process.parent_pid not in seen:
        process = everybody[process.parent_pid]
        seen.add(process.pid)
        if process.pid in held and stores <= held[process.pid]:
            return True
    return False


def running_from(source: ProcessSource, directory: str) -> tuple[Process, ...]:
    """The processes whose program or working directory is in a directory (a real path), without this one."""
    return tuple(
        process
        for process in source.processes()
        if process.pid != os.getpid()
        and any(path and is_inside(path, directory) for path in (process.executable, process.directory))
    )
