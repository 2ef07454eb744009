"""Targets whose files are regenerated: another Pants builds them from what the release commits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pants.testutil.rule_runner import GoalRuleResult

from devflow.common.git import Git
from devflow.common.git_worktree import open_repository
from devflow.release.steps.regenerated.makers import Maker
from devflow.release.steps.regenerated.worktree import OwnWorktree
from release.conftest import World

# In the place of a Python with Pants: what it is asked for, and files as a build of the target makes them.
TRACE = "12:00:00.01 [ERROR] 1 Exception encountered:\n\nEngine traceback:\n  in package goal\n  in Find\n\n"
STAND_IN = """\
#!/bin/sh
echo "$@" > {asked}
for last; do :; done
case $last in //:docs) ;; *) echo "{trace}no such target: $last" >&2; exit 1 ;; esac
for word; do case $word in --pants-distdir=*) dist=${{word#*=}} ;; esac; done
mkdir -p "$dist/docs" && cp VERSION "$dist/docs/version.txt"
"""


def test_a_target(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = tmp_path / "asked"
    (tmp_path / "python").write_text(STAND_IN.format(asked=asked, trace=TRACE))
    (tmp_path / "python").chmod(0o755)
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))

    def release(outputs: dict[str, str], *more: str) -> GoalRuleResult:
        return world.run("--to=24.03.0", f"--outputs={json.dumps(outputs)}", *more)

    before = world.state()
    plan = release({"//:docs": "out/"})
    assert plan.exit_code == 0, plan.stderr
    assert "Checked outputs: //:docs\n" in plan.stdout
    assert "Would create out/version.txt\n" in plan.stdout
    words = asked.read_text().split()
    assert (words[:2], words[-3:]) == (["-m", "pants"], ["export-codegen", "package", "//:docs"])
    unknown = release({"//:dosc": "out/docs.txt"})
    assert "release: [release].outputs: //:dosc exited with 1: no such target: //:dosc\n" in unknown.stderr
    assert "Fix: correct the cause, or release without it: --skip=outputs\n" in unknown.stderr
    assert world.state() == before
    assert release({"//:dosc": "out/docs.txt"}, "--skip=outputs").exit_code == 0
    done = release({"//:docs": "out/docs.txt"}, "--execute")
    assert done.exit_code == 0, done.stderr
    assert (world.root / "out/docs.txt").read_text() == "24.03.0"
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
