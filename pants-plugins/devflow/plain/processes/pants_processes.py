"""Which processes run Pants: daemons, and runs without a daemon."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from devflow.common.paths import is_inside
from devflow.plain.facts import PantsProcess, PantsProcesses, Process
from devflow.plain.processes.table import ProcessSource, descendants

_DAEMON_TITLE = re.compile(r"pantsd \[(.+)\]\s*", re.DOTALL)
# Each Pants process has the databases of its store open: <store>/<kind>/<shard>/data.mdb.
_DATABASE = re.compile(r"(.+)/(?:cache|files|directories)/[0-9a-f]/(?:data|lock)\.mdb(?: \(deleted\))?", re.DOTALL)


def find_pants_processes(source: ProcessSource) -> PantsProcesses:
    """Find the Pants processes of this machine."""
    own_pid = os.getpid()
    by_pid = {process.pid: process for process in source.processes()}
    mine = {own_pid, *descendants(by_pid, (own_pid,))}
    candidates = {}
    for pid, process in by_pid.items():
        if pid not in mine:
            stores = frozenset(match[1] for match in map(_DATABASE.fullmatch, source.open_files(pid)) if match)
            root = daemon_root(process)
            if stores or root:
                candidates[pid] = (process, root, stores)
    held = {pid: stores for pid, (_, _, stores) in candidates.items()}
    return PantsProcesses(
        own_pid,
        os.getuid(),
        tuple(
            PantsProcess(process, root, stores, busy=root is None or _is_busy(pid, source, by_pid))
            for pid, (process, root, stores) in sorted(candidates.items())
            if root or not _is_part_of_another(process, stores, held, by_pid)
        ),
        queued=max(0, source.busy_listener(own_pid) - 1),
    )


def runs_in_daemon(source: ProcessSource | None) -> bool:
    """Whether this process is a daemon."""
    this = source.process(os.getpid()) if source else None
    return bool(this and daemon_root(this))


def is_daemon(process: Process) -> bool:
    """Whether it is a daemon of Pants."""
    return daemon_root(process) is not None


def daemon_root(process: Process) -> str | None:
    """The build root of a daemon, None for other processes.

    The title of a daemon names its build root, which is its working directory, too. Source: `pants_daemon.py`.
    """
    match = _DAEMON_TITLE.fullmatch(process.arguments[0]) if process.arguments else None
    if not match or not process.directory:
        return None
    return match[1] if os.path.realpath(match[1]) == process.directory else None


def _is_busy(pid: int, source: ProcessSource, by_pid: Mapping[int, Process]) -> bool:
    return source.busy_listener(pid) > 0 or bool(descendants(by_pid, (pid,)))


def _is_part_of_another(
    process: Process, stores: frozenset[str], held: Mapping[int, frozenset[str]], by_pid: Mapping[int, Process]
) -> bool:
    """Whether all stores that the process has open are inherited from the Pants process that has started it.

    A process that has another store open is a Pants process of its own, as in a test of Pants.
    """
    seen = {process.pid}
    while process.parent_pid in by_pid and process.parent_pid not in seen:
        process = by_pid[process.parent_pid]
        seen.add(process.pid)
        if process.pid in held and stores <= held[process.pid]:
            return True
    return False


def running_from(source: ProcessSource, directory: str) -> tuple[Process, ...]:
    """The processes whose program or working directory is in `directory`, a real path; without this process."""
    return tuple(
        process
        for process in source.processes()
        if process.pid != os.getpid()
        and any(path and is_inside(path, directory) for path in (process.executable, process.directory))
    )
