from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from pants.backend.python.target_types import (
    PythonSourceField,
    PythonSourcesGeneratorTarget,
    PythonTestsGeneratorTarget,
)
from pants.engine.rules import rule
from pants.engine.target import GeneratedSources, GenerateSourcesRequest, SingleSourceField
from pants.engine.unions import UnionRule
from pants.testutil.rule_runner import GoalRuleResult, RuleRunner

from devflow.ide_config import register
from devflow.ide_config.goal import IdeConfig
from harness import fake_backend
from harness.rule_runners import emptied

Run = Callable[..., GoalRuleResult]
MAIN = "dist/export/fake/trees/main/1.0"


class WireField(SingleSourceField):
    expected_file_extensions = (".wire",)


class GenerateFromWire(GenerateSourcesRequest):
    """A backend such as that of protobuf."""

    input = WireField
    output = PythonSourceField


@rule
async def generate_from_wire(request: GenerateFromWire) -> GeneratedSources:
    raise AssertionError("this goal generates nothing")


@pytest.fixture(scope="session")
def shared_runner() -> RuleRunner:
    """The goal, with exports that are made by no Python, and a backend that generates Python from `*.wire`."""
    wire = [generate_from_wire, UnionRule(GenerateSourcesRequest, GenerateFromWire)]
    return RuleRunner(
        rules=[*register.core_rules(), *fake_backend.rules(), *wire],
        target_types=[PythonSourcesGeneratorTarget, PythonTestsGeneratorTarget],
    )


@pytest.fixture()
def rule_runner(shared_runner: RuleRunner) -> RuleRunner:
    return emptied(shared_runner)


@pytest.fixture()
def root(rule_runner: RuleRunner) -> Path:
    """A repository with three source roots, and the exports that its editors need."""
    rule_runner.write_files(
        {
            "src/BUILD": "python_sources()",
            "src/app.py": "",
            "stubs/BUILD": "python_sources()",
            "stubs/lib.pyi": "",
            "tests/BUILD": "python_tests()",
            "tests/test_app.py": "",
        }
    )
    path = Path(rule_runner.build_root)
    for resolve in ("main", "mypy", "ruff"):
        (path / f"dist/export/fake/trees/{resolve}/1.0/bin").mkdir(parents=True)
    return path


@pytest.fixture()
def run(rule_runner: RuleRunner, root: Path) -> Run:
    """`run("--check")` runs the goal; `resolves` are declared, `programs` are in `[export].bin`."""

    def run_goal(
        *args: str,
        resolves: Sequence[str] = ("main", "mypy", "ruff"),
        version: str = "1.0",
        default: str = "main",
        programs: Sequence[str] = (),
    ) -> GoalRuleResult:
        texts = {name: f"{version} x" for name in resolves}
        texts.update({f"bin:{name}": f"program {name} x" for name in programs})
        return rule_runner.run_goal_rule(
            IdeConfig,
            global_args=[
                f"--fake-resolves={texts}",
                "--python-resolves={}",
                f"--python-default-resolve={default}",
                "--python-interpreter-constraints=['==3.9.*']",
                "--source-root-patterns=['/src', '/stubs', '/tests', '/plugins/*']",
            ],
            args=args,
            env_inherit={"PATH", "HOME"},
        )

    return run_goal
