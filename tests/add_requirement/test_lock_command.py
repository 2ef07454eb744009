"""Lockfiles that a command of the repository makes: it sees the new requirements, and every failure leaves no trace."""

from __future__ import annotations

import sys

import pytest
from add_requirement.conftest import World
from pants.testutil.rule_runner import GoalRuleResult

from devflow.locking.reading import read_lockfile

# Keeps the versions of the lockfile that is there, as `uv pip compile` and `pip-compile` do.
LOCK = """\
import sys, pathlib
stem = sys.argv[1]
lock = pathlib.Path(stem + ".lock")
old = dict(line.split(" ")[0].split("==") for line in lock.read_text().splitlines() if "==" in line)
wanted = [line.split("~")[0] for line in pathlib.Path(stem + ".txt").read_text().splitlines() if line]
if "fail" in wanted:
    lock.write_text("half\\n")
    sys.exit("the index is closed today")
lines = [f"{name}=={old.get(name, '9.1')} --hash=sha256:00\\n" for name in sorted(wanted)]
lock.write_text("".join(["# by lock.py\\n", *lines]))
"""
COMMAND = f"--lock-command={sys.executable} lock.py {{stem}}"


@pytest.fixture()
def hashed(world: World) -> World:
    world.write("lock.py", LOCK)
    world.write("main.txt", "attrs\nclick\n")
    world.write("main.lock", "# by lock.py\nattrs==21.4.0 --hash=sha256:00\nclick==8.0.4 --hash=sha256:00\n")
    return world


def run(world: World, *args: str) -> GoalRuleResult:
    return world.run("--no-export", *args, global_args=["--no-python-resolves-generate-lockfiles"])


def test_the_command_finds_the_requirements_and_the_pins(hashed: World) -> None:
    result = run(hashed, "pretendcrypto", "--bounds=compatible", COMMAND)
    assert result.exit_code == 0, result.stderr
    assert hashed.read("main.txt") == "attrs\nclick\npretendcrypto~=9.1\n"
    assert read_lockfile(hashed.read("main.lock")).pins == {"attrs": "21.4.0", "click": "8.0.4", "pretendcrypto": "9.1"}
    assert 'module_mapping={"pretendcrypto": ["Crypto"]}' in hashed.read("BUILD")
    assert "main.lock (main): pretendcrypto 9.1 added\nmain.lock (main): 2 pins kept\n" in result.stdout


def test_upgrade(hashed: World) -> None:
    result = run(hashed, "--upgrade=attrs", COMMAND)
    assert result.exit_code == 0, result.stderr
    assert read_lockfile(hashed.read("main.lock")).pins == {"attrs": "9.1", "click": "8.0.4"}


def test_a_command_that_fails_leaves_what_was_there(hashed: World) -> None:
    before = {path: text for path, (_, text) in hashed.state().items()}
    result = run(hashed, "fail", COMMAND)
    assert result.exit_code == 1
    assert "The lock command exited with 1: " in result.stderr
    assert "\n    the index is closed today\n  Fix: run this command, and correct what it reports: " in result.stderr
    assert {path: text for path, (_, text) in hashed.state().items()} == before
    assert not (hashed.root / ".git" / "devflow" / "requirements.json").exists()


@pytest.mark.parametrize(
    ("command", "what"),
    [
        (None, "[add-requirement].lock_command is not set.\n  Fix: set it in pants.toml"),
        ("--lock-command=x {nothing}", "The lock command 'x {nothing}' cannot be read"),
        ("--lock-command=./no-such-program", "The lock command cannot be started: ./no-such-program"),
    ],
)
def test_without_a_command_that_runs(hashed: World, command: str | None, what: str) -> None:
    before = {path: text for path, (_, text) in hashed.state().items()}
    result = run(hashed, "redis", *([command] if command else []))
    assert result.exit_code == 1
    assert what in result.stderr
    assert {path: text for path, (_, text) in hashed.state().items()} == before


def test_a_dry_run_runs_no_command(hashed: World) -> None:
    before = hashed.state()
    result = run(hashed, "redis", "--lock-command=./no-such-program", "--dry-run")
    assert (result.exit_code, hashed.state()) == (0, before)
    assert "main.txt: redis would be added at line 3\n" in result.stdout
    assert "Nothing is locked in a dry run" in result.stdout
