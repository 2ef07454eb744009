"""Processes that exist by name only, and a machine on which they run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field

from devflow.plain.facts import Process
from devflow.reset_cache.inspect import Machine


@dataclass
class FakeSource:
    """A `ProcessSource` with these processes. `busy` has the number of connections by process id."""

    listed: list[Process] = field(default_factory=list)
    files: dict[int, frozenset[str]] = field(default_factory=dict)
    busy: dict[int, int] = field(default_factory=dict)

    def processes(self) -> Iterator[Process]:
        return iter(self.listed)

    def process(self, pid: int) -> Process | None:
        return next((process for process in self.listed if process.pid == pid), None)

    def open_files(self, pid: int) -> frozenset[str]:
        return self.files.get(pid, frozenset())

    def busy_listener(self, pid: int) -> int:
        return self.busy.get(pid, 0)

    def memory_bytes(self, pid: int) -> int:
        return 1024


def daemon(
    pid: int, build_root: str, *, user_id: int | None = None, started_s: float = 1000.0, parent: int = 1
) -> Process:
    """A daemon's process."""
    user_id = os.getuid() if user_id is None else user_id
    title = f"pantsd [{build_root}]   "
    return Process(pid, parent, user_id, started_s, (title,), build_root, "/usr/bin/python3.9")


def run(pid: int, directory: str, *, started_s: float = 1000.0, parent: int = 1, user_id: int | None = None) -> Process:
    """A process of any kind."""
    user_id = os.getuid() if user_id is None else user_id
    return Process(
        pid, parent, user_id, started_s, ("python", "-m", "pants", "test", "::"), directory, "/usr/bin/python3.9"
    )


def databases(store: str) -> frozenset[str]:
    """What a Pants process with this store has open."""
    return frozenset({f"{store}/cache/0/data.mdb", f"{store}/files/f/lock.mdb", "/etc/hosts"})


def machine_of(source: FakeSource) -> Machine:
    """A machine with these processes and no mount points."""
    return Machine(processes=lambda: source, mounts=lambda: ())
