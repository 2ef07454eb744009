"""The goal in real repositories, which the tests make."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from pants.testutil.rule_runner import GoalRuleResult, RuleRunner

from devflow.backport import register
from devflow.backport.goal import Backport
from harness.git_world import IGNORED, GitWorld
from harness.rule_runners import emptied
from harness.templates import kept, put

AUTHOR = "Ada Jensen <ada@example.com>"
MESSAGE = "fix: count from one (#12)\n\nSee #7.\n\nCo-authored-by: Bo <bo@example.com>\n"
LINES = [f"line {number}\n" for number in range(20)]


def text(**changed: str) -> str:
    """A file of twenty lines, some of them others: `text(_3="three")`."""
    lines = list(LINES)
    for number, line in changed.items():
        lines[int(number[1:])] = f"{line}\n"
    return "".join(lines)


class World(GitWorld):
    """A repository, and the goal in it."""

    def commit(
        self,
        message: str,
        files: Mapping[str, str | bytes | None] | None = None,
        *,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
    ) -> str:
        """Commit everything; the id."""
        self.write(files or {}, cwd)
        return self.commit_all(message, cwd, env)

    def on_series(self, message: str, files: Mapping[str, str | bytes | None], series: str = "24.03") -> str:
        """Commit to a series, and come back to main."""
        self.git("switch", "--quiet", series)
        oid = self.commit(message, files)
        self.git("switch", "--quiet", "main")
        return oid

    def run(self, *args: str, env: Mapping[str, str] | None = None) -> GoalRuleResult:
        return self.runner.run_goal_rule(Backport, args=args, env={**self.env, **(env or {})}, env_inherit={"PATH"})

    def state(self) -> tuple[str, ...]:
        """What a run that changes nothing must not change: refs, index, work tree, stash, worktrees, objects."""
        objects = [
            str(path.relative_to(self.root))
            for path in sorted((self.root / ".git/objects").rglob("*"))
            if path.is_file()
        ]
        return (
            self.git("for-each-ref"),
            self.git("status", "--porcelain", "--branch", "--untracked-files=all"),
            self.git("stash", "list"),
            self.git("worktree", "list"),
            "\n".join(objects),
        )

    def tree(self, ref: str) -> str:
        return self.git("rev-parse", f"{ref}^{{tree}}")

    def cherry_picked(self, *commits: str, onto: str = "24.03") -> str:
        """The tree of a real cherry-pick, made in a clone beside the repository."""
        clone = self.root.parent / f"{self.root.name}-picks"
        self.git("clone", "--quiet", "--no-local", str(self.root), str(clone))
        try:
            self.git("checkout", "--quiet", "--detach", f"origin/{onto}", cwd=clone)
            self.git("cherry-pick", *commits, cwd=clone)
            return self.git("rev-parse", "HEAD^{tree}", cwd=clone)
        finally:
            subprocess.run(["rm", "-rf", str(clone)], check=True)


@pytest.fixture(scope="session")
def runner() -> RuleRunner:
    """One for all tests: to solve the rule graph takes longer than any of them."""
    return RuleRunner(rules=[*register.rules()])


@pytest.fixture(scope="session")
def template(runner: RuleRunner, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What each world begins with: main, and the series 24.03 that lacks its last commit."""
    world = World(emptied(runner))
    world.git("init", "--quiet", "--initial-branch=main")
    world.commit("Begin", {".gitignore": IGNORED, "app.py": text(), "tool.sh": "echo 1\n"})
    world.git("branch", "24.03")
    world.commit("feat: more (#11)", {"app.py": text(_0="first"), "new.py": "new = 1\n"})
    return kept(world.root, tmp_path_factory.mktemp("world") / "template")


@pytest.fixture()
def world(runner: RuleRunner, template: Path) -> World:
    """main and the series 24.03."""
    world = World(emptied(runner))
    put(template, world.root)
    return world


@pytest.fixture()
def fix(world: World) -> str:
    """The commit, by another author, with trailers and a fragment."""
    authored = {
        "GIT_AUTHOR_NAME": "Ada Jensen",
        "GIT_AUTHOR_EMAIL": "ada@example.com",
        "GIT_AUTHOR_DATE": "@1724000000 +0900",
    }
    changed = {"app.py": text(_0="first", _12="twelve"), "changes/12.fix.md": "Counted from one.\n"}
    return world.commit(MESSAGE, changed, env=authored)


@pytest.fixture()
def origin(world: World, tmp_path: Path) -> Path:
    """A bare repository that has what the world has."""
    path = tmp_path / "origin.git"
    world.git("clone", "--quiet", "--bare", str(world.root), str(path))
    world.git("remote", "add", "origin", str(path))
    world.git("fetch", "--quiet", "origin")
    return path


def moves_on(world: World, origin: Path, branch: str = "24.03") -> str:
    """Another person pushes to the series."""
    other = origin.parent / "other"
    world.git("clone", "--quiet", "--branch", branch, str(origin), str(other))
    oid = world.commit("chore: theirs", {"theirs": ""}, cwd=other)
    world.git("push", "--quiet", "origin", branch, cwd=other)
    world.git("fetch", "--quiet", "origin")
    return oid


def made(world: World, *args: str, branch: str = "backport/12-to-24.03") -> None:
    result = world.run(*args, "--execute")
    assert result.exit_code == 0, result.stderr
    assert world.git("log", "-1", "--format=%s", branch) == "fix: count from one (#12)"
