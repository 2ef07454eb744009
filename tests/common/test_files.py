from __future__ import annotations

import errno
import fcntl
import os
import secrets
import socket
from pathlib import Path
from types import SimpleNamespace

import pytest

from devflow.common import files
from devflow.common.files import Blocker, Obstruction, atomic_write, blocker, read_file, sync_directory


def test_a_new_file_with_its_directories(tmp_path: Path) -> None:
    file = tmp_path / "a/b/c.json"
    atomic_write(file, b"new")
    assert file.read_bytes() == b"new"
    assert os.listdir(file.parent) == ["c.json"]


def test_mode_and_link_are_kept(tmp_path: Path) -> None:
    file, link = tmp_path / "file", tmp_path / "link"
    file.write_text("old")
    file.chmod(0o640)
    link.symlink_to("file")
    atomic_write(link, b"new")
    assert link.is_symlink()
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (b"new", 0o640)


def test_a_failure_leaves_the_old_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "file"
    file.write_text("old")

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space left on device"):
        atomic_write(file, b"new")
    assert file.read_text() == "old"
    assert os.listdir(tmp_path) == ["file"]


@pytest.mark.parametrize("path", ["directory", "file/x"])
def test_what_is_no_place_for_a_file(tmp_path: Path, path: str) -> None:
    (tmp_path / "directory").mkdir()
    (tmp_path / "file").touch()
    with pytest.raises((IsADirectoryError, NotADirectoryError, FileExistsError)):
        atomic_write(tmp_path / path, b"")
    assert sorted(os.listdir(tmp_path)) == ["directory", "file"]


LEFTOVER = f".devflow-{'0a' * 16}~"


def test_what_a_killed_run_left_is_removed_and_nothing_that_looks_like_it(tmp_path: Path) -> None:
    kept = sorted(
        [".file.mybackup~", ".file.01234567~", LEFTOVER[:-2] + "~", LEFTOVER.upper(), LEFTOVER + "~", "x" + LEFTOVER]
    )
    for name in [LEFTOVER, *kept]:
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (1, 1))
    atomic_write(tmp_path / "file", b"")
    assert sorted(os.listdir(tmp_path)) == sorted([*kept, "file"])


def test_the_temporary_file_of_a_living_writer_is_kept(tmp_path: Path) -> None:
    with (tmp_path / LEFTOVER).open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        atomic_write(tmp_path / "file", b"")
        assert sorted(os.listdir(tmp_path)) == [LEFTOVER, "file"]
    atomic_write(tmp_path / "file", b"")
    assert os.listdir(tmp_path) == ["file"]


def test_a_link_or_a_directory_with_the_name_of_a_temporary_file_is_kept(tmp_path: Path) -> None:
    (tmp_path / "victim").write_text("precious")
    (tmp_path / LEFTOVER).symlink_to("victim")
    (tmp_path / LEFTOVER.replace("0", "1")).mkdir()
    os.mkfifo(tmp_path / LEFTOVER.replace("0", "2"))
    before = sorted(os.listdir(tmp_path))
    atomic_write(tmp_path / "file", b"")
    assert sorted(os.listdir(tmp_path)) == sorted([*before, "file"])
    assert (tmp_path / "victim").read_text() == "precious"


def test_a_planted_temporary_file_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "victim").write_text("precious")
    monkeypatch.setattr(secrets, "token_hex", lambda size: "0a" * size)
    (tmp_path / LEFTOVER).symlink_to("victim")
    with pytest.raises(FileExistsError):
        atomic_write(tmp_path / "file", b"new")
    assert sorted(os.listdir(tmp_path)) == [LEFTOVER, "victim"]
    assert (tmp_path / "victim").read_text() == "precious"


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o755, 0o444])
def test_no_moment_in_which_others_may_read_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int, umask: int
) -> None:
    file = tmp_path / "file"
    file.write_text("old")
    file.chmod(mode)
    modes = []
    write, fchmod = os.write, os.fchmod

    def note(descriptor: int) -> None:
        modes.append(os.fstat(descriptor).st_mode & 0o777)

    def noting_fchmod(descriptor: int, permissions: int) -> None:
        note(descriptor)
        fchmod(descriptor, permissions)

    def noting_write(descriptor: int, content: bytes) -> int:
        note(descriptor)
        return write(descriptor, content[:2])

    monkeypatch.setattr(os, "fchmod", noting_fchmod)
    monkeypatch.setattr(os, "write", noting_write)
    before = os.umask(umask)
    try:
        atomic_write(file, b"secret")
    finally:
        os.umask(before)
    assert modes == [0o600, mode, mode, mode]
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (b"secret", mode)


def test_the_mode_of_a_new_file_is_that_of_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        atomic_write(tmp_path / "file", b"")
    finally:
        os.umask(before)
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o640


def test_a_group_that_cannot_be_given_gets_no_more_than_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(descriptor: int, user: int, group: int) -> None:
        raise PermissionError(errno.EPERM, "no")

    file = tmp_path / "file"
    file.touch()
    file.chmod(0o664)
    monkeypatch.setattr(os, "fchown", refuse)
    old = os.stat(file)
    foreign = os.stat_result([old.st_mode, old.st_ino, old.st_dev, 1, old.st_uid, old.st_gid + 1, 0, 0, 0, 0])
    monkeypatch.setattr(files, "_status", lambda name, parent: foreign)
    atomic_write(file, b"new")
    assert file.stat().st_mode & 0o777 == 0o644


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_root_leaves_the_file_to_its_owner(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    os.chown(file, 4242, 4243)
    file.chmod(0o640)
    atomic_write(file, b"new")
    status = file.stat()
    assert (status.st_uid, status.st_gid, status.st_mode & 0o777) == (4242, 4243, 0o640)


def test_a_fifo_a_device_and_a_socket_are_said_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "link").symlink_to("fifo")
    (tmp_path / "null").symlink_to("/dev/null")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
        for name, kind in {"fifo": "a FIFO", "link": "a FIFO", "null": "a device", "socket": "a socket"}.items():
            for act in (read_file, lambda file: atomic_write(file, b"new")):
                with pytest.raises(OSError, match=f"it is {kind}, not a regular file"):
                    act(tmp_path / name)
    with pytest.raises(IsADirectoryError, match="it is a directory, not a regular file"):
        read_file(tmp_path)
    assert sorted(os.listdir(tmp_path)) == ["fifo", "link", "null", "socket"]


def test_content_of_a_file_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"\xff\r\n")
    (tmp_path / "link").symlink_to("file")
    assert read_file(tmp_path / "link") == b"\xff\r\n"
    with pytest.raises(FileNotFoundError):
        read_file(tmp_path / "missing")


def test_a_link_in_a_circle(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(OSError, match="it is a symbolic link, not a regular file"):
        atomic_write(tmp_path / "loop", b"")
    assert os.listdir(tmp_path) == ["loop"]


def test_renames_reach_the_disk(tmp_path: Path) -> None:
    sync_directory(tmp_path)


def test_a_blocker_is_the_nearest_parent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    assert blocker(str(tmp_path / "a/b/c")) is None
    assert blocker(str(tmp_path / "file/b/c")) == Blocker(str(tmp_path / "file"), Obstruction.NOT_A_DIRECTORY)
    (tmp_path / "dangling").symlink_to("nowhere")
    assert blocker(str(tmp_path / "dangling/x")) == Blocker(str(tmp_path / "dangling"), Obstruction.NOT_A_DIRECTORY)
    # Root may write everywhere.
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert blocker(str(tmp_path / "a/b")) == Blocker(str(tmp_path), Obstruction.NOT_WRITABLE)


def test_a_read_only_file_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "statvfs", lambda path: SimpleNamespace(f_flag=os.ST_RDONLY))
    assert blocker(str(tmp_path / "a")) == Blocker(str(tmp_path), Obstruction.READ_ONLY_FILE_SYSTEM)
