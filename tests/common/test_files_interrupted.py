"""A file is the old one or the new one, whichever system call a kill or an error meets."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from devflow.common.files import atomic_write
from harness import boundaries

OLD, NEW = b"old" * 1000, b"new" * 2000
LEFTOVER = re.compile(r"\.devflow-[0-9a-f]{32}~")


@dataclass
class World:
    """A directory with one file in it, which is written by the path `given`."""

    top: Path
    kind: str

    @property
    def given(self) -> Path:
        return self.top / {"link": "link", "new": "made/on/demand/file"}.get(self.kind, "directory/file")

    @property
    def file(self) -> Path:
        return self.top / "directory/file" if self.kind == "link" else self.given

    def make(self) -> None:
        shutil.rmtree(self.top, ignore_errors=True)
        (self.top / "directory").mkdir(parents=True)
        (self.top / "directory/other").write_bytes(b"other")
        if self.kind != "new":
            self.file.write_bytes(OLD)
            self.file.chmod(0o640)
        if self.kind == "link":
            self.given.symlink_to("directory/file")
        if self.kind == "leftover":
            (self.file.parent / f".devflow-{'0' * 32}~").write_bytes(b"of a killed run")

    def write(self) -> None:
        atomic_write(self.given, NEW)

    def leftovers(self) -> list[str]:
        """All but the files that belong here, which are checked."""
        assert self.kind != "link" or self.given.is_symlink()
        assert (self.top / "directory/other").read_bytes() == b"other"
        if self.kind != "new":
            assert self.file.stat().st_mode & 0o777 == 0o640
        belonging = {self.given, self.file, self.top / "directory/other"}
        return [path.name for path in self.top.rglob("*") if path not in belonging and not path.is_dir()]

    def content(self) -> bytes | None:
        return self.file.read_bytes() if self.file.exists() else None


@pytest.fixture(params=["old", "new", "link", "leftover"])
def world(request: Any, tmp_path: Path) -> World:
    return World(tmp_path / "top", request.param)


def test_a_kill(world: World) -> None:
    before = None if world.kind == "new" else OLD
    contents = []
    left: set[int] = set()
    for _ in boundaries.kills(world.write, before_each=world.make):
        contents.append(world.content())
        leftovers = world.leftovers()
        assert all(map(LEFTOVER.fullmatch, leftovers))
        left.add(len(leftovers))
        world.write()
        assert (world.content(), world.leftovers()) == (NEW, [])
    # All old, then all new: there is one moment in between. And the kills met a temporary file.
    assert contents == sorted(contents, key=lambda content: content == NEW)
    assert {before, NEW} == set(contents)
    assert left == {0, 1}


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()], ids=["full", "ctrl-c"])
def test_an_error(world: World, error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    before = None if world.kind == "new" else OLD
    met = []
    for name, raised in boundaries.failures(world.write, error, before_each=world.make, monkeypatch=monkeypatch):
        met.append(name)
        assert world.content() == (before if raised else NEW), name
        allowed = 1 if world.kind == "leftover" else 0  # that of the run before, if this one did not get to it
        assert len(world.leftovers()) <= allowed, name
        assert raised or name in ("flock", "lstat", "stat", "mkdir", "open", "fstat", "unlink"), name
    assert {"open", "listdir", "write", "fsync", "replace", "flock"} <= set(met)


def test_writes_at_once_leave_nothing_behind(tmp_path: Path) -> None:
    """Each writer looks for leftovers of the others, which live."""

    def write_often(content: bytes) -> None:
        for _ in range(60):
            atomic_write(tmp_path / "file", content)

    in_children([partial(write_often, content) for content in (b"a" * 9000, b"b" * 10, b"c" * 70000)])
    assert (tmp_path / "file").read_bytes() in (b"a" * 9000, b"b" * 10, b"c" * 70000)
    assert os.listdir(tmp_path) == ["file"]


def in_children(functions: list[Callable[[], object]]) -> None:
    """Run the functions at once, each in a process of its own."""
    children = []
    for function in functions:
        child = os.fork()
        if child == 0:
            try:
                function()
                os._exit(0)
            finally:
                os._exit(1)
        children.append(child)
    assert [os.WEXITSTATUS(os.waitpid(child, 0)[1]) for child in children] == [0 for _ in functions]
