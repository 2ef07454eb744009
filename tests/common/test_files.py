from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from devflow.common.files import Blocker, Obstruction, atomic_write, blocker, sync_directory


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


def test_what_killed_runs_left_is_removed_when_it_is_old(tmp_path: Path) -> None:
    old, young = tmp_path / ".file.01234567~", tmp_path / ".file.89abcdef~"
    old.touch()
    young.touch()
    os.utime(old, (1, 1))
    atomic_write(tmp_path / "file", b"")
    assert sorted(os.listdir(tmp_path)) == [young.name, "file"]


def test_one_name_for_callers_that_hold_a_lock(tmp_path: Path) -> None:
    (tmp_path / "new").write_text("of a run that was killed, and longer")
    atomic_write(tmp_path / "file", b"1", beside="new")
    assert (tmp_path / "file").read_bytes() == b"1"
    assert os.listdir(tmp_path) == ["file"]
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
