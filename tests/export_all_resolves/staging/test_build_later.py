"""What an export has replaced is removed after the answer, and nothing depends on when."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from devflow.export_all_resolves.staging import trash
from devflow.export_all_resolves.staging.build import build as build_export
from export_all_resolves.staging.test_build import CLEAN_UP, MAKE, SCRATCH, run_as_a_process, shell, spec
from export_all_resolves.staging.test_build_again import World
from harness.world import wait_until


class Later:
    """What the background processes of builds would do; they begin when they are called."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.waiting: list[Callable[[], None]] = []
        monkeypatch.setattr(trash, "in_background", self._wait)
        monkeypatch.setattr(trash, "_PATIENCE_S", 0.0)

    def _wait(self, do: Callable[[], None]) -> bool:
        self.waiting.append(do)
        return True


@pytest.fixture()
def world(tmp_path: Path) -> World:
    """With an export whose files are all recorded."""
    new = World(tmp_path)
    new.build("a", "b")
    new.build("a", "b")  # from now on, the base is in the cache, too
    return new


@pytest.fixture()
def sandbox(tmp_path: Path) -> Path:
    path = tmp_path / "sandbox"
    (path / SCRATCH).mkdir(parents=True)
    (path / SCRATCH / "wheel").write_text("new")
    (path / ".devflow").mkdir()
    return path


@pytest.fixture()
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    return Later(monkeypatch)


def build(world: World, *names: str) -> None:
    world.build(*names, trash=str(world.trash))


def in_trash(world: World) -> list[Path]:
    """What a process is still to remove; the frame stays."""
    found = sorted(world.trash.iterdir()) if world.trash.exists() else []
    return [path for path in found if path.suffix != ".frame"]


def names_of_files(world: World) -> set[int]:
    return {path.stat().st_nlink for path in world.destination.rglob("*") if path.is_file()}


def test_the_old_export_is_removed_after_the_answer(world: World) -> None:
    before = world.inodes("a.py", "pip/__init__.py")
    for other in ("c", "b", "c", "b"):
        build(world, "a", other)
        assert os.listdir(world.destination.parent) == ["3.11.7"], "nothing but whole exports"
    assert world.inodes("a.py", "pip/__init__.py") == before, "each build has waited for the record of the one before"
    wait_until(lambda: in_trash(world) == [], what="the removal")
    assert names_of_files(world) == {1}
    assert world.file("b.py").read_text() == "b"


def test_until_then_the_old_export_is_where_nobody_looks(world: World, later: Later) -> None:
    build(world, "a", "c")
    assert [path.name for path in world.trash.rglob("b.py")] == ["b.py"]
    assert os.listdir(world.destination.parent) == ["3.11.7"]
    [end] = later.waiting
    end()
    assert (in_trash(world), names_of_files(world)) == ([], {1})


def test_an_edit_before_the_removal_does_not_outlive_the_export(world: World, later: Later) -> None:
    build(world, "a", "b")
    status = world.file("a.py").stat()
    world.file("a.py").write_text("x")
    os.utime(world.file("a.py"), ns=(status.st_atime_ns, status.st_mtime_ns))
    before = world.inodes("a.py", "b.py")
    later.waiting.pop()()
    build(world, "a", "b")
    assert world.file("a.py").read_text() == "a"
    assert [old == new for old, new in zip(before, world.inodes("a.py", "b.py"))] == [False, True]


def test_without_the_removal_the_next_export_is_copied(world: World, later: Later) -> None:
    build(world, "a", "b")
    before = world.inodes("a.py")
    build(world, "a", "b")
    assert world.inodes("a.py") != before
    for end in later.waiting[::-1]:
        end()
    assert (in_trash(world), names_of_files(world)) == ([], {1})
    build(world, "a", "c")
    assert (world.file("a.py").read_text(), world.file("c.py").read_text()) == ("a", "c")


def test_a_removal_that_is_late_says_nothing_of_a_newer_export(world: World, later: Later) -> None:
    build(world, "a", "b")
    build(world, "a", "b")
    late, newer = later.waiting
    newer()
    world.file("a.py").write_text("x")
    late()
    build(world, "a", "b")
    assert world.file("a.py").read_text() == "a"


def test_on_another_file_system_it_is_removed_at_once(
    world: World, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = world.inodes("a.py")
    rename = os.rename

    def rename_here(source: str, target: str, **options: int) -> None:
        if str(target).startswith(str(world.trash)):
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        rename(source, target, **options)

    monkeypatch.setattr(os, "rename", rename_here)
    build(world, "a", "c")
    build(world, "a", "b")
    assert (later.waiting, in_trash(world), names_of_files(world)) == ([], [], {1})
    assert world.inodes("a.py") == before
    assert os.listdir(world.destination.parent) == ["3.11.7"]


def test_without_a_background_process_it_is_removed_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trash, "in_background", lambda do: False)
    build(world, "a", "c")
    assert (in_trash(world), names_of_files(world)) == ([], {1})


def test_caches_that_are_removed_meanwhile_stay_away(world: World, later: Later) -> None:
    build(world, "a", "c")
    shutil.rmtree(world.cache)
    later.waiting.pop()()
    assert (in_trash(world), world.cache.exists()) == ([], False)


def test_the_trash_is_removed_meanwhile(world: World, later: Later) -> None:
    build(world, "a", "c")
    shutil.rmtree(world.trash)
    later.waiting.pop()()
    assert not world.trash.exists()
    build(world, "a", "b")
    assert (world.file("a.py").read_text(), world.file("b.py").read_text()) == ("a", "b")


def test_a_link_is_no_tree(tmp_path: Path, sandbox: Path, later: Later) -> None:
    destination, directory, elsewhere = tmp_path / "dist/a/3.11.7", tmp_path / "trash", tmp_path / "elsewhere"
    (elsewhere / "lib").mkdir(parents=True)
    link = [shell("rm -r {digest_root}"), shell(f"ln -s {elsewhere} {{digest_root}}")]
    for commands in (link, link, [shell(MAKE), shell(CLEAN_UP)]):
        shutil.copytree(sandbox, tmp_path / "copy")
        build_export(spec(destination, commands)._replace(trash=str(directory)), str(tmp_path / "copy"))
        shutil.rmtree(tmp_path / "copy")
        assert (later.waiting, (elsewhere / "lib").exists()) == ([], True)


def test_its_process_outlives_the_sandbox(tmp_path: Path, sandbox: Path) -> None:
    """The engine waits for the end of the output, and then removes what the process has imported."""
    destination, directory = tmp_path / "dist/a/3.11.7", tmp_path / "trash"
    (destination / "lib/old").mkdir(parents=True)
    what = spec(destination, [shell(MAKE), shell(CLEAN_UP)])._replace(trash=str(directory))
    process = run_as_a_process(sandbox, what)
    assert (process.communicate(), process.returncode) == (("", ""), 0)
    shutil.rmtree(sandbox)
    wait_until(lambda: list(directory.iterdir()) == [], what="the removal")
    assert os.listdir(destination.parent) == ["3.11.7"]
