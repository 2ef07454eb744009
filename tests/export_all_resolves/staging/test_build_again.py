"""An export that replaces another one has its unchanged files, and nothing of what a user has changed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from devflow.export_all_resolves.staging.build import Command, Spec, build
from devflow.export_all_resolves.staging.part_cache import CannotAssembleError, Part, Sources
from devflow.export_all_resolves.staging.parts import Assembly
from export_all_resolves.staging.packed_pex import packed_pex, wheel_files

SITE = "lib/python3.11/site-packages"
BASE = f"""
set -e
mkdir -p {{digest_root}}/bin {{digest_root}}/{SITE}/pip
echo "#!{{digest_root}}/bin/python3.11 -sE" > {{digest_root}}/__main__.py
echo '{{"distributions": {{}}, "requirements": []}}' > {{digest_root}}/PEX-INFO
echo pip > {{digest_root}}/{SITE}/pip/__init__.py
"""


class World:
    """Exports of distributions with one module each, at one destination."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.destination = directory / "dist/a/3.11.7"
        self.cache = directory / "cache"
        self.trash = directory / "workdir/trash"

    def build(self, *names: str, other_base: bool = False, trash: str = "") -> None:
        sandbox = self.directory / "sandbox"
        wheels = {f"{name}-1.0-py3-none-any.whl": wheel_files(name, {f"{name}.py": name}) for name in names}
        (sandbox / ".devflow").mkdir(parents=True, exist_ok=True)
        pex = packed_pex(sandbox / ".devflow/parts.pex", wheels)
        base = self.cache / "base" / ("other" if other_base else "one")
        assembly = Assembly(
            [Part(name, str(self.cache / name)) for name in names],
            str(base),
            str(self.cache / "exports/0123"),
            made=names,
            sources=Sources(pex=str(pex)),
        )
        commands = [] if base.exists() else [Command(["/bin/sh", "-c", BASE], {"PATH": os.environ["PATH"]})]
        build(Spec(str(self.destination), commands, None, {}, [], [], assembly, trash=trash), str(sandbox))

    def file(self, name: str) -> Path:
        return self.destination / SITE / name

    def inodes(self, *names: str) -> list[int]:
        return [self.file(name).stat().st_ino for name in names]


@pytest.fixture()
def world(tmp_path: Path) -> World:
    new = World(tmp_path)
    new.build("a", "b")
    new.build("a", "b")  # as from now on, nothing is new
    return new


def test_unchanged_files_are_those_of_the_old_export(world: World) -> None:
    before = world.inodes("a.py", "pip/__init__.py")
    world.build("a", "c")
    assert world.inodes("a.py", "pip/__init__.py") == before
    assert sorted(path.name for path in (world.destination / SITE).iterdir()) == [
        *("a-1.0.dist-info", "a.py", "c-1.0.dist-info", "c.py", "pip")
    ]
    assert {path.stat().st_nlink for path in world.destination.rglob("*") if path.is_file()} == {1}


def test_an_edit_does_not_outlive_the_export(world: World) -> None:
    before = world.inodes("a.py", "b.py")
    time = world.file("b.py").stat().st_mtime_ns
    world.file("b.py").write_text("x")
    os.utime(world.file("b.py"), ns=(time, time))
    world.file("pip/__init__.py").write_text("x")
    world.build("a", "b")
    assert world.file("b.py").read_text() == "b"
    assert world.file("pip/__init__.py").read_text() == "pip\n"
    assert [old == new for old, new in zip(before, world.inodes("a.py", "b.py"))] == [True, False]


def test_an_old_export_that_is_still_linked_is_no_source(world: World) -> None:
    """As after a build that was killed between the links and the swap, or by `cp --link`."""
    os.link(world.file("a.py"), world.directory / "kept.py")
    world.build("a", "b")
    assert not world.file("a.py").samefile(world.directory / "kept.py")


def test_a_build_that_fails_leaves_the_old_export(world: World) -> None:
    before = world.inodes("a.py", "b.py")
    (world.cache / "b" / "part.json").unlink()
    with pytest.raises(CannotAssembleError):
        world.build("a", "b")
    assert world.inodes("a.py", "b.py") == before
    assert os.listdir(world.destination.parent) == ["3.11.7"]
    assert {path.stat().st_nlink for path in world.destination.rglob("*") if path.is_file()} == {1}


def test_another_base_brings_its_own_files(world: World) -> None:
    [before] = world.inodes("pip/__init__.py")
    world.build("a", "b", other_base=True)
    assert world.inodes("pip/__init__.py") != [before]


def test_an_export_removes_what_none_needs(world: World) -> None:
    old = world.cache / "c" / f"{0:032x}"
    old.mkdir(parents=True)
    for path in (old, world.cache / ".lock"):
        os.utime(path, (0, 0))
    world.build("a", "b")
    assert not old.exists()
    assert world.file("a.py").exists()


def test_a_base_that_another_export_has_made_meanwhile_is_used(world: World, tmp_path: Path) -> None:
    destination, sandbox = tmp_path / "dist/b/3.11.7", tmp_path / "other sandbox"
    (sandbox / "scratch").mkdir(parents=True)
    assembly = Assembly([], str(world.cache / "base/one"), str(world.cache / "exports/4567"))
    fails = Command(["/bin/false"], {})
    build(Spec(str(destination), [fails], None, {}, [], [], assembly), str(sandbox))
    assert (destination / SITE / "pip/__init__.py").read_text() == "pip\n"
    assert sorted(os.listdir(destination)) == [".devflow-export.json", "PEX-INFO", "__main__.py", "bin", "lib"]
