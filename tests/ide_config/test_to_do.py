"""The printed command writes what was planned: each option is in it."""

from __future__ import annotations

import pytest

from devflow.ide_config.subsystem import IdeConfigSubsystem
from harness.to_do import options_of, printed_arguments
from ide_config.conftest import Run

# Another way to look at a plan; and `--export`, which no look goes with: a check adds it where it is needed.
LOOKS = {"--print", "--check", "--dry-run", "--format", "--export"}
CASES = {
    "--editors": (("--editors=ty", "--editors=helix,zed"), ("--editors=ty,helix,zed",)),
    "--main-resolve": (("--main-resolve=mypy",), ("--main-resolve=mypy",)),
}


@pytest.mark.parametrize("option", sorted(CASES))
def test_the_same_is_planned(run: Run, option: str) -> None:
    given, printed = CASES[option]
    planned = run("--dry-run", *given)
    assert printed_arguments(planned) == printed
    again = run("--dry-run", *printed)
    assert (again.stdout, again.stderr) == (planned.stdout, planned.stderr)
    assert planned.stdout != run("--dry-run").stdout


def test_every_option_has_a_case() -> None:
    assert options_of(IdeConfigSubsystem) - LOOKS == set(CASES)
