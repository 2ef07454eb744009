"""What a killed `add-requirement` has left: `merge-lockfiles` finishes or undoes it, or names the command that does."""

from __future__ import annotations

import shlex

import pytest
from merge_lockfiles.conftest import World
from merge_lockfiles.test_goal import BOTH, conflict, pins

from devflow.locking.journal import JournaledFile, Phase, begin

JOURNAL = ".git/devflow/requirements.json"


@pytest.fixture()
def killed(world: World) -> World:
    """After one of two files of the resolve `tools`."""
    old = world.read("tools.lock").encode()
    new = old.replace(b"4.0", b"5.0.1")
    files = [JournaledFile("tools.lock", old, new), JournaledFile("tools.txt", b"redis\n", b"redis>=5\n")]
    begin(world.root / JOURNAL, Phase.WRITE, files)
    world.write("tools.lock", new.decode())
    return world


def test_it_is_finished(killed: World) -> None:
    result = killed.run()
    assert result.exit_code == 0, result.stderr
    assert result.stderr.startswith("An interrupted run is finished.\n")
    assert killed.read("tools.txt") == "redis>=5\n"
    assert pins(killed, "tools") == {"redis": "5.0.1"}
    assert not (killed.root / JOURNAL).exists()


def test_in_the_middle_of_a_conflict(killed: World) -> None:
    killed.git("checkout", "--quiet", "--", "tools.lock")
    conflict(killed)
    killed.write("tools.txt", "redis>=5\n")
    result = killed.run()
    assert result.exit_code == 0, result.stderr
    assert result.stderr.startswith("An interrupted run is finished.\n")
    assert pins(killed) == BOTH
    assert pins(killed, "tools") == {"redis": "5.0.1"}
    assert killed.git("diff", "--name-only").split() == ["tools.lock", "tools.txt"]


def test_a_trial_is_undone(world: World) -> None:
    files = [JournaledFile("tools.txt", b"redis\n", b"redis>=5\n")]
    begin(world.root / JOURNAL, Phase.TRIAL, files)
    world.write("tools.txt", "redis>=5\n")
    assert world.run().stderr.startswith("An interrupted run is undone.\n")
    assert world.read("tools.txt") == "redis\n"


@pytest.mark.parametrize("look", ["--check", "--dry-run"])
def test_a_look_names_the_command(killed: World, look: str) -> None:
    before = killed.state()
    start = "A run was interrupted; to finish or undo it: "
    result = killed.run(look)
    assert result.stderr.startswith(f"{start}pants merge-lockfiles\n")
    assert killed.state() == before
    words = shlex.split(result.stderr.partition("\n")[0][len(start) :])
    assert killed.run(*words[2:]).exit_code == 0
    assert not (killed.root / JOURNAL).exists()
