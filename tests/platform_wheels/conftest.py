from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pants.backend.project_info import dependents, list_targets
from pants.backend.project_info.dependents import DependentsGoal
from pants.backend.python.target_types import PythonSourcesGeneratorTarget
from pants.backend.python.util_rules.package_dists import DistBuildEnvironment
from pants.core.goals.package import Package
from pants.core.target_types import (
    FilesGeneratorTarget,
    FileTarget,
    GenericTarget,
    ResourcesGeneratorTarget,
    ResourceTarget,
)
from pants.engine.rules import QueryRule
from pants.testutil.rule_runner import GoalRuleResult, RuleRunner

from devflow.platform_wheels import register
from devflow.platform_wheels.resources import PlatformResourcesCheck
from harness.rule_runners import emptied
from platform_wheels import fake_distribution
from platform_wheels.fake_distribution import FakeDistribution
from platform_wheels.wheels import ARM64, X86_64

Run = Callable[..., GoalRuleResult]
THIS_PYTHON = f"=={sys.version_info.major}.{sys.version_info.minor}.*"


@pytest.fixture(scope="session")
def shared_runner() -> RuleRunner:
    """The backend with distributions of a fake one, and the goal that shows dependents."""
    return RuleRunner(
        rules=[
            *register.rules(),
            *fake_distribution.rules(),
            *dependents.rules(),
            *list_targets.rules(),
            QueryRule(DistBuildEnvironment, [PlatformResourcesCheck]),
        ],
        target_types=[
            *register.target_types(),
            FakeDistribution,
            FileTarget,
            FilesGeneratorTarget,
            GenericTarget,
            PythonSourcesGeneratorTarget,
            ResourceTarget,
            ResourcesGeneratorTarget,
        ],
    )


@pytest.fixture()
def rule_runner(shared_runner: RuleRunner) -> RuleRunner:
    return emptied(shared_runner)


@pytest.fixture()
def root(rule_runner: RuleRunner) -> Path:
    """A repository with a program for each of two platforms; a test adds the BUILD file."""
    rule_runner.write_files(
        {
            "src/acme/runner/bin/launch.arm": ARM64,
            "src/acme/runner/bin/launch.x86": X86_64,
            "src/acme/runner/__init__.py": "",
        }
    )
    path = Path(rule_runner.build_root)
    (path / "src/acme/runner/bin/launch.arm").chmod(0o755)
    return path


ARGUMENTS = [
    f"--python-interpreter-constraints=['{THIS_PYTHON}']",
    f"--python-bootstrap-search-path=['{Path(sys.executable).resolve().parent}']",
    "--source-root-patterns=['/src']",
]
ENVIRONMENT = {"PATH", "PANTS_PEX_CLI_URL_TEMPLATE", "PANTS_PEX_CLI_KNOWN_VERSIONS"}


@pytest.fixture()
def package(rule_runner: RuleRunner, root: Path) -> Run:
    """`package("src::")` runs the goal `package`; `settings` are options of Pants."""

    def run_goal(*targets: str, settings: tuple[str, ...] = ()) -> GoalRuleResult:
        return rule_runner.run_goal_rule(
            Package, global_args=[*ARGUMENTS, *settings], args=targets, env_inherit=ENVIRONMENT
        )

    return run_goal


@pytest.fixture()
def dependents_of(rule_runner: RuleRunner, root: Path) -> Callable[..., list[str]]:
    """All that depends on a target, directly or not."""

    def run_goal(target: str, settings: tuple[str, ...] = ()) -> list[str]:
        arguments = ["--transitive", target]
        return rule_runner.run_goal_rule(
            DependentsGoal, global_args=[*ARGUMENTS, *settings], args=arguments, env_inherit=ENVIRONMENT
        ).stdout.splitlines()

    return run_goal
