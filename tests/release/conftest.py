"""The goals with no other backend than a fake step, in a real repository."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from pants.engine.fs import CreateDigest, FileContent
from pants.engine.rules import collect_rules, rule
from pants.engine.unions import UnionRule
from pants.testutil.rule_runner import GoalRuleResult, RuleRunner

from devflow import engine
from devflow.common.errors import Problem
from devflow.engine import Rules, create_digest, digest_contents
from devflow.engine import python as engine_python
from devflow.release import goal
from devflow.release.branch import goal as branch_goal
from devflow.release.branch.goal import ReleaseBranch
from devflow.release.goal import Release
from devflow.release.steps import placeholder as placeholder_step
from devflow.release.steps import version as version_step
from devflow.release.steps.contract import ReleaseStep, ReleaseStepChanges, ReleaseStepInputs
from devflow.release.steps.towncrier import rules as towncrier_rules
from harness.git_world import IGNORED, GitWorld
from harness.rule_runners import emptied
from harness.templates import kept, put


class NewsStep(ReleaseStep):
    """Writes the version and the date at the top of NEWS, and removes `news`; what is in `news/mode` makes it fail."""

    name = "news"


@rule
async def news_inputs(step: NewsStep) -> ReleaseStepInputs:
    return ReleaseStepInputs(("NEWS", "news"))


@rule
async def news_changes(step: NewsStep) -> ReleaseStepChanges:
    files = {file.path: file.content for file in await digest_contents(step.committed)}
    mode = files.get("news/mode", b"").strip()
    if mode == b"problem":
        return ReleaseStepChanges(problems=(Problem("The news are bad.", "wait for better ones"),))
    if mode == b"crash":
        raise ValueError("the press is broken")
    path = "VERSION" if mode == b"clash" else "NEWS"
    text = f"{step.version} of {step.date}\n".encode() + files.get("NEWS", b"")
    return ReleaseStepChanges(
        writes=await create_digest(CreateDigest([FileContent(path, text)])),
        removes=tuple(sorted(path for path in files if path.startswith("news/"))),
        notes=("Extra, extra!",),
        found="read all about it",
    )


class IdleStep(ReleaseStep):
    """Not configured."""

    name = "idle"


@rule
async def idle_inputs(step: IdleStep) -> ReleaseStepInputs:
    return ReleaseStepInputs(applies=False)


@rule
async def idle_changes(step: IdleStep) -> ReleaseStepChanges:
    raise AssertionError("asked for nothing")


def fake_rules() -> Rules:
    return [*collect_rules(), UnionRule(ReleaseStep, NewsStep), UnionRule(ReleaseStep, IdleStep)]


class World(GitWorld):
    """A repository, and the goals in it."""

    def commit(self, files: Mapping[str, str | bytes | None] | None = None, *, message: str = "Begin") -> str:
        """Commit everything; the id."""
        self.write(files or {})
        return self.commit_all(message)

    def run(
        self, *args: str, goal: Any = Release, env: dict[str, str] | None = None, global_args: Sequence[str] = ()
    ) -> GoalRuleResult:
        return self.runner.run_goal_rule(
            goal, args=args, global_args=global_args, env={**self.env, **(env or {})}, env_inherit={"PATH"}
        )

    def branch(self, *args: str) -> GoalRuleResult:
        return self.run(*args, goal=ReleaseBranch)

    def state(self) -> tuple[str, str]:
        """What a run that changes nothing must not change."""
        return self.git("for-each-ref"), self.git("status", "--porcelain", "--branch", "--untracked-files=all")


def release_rules() -> Rules:
    """Both goals, with the steps that need no tool."""
    return [
        *engine.rules(),
        *engine_python.rules(),
        *towncrier_rules.rules(),
        *version_step.rules(),
        *placeholder_step.rules(),
        *goal.rules(),
        *branch_goal.rules(),
    ]


@pytest.fixture(scope="session")
def runner() -> RuleRunner:
    """One for all tests: to solve the rule graph takes longer than any of them."""
    return RuleRunner(rules=[*release_rules(), *fake_rules()])


@pytest.fixture()
def bare(runner: RuleRunner) -> World:
    """No repository yet: nothing of the test before."""
    return World(emptied(runner))


@pytest.fixture(scope="session")
def template(runner: RuleRunner, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What each world begins with."""
    world = World(emptied(runner))
    world.git("init", "--quiet", "--initial-branch=main")
    world.commit(
        {".gitignore": f"{IGNORED}/ignored\n", "VERSION": "24.03.0rc1", "NEWS": "old\n", "news/1": "", "news/2": ""}
    )
    return kept(world.root, tmp_path_factory.mktemp("world") / "template")


@pytest.fixture()
def world(template: Path, bare: World) -> World:
    """One commit on main."""
    put(template, bare.root)
    return bare


class Origin:
    """A bare repository that a world pushes to, and another clone of it, whose owner pushes, too."""

    def __init__(self, world: World, directory: Path, name: str = "origin") -> None:
        self.world, self.path, self.other = world, directory / f"{name}.git", directory / f"{name}-clone"
        world.git("clone", "--quiet", "--bare", str(world.root), str(self.path))
        world.git("remote", "add", name, str(self.path))

    def hook(self, text: str | None, name: str = "pre-receive") -> None:
        hook = self.path / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        if text is None:
            hook.unlink()
        else:
            hook.write_text(text)
            hook.chmod(0o755)

    def moves_on(self, branch: str = "refs/heads/main") -> None:
        """Somebody else pushes a commit."""
        if not self.other.exists():
            self.world.git("clone", "--quiet", str(self.path), str(self.other))
        (self.other / "theirs").write_text("x" * len(list(self.other.iterdir())))
        self.world.git("pull", "--quiet", "origin", branch, cwd=self.other)
        self.world.git("add", "--all", cwd=self.other)
        self.world.git("commit", "--quiet", "--allow-empty", "--message=Theirs", cwd=self.other)
        self.world.git("push", "--quiet", "origin", f"HEAD:{branch}", cwd=self.other)

    def refs(self) -> dict[str, str]:
        lines = self.world.git("ls-remote", "--refs", str(self.path), "refs/heads/*", "refs/tags/*").splitlines()
        return {name: oid for oid, name in (line.split("\t") for line in lines)}


@pytest.fixture()
def origin(world: World, tmp_path: Path) -> Origin:
    return Origin(world, tmp_path)
