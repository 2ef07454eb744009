from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from pants.core.goals import export
from pants.testutil.rule_runner import GoalRuleResult, RuleRunner

from devflow.export_all_resolves import register
from devflow.export_all_resolves.goal import ExportAllResolves
from harness import fake_backend
from harness.rule_runners import emptied

Run = Callable[..., GoalRuleResult]


@pytest.fixture(scope="session")
def shared_runner() -> RuleRunner:
    """The goal with no other backend than the fake one."""
    return RuleRunner(
        rules=[
            *export.rules(),
            *register.core_rules(),
            *fake_backend.rules(),
        ],
    )


@pytest.fixture()
def rule_runner(shared_runner: RuleRunner) -> RuleRunner:
    return emptied(shared_runner)


@pytest.fixture()
def run(rule_runner: RuleRunner) -> Run:
    """`run({"a": "1.0 x"}, "--check")` runs the goal with these resolves and arguments."""

    def run_goal(resolves: dict[str, str], *args: str, global_args: Sequence[str] = ()) -> GoalRuleResult:
        return rule_runner.run_goal_rule(
            ExportAllResolves,
            global_args=[f"--fake-resolves={resolves}", *global_args],
            args=args,
            env_inherit={"PATH"},
        )

    return run_goal


@pytest.fixture()
def trees(rule_runner: RuleRunner) -> Path:
    return Path(rule_runner.build_root, "dist/export/fake/trees")
