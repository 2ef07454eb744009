"""What is swapped while a tree is removed: only what was judged is removed, and nothing is followed."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import pytest

from devflow.common.removal.inode import Identity
from devflow.common.removal.trees import remove, set_aside
from reset_cache.scene import write


@pytest.mark.parametrize("table", [None, ("/", "tree"), ("/", "tree/a/b")])
def test_mount_points_are_read_again_before_anything_is_removed(tmp_path: Path, table: tuple[str, ...] | None) -> None:
    write(tmp_path / "tree" / "a" / "b" / "file")
    mounts = table and tuple(os.path.join(tmp_path, path) for path in table)
    removed = remove(str(tmp_path / "tree"), read_mounts=lambda: mounts)
    assert removed.failed == 1
    assert (tmp_path / "tree" / "a" / "b" / "file").exists()


def test_what_comes_in_another_users_name_meanwhile_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "tree" / "file")
    monkeypatch.setattr(os, "getuid", lambda: os.geteuid() + 1)
    removed = remove(str(tmp_path / "tree"))
    assert removed.failures == [f"{tmp_path}/tree: belongs to user {os.geteuid()}"]
    assert (tmp_path / "tree" / "file").exists()


def test_another_tree_of_the_same_name_stays(tmp_path: Path) -> None:
    identity = Identity.of(os.lstat(write(tmp_path / "other")))
    write(tmp_path / "tree" / "file")
    assert remove(str(tmp_path / "tree"), identity=identity).failed == 1
    assert (tmp_path / "tree" / "file").exists()


def test_a_directory_that_becomes_a_link_meanwhile_leads_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    precious = tmp_path / "precious"
    (precious / "child").mkdir(parents=True)
    victim = tmp_path / "tree" / "victim"
    victim.mkdir(parents=True)
    opened = os.open

    def swapping(path: Any, *args: Any, **named: Any) -> int:
        if path == "victim":
            victim.rmdir()
            victim.symlink_to(precious, target_is_directory=True)
        return opened(path, *args, **named)

    monkeypatch.setattr(os, "open", swapping)
    removed = remove(str(tmp_path / "tree"))
    assert (precious / "child").exists()
    assert removed.failed == 1


def test_a_directory_that_becomes_another_one_meanwhile_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    precious = tmp_path / "precious"
    (precious / "child").mkdir(parents=True)
    victim = tmp_path / "tree" / "victim"
    victim.mkdir(parents=True)
    opened = os.open

    def swapping(path: Any, *args: Any, **named: Any) -> int:
        if path == "victim" and precious.exists():
            victim.rename(tmp_path / "moved")
            precious.rename(victim)
        return opened(path, *args, **named)

    monkeypatch.setattr(os, "open", swapping)
    remove(str(tmp_path / "tree"))
    assert (victim / "child").exists()


def test_an_unreadable_directory_that_becomes_a_link_keeps_its_targets_mode(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    precious = tmp_path / "precious"
    precious.mkdir(mode=0o755)
    victim = tmp_path / "tree" / "victim"
    victim.mkdir(parents=True)
    victim.chmod(0o000)
    opened = os.open

    def swapping(path: Any, flags: int, *args: Any, **named: Any) -> int:
        if path == "victim" and victim.is_dir() and not victim.is_symlink():
            victim.rmdir()
            victim.symlink_to(precious, target_is_directory=True)
        return opened(path, flags, *args, **named)

    monkeypatch.setattr(os, "open", swapping)
    remove(str(tmp_path / "tree"))
    assert stat.S_IMODE(os.lstat(precious).st_mode) == 0o755


def test_what_is_swapped_in_the_last_moment_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, precious = tmp_path / "store", tmp_path / "precious"
    path.mkdir()
    (precious / "child").mkdir(parents=True)
    rename = os.rename
    identity = Identity.of(os.lstat(path))

    def swapping(*args: Any, **named: Any) -> None:
        if precious.exists():
            rename(path, tmp_path / "moved")
            rename(precious, path)
        rename(*args, **named)

    monkeypatch.setattr(os, "rename", swapping)
    assert set_aside(str(path), identity) is None
    assert (path / "child").exists()
