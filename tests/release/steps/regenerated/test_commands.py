"""Commands that make files of the release commit, in a worktree of their own."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from pants.testutil.rule_runner import GoalRuleResult

from release.conftest import Origin, World
from release.pushing import fix_of

DUMP = 'mkdir -p docs && printf "version: %s\\n" "$(cat VERSION)" > docs/api.yml'


@pytest.fixture(autouse=True)
def own_temporary_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the worktrees are: empty after each run."""
    directory = tmp_path / "tmp"
    directory.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(directory))
    return directory


def release(world: World, commands: Mapping[str, str | Sequence[str]], *more: str) -> GoalRuleResult:
    date = ("--to=24.03.0", "--date=2024-03-29")
    return world.run(*date, f"--commands={json.dumps(commands)}", *more)


def in_head(world: World, path: str) -> str:
    return world.git("show", f"HEAD:{path}")


def test_the_commit_has_what_a_command_makes_of_the_release(world: World, own_temporary_directory: Path) -> None:
    world.commit({"docs/old/gone.yml": "", "docs/old/kept.yml": "kept\n"})
    commands = {DUMP: ["docs/api.yml"], "rm docs/old/gone.yml; cat NEWS docs/api.yml > docs/old/new.yml": ["docs/old/"]}
    plan = release(world, commands)
    assert plan.exit_code == 0, plan.stderr
    assert f"Not checked: commands: run with --execute: {DUMP}, for docs/api.yml; rm " in plan.stdout
    assert "docs/" not in plan.stdout.replace("docs/api.yml", "").partition("Would change")[2]
    done = release(world, commands, "--execute")
    assert done.exit_code == 0, done.stderr
    for line in ("Created docs/api.yml\n", "Removed docs/old/gone.yml\n", "Created docs/old/new.yml\n"):
        assert line in done.stdout
    assert in_head(world, "docs/api.yml") == "version: 24.03.0"
    assert in_head(world, "docs/old/new.yml").splitlines() == ["24.03.0 of 2024-03-29", "old", "version: 24.03.0"]
    assert in_head(world, "docs/old/kept.yml") == "kept"
    assert (world.root / "docs/api.yml").read_text() == "version: 24.03.0\n"
    assert world.git("status", "--porcelain") == ""
    assert len(world.git("worktree", "list").splitlines()) == 1
    assert list(own_temporary_directory.iterdir()) == []


def test_what_a_command_is_given(world: World) -> None:
    shown = 'echo "$DEVFLOW_RELEASE_VERSION of $DEVFLOW_BUILD_ROOT in $PWD, $PANTS_CONCURRENT $GIT_INDEX_FILE" > x'
    done = release(world, {f'test "$PWD" = "$(pwd -P)" && {shown}': ["x"]}, "--execute")
    assert done.exit_code == 0, done.stderr
    start, _, end = in_head(world, "x").partition(" in ")
    assert start == f"24.03.0 of {world.root}"
    assert "devflow-release-" in end
    assert end.endswith(", True")


def test_a_formatter_may_change_what_the_steps_write(world: World) -> None:
    done = release(world, {"tr a-z A-Z < NEWS > new && mv new NEWS": ["NEWS"]}, "--execute")
    assert done.exit_code == 0, done.stderr
    assert in_head(world, "NEWS") == "24.03.0 OF 2024-03-29\nOLD"
    world.commit({"NEWS": "old\n", "VERSION": "24.03.0", "news/1": ""}, message="Again")
    back = world.run("--to=24.03.1", "--execute", '--commands={"git checkout --quiet HEAD NEWS": ["NEWS"]}')
    assert back.exit_code == 0, back.stderr
    assert in_head(world, "NEWS") == "old"


def test_modes_are_kept(world: World) -> None:
    done = release(world, {"echo true > run.sh && chmod +x run.sh": ["run.sh"]}, "--execute")
    assert done.exit_code == 0, done.stderr
    assert world.git("ls-tree", "HEAD", "run.sh").startswith("100755")
    assert os.access(world.root / "run.sh", os.X_OK)


def test_on_a_branch_of_its_own(world: World) -> None:
    before = world.state()[1]
    made = release(world, {DUMP: ["docs/api.yml"]}, "--branch=release/{version}", "--execute")
    assert made.exit_code == 0, made.stderr
    assert world.git("show", "release/24.03.0:docs/api.yml") == "version: 24.03.0"
    assert world.state()[1] == before
    for more in ((), ("--execute",)):
        again = release(world, {DUMP: ["docs/api.yml"]}, "--branch=release/{version}", *more)
        assert "Nothing to do: release/24.03.0 is this release." in again.stderr
    other = release(world, {"echo > docs/api.yml": ["docs/api.yml"]}, "--branch=release/{version}", "--execute")
    assert "The branch release/24.03.0 is there already" in other.stderr


@pytest.mark.parametrize(
    ("commands", "message"),
    [
        ({"echo no >&2; exit 3": ["x"]}, "[release].commands: echo no >&2; exit 3 exited with 3: no\n"),
        ({"kill -9 $$": ["x"]}, "[release].commands: kill -9 $$ was ended by signal 9.\n"),
        ({"true": ["x"]}, "[release].commands: true made no x.\n"),
        ({"echo > x": ["y"]}, "[release].commands: echo > x changed x, which it is not to change.\n"),
        ({"echo > VERSION; echo > x": ["x"]}, "changed VERSION, which it is not to change.\n"),
        ({"ln -s NEWS x": ["x"]}, "[release].commands: ln -s NEWS x made x, which is not a regular file.\n"),
        ({"echo > ignored": ["ignored"]}, "[release].commands: echo > ignored made ignored, which git ignores.\n"),
        ({"printf x > \"$(printf 'x\\377')\"": ["d/"]}, "is not UTF-8, and Pants cannot read such a file.\n"),
    ],
)
def test_a_command_that_fails(
    world: World, own_temporary_directory: Path, commands: Mapping[str, Sequence[str]], message: str
) -> None:
    before = world.state()
    failed = release(world, commands, "--execute")
    assert failed.exit_code == 1
    assert message in failed.stderr
    assert failed.stderr.endswith("1 problem.\n") or "Nothing was changed." in failed.stderr
    assert world.state() == before
    assert list(own_temporary_directory.iterdir()) == []
    assert len(world.git("worktree", "list").splitlines()) == 1
    if "--skip=commands" in failed.stderr:
        assert release(world, commands, "--execute", "--skip=commands").exit_code == 0


def test_the_fixes(world: World) -> None:
    stray = release(world, {"echo > x; echo > y": ["y"]}, "--execute")
    assert fix_of(stray) == "add 'x' to its files in [release].commands, or do not change it"
    ignored = release(world, {"echo > ignored": ["ignored"]}, "--execute")
    assert fix_of(ignored) == "take ignored out of .gitignore, and commit that"
    text = (world.root / ".gitignore").read_text()
    world.commit({".gitignore": text.replace("/ignored\n", "")}, message="Not ignored")
    done = release(world, {"echo > ignored; echo > x; echo > y": ["y", "x", "ignored"]}, "--execute")
    assert done.exit_code == 0, done.stderr


def test_no_command_runs_after_another_problem(world: World) -> None:
    world.commit({"news/mode": "problem"})
    failed = release(world, {"echo > /nowhere/x": ["x"]}, "--execute")
    assert "Not checked: commands: correct the other problems first\n" in failed.stdout
    assert "1 problem." in failed.stderr


def test_an_edit_that_is_not_committed_stays(world: World) -> None:
    world.commit({"docs/api.yml": "old\n"})
    (world.root / "docs/api.yml").write_text("mine\n")
    refused = release(world, {DUMP: ["docs/api.yml"]}, "--execute", "--allow-dirty")
    assert "Not committed, and a part of the release: docs/api.yml." in refused.stderr
    assert (world.root / "docs/api.yml").read_text() == "mine\n"


def test_a_leftover_of_a_killed_run_is_removed(world: World, own_temporary_directory: Path) -> None:
    left = own_temporary_directory / "devflow-release-abc"
    left.mkdir()
    world.git("worktree", "add", "--quiet", "--detach", str(left / left.name))
    others = own_temporary_directory / "mine"
    world.git("worktree", "add", "--quiet", "--detach", str(others))
    assert release(world, {DUMP: ["docs/api.yml"]}, "--execute").exit_code == 0
    assert [path.name for path in own_temporary_directory.iterdir()] == ["mine"]
    assert len(world.git("worktree", "list").splitlines()) == 2


def test_it_is_pushed(world: World, origin: Origin) -> None:
    assert release(world, {DUMP: ["docs/api.yml"]}, "--push", "--execute").exit_code == 0
    assert world.git("show", "main:docs/api.yml", cwd=origin.path) == "version: 24.03.0"
