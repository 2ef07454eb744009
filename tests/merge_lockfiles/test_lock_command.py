"""Lockfiles that a command of the repository makes: it finds the merged pins in the file, and fails without a loss."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import pytest
from merge_lockfiles.conftest import World
from pants.testutil.rule_runner import GoalRuleResult

from devflow.locking.reading import read_lockfile

# Keeps the versions of the lockfile that is there, as `uv pip compile` and `pip-compile` do.
LOCK = """\
import sys, pathlib
stem, mode = sys.argv[1], pathlib.Path("mode").read_text().strip() if pathlib.Path("mode").exists() else ""
lock = pathlib.Path(stem + ".lock")
old = dict(line.split(" ")[0].split("==") for line in lock.read_text().splitlines() if "==" in line)
if mode:
    lock.write_text("half\\n")
    sys.exit("the index is closed today")
wanted = [line for line in pathlib.Path(stem + ".txt").read_text().splitlines() if line]
lines = [f"{name}=={old.get(name, '9')} --hash=sha256:00\\n" for name in sorted(wanted)]
lock.write_text("".join(["# by lock.py\\n", *lines]))
"""
COMMAND = f"--lock-command={sys.executable} lock.py {{stem}}"
OFF = "--no-python-resolves-generate-lockfiles"


def hashed(**pins: str) -> str:
    return "# by lock.py\n" + "".join(f"{name}=={version} --hash=sha256:00\n" for name, version in pins.items())


@pytest.fixture()
def conflict(world: World) -> World:
    """Both sides have added a project, and main has moved one."""
    world.git("checkout", "--quiet", "base")
    world.write("lock.py", LOCK)
    world.write("main.lock", hashed(boto3="1.26.0", click="8.0.4"))
    world.commit("Pinned by hash")
    world.git("branch", "--force", "pinned")
    for branch, lock, requirements in (
        ("feature", hashed(aiohttp="3.9.1", boto3="1.26.0", click="8.0.4"), "boto3\nclick\naiohttp\n"),
        ("main", hashed(boto3="1.28.0", click="8.0.4", redis="4.0"), "boto3\nclick\nredis\n"),
    ):
        world.git("checkout", "--quiet", "-B", branch, "pinned")
        world.write("main.lock", lock)
        world.write("main.txt", requirements)
        world.commit("Add")
    world.git("checkout", "--quiet", "feature")
    world.git("merge", "main", check=False)
    assert "main.lock" in world.git("diff", "--name-only", "--diff-filter=U")
    world.resolve_requirements("aiohttp", "boto3", "click", "redis")
    return world


def run(world: World, *args: str, global_args: Sequence[str] = (OFF,)) -> GoalRuleResult:
    return world.run(*args, global_args=global_args)


def test_the_pins_of_both_sides(conflict: World) -> None:
    result = run(conflict, COMMAND)
    assert result.exit_code == 0, result.stderr
    merged = {"aiohttp": "3.9.1", "boto3": "1.28.0", "click": "8.0.4", "redis": "4.0"}
    assert read_lockfile(conflict.read("main.lock")).pins == merged
    assert result.stdout == (
        "main.lock (main): merged, 4 pins of both sides kept, staged\n"
        "  aiohttp 3.9.1 from ours; boto3 1.28.0 from theirs; redis 4.0 from theirs\n"
    )
    assert conflict.git("ls-files", "--unmerged") == ""


def test_a_command_that_fails_leaves_what_was_there(conflict: World) -> None:
    conflict.write("mode", "fail")
    before = conflict.read("main.lock"), conflict.git("ls-files", "--stage")
    result = run(conflict, COMMAND)
    assert result.exit_code == 1
    assert "The lock command exited with 1: " in result.stderr
    assert "\n    the index is closed today\n  Fix: run this command, and correct what it reports: " in result.stderr
    assert (conflict.read("main.lock"), conflict.git("ls-files", "--stage")) == before


def test_without_a_command(conflict: World) -> None:
    before = conflict.state()
    result = run(conflict)
    assert result.exit_code == 1
    assert "[merge-lockfiles].lock_command is not set.\n  Fix: set it in pants.toml" in result.stderr
    assert conflict.state() == before


@pytest.mark.parametrize(
    ("command", "what"),
    [
        ("lock {nothing}", "The lock command 'lock {nothing}' cannot be read: 'nothing'"),
        ("lock 'open", 'The lock command "lock \'open" cannot be read: No closing quotation'),
        ("", "The lock command is empty."),
        ("./no-such-program", "The lock command cannot be started: ./no-such-program: No such file or directory."),
    ],
)
def test_a_command_that_cannot_be_run(conflict: World, command: str, what: str) -> None:
    before = conflict.read("main.lock")
    result = run(conflict, f"--lock-command={command}")
    assert result.exit_code == 1
    assert what in result.stderr
    assert conflict.read("main.lock") == before


def test_the_input_of_the_command_is_in_conflict(conflict: World) -> None:
    conflict.git("checkout", "-m", "--", "main.txt")
    result = run(conflict, "--lock-command=lock.py {stem}.txt")
    assert result.exit_code == 1
    assert "What the lockfiles are made from is in conflict itself:\n    main.txt\n" in result.stderr


def test_a_dry_run_runs_no_command(conflict: World) -> None:
    before = conflict.state()
    result = run(conflict, "--lock-command=./no-such-program", "--dry-run")
    assert (result.exit_code, conflict.state()) == (0, before)
    assert "  aiohttp 3.9.1 from ours; boto3 1.28.0 from theirs; redis 4.0 from theirs\n" in result.stdout
    assert "To do it: pants merge-lockfiles --lock-command=./no-such-program\n" in result.stderr
