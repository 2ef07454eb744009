from __future__ import annotations

import os
from pathlib import Path

import pytest

from devflow.common.files import atomic_write


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
