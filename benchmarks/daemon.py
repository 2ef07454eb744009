"""The daemon of one repository: what it has used, and its end. It is found by its own pid file, never by name."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_POLL_S = 0.05
_PATIENCE_S = 15
_PROC = Path("/proc")


@dataclass(frozen=True)
class Memory:
    """The most that was ever resident, mapped files included, and what is now, without them."""

    peak_mib: float
    now_mib: float


class Daemon:
    """A running `pantsd`. Numbers are None where the system has no `/proc`."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    @classmethod
    def of(cls, build_root: Path) -> Daemon | None:
        """The daemon that serves this build root, if one is running."""
        for pid in _recorded_pids(build_root):
            command = _read(pid, "cmdline")
            # A pid is used again; another process must neither be measured nor ended.
            if _is_running(pid) and (command is None or "pantsd" in command and str(build_root) in command):
                return cls(pid)
        return None

    def memory(self) -> Memory | None:
        """Source: proc(5), VmHWM and RssAnon."""
        lines = (line.split() for line in (_read(self.pid, "status") or "").splitlines())
        kib = {line[0]: int(line[1]) for line in lines if line and line[0] in ("VmHWM:", "RssAnon:")}
        return Memory(kib["VmHWM:"] / 1024, kib["RssAnon:"] / 1024) if len(kib) == 2 else None

    def cpu_s(self) -> float | None:
        """Its processor time and that of its ended children. Source: proc(5), utime to cstime."""
        stat = _read(self.pid, "stat")
        if not stat:
            return None
        ticks = stat.rpartition(")")[2].split()[11:15]
        return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")

    def stop(self) -> None:
        """End it, kindly at first."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            if not _is_running(self.pid):
                return
            os.kill(self.pid, number)
            deadline = time.monotonic() + _PATIENCE_S
            while _is_running(self.pid) and time.monotonic() < deadline:
                time.sleep(_POLL_S)


def _recorded_pids(build_root: Path) -> Iterator[int]:
    for file in sorted(build_root.glob(".pids/*/pantsd/pid")):
        text = file.read_text().strip()
        if text.isdigit():
            yield int(text)


def _read(pid: int, name: str) -> str | None:
    try:
        return (_PROC / str(pid) / name).read_text(errors="replace")
    except OSError:
        return None


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    state = _read(pid, "stat")
    return state is None or state.rpartition(")")[2].split()[0] != "Z"
