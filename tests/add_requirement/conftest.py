"""The goal in a repository with a solver in memory in the place of pex, and distributions that are made up."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from pants.backend.project_info import dependents
from pants.backend.python.macros import pipenv_requirements, poetry_requirements, python_requirements
from pants.backend.python.macros.pipenv_requirements import PipenvRequirementsTargetGenerator
from pants.backend.python.macros.poetry_requirements import PoetryRequirementsTargetGenerator
from pants.backend.python.macros.python_requirements import PythonRequirementsTargetGenerator
from pants.backend.python.target_types import PythonRequirementTarget
from pants.core.target_types import GenericTarget, LockfilesGeneratorTarget, LockfileTarget
from pants.engine.internals.parametrize import Parametrize
from pants.engine.rules import collect_rules, rule
from pants.testutil.rule_runner import GoalRuleResult, RuleRunner

from devflow import engine
from devflow.add_requirement import goal, inspect
from devflow.add_requirement.goal import AddRequirement
from devflow.add_requirement.imports import distributions
from devflow.add_requirement.imports.distributions import Distribution, DistributionRequest
from devflow.add_requirement.imports.modules import modules_in
from devflow.engine import python as engine_python
from devflow.engine.operands import take_operands
from devflow.export_all_resolves import register as export_all_resolves
from devflow.locking import pinned
from devflow.locking.facts import name_of
from devflow.locking.pinned import LockAttempt, LockAttemptRequest, bounded_requirements
from harness.processes import run_git
from harness.rule_runners import emptied, name_of_rule
from harness.solver import Index, NoSolutionError, lockfile

# What each project needs. Pants itself knows the module of the real pycryptodome from 2.21 on.
INDEX: Index = {
    "aiohttp": {"3.8.0": ("attrs>=20", "yarl<2"), "3.9.1": ("attrs>=22", "yarl<2")},
    "attrs": {"20.1": (), "21.4.0": (), "22.2.0": (), "23.1.0": ()},
    "boto3": {"1.26.0": (), "1.28.0": ()},
    "click": {"8.0.4": (), "8.1.7": ()},
    "pretendcrypto": {"3.19": ()},
    "redis": {"4.0": (), "5.0.1": ()},
    "types-odd": {"1.0": ()},
    "yarl": {"1.8.2": (), "1.20.0": ()},
    "zzz": {"1": ()},
}
FILES = {
    "aiohttp": ["aiohttp/__init__.py"],
    "pretendcrypto": ["Crypto/__init__.py", "Crypto/Cipher/__init__.py"],
    "types-odd": ["quaint-stubs/__init__.pyi"],
    "zzz": ["zzz.pth"],
}
_asked: list[LockAttemptRequest] = []
OLD = {"attrs": "21.4.0", "boto3": "1.26.0", "click": "8.0.4"}


@rule(canonical_name=name_of_rule(pinned.attempt_lock))
async def lock_in_memory(request: LockAttemptRequest) -> LockAttempt:
    assert request.requirements is not None
    _asked.append(request)
    try:
        text = lockfile(INDEX, request.requirements, dict(request.pins))
        text = lockfile(INDEX, bounded_requirements(request.requirements, request.bounds, text), dict(request.pins))
    except NoSolutionError as error:
        return LockAttempt(output=str(error))
    return LockAttempt(((f"{request.resolve}.lock", text.encode()),))


@rule(canonical_name=name_of_rule(distributions.read_distribution))
async def read_in_memory(request: DistributionRequest) -> Distribution:
    name = name_of(request.requirement)
    return Distribution(modules_in(FILES.get(name, [f"{name.replace('-', '_')}/__init__.py"])))


@dataclass
class World:
    """A repository with the resolves `main` and `tools`."""

    runner: RuleRunner
    root: Path

    def git(self, *args: str) -> str:
        environment = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "PATH": os.environ["PATH"]}
        return run_git(self.root, *args, env=environment).decode().strip()

    def write(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_bytes(text.encode())

    def read(self, path: str) -> str:
        return (self.root / path).read_bytes().decode()

    def lock(self, resolve: str, requirements: Sequence[str], pins: dict[str, str]) -> None:
        """Lock as a person did some time ago."""
        self.write(f"{resolve}.lock", lockfile(INDEX, requirements, pins))

    def run(self, *args: str, global_args: Sequence[str] = ()) -> GoalRuleResult:
        settings = [
            "--python-resolves={'main': 'main.lock', 'tools': 'tools.lock'}",
            "--python-default-resolve=main",
            "--python-enable-resolves",
            *global_args,
        ]
        self.runner.scheduler.invalidate_all_files()  # it watches no files here
        return self.runner.run_goal_rule(
            AddRequirement, args=args, global_args=settings, env={"HOME": str(self.root)}, env_inherit={"PATH"}
        )

    def add(self, *args: str) -> GoalRuleResult:
        return self.run("--no-export", *args)

    def state(self) -> dict[str, tuple[int, str]]:
        """What a run that changes nothing must not change."""
        files = [path for path in self.root.rglob("*") if path.is_file() and ".pants.d" not in path.parts]
        return {str(path): (path.stat().st_mtime_ns, path.read_text()) for path in files if ".git" not in path.parts}


@pytest.fixture(scope="session")
def runner() -> RuleRunner:
    take_operands()
    return RuleRunner(
        rules=[
            *collect_rules(globals()),
            *engine.rules(),
            *engine_python.rules(),
            *dependents.rules(),
            *inspect.rules(),
            *goal.rules(),
            *export_all_resolves.core_rules(),
            *python_requirements.rules(),
            *pipenv_requirements.rules(),
            *poetry_requirements.rules(),
        ],
        target_types=[
            PythonRequirementTarget,
            PythonRequirementsTargetGenerator,
            PipenvRequirementsTargetGenerator,
            PoetryRequirementsTargetGenerator,
            GenericTarget,
            LockfileTarget,
            LockfilesGeneratorTarget,
        ],
        objects={"parametrize": Parametrize},
    )


@pytest.fixture()
def asked() -> list[LockAttemptRequest]:
    """What was locked, the newest last."""
    _asked.clear()
    return _asked


@pytest.fixture()
def world(runner: RuleRunner) -> World:
    """Locked when the index had older versions."""
    world = World(emptied(runner), Path(runner.build_root))
    world.git("init", "--quiet", "--initial-branch=main")
    world.write("BUILD", 'python_requirements(\n    name="reqs",\n    source="main.txt",\n)\n')
    world.write("main.txt", "attrs\nboto3  # why: é\nclick\n")
    world.lock("main", ["attrs", "boto3", "click"], OLD)
    return world
