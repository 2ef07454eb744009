"""The processes of this machine: from /proc, or by psutil, which Pants has, where there is none.

Everything may be gone by the time it is asked for: a process that ends is as if it had never been there.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

_HAS_PSUTIL = False
# A bare Python, which runs this when Pants does not start, has none; PYTHONPATH may lead to one that is broken.
with suppress(Exception):
    import psutil

    _HAS_PSUTIL = True


@dataclass(frozen=True)
class Process:
    """`started_s`: seconds since the epoch. With the id it tells a process from a later one with the same id."""

    pid: int
    parent_pid: int
    user_id: int
    started_s: float
    arguments: tuple[str, ...] = ()
    directory: str = ""
    executable: str = ""

    @property
    def command(self) -> str:
        """What it was called with, short enough for a line."""
        text = " ".join(self.arguments) or os.path.basename(self.executable)
        return text if len(text) <= 80 else f"{text[:79]}…"


class ProcessSource(Protocol):
    """How processes are looked at."""

    def processes(self) -> Iterator[Process]:
        """All that can be seen, in no order."""

    def process(self, pid: int) -> Process | None:
        """One of them; None if it is gone or a zombie."""

    def open_files(self, pid: int) -> frozenset[str]:
        """Real paths of the regular files that it has open; none if it is not ours to see."""

    def busy_listener(self, pid: int) -> int:
        """How many connections to the ports on which it listens are established."""

    def memory_bytes(self, pid: int) -> int:
        """Resident memory."""


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
                    _or_empty(process.cwd),
                    _or_empty(process.exe),
                )
        except psutil.AccessDenied:
            return self._stranger(pid)
        except (psutil.Error, OSError):
            return None

    def _stranger(self, pid: int) -> Process | None:
        """On macOS, all but the owner of another user's process is secret."""
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
            connections = psutil.Process(pid).connections(kind="tcp")
        except (psutil.Error, OSError):
            return 0
        ports = {one.laddr.port for one in connections if one.status == psutil.CONN_LISTEN}
        return sum(one.status == psutil.CONN_ESTABLISHED and one.laddr.port in ports for one in connections)

    def memory_bytes(self, pid: int) -> int:
        """See `ProcessSource`."""
        try:
            return int(psutil.Process(pid).memory_info().rss)
        except (psutil.Error, OSError):
            return 0


def _or_empty(ask: object) -> str:
    try:
        return str(ask())  # type: ignore[operator]
    except (psutil.Error, OSError):
        return ""


class ProcSource:
    """Linux without psutil. Source: proc(5)."""

    root = "/proc"
    _LISTEN, _ESTABLISHED = "0A", "01"

    def __init__(self) -> None:
        self._tables: dict[tuple[str, str], list[list[str]]] = {}

    @cached_property
    def _boot_s(self) -> float:
        with open(f"{self.root}/stat") as lines:
            return float(next(line.split()[1] for line in lines if line.startswith("btime")))

    def processes(self) -> Iterator[Process]:
        """See `ProcessSource`. Each look at who is there begins with it, and sees connections anew."""
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
        return [_link(f"{directory}/{name}") for name in names]

    def _connections(self, pid: int, family: str) -> list[list[str]]:
        """Of all processes in the same network namespace: the system makes the table at each reading."""
        namespace = (_link(f"{self.root}/{pid}/ns/net"), family)
        if namespace not in self._tables:
            try:
                with open(f"{self.root}/{pid}/net/{family}") as lines:
                    next(lines)
                    rows = [line.split() for line in lines]
            except (OSError, StopIteration):
                return []
            self._tables[namespace] = rows
        return self._tables[namespace]


def _link(path: str) -> str:
    try:
        return os.readlink(path)
    except OSError:
        return ""


def _port(row: list[str]) -> str:
    return row[1].rpartition(":")[2]


def process_source() -> ProcessSource | None:
    """What this system and this Python offer; None if processes cannot be looked at.

    Linux always gets the way that needs no psutil: it takes half of the time, and is the same with and without Pants.
    """
    if os.path.exists(f"{ProcSource.root}/self/stat"):
        return ProcSource()
    return PsutilSource() if _HAS_PSUTIL else None


def descendants(processes: Mapping[int, Process], roots: Iterable[int]) -> frozenset[int]:
    """The children of processes, and theirs."""
    found: set[int] = set()
    level = set(roots)
    while level:
        level = {process.pid for process in processes.values() if process.parent_pid in level} - found
        found |= level
    return frozenset(found)
