"""The directories of the old export are those of the next one, unless that would show."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from devflow.export_all_resolves.staging import frame, trash, unchanged
from devflow.export_all_resolves.staging.part_cache import CannotAssembleError
from devflow.export_all_resolves.staging.trees import leftovers, remove, staging_path
from export_all_resolves.staging.test_build_again import SITE, World
from harness import boundaries


@pytest.fixture()
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """With an export, and the frame of the one before it."""
    monkeypatch.setattr(trash, "in_background", lambda do: False)
    new = World(tmp_path)
    build(new, "a", "b")
    build(new, "a", "b")
    assert frame_of(new).is_dir()
    return new


def build(world: World, *names: str) -> None:
    world.build(*names, trash=str(world.trash))


def frame_of(world: World) -> Path:
    return world.trash / "0123.frame"


def directories(top: Path) -> dict[str, int]:
    return {str(path.relative_to(top)): path.stat().st_ino for path in top.rglob("*") if path.is_dir()}


def test_the_next_export_has_these_directories(world: World) -> None:
    before = directories(frame_of(world) / "export")
    assert set(before) == set(directories(world.destination))
    build(world, "a", "b")
    assert directories(world.destination) == before
    assert frame_of(world).is_dir(), "the next one"


def test_only_those_that_it_would_have_without_a_frame(world: World) -> None:
    build(world, "a", "c")
    build(world, "a", "b")  # from the frame of a and b, though the export has been a and c
    build(world, "a", "c")
    again = directories(world.destination)
    shutil.rmtree(world.trash)
    build(world, "a", "c")
    assert set(again) == set(directories(world.destination))
    assert f"{SITE}/c-1.0.dist-info" in again
    assert f"{SITE}/b-1.0.dist-info" not in again


def test_directories_of_the_user_do_not_come_back(world: World) -> None:
    (world.destination / SITE / "mine/deep").mkdir(parents=True)
    (world.destination / SITE / "a-1.0.dist-info/mine").mkdir()
    before = set(directories(world.destination))
    for _ in range(2):
        build(world, "a", "b")
    assert {Path(path).name for path in before - set(directories(world.destination))} == {"mine", "deep"}


def test_an_empty_directory_of_the_base_stays(world: World) -> None:
    (world.cache / "base/one/files/include/python3.11").mkdir(parents=True)
    for _ in range(3):
        build(world, "a", "b")
        assert (world.destination / "include/python3.11").is_dir()


def test_a_distribution_of_the_base_that_is_replaced_leaves_no_directory(world: World) -> None:
    site_packages = world.cache / "base/one/files" / SITE
    for path in ("pip/deep/x.py", "pip-0.9.dist-info/RECORD"):
        (site_packages / path).parent.mkdir(exist_ok=True)
        (site_packages / path).write_text("pip/__init__.py,,\npip/deep/x.py,,\npip-0.9.dist-info/RECORD,,\n")
    for _ in range(2):
        build(world, "a", "b")
    assert f"{SITE}/pip/deep" in directories(frame_of(world) / "export")
    build(world, "a", "pip")
    with_frame = set(directories(world.destination))
    shutil.rmtree(world.trash)
    build(world, "a", "pip")
    assert with_frame == set(directories(world.destination))
    assert f"{SITE}/pip" not in with_frame


def _file(top: Path) -> None:
    (top / SITE / "core").write_text("of a program that works in the old directory")


def _link(top: Path) -> None:
    (top / SITE / "core").symlink_to("/")


def _permissions(top: Path) -> None:
    (top / SITE).chmod(0o700)


def _own_permissions(top: Path) -> None:
    top.chmod(0o700)


def _attribute(top: Path) -> None:
    try:
        os.setxattr(top / SITE, "user.note", b"x")
    except OSError as error:
        pytest.skip(f"this file system has no attributes: {error}")


@pytest.mark.parametrize("change", [_file, _link, _permissions, _own_permissions, _attribute])
def test_a_frame_that_is_not_as_new_is_removed(world: World, change: Callable[[Path], None]) -> None:
    change(frame_of(world) / "export")
    new = world.destination.with_name("new")
    assert frame.begin(str(new), str(frame_of(world))) == frozenset()
    assert list(new.iterdir()) == []
    assert list(world.trash.iterdir()) == []


@pytest.mark.parametrize("change", [_file, _link, _permissions, _attribute])
def test_no_frame_is_made_of_directories_that_a_user_has_changed(
    world: World, change: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(frame_of(world))
    empty = trash.Discarded.empty

    def also_changed(discarded: trash.Discarded, note: Callable[[os.stat_result], None] | None = None) -> None:
        empty(discarded, note)
        change(Path(discarded.path) / "export")

    monkeypatch.setattr(trash.Discarded, "empty", also_changed)
    build(world, "a", "b")
    assert list(world.trash.iterdir()) == []


def test_without_a_note_it_is_no_frame(world: World) -> None:
    (frame_of(world) / "directories.json").write_text("{")
    new = world.destination.with_name("new")
    assert frame.begin(str(new), str(frame_of(world))) == frozenset()


@pytest.mark.parametrize("link", ["the frame", "the trash"])
def test_directories_behind_a_link_stay(world: World, link: str) -> None:
    place = frame_of(world) if link == "the frame" else world.trash
    elsewhere = place.rename(world.directory / "elsewhere")
    place.symlink_to(elsewhere)
    before = directories(elsewhere)
    new = world.destination.with_name("new")
    assert frame.begin(str(new), str(frame_of(world))) == frozenset()
    assert directories(elsewhere) == before
    build(world, "a", "b")
    assert directories(elsewhere) == before


def test_a_kill_at_any_moment_leaves_nothing_of_a_frame_in_an_export(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unchanged, "_TICK_S", 0.0)  # nothing here is about edits
    wanted, files = set(directories(world.destination)), content(world.destination)
    staged = staging_path(str(world.destination))

    def again() -> None:
        for path in leftovers(str(world.destination.parent)) + trash.left(str(world.trash), time.time()):
            remove(path)
        build(world, "a", "b")
        assert (set(directories(world.destination)), content(world.destination)) == (wanted, files)

    def begin_and_end() -> None:
        assert frame.begin(staged, str(frame_of(world)))
        found = trash.discarded(staged, str(world.trash), "0123")
        assert found
        found.empty()
        assert frame.finish(found.path)
        found.end(str(frame_of(world)))

    assert max(boundaries.kills(begin_and_end, before_each=again)) > 100


def content(top: Path) -> dict[str, bytes]:
    return {str(path.relative_to(top)): path.read_bytes() for path in top.rglob("*") if path.is_file()}


def test_a_build_that_fails_leaves_nothing(world: World) -> None:
    (world.cache / "b/part.json").unlink()
    with pytest.raises(CannotAssembleError):
        build(world, "a", "b")
    assert os.listdir(world.destination.parent) == ["3.11.7"]
    assert list(world.trash.iterdir()) == []
    assert world.file("a.py").read_text() == "a"


def test_without_a_frame(tmp_path: Path) -> None:
    assert frame.begin(str(tmp_path / "new"), str(tmp_path / "missing.frame")) == frozenset()
    assert list((tmp_path / "new").iterdir()) == []
    with pytest.raises(FileExistsError):
        frame.begin(str(tmp_path / "new"), str(tmp_path / "missing.frame"))
