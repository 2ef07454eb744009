"""The trash: what is in it belongs to a process that removes it, or was left by a killed one."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from devflow.export_all_resolves.staging import trash
from harness.world import wait_until

NOW_S = time.time()
DAY_S = 86400


@pytest.fixture()
def tree(tmp_path: Path) -> Path:
    path = tmp_path / "dist/.+x7z"
    (path / "lib").mkdir(parents=True)
    (path / "lib/a.py").write_text("content")
    return path


@pytest.fixture()
def directory(tmp_path: Path) -> Path:
    return tmp_path / "workdir/trash"


def discarded(tree: Path, directory: Path, name: str = "0123") -> trash.Discarded:
    found = trash.discarded(str(tree), str(directory), name)
    assert found
    return found


def test_a_tree_in_the_trash_is_its_removers(tree: Path, directory: Path) -> None:
    found = discarded(tree, directory)
    assert not tree.exists()
    assert [path.name for path in directory.rglob("*.py")] == ["a.py"]
    assert trash.left(str(directory), NOW_S) == []
    found.empty()
    assert list(directory.rglob("*.py")) == []
    assert trash.left(str(directory), NOW_S) == []
    found.remove()
    assert list(directory.iterdir()) == []


def test_what_has_no_remover_is_left(tree: Path, directory: Path) -> None:
    found = discarded(tree, directory)
    os.close(found.descriptor)  # as by a killed process
    assert trash.left(str(directory), NOW_S) == [found.path]
    assert trash.left(str(directory / "missing"), NOW_S) == []


def test_the_first_frame_of_a_name_is_kept_for_a_week(tree: Path, directory: Path) -> None:
    found = discarded(tree, directory)
    found.empty()
    frame = trash.frame_of(str(directory), "0123")
    found.end(frame)
    (tree / "other").mkdir(parents=True)
    second = discarded(tree, directory)
    second.empty()
    second.end(frame)
    assert [str(path) for path in directory.iterdir()] == [frame]
    assert sorted(path.name for path in directory.rglob("*")) == ["0123.frame", "export", "lib"]
    assert trash.left(str(directory), NOW_S + 6 * DAY_S) == []
    assert trash.left(str(directory), NOW_S + 8 * DAY_S) == [frame]


def test_a_remover_that_still_makes_the_frame_is_waited_for(
    tree: Path, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = discarded(tree, directory)
    os.rename(found.path, trash.frame_of(str(directory), "0123"))
    naps = []

    def nap(seconds: float) -> None:
        naps.append(seconds)
        os.close(found.descriptor)

    monkeypatch.setattr(time, "sleep", nap)
    trash.wait(str(directory), "0123")
    assert len(naps) == 1


def test_where_there_are_no_locks_everything_is_left(
    tree: Path, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = discarded(tree, directory)

    def flock(descriptor: int, operation: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", flock)
    assert trash.left(str(directory), NOW_S) == [found.path]


@pytest.mark.parametrize(
    ("function", "number"),
    [("rename", errno.EXDEV), ("mkdir", errno.ENOSPC), ("rename", errno.EACCES)],
    ids=["another file system", "a full disk", "a directory that cannot be written to"],
)
def test_what_cannot_be_renamed_stays(
    tree: Path, directory: Path, monkeypatch: pytest.MonkeyPatch, function: str, number: int
) -> None:
    directory.mkdir(parents=True)

    def fail(*arguments: object, **options: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, function, fail)
    assert trash.discarded(str(tree), str(directory), "0123") is None
    assert (tree / "lib/a.py").exists()
    assert list(directory.iterdir()) == []


def test_a_link_a_missing_path_and_a_missing_trash(tree: Path, directory: Path) -> None:
    link = tree.with_name("link")
    link.symlink_to(tree)
    assert trash.discarded(str(link), str(directory), "0123") is None
    assert trash.discarded(f"{tree}.missing", str(directory), "0123") is None
    assert trash.discarded(str(tree), "", "0123") is None
    assert (link / "lib/a.py").exists()


def _release(found: trash.Discarded) -> None:
    os.close(found.descriptor)


@pytest.mark.parametrize("release", [_release, trash.Discarded.remove])
def test_a_remover_is_waited_for(
    tree: Path, directory: Path, monkeypatch: pytest.MonkeyPatch, release: Callable[[trash.Discarded], None]
) -> None:
    found = discarded(tree, directory)
    naps = []

    def nap(seconds: float) -> None:
        naps.append(seconds)
        release(found)

    monkeypatch.setattr(time, "sleep", nap)
    trash.wait(str(directory), "0123")
    assert len(naps) == 1


def test_nobody_waits_for_another_export_or_for_directories(
    tree: Path, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = discarded(tree, directory)
    monkeypatch.setattr(time, "sleep", lambda seconds: pytest.fail("waits"))
    trash.wait(str(directory), "012")
    monkeypatch.setattr(trash, "remove", lambda path: trash.wait(str(directory), "0123"))
    found.remove()


def test_a_remover_that_does_not_get_on_is_not_waited_for_forever(
    tree: Path, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = discarded(tree, directory)
    monkeypatch.setattr(trash, "_PATIENCE_S", 0.0)
    trash.wait(str(directory), "0123")
    assert trash.left(str(directory), NOW_S) == []
    found.remove()


def test_a_background_process_is_its_own(tmp_path: Path) -> None:
    """Nobody who waits for the output of its parent waits for it, and no signal for its parent reaches it."""
    reader, writer = os.pipe()
    told, tell = os.pipe()
    parent = os.fork()
    if parent == 0:
        os.setsid()
        os.dup2(writer, 1)
        os.close(writer)

        def do() -> None:
            os.read(told, 1)
            (tmp_path / "new").write_text(f"{os.getsid(0) == os.getpid()} {os.getcwd()} {os.nice(0) > 0}")
            (tmp_path / "new").rename(tmp_path / "found")

        os._exit(0 if trash.in_background(do) else 1)
    os.close(writer)
    assert os.read(reader, 1) == b"", "the end of the output"
    assert os.WEXITSTATUS(os.waitpid(parent, 0)[1]) == 0
    with pytest.raises(ProcessLookupError):
        os.killpg(parent, signal.SIGKILL)
    os.write(tell, b"!")
    wait_until((tmp_path / "found").exists, what="the background process")
    assert (tmp_path / "found").read_text() == "True / True"


def test_no_process_can_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    def fork() -> int:
        raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    monkeypatch.setattr(os, "fork", fork)
    assert trash.in_background(lambda: sys.exit("called")) is False
