"""Both ways to look at processes, at real ones."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from devflow.plain.processes.table import (
    ProcessSource,
    ProcSource,
    PsutilSource,
    descendants,
    process_source,
)
from harness.world import wait_until

CHILD = """
import socket, subprocess, sys
file = open("held", "w")
server = socket.create_server(("127.0.0.1", 0))
port = server.getsockname()[1]
idle = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
print(port, idle.pid, flush=True)
connection = None
for line in sys.stdin:
    if line == "connect\\n":
        client = socket.create_connection(("127.0.0.1", port))
        connection, _ = server.accept()
    elif line == "out\\n":
        elsewhere = socket.create_server(("127.0.0.1", 0))
        print(elsewhere.getsockname()[1], flush=True)
    print("done", flush=True)
idle.stdin.close()
idle.wait()
"""
SOURCES: list[ProcessSource] = [PsutilSource(), *([ProcSource()] if os.path.exists("/proc/self/stat") else [])]


@pytest.fixture(params=range(len(SOURCES)), ids=[type(source).__name__ for source in SOURCES])
def source(request: Any) -> ProcessSource:
    number: int = request.param
    return SOURCES[number]


@pytest.fixture()
def child(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", CHILD, "an argument"],
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    yield process
    process.communicate(timeout=60)


def line(child: subprocess.Popen[str]) -> str:
    assert child.stdout
    return child.stdout.readline().strip()


def tell(child: subprocess.Popen[str], what: str) -> str:
    assert child.stdin
    child.stdin.write(f"{what}\n")
    child.stdin.flush()
    return line(child)


def test_what_a_process_is(source: ProcessSource, child: subprocess.Popen[str], tmp_path: Path) -> None:
    _, grandchild = line(child).split()
    found = source.process(child.pid)
    assert found
    assert (found.pid, found.parent_pid, found.user_id) == (child.pid, os.getpid(), os.getuid())
    assert found.arguments == (sys.executable, "-c", CHILD, "an argument")
    assert found.directory == os.path.realpath(tmp_path)
    assert found.executable == os.path.realpath(sys.executable)
    assert abs(found.started_s - time.time()) < 60
    assert source.open_files(child.pid) >= {os.path.join(os.path.realpath(tmp_path), "held")}
    assert source.memory_bytes(child.pid) > 1_000_000
    everybody = {process.pid: process for process in source.processes()}
    assert int(grandchild) in descendants(everybody, (os.getpid(),))
    assert "\n" in CHILD
    assert len(found.command) <= 80


def test_a_listener_is_busy_while_somebody_is_connected(source: ProcessSource, child: subprocess.Popen[str]) -> None:
    line(child)
    assert source.busy_listener(child.pid) == 0
    tell(child, "connect")
    list(source.processes())  # A look begins with it.
    # The end of the client does not count, although it is a connection of the same process.
    assert source.busy_listener(child.pid) == 1


def test_both_ways_see_the_same(child: subprocess.Popen[str]) -> None:
    line(child)
    one, *others = (source.process(child.pid) for source in SOURCES)
    assert one
    for other in others:
        assert other
        assert abs(one.started_s - other.started_s) < 1.0
        assert (one.arguments, one.directory, one.executable) == (other.arguments, other.directory, other.executable)


def test_threads_of_the_kernel_are_no_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Source: proc(5); their flags have PF_KTHREAD."""
    monkeypatch.setattr(ProcSource, "root", str(tmp_path))
    (tmp_path / "stat").write_text("btime 1700000000\n")
    for pid, name, flags in ((2, "kthreadd", 0x208040), (3, "a (b) c", 0x400000)):
        (tmp_path / f"{pid}").mkdir()
        fields = ["S", "1", "1", "1", "0", "-1", str(flags), *["0"] * 12, "100"]
        (tmp_path / f"{pid}/stat").write_text(f"{pid} ({name}) {' '.join(fields)}\n")
        (tmp_path / f"{pid}/cmdline").write_bytes(b"program\0argument\0")
    source = ProcSource()
    assert [(one.pid, one.arguments) for one in source.processes()] == [(3, ("program", "argument"))]
    assert source.process(2) is None


def test_what_has_ended_was_never_there(source: ProcessSource) -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    # Nobody has waited for it yet: it is a zombie.
    wait_until(lambda: source.process(process.pid) is None, what="the end of a process")
    assert process.wait() == 0
    assert source.process(process.pid) is None
    assert source.open_files(process.pid) == frozenset()
    assert source.busy_listener(process.pid) == 0
    assert source.memory_bytes(process.pid) == 0


def test_there_is_a_way() -> None:
    assert process_source()
