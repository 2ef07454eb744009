"""The printed command exports what was planned: each option is in it."""

from __future__ import annotations

import pytest
from pants.testutil.rule_runner import GoalRuleResult, RuleRunner

from devflow.export_all_resolves.goal import ExportAllResolves
from devflow.export_all_resolves.subsystem import ExportAllResolvesSubsystem
from export_all_resolves.conftest import Run
from harness.to_do import options_of, printed_arguments

LOOKS = {"--list", "--check", "--dry-run", "--format"}  # another way to look at a plan
MEANS = {"--assemble"}  # another way to the same exports
CASES = {
    "--include": (("--include=a,b", "--include=c*"), ("--include=a,b,c*",)),
    "--exclude": (("--exclude=a", "--exclude=b"), ("--exclude=a,b",)),
    "--force": (("--include=c", "--force"), ("--include=c", "--force")),
    "--prune": (("--prune",), ("--prune",)),
    "--venv-link": (("--venv-link=c",), ("--venv-link=c",)),
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


def test_another_way_to_the_same_is_printed_too(run: Run) -> None:
    assert printed_arguments(run(NOW, "--dry-run", "--no-assemble")) == ("--no-assemble",)


def test_every_option_has_a_case() -> None:
    assert options_of(ExportAllResolvesSubsystem) - LOOKS - MEANS == set(CASES)


@pytest.mark.parametrize("given", ["--exclude=a", "--exclude=['a']", "--exclude=[]", "--exclude=-['d']"])
def test_what_settings_say_is_added_to_or_replaced_as_before(rule_runner: RuleRunner, given: str) -> None:
    def plan(*args: str) -> GoalRuleResult:
        return rule_runner.run_goal_rule(
            ExportAllResolves,
            global_args=[f"--fake-resolves={NOW}"],
            args=["--dry-run", *args],
            env={"PANTS_EXPORT_ALL_RESOLVES_EXCLUDE": "['b', 'd']"},
            env_inherit={"PATH"},
        )

    planned = plan(given)
    again = plan(*printed_arguments(planned))
    assert (again.stdout, again.stderr) == (planned.stdout, planned.stderr)
