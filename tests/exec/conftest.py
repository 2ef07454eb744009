from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from pants.backend.python.target_types import PythonSourcesGeneratorTarget, PythonTestsGeneratorTarget
from pants.core.target_types import LockfilesGeneratorTarget
from pants.engine.goal import Goal
from pants.engine.internals.parametrize import Parametrize
from pants.testutil.rule_runner import GoalRuleResult, RuleRunner

from devflow.exec import register
from devflow.exec.files_goal import ExecFiles
from harness import fake_backend
from harness.rule_runners import emptied

Run = Callable[..., GoalRuleResult]
RESOLVES = {"main": "main.lock", "tools": "tools.lock"}


def new_runner(*bootstrap_args: str) -> RuleRunner:
    """Both goals, with exports that are made by no Python."""
    return RuleRunner(
        rules=[*register.core_rules(), *fake_backend.rules()],
        target_types=[LockfilesGeneratorTarget, PythonSourcesGeneratorTarget, PythonTestsGeneratorTarget],
        objects={"parametrize": Parametrize},
        bootstrap_args=bootstrap_args,
    )


@pytest.fixture(scope="session")
def shared_runner() -> RuleRunner:
    return new_runner()


@pytest.fixture()
def rule_runner(shared_runner: RuleRunner) -> RuleRunner:
    return emptied(shared_runner)


@pytest.fixture()
def root(rule_runner: RuleRunner) -> Path:
    """A repository with code of two resolves, tests and stubs; no resolve has been exported."""
    rule_runner.write_files(
        {
            "src/BUILD": "python_sources(resolve='main')",
            "src/app.py": "",
            "tools/BUILD": "python_sources(resolve='tools')",
            "tools/own.py": "",
            "stubs/BUILD": "python_sources()",
            "stubs/lib.pyi": "",
            "tests/BUILD": "python_tests(resolve='main')",
            "tests/test_app.py": "",
            "main.lock": "main\n",
            "tools.lock": "tools\n",
        }
    )
    return Path(rule_runner.build_root)


@pytest.fixture()
def run(rule_runner: RuleRunner, root: Path) -> Run:
    """`run("--check")` runs `exec-files`; with `goal=Exec`, `exec`."""

    def run_goal(
        *args: str,
        version: str = "1.0",
        jvm: bool = False,
        env: Mapping[str, str] | None = None,
        goal: type[Goal] = ExecFiles,
        settings: Sequence[str] = (),
    ) -> GoalRuleResult:
        resolves = {name: f"{version} x" for name in (*RESOLVES, *(["jvm"] if jvm else []))}
        return rule_runner.run_goal_rule(
            goal,
            global_args=[
                *settings,
                f"--fake-resolves={resolves}",
                f"--python-resolves={RESOLVES}",
                "--python-default-resolve=main",
                "--python-enable-resolves",
                "--python-interpreter-constraints=['==3.9.*']",
                "--source-root-patterns=['/src', '/stubs', '/tests', '/tools', '/plugins/*']",
            ],
            args=args,
            env=env or {},
            env_inherit={"PATH", "HOME"},
        )

    return run_goal
