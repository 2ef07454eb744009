"""The printed command exports what was planned: each option is in it."""

from __future__ import annotations

import pytest

from devflow.export_all_resolves.subsystem import ExportAllResolvesSubsystem
from export_all_resolves.conftest import Run
from harness.to_do import options_of, printed_arguments

LOOKS = {"--list", "--check", "--dry-run", "--format"}  # another way to look at a plan
CASES = {
    "--include": (("--include=a,b", "--include=c*"), ("--include=a,b,c*",)),
    "--exclude": (("--exclude=a", "--exclude=b"), ("--exclude=a,b",)),
    "--force": (("--include=c", "--force"), ("--include=c", "--force")),
    "--prune": (("--prune",), ("--prune",)),
}
BEFORE = {"gone": "1.0 x", "c": "1.0 z"}
NOW = {"a": "1.0 x", "b": "2.0 y", "c": "1.0 z", "d": "1.0 w"}


@pytest.mark.parametrize("option", sorted(CASES))
def test_the_same_is_planned(run: Run, option: str) -> None:
    given, printed = CASES[option]
    run(BEFORE)
    planned = run(NOW, "--dry-run", *given)
    assert printed_arguments(planned) == printed
    again = run(NOW, "--dry-run", *printed)
    assert (again.stdout, again.stderr) == (planned.stdout, planned.stderr)
    assert planned.stdout != run(NOW, "--dry-run").stdout


def test_every_option_has_a_case() -> None:
    assert options_of(ExportAllResolvesSubsystem) - LOOKS == set(CASES)


def test_no_name_at_all_is_said_as_such(run: Run) -> None:
    assert printed_arguments(run(NOW, "--dry-run", "--exclude=[]")) == ("--exclude=[]",)
