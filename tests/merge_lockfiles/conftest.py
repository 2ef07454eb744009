"""The goal in a real repository of git, with a solver in memory in the place of pex."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from pants.backend.python.macros import python_requirements
from pants.backend.python.macros.python_requirements import PythonRequirementsTargetGenerator
from pants.backend.python.target_types import PythonRequirementTarget
from pants.core.target_types import LockfilesGeneratorTarget, LockfileTarget
from pants.engine.fs import PathGlobs
from pants.engine.rules import collect_rules, rule
from pants.testutil.rule_runner import GoalRuleResult, RuleRunner

from devflow import engine
from devflow.engine import python as engine_python
from devflow.engine import read_files
from devflow.locking import pinned, sources
from devflow.locking.pinned import LockAttempt, LockAttemptRequest, PlannedLock, PlannedLockRequest
from devflow.merge_lockfiles import goal
from devflow.merge_lockfiles.goal import MergeLockfiles
from harness.processes import run_git
from harness.rule_runners import emptied, name_of_rule
from harness.solver import Index, NoSolutionError, lockfile
from harness.templates import kept, put

# What each project needs. `attrs` 21 is the newest that `old` takes.
INDEX: Index = {
    "aiohttp": {"3.8.0": ("attrs>=20", "yarl<2"), "3.9.1": ("attrs>=22", "yarl<2")},
    "attrs": {"20.1": (), "21.4.0": (), "22.2.0": (), "23.1.0": ()},
    "boto3": {"1.26.0": (), "1.27.4": (), "1.28.0": ()},
    "click": {"8.0.4": (), "8.1.7": ()},
    "old": {"1.0": ("attrs<22",)},
    "redis": {"4.0": (), "5.0.1": ()},
    "yarl": {"1.8.2": (), "1.9.4": (), "1.20.0": ()},
}


async def _requirements_of(resolve: str) -> tuple[str, ...]:
    files = await read_files(PathGlobs([f"{resolve}.txt"]))
    lines = [line for file in files for line in file.content.decode().splitlines()]
    return tuple(sorted(line for line in lines if line and not line.startswith("#")))


@rule(canonical_name=name_of_rule(pinned.plan_lock))
async def plan_in_memory(request: PlannedLockRequest) -> PlannedLock:
    return PlannedLock(await _requirements_of(request.resolve), f"{request.resolve}.lock")


@rule(canonical_name=name_of_rule(pinned.attempt_lock))
async def lock_in_memory(request: LockAttemptRequest) -> LockAttempt:
    requirements = await _requirements_of(request.resolve)
    try:
        text = lockfile(INDEX, requirements, dict(request.pins))
    except NoSolutionError as error:
        return LockAttempt(output=str(error))
    return LockAttempt(((f"{request.resolve}.lock", text.encode()),))


@dataclass
class World:
    """A repository with the resolves `main` and `tools`; each has `NAME.txt` and `NAME.lock`."""

    runner: RuleRunner
    root: Path

    def git(self, *args: str, check: bool = True, cwd: Path | None = None) -> str:
        environment = {
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_EDITOR": "true",
            "HOME": str(self.root),
            "PATH": os.environ["PATH"],
        }
        settings = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.com")
        return run_git(cwd or self.root, *settings, *args, env=environment, check=check).decode().strip()

    def write(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def read(self, path: str) -> str:
        return (self.root / path).read_text()

    def lock(self, resolve: str, pins: dict[str, str] | None = None) -> None:
        """Lock from the requirements on disk, as a person does."""
        lines = [line for line in self.read(f"{resolve}.txt").splitlines() if line]
        self.write(f"{resolve}.lock", lockfile(INDEX, lines, pins))

    def commit(self, message: str) -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", f"--message={message}")
        return self.git("rev-parse", "HEAD")

    def run(self, *args: str, global_args: Sequence[str] = ()) -> GoalRuleResult:
        settings = [
            "--python-resolves={'main': 'main.lock', 'tools': 'tools.lock'}",
            "--python-default-resolve=main",
            "--python-enable-resolves",
            *global_args,
        ]
        return self.runner.run_goal_rule(
            MergeLockfiles, args=args, global_args=settings, env={"HOME": str(self.root)}, env_inherit={"PATH"}
        )

    def branch(self, name: str, requirement: str, pins: dict[str, str]) -> None:
        """A branch off the first commit that adds a requirement to `main.txt`, with these versions in the lockfile."""
        self.git("checkout", "--quiet", "-B", name, "base")
        self.write("main.txt", f"{self.read('main.txt')}{requirement}\n")
        self.lock("main", pins)
        self.commit(f"Add {requirement}")

    def resolve_requirements(self, *lines: str) -> None:
        """What a person does with the requirements before."""
        self.write("main.txt", "".join(f"{line}\n" for line in sorted(lines)))
        self.git("add", "main.txt")

    def state(self) -> tuple[str, ...]:
        """What a run that changes nothing must not change."""
        files = sorted(path for path in self.root.glob("*") if path.is_file())
        return (self.git("ls-files", "--stage"), *(f"{path} {path.stat().st_mtime_ns}" for path in files))


@pytest.fixture(scope="session")
def runner() -> RuleRunner:
    return RuleRunner(
        rules=[
            *collect_rules(globals()),
            *engine.rules(),
            *engine_python.rules(),
            *sources.rules(),
            *goal.rules(),
            *python_requirements.rules(),
        ],
        target_types=[
            PythonRequirementTarget,
            PythonRequirementsTargetGenerator,
            LockfileTarget,
            LockfilesGeneratorTarget,
        ],
    )


OLD = {"boto3": "1.26.0", "click": "8.0.4"}


@pytest.fixture(scope="session")
def template(runner: RuleRunner, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What each world begins with."""
    world = World(emptied(runner), Path(runner.build_root))
    world.git("init", "--quiet", "--initial-branch=main")
    world.write(".gitignore", "/.pants.d/\n/.pids/\n/dist/\nBUILDROOT\n")
    world.write("BUILD", "python_requirements(name='reqs', source='main.txt', resolve='main')\n")
    world.write("main.txt", "boto3\nclick\n")
    world.write("tools.txt", "redis\n")
    world.lock("main", OLD)
    world.lock("tools", {"redis": "4.0"})
    world.commit("Begin")
    world.git("branch", "base")
    world.branch("feature", "aiohttp", {**OLD, "aiohttp": "3.9.1", "attrs": "22.2.0", "yarl": "1.9.4"})
    world.branch("main", "redis", {**OLD, "redis": "4.0"})
    return kept(world.root, tmp_path_factory.mktemp("world") / "template")


@pytest.fixture()
def world(runner: RuleRunner, template: Path) -> World:
    """Two branches off `base`, each with one requirement more; newer versions of the others are there, too."""
    world = World(emptied(runner), Path(runner.build_root))
    put(template, world.root)
    return world
