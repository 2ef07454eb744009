from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from devflow.common.files import LockHeldError, exclusive_lock

HOLD = """
import sys
from pathlib import Path
from devflow.common.files import exclusive_lock
with exclusive_lock(Path(sys.argv[1]), timeout_s=0):
    print("held", flush=True)
    sys.stdin.read()
"""


def holder(path: Path) -> subprocess.Popen[str]:
    """A process that holds the lock until its standard input ends."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_the_lock_is_free_after_use(tmp_path: Path) -> None:
    path = tmp_path / "made" / "on demand" / "lock"
    for _ in range(2):
        with exclusive_lock(path, timeout_s=0):
            assert path.read_text() == f"{os.getpid()}\n"


def test_another_process_is_named(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    other = holder(path)
    waited: list[str] = []
    try:
        with pytest.raises(LockHeldError) as caught, exclusive_lock(path, timeout_s=0.2, on_wait=waited.append):
            pass
    finally:
        other.communicate()
    assert caught.value.holder == str(other.pid)
    assert waited == [str(other.pid)]


def test_a_thread_of_the_same_process_is_another_holder(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    failures: list[LockHeldError] = []

    def take() -> None:
        try:
            with exclusive_lock(path, timeout_s=0):
                pass
        except LockHeldError as error:
            failures.append(error)

    with exclusive_lock(path, timeout_s=0):
        thread = threading.Thread(target=take)
        thread.start()
        thread.join()
    assert [failure.holder for failure in failures] == [str(os.getpid())]


def test_a_killed_holder_holds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    other = holder(path)
    other.kill()
    other.communicate()
    with exclusive_lock(path, timeout_s=0):
        pass


def test_it_waits_for_the_holder(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    other = holder(path)

    def end_the_holder(_: str) -> None:
        other.communicate()

    with exclusive_lock(path, timeout_s=-1, on_wait=end_the_holder):
        assert other.returncode == 0


@pytest.mark.parametrize("kind", ["link", "dangling", "fifo", "directory"])
def test_a_lock_that_is_no_file_is_refused_and_overwrites_nothing(tmp_path: Path, kind: str) -> None:
    path, victim = tmp_path / "lock", tmp_path / "victim"
    if kind == "link":
        victim.write_text("precious")
        path.symlink_to(victim)
    elif kind == "dangling":
        path.symlink_to(victim)
    elif kind == "fifo":
        os.mkfifo(path)
    else:
        path.mkdir()
    with pytest.raises(OSError, match="not a regular file"), exclusive_lock(path, timeout_s=0):
        pass
    assert victim.exists() is (kind == "link")
    assert kind != "link" or victim.read_text() == "precious"
