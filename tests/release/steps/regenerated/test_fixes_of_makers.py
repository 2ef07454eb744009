"""Each fix about files that commands and targets make is followed, and the release goes on."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from devflow.common.git import Git
from devflow.common.git_worktree import open_repository
from devflow.release.steps.regenerated.makers import Maker
from devflow.release.steps.regenerated.worktree import OwnWorktree
from harness.git_world import fixes, success
from release.conftest import World

Commands = Mapping[str, Sequence[str]]
BY_EDITS: Mapping[str, tuple[Commands, str, str, Commands]] = {
    "bytes": (
        {"printf x > \"$(printf 'x\\377')\"": ["x"]},
        "is not UTF-8, and Pants cannot read such a file.",
        "make a file of another name",
        {"printf x > x": ["x"]},
    ),
    "another file": (
        {"echo > x; echo > y": ["y"]},
        "changed x, which it is not to change.",
        "add 'x' to its files in [release].commands, or do not change it",
        {"echo > x; echo > y": ["y", "x"]},
    ),
    "a link": (
        {"ln -s NEWS x": ["x"]},
        "made x, which is not a regular file.",
        "make a regular file",
        {"cp NEWS x": ["x"]},
    ),
    "no file": (
        {"echo > y": ["x", "y"]},
        "made no x.",
        "correct it, or its files in [release].commands",
        {"echo > y": ["y"]},
    ),
    "failed": (
        {"echo > y; exit 3": ["y"]},
        "exited with 3.",
        "correct the cause, or release without it: --skip=commands",
        {"echo > y": ["y"]},
    ),
}


@pytest.mark.parametrize("case", BY_EDITS)
def test_commands(world: World, case: str) -> None:
    commands, message, fix, edited = BY_EDITS[case]
    before = world.state()
    refused = world.run("--to=24.03.0", f"--commands={json.dumps(commands)}", "--execute")
    assert message in refused.stderr
    assert fixes(refused) == [fix]
    assert world.state() == before
    success(world.run("--to=24.03.0", f"--commands={json.dumps(edited)}", "--execute"))


def test_a_file_that_git_ignores(world: World) -> None:
    commands = '--commands={"echo > ignored": ["ignored"]}'
    refused = world.run("--to=24.03.0", commands, "--execute")
    assert "made ignored, which git ignores." in refused.stderr
    assert fixes(refused) == ["take ignored out of .gitignore, and commit that"]
    world.commit({".gitignore": (world.root / ".gitignore").read_text().replace("/ignored\n", "")})
    success(world.run("--to=24.03.0", commands, "--execute"))


def test_targets_that_give_no_or_several_files(world: World, tmp_path: Path) -> None:
    there = OwnWorktree(open_repository(Git(world.root, world.env)), "", tmp_path / "tree", {})
    built = tmp_path / "built"
    built.mkdir()
    nothing = there.place(Maker("//:docs", ("out/z",), is_target=True), built)
    assert nothing
    assert nothing.what == "[release].outputs: //:docs gives no file: it is neither packaged nor generates sources."
    assert nothing.fix == "name a target that `package` or `export-codegen` takes; or use [release].commands"
    (built / "x").touch()
    assert there.place(Maker("//:packaged", ("out/z",), is_target=True), built) is None
    (built / "y").touch()
    several = there.place(Maker("//:docs", ("out/z",), is_target=True), built)
    assert several
    assert several.what == "[release].outputs: //:docs gives 2 files: x, y."
    [(target, path)] = json.loads(f"{{{several.fix.partition(': ')[2].replace(' = ', ': ')}}}").items()
    assert there.place(Maker(target, (path,), is_target=True), built) is None
