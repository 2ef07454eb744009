"""Targets whose files are made anew: another Pants builds them from what the release commits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pants.testutil.rule_runner import GoalRuleResult

from devflow.common.git import Git
from devflow.common.git_worktree import open_repository
from devflow.release.regenerated.makers import Maker
from devflow.release.regenerated.worktree import OwnWorktree
from release.conftest import World

# Pants itself packages archives, so that no other backend is needed.
BUILD = """\
file(name="version", source="VERSION")
archive(name="docs", format="tar", files=[":version"], output_path="docs.tar")
"""


def test_a_target(world: World) -> None:
    ignored = (world.root / ".gitignore").read_text()
    world.commit({"pants.toml": "[GLOBAL]\n", "BUILD": BUILD, ".gitignore": ignored})

    def release(outputs: dict[str, str], *more: str) -> GoalRuleResult:
        return world.run("--to=24.03.0", f"--outputs={json.dumps(outputs)}", *more)

    before = world.state()
    plan = release({"//:docs": "out/"})
    assert plan.exit_code == 0, plan.stderr
    assert "Checked outputs: //:docs\n" in plan.stdout
    assert "Would create out/docs.tar\n" in plan.stdout
    assert world.state() == before
    unknown = release({"//:dosc": "out/docs.tar"})
    assert "release: [release].outputs: //:dosc exited with 1: " in unknown.stderr
    assert "Fix: correct that, or release without it: --skip=outputs\n" in unknown.stderr
    assert world.state() == before
    done = release({"//:docs": "out/docs.tar"}, "--execute")
    assert done.exit_code == 0, done.stderr
    assert b"24.03.0" in (world.root / "out/docs.tar").read_bytes()
    assert world.git("status", "--porcelain") == ""


@pytest.mark.parametrize(
    ("files", "wanted", "placed", "message"),
    [
        (["docs/a.json"], "out/b.json", ["b.json"], None),
        (["docs/a.json"], "out/", ["a.json"], None),
        (["docs/a.json", "docs/inner/b.json"], "out/", ["a.json", "inner/b.json"], None),
        (["a/x", "b/x"], "out/", ["a/x", "b/x"], None),
        (["a/x", "b/y"], "out/z", [], "[release].outputs: //:docs gives 2 files: x, y."),
        ([], "out/z", [], "[release].outputs: //:docs gives no file: it is neither packaged nor generates sources."),
    ],
)
def test_where_the_files_go(
    world: World, tmp_path: Path, files: list[str], wanted: str, placed: list[str], message: str | None
) -> None:
    built = tmp_path / "built"
    built.mkdir()
    for path in files:
        (built / path).parent.mkdir(parents=True, exist_ok=True)
        (built / path).write_text(path)
    there = OwnWorktree(open_repository(Git(world.root, world.env)), "", tmp_path / "tree", {})
    problem = there.place(Maker("//:docs", (wanted,), is_target=True), built)
    assert (problem.what if problem else None) == message
    found = sorted((tmp_path / "tree/out").rglob("*")) if placed else []
    assert [path.relative_to(tmp_path / "tree/out").as_posix() for path in found if path.is_file()] == placed
