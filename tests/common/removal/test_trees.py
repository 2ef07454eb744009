from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from devflow.common.removal import trees
from devflow.common.removal.inode import Identity
from devflow.common.removal.trees import Removed, is_leftover, leftovers, remove, set_aside
from reset_cache.scene import write


def tree(root: Path) -> Path:
    """A tree with all that makes removal hard."""
    (root / "a" / "b").mkdir(parents=True)
    (root / "a" / "file").write_text("x" * 5000)
    (root / "a" / "b" / "read only").write_text("x")
    (root / "a" / "b").chmod(0o500)
    os.mkdir(os.path.join(os.fsencode(root), b"not utf-8 \xff\n"), 0o000)
    os.symlink("/nowhere", root / "dangling")
    os.mkfifo(root / "pipe")
    return root


def aside(path: Path, into: str | None = None) -> str | None:
    return set_aside(str(path), Identity.of(os.lstat(path)), into=into)


def test_a_tree_goes_whatever_its_modes_and_names(tmp_path: Path) -> None:
    removed = remove(str(tree(tmp_path / "tree")))
    assert (removed.files, removed.failures) == (4, [])
    assert not list(tmp_path.iterdir())


def test_a_file_and_a_link_go_and_what_the_link_points_at_stays(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "precious")
    (tmp_path / "precious").mkdir()
    assert remove(str(tmp_path / "file")).files == 1
    assert remove(str(tmp_path / "link")).files == 1
    assert [path.name for path in tmp_path.iterdir()] == ["precious"]


def test_links_inside_are_not_followed(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").write_text("x")
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "link").symlink_to(precious, target_is_directory=True)
    remove(str(tmp_path / "tree"))
    assert (precious / "file").exists()


def test_missing_is_success(tmp_path: Path) -> None:
    assert vars(remove(str(tmp_path / "nothing"))) == vars(Removed())
    assert vars(remove(str(tmp_path / "no" / "parent"))) == vars(Removed())


def test_a_file_frees_its_bytes_with_its_last_link(tmp_path: Path) -> None:
    (tmp_path / "tree").mkdir()
    for name in ("one", "shared"):
        (tmp_path / "tree" / name).write_bytes(b"x" * 10_000)
    os.link(tmp_path / "tree" / "one", tmp_path / "tree" / "two")
    os.link(tmp_path / "tree" / "shared", tmp_path / "elsewhere")
    expected = (os.lstat(tmp_path / "tree" / "one").st_blocks + os.lstat(tmp_path / "tree").st_blocks) * 512
    removed = remove(str(tmp_path / "tree"))
    assert (removed.files, removed.freed_bytes) == (3, expected)


def test_a_tree_may_be_deeper_than_there_are_descriptors(tmp_path: Path) -> None:
    root = tmp_path / "deep"
    root.mkdir()
    directory = os.open(root, os.O_RDONLY)
    for _ in range(700):
        os.mkdir("d", dir_fd=directory)
        child = os.open("d", os.O_RDONLY, dir_fd=directory)
        os.close(directory)
        directory = child
    os.close(directory)
    assert remove(str(root)).failures == []
    assert not list(tmp_path.iterdir())


def test_it_goes_on_after_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / "tree" / name).mkdir(parents=True)
        (tmp_path / "tree" / name / "file").write_text("x")
    unlink = os.unlink
    busy = os.lstat(tmp_path / "tree" / "b").st_ino

    def failing(name: str, *, dir_fd: int) -> None:
        if os.fstat(dir_fd).st_ino == busy:
            raise PermissionError(13, "Permission denied")
        unlink(name, dir_fd=dir_fd)

    monkeypatch.setattr(os, "unlink", failing)
    removed = remove(str(tmp_path / "tree"))
    assert removed.failures == [f"{tmp_path}/tree/b/file: Permission denied"]
    assert removed.files == 2
    assert [path.name for path in (tmp_path / "tree").iterdir()] == ["b"]
    monkeypatch.undo()
    assert remove(str(tmp_path / "tree")).files == 1
    assert not list(tmp_path.iterdir())


def test_what_a_file_system_leaves_out_is_removed_in_another_round(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(10):
        write(tmp_path / "tree" / str(number))
    scandir = os.scandir

    class Half:
        def __init__(self, descriptor: int) -> None:
            self.entries = scandir(descriptor)

        def __enter__(self) -> Any:
            return iter([entry for number, entry in enumerate(self.entries) if number % 2 == 0])

        def __exit__(self, *error: object) -> None:
            self.entries.close()

    monkeypatch.setattr(os, "scandir", Half)
    removed = remove(str(tmp_path / "tree"))
    monkeypatch.undo()
    assert (removed.files, removed.failures) == (10, [])
    assert not list(tmp_path.iterdir())


def test_failures_are_counted_and_not_all_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tree").mkdir()
    for number in range(50):
        (tmp_path / "tree" / str(number)).write_text("x")

    def failing(name: str, *, dir_fd: int) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "unlink", failing)
    removed = remove(str(tmp_path / "tree"))
    assert removed.failed == 50
    assert len(removed.failures) == 20


def test_another_file_system_is_not_entered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tree" / "mounted" / "precious").mkdir(parents=True)
    mounted = os.lstat(tmp_path / "tree" / "mounted").st_ino
    fstat = os.fstat

    def other_device(descriptor: int) -> os.stat_result:
        status = fstat(descriptor)
        if status.st_ino == mounted:
            return os.stat_result((*status[:2], status.st_dev + 1, *status[3:10]))
        return status

    monkeypatch.setattr(os, "fstat", other_device)
    removed = remove(str(tmp_path / "tree"))
    assert removed.failures == [f"{tmp_path}/tree/mounted: is a mount point, and is not entered"]
    assert (tmp_path / "tree" / "mounted" / "precious").exists()


def test_a_mount_of_the_same_file_system_is_not_entered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tree" / "mounted" / "precious").mkdir(parents=True)
    mounted = os.lstat(tmp_path / "tree" / "mounted").st_ino
    monkeypatch.setattr(trees, "mount_id", lambda descriptor: int(os.fstat(descriptor).st_ino == mounted))
    removed = remove(str(tmp_path / "tree"))
    assert removed.failures == [f"{tmp_path}/tree/mounted: is a mount point, and is not entered"]
    assert (tmp_path / "tree" / "mounted" / "precious").exists()


def test_it_tells_how_far_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b"):
        (tmp_path / "tree" / name).mkdir(parents=True)
        (tmp_path / "tree" / name / "file").write_text("x")
    monkeypatch.setattr(trees, "_TELL_EVERY_S", -1.0)
    monkeypatch.setattr(trees, "_LOOK_EVERY", 1)
    told: list[int] = []
    remove(str(tmp_path / "tree"), lambda removed: told.append(removed.files))
    assert told == [1, 1, 2, 2]


def test_what_is_set_aside_frees_its_name_and_is_found_again(tmp_path: Path) -> None:
    path = tmp_path / "store"
    path.mkdir()
    moved = aside(path)
    assert moved
    assert not path.exists()
    assert is_leftover(os.path.basename(moved))
    assert list(leftovers(str(tmp_path), os.getuid())) == [moved]
    assert list(leftovers(str(tmp_path), os.getuid() + 1)) == []
    assert list(leftovers(str(tmp_path / "missing"), os.getuid())) == []


def test_it_can_be_set_aside_into_another_directory(tmp_path: Path) -> None:
    (tmp_path / "mounted" / "entry").mkdir(parents=True)
    moved = aside(tmp_path / "mounted" / "entry", into=str(tmp_path / "mounted"))
    assert moved
    assert os.path.dirname(moved) == str(tmp_path / "mounted")


def test_what_is_not_the_same_any_more_is_not_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "store"
    path.mkdir()
    identity = Identity.of(os.lstat(path))
    path.rename(tmp_path / "moved")
    assert set_aside(str(path), identity) is None
    (tmp_path / "precious").mkdir()
    path.symlink_to(tmp_path / "precious")
    assert set_aside(str(path), identity) is None
    assert path.is_symlink()
    assert set_aside(str(tmp_path / "no" / "parent"), identity) is None
