"""A run that was killed: the next one finishes or undoes it, and a run that changes nothing only says so."""

from __future__ import annotations

import pytest
from add_requirement.conftest import World
from pants.testutil.rule_runner import RuleRunner

from devflow.add_requirement import register
from devflow.locking.journal import JournaledFile, Phase, begin

WRITTEN = JournaledFile("main.txt", b"attrs\n", b"attrs\nredis\n")


@pytest.fixture()
def killed(world: World) -> World:
    """After the lockfile, and before the requirements."""
    world.write("main.txt", "attrs\n")
    world.lock("main", ["attrs"], {})
    old = world.read("main.lock").encode()
    world.lock("main", ["attrs", "redis"], {})
    new = world.read("main.lock").encode()
    begin(world.root / ".git/devflow/requirements.json", Phase.WRITE, [JournaledFile("main.lock", old, new), WRITTEN])
    return world


def test_the_next_run_finishes_it_and_goes_on(killed: World) -> None:
    result = killed.add("zzz", "--no-import-names")
    assert result.exit_code == 0, result.stderr
    assert result.stderr.startswith("An interrupted run is finished.\n")
    assert killed.read("main.txt") == "attrs\nredis\nzzz\n"
    assert killed.run("--check").exit_code == 0


def test_a_run_without_requirements_finishes_it(killed: World) -> None:
    result = killed.add()
    assert (result.exit_code, result.stderr) == (0, "An interrupted run is finished.\n")
    assert killed.read("main.txt") == "attrs\nredis\n"


def test_a_trial_is_undone(world: World) -> None:
    old = world.read("main.lock")
    trial = [
        JournaledFile("main.txt", world.read("main.txt").encode(), b"x\n"),
        JournaledFile("main.lock", old.encode(), None),
    ]
    begin(world.root / ".git/devflow/requirements.json", Phase.TRIAL, trial)
    world.write("main.txt", "x\n")
    world.write("main.lock", "half")
    assert world.add().stderr == "An interrupted run is undone.\n"
    assert world.read("main.lock") == old
    assert world.read("main.txt") == "attrs\nboto3  # why: é\nclick\n"


@pytest.mark.parametrize("look", [["--check"], ["zzz", "--dry-run"]])
def test_a_look_says_so(killed: World, look: list[str]) -> None:
    before = killed.state()
    result = killed.add(*look)
    assert "A run was interrupted; to finish or undo it: pants add-requirement\n" in result.stderr
    assert killed.state() == before


def test_the_backend_alone() -> None:
    """Its rule graph solves without any other backend."""
    RuleRunner(rules=list(register.rules()))
