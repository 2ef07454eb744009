"""The printed command does what was planned: each option is in it."""

from __future__ import annotations

import pytest
from merge_lockfiles.conftest import World
from merge_lockfiles.test_goal import conflict

from devflow.merge_lockfiles.subsystem import MergeLockfilesSubsystem
from harness.to_do import options_of, printed_arguments

LOOKS = {"--check", "--dry-run", "--format"}  # another way to look at a plan
CASES = {
    "--resolve": (("--resolve=main", "--resolve=tools"), ("--resolve=main,tools",)),
    "--base": (("--base=ours",), ("--base=ours",)),
    "--add": (("--no-add",), ("--no-add",)),
    "--lock-command": (("--lock-command=x {stem}",), ("--lock-command=x {stem}",)),
}


@pytest.mark.parametrize("option", sorted(CASES))
def test_the_same_is_planned(world: World, option: str) -> None:
    given, printed = CASES[option]
    conflict(world)
    planned = world.run("--dry-run", *given)
    assert printed_arguments(planned) == printed
    again = world.run("--dry-run", *printed)
    assert (again.stdout, again.stderr) == (planned.stdout, planned.stderr)


def test_every_option_has_a_case() -> None:
    assert options_of(MergeLockfilesSubsystem) - LOOKS == set(CASES)
