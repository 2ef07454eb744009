"""The process table of this machine: from /proc, or by psutil, which Pants bundles, where there is no /proc.

A process may end at any time: to ask for one that has ended is no error, and gives the empty answer.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from typing import Protocol

from devflow.plain.facts import Process

_HAS_PSUTIL = False
# A bare Python, which runs this when Pants does not start, has none; PYTHONPATH may lead to one that is broken.
with suppress(Exception):
    import psutil

    _HAS_PSUTIL = True


class ProcessSource(Protocol):
    """How processes are read."""

    def processes(self) -> Iterator[Process]:
        """All that this user can see, in no order."""

    def process(self, pid: int) -> Process | None:
        """One of them; None if it has ended or is a zombie."""

    def open_files(self, pid: int) -> frozenset[str]:
        """Real paths of the files that a process has open; none if this user cannot see them."""

    def busy_listener(self, pid: int) -> int:
        """The number of established connections to the ports on which a process listens."""

    def memory_bytes(self, pid: int) -> int:
        """The resident memory of a process."""


class PsutilSource:
    """Linux and macOS, with psutil."""

    def processes(self) -> Iterator[Process]:
        """See `ProcessSource`."""
        for pid in psutil.pids():
            process = self.process(pid)
            if process:
                yield process

    def process(self, pid: int) -> Process | None:
        """See `ProcessSource`."""
        try:
            process = psutil.Process(pid)
            with process.oneshot():
                if process.status() == psutil.STATUS_ZOMBIE:
                    return None
                return Process(
                    pid,
                    process.ppid(),
                    process.uids().real,
                    process.create_time(),
                    tuple(process.cmdline()),
                    _or_none(process.cwd),
                    _or_none(process.exe),
                )
        except psutil.AccessDenied:
            return self._of_another_user(pid)
        except (psutil.Error, OSError):
            return None

    def _of_another_user(self, pid: int) -> Process | None:
        """What macOS shows of a process of another user."""
        try:
            process = psutil.Process(pid)
            return Process(pid, process.ppid(), process.uids().real, process.create_time())
        except (psutil.Error, OSError):
            return None

    def open_files(self, pid: int) -> frozenset[str]:
        """See `ProcessSource`."""
        try:
            return frozenset(file.path for file in psutil.Process(pid).open_files())
        except (psutil.Error, OSError):
            return frozenset()

    def busy_listener(self, pid: int) -> int:
        """See `ProcessSource`."""
        try:
            process = psutil.Process(pid)
            # psutil 6 has renamed it.
            connections = getattr(process, "net_connections", None) or process.connections
            listed = connections(kind="tcp")
        except (psutil.Error, OSError):
            return 0
        ports = {one.laddr.port for one in listed if one.status == psutil.CONN_LISTEN}
        return sum(one.status == psutil.CONN_ESTABLISHED and one.laddr.port in ports for one in listed)

    def memory_bytes(self, pid: int) -> int:
        """See `ProcessSource`."""
        try:
            return int(psutil.Process(pid).memory_info().rss)
        except (psutil.Error, OSError):
            return 0


def _or_none(ask: Callable[[], str]) -> str | None:
    try:
        return ask() or None
    except (psutil.Error, OSError):
        return None


class ProcSource:
    """Linux without psutil. Source: proc(5). Threads of the kernel, which run no program, are left out."""

    root = "/proc"
    _KERNEL_THREAD = 0x00200000  # PF_KTHREAD, of include/linux/sched.h
    _LISTEN, _ESTABLISHED = "0A", "01"

    def __init__(self) -> None:
        self._tables: dict[tuple[str | None, str], list[list[str]]] = {}

    @cached_property
    def _boot_s(self) -> float:
        with open(f"{self.root}/stat") as lines:
            return float(next(line.split()[1] for line in lines if line.startswith("btime")))

    def processes(self) -> Iterator[Process]:
        """See `ProcessSource`. It also forgets the connections that were read before."""
        self._tables.clear()
        for name in os.listdir(self.root):
            process = self.process(int(name)) if name.isdigit() else None
            if process:
                yield process

    def process(self, pid: int) -> Process | None:
        """See `ProcessSource`."""
        own = f"{self.root}/{pid}"
        try:
            with open(f"{own}/stat", "rb") as file:
                # The name, in brackets, may hold anything; after it: state, parent, …, start time as the 22nd field.
                fields = file.read().rpartition(b")")[2].split()
            if int(fields[6]) & self._KERNEL_THREAD:
                return None
            with open(f"{own}/cmdline", "rb") as file:
                arguments = tuple(map(os.fsdecode, file.read().rstrip(b"\0").split(b"\0")))
            user_id = os.stat(own).st_uid
        except (OSError, IndexError):
            return None
        if fields[0] in (b"Z", b"X"):
            return None
        started_s = self._boot_s + int(fields[19]) / os.sysconf("SC_CLK_TCK")
        return Process(pid, int(fields[1]), user_id, started_s, arguments, _link(f"{own}/cwd"), _link(f"{own}/exe"))

    def open_files(self, pid: int) -> frozenset[str]:
        """See `ProcessSource`."""
        return frozenset(target for target in self._descriptors(pid) if target.startswith("/"))

    def busy_listener(self, pid: int) -> int:
        """See `ProcessSource`."""
        sockets = {target[8:-1] for target in self._descriptors(pid) if target.startswith("socket:[")}
        rows = [row for family in ("tcp", "tcp6") for row in self._connections(pid, family) if row[9] in sockets]
        ports = {_port(row) for row in rows if row[3] == self._LISTEN}
        return sum(row[3] == self._ESTABLISHED and _port(row) in ports for row in rows)

    def memory_bytes(self, pid: int) -> int:
        """See `ProcessSource`."""
        try:
            with open(f"{self.root}/{pid}/statm") as file:
                return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        except (OSError, IndexError):
            return 0

    def _descriptors(self, pid: int) -> list[str]:
        directory = f"{self.root}/{pid}/fd"
        try:
            names = os.listdir(directory)
        except OSError:
            return []
        return [target for name in names if (target := _link(f"{directory}/{name}"))]

    def _connections(self, pid: int, family: str) -> list[list[str]]:
        """The connections of all processes in the same network namespace; read once, because reading takes long."""
        key = (_link(f"{self.root}/{pid}/ns/net"), family)
        if key not in self._tables:
            try:
                with open(f"{self.root}/{pid}/net/{family}") as lines:
                    next(lines)
                    rows = [line.split() for line in lines]
            except (OSError, StopIteration):
                return []
            self._tables[key] = rows
        return self._tables[key]


def _link(path: str) -> str | None:
    try:
        return os.readlink(path)
    except OSError:
        return None


def _port(row: list[str]) -> str:
    return row[1].rpartition(":")[2]


def process_source() -> ProcessSource | None:
    """The source for this system and this Python; None if processes cannot be read.

    Linux never uses psutil. `ProcSource` takes half of the time, works the same without Pants, and sees open files
    that are already removed: the databases of a store whose daemon still runs. `psutil.open_files` leaves those out.
    """
    if os.path.exists(f"{ProcSource.root}/self/stat"):
        return ProcSource()
    return PsutilSource() if _HAS_PSUTIL else None


def descendants(processes: Mapping[int, Process], roots: Iterable[int]) -> frozenset[int]:
    """The ids of the processes that `roots` have started, directly or not."""
    found: set[int] = set()
    level = set(roots)
    while level:
        level = {process.pid for process in processes.values() if process.parent_pid in level} - found
        found |= level
    return frozenset(found)
