from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from pants.pantsd.lock import OwnerPrintingInterProcessFileLock

from devflow.common.removal.guard import Guard
from devflow.common.removal.surroundings import Surroundings
from devflow.plain.facts import PantsProcess
from devflow.plain.processes.table import PsutilSource
from devflow.reset_cache.processes import stopping
from devflow.reset_cache.processes.stopping import (
    CannotStopError,
    LifecycleLocks,
    end,
    hide,
    lock_other,
    recorded_pid,
    unhide,
)

SOURCE = PsutilSource()
SLEEPER = "import signal, sys; {}; print('up', flush=True); signal.pause()"
LOCKER = """
import sys
from pants.pantsd.lock import OwnerPrintingInterProcessFileLock
lock = OwnerPrintingInterProcessFileLock(sys.argv[1])
print(lock.acquire(blocking=False), flush=True)
input()
"""


@contextmanager
def process(code: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    child = subprocess.Popen(
        [sys.executable, "-c", code, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield child
    finally:
        child.kill()
        child.communicate()


def the_daemon(child: subprocess.Popen[str], build_root: str = "/repo") -> PantsProcess:
    found = SOURCE.process(child.pid)
    assert found
    return PantsProcess(found, build_root, frozenset(), busy=False)


def first_line(child: subprocess.Popen[str]) -> str:
    assert child.stdout
    return child.stdout.readline().strip()


def test_a_daemon_ends() -> None:
    with process(SLEEPER.format("pass")) as child:
        first_line(child)
        end(the_daemon(child), SOURCE)
        assert child.wait() == -15


def test_one_that_does_not_listen_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stopping, "_END_WAIT_S", 0.3)
    with process(SLEEPER.format("signal.signal(signal.SIGTERM, signal.SIG_IGN)")) as child:
        first_line(child)
        end(the_daemon(child), SOURCE)
        assert child.wait() == -9


def test_one_that_has_ended_is_no_failure() -> None:
    with process("") as child:
        daemon = replace(the_daemon(child))
        child.wait()
        end(daemon, SOURCE)


def test_a_later_process_with_the_same_id_is_not_touched() -> None:
    with process(SLEEPER.format("pass")) as child:
        first_line(child)
        daemon = the_daemon(child)
        earlier = replace(daemon, process=replace(daemon.process, started_s=daemon.process.started_s - 100))
        end(earlier, SOURCE)
        assert child.poll() is None


def test_one_that_cannot_be_ended_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(pid: int, signal_number: int) -> None:
        raise PermissionError

    with process(SLEEPER.format("pass")) as child:
        first_line(child)
        daemon = the_daemon(child)
        monkeypatch.setattr(os, "kill", forbidden)
        with pytest.raises(CannotStopError, match=r"the daemon of /repo \(process \d+\) does not end"):
            end(daemon, SOURCE)
        monkeypatch.undo()


def test_the_lock_is_the_one_that_pants_takes(tmp_path: Path) -> None:
    locks = LifecycleLocks()
    locks.take(str(tmp_path / ".pids"))
    locks.take(str(tmp_path / ".pids"))  # It has it already.
    try:
        assert (tmp_path / ".pids" / ".lock.pantsd.lock_message").read_text() == f"{os.getpid()} (reset-cache)"
        with process(LOCKER, str(tmp_path / ".pids" / ".lock.pantsd")) as other:
            assert first_line(other) == "False"
    finally:
        locks.release()
    with process(LOCKER, str(tmp_path / ".pids" / ".lock.pantsd")) as other:
        assert first_line(other) == "True"
        with pytest.raises(CannotStopError, match=r"is held by \d+ \("):
            LifecycleLocks().take(str(tmp_path / ".pids"), wait_s=0)
    assert OwnerPrintingInterProcessFileLock(str(tmp_path / ".pids" / ".lock.pantsd")).acquire(blocking=False)


@pytest.mark.parametrize("make", ["a link", "a FIFO"])
def test_what_is_planted_at_the_message_is_not_followed(tmp_path: Path, make: str) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    message = tmp_path / ".pids" / ".lock.pantsd.lock_message"
    message.parent.mkdir()
    if make == "a link":
        message.symlink_to(victim)
    else:
        os.mkfifo(message)
    locks = LifecycleLocks()
    locks.take(str(tmp_path / ".pids"))
    locks.release()
    assert victim.read_text() == "precious"


def metadata(subprocessdir: Path, pid: int) -> Path:
    directory = subprocessdir / "0123456789ab" / "pantsd"
    directory.mkdir(parents=True)
    (directory / "pid").write_text(str(pid))
    (directory / "socket").write_text("1234")
    return directory


def test_hiding_leaves_the_lock_and_what_is_somebodys(tmp_path: Path) -> None:
    guard = Guard(Surroundings.of(str(tmp_path / "repo"), str(tmp_path / "repo" / "dist")))
    directory = metadata(tmp_path, 77)
    (tmp_path / ".lock.pantsd").write_text("")
    (tmp_path / "mine" / "pantsd").mkdir(parents=True)
    assert recorded_pid(str(directory)) == 77
    hidden = hide(str(tmp_path), guard)
    assert not directory.exists()
    assert (tmp_path / ".lock.pantsd").exists()
    assert (tmp_path / "mine" / "pantsd").exists()
    assert hide(str(tmp_path / "missing"), guard) == []
    assert recorded_pid(str(directory)) is None
    unhide(hidden)
    assert recorded_pid(str(directory)) == 77


@pytest.mark.parametrize("name", [".pids", ".pants.d/pids"])
def test_clients_of_another_repository_wait_while_its_daemon_ends(tmp_path: Path, name: str) -> None:
    with process(SLEEPER.format("pass")) as child:
        first_line(child)
        metadata(tmp_path / name, child.pid)
        locks = LifecycleLocks()
        lock_other(the_daemon(child, str(tmp_path)), locks)
        try:
            assert list(locks.held) == [str(tmp_path / name / ".lock.pantsd")]
        finally:
            locks.release()


def test_metadata_of_another_process_proves_nothing(tmp_path: Path) -> None:
    with process(SLEEPER.format("pass")) as child:
        first_line(child)
        metadata(tmp_path / ".pids", child.pid + 1)
        locks = LifecycleLocks()
        lock_other(the_daemon(child, str(tmp_path)), locks)
        assert not locks.held
