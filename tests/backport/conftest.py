"""The goal in real repositories, which the tests make."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from pants.testutil.rule_runner import GoalRuleResult, RuleRunner

from devflow.backport import register
from devflow.backport.goal import Backport
from harness.rule_runners import emptied

AUTHOR = "Ada Jensen <ada@example.com>"
MESSAGE = "fix: count from one (#12)\n\nSee #7.\n\nCo-authored-by: Bo <bo@example.com>\n"
LINES = [f"line {number}\n" for number in range(20)]


def text(**changed: str) -> str:
    """A file of twenty lines, some of them others: `text(_3="three")`."""
    lines = list(LINES)
    for number, line in changed.items():
        lines[int(number[1:])] = f"{line}\n"
    return "".join(lines)


class World:
    """A repository, and the goal in it."""

    def __init__(self, runner: RuleRunner) -> None:
        self.runner = runner
        self.root = Path(runner.build_root)
        self.env = {
            "GIT_AUTHOR_EMAIL": "somebody@example.com",
            "GIT_AUTHOR_NAME": "Somebody",
            "GIT_COMMITTER_EMAIL": "somebody@example.com",
            "GIT_COMMITTER_NAME": "Somebody",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "HOME": str(self.root),
        }

    def git(self, *args: str, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> str:
        done = subprocess.run(
            ["git", *args],
            cwd=cwd or self.root,
            env={**self.env, "PATH": os.environ["PATH"], **(env or {})},
            check=True,
            capture_output=True,
        )
        return os.fsdecode(done.stdout).strip()

    def write(self, files: Mapping[str, str | bytes | None], cwd: Path | None = None) -> None:
        """None removes a file."""
        for path, content in files.items():
            file = (cwd or self.root) / path
            file.parent.mkdir(parents=True, exist_ok=True)
            if content is None:
                file.unlink()
            else:
                file.write_bytes(os.fsencode(content) if isinstance(content, str) else content)

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
        self.git("add", "--all", cwd=cwd)
        self.git("commit", "--quiet", "--allow-empty", "--cleanup=verbatim", f"--message={message}", cwd=cwd, env=env)
        return self.git("rev-parse", "HEAD", cwd=cwd)

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

    def shell(self, command: str, *, accept: tuple[int, ...] = (0,)) -> str:
        """Run what a person would paste."""
        environment = {**self.env, "PATH": os.environ["PATH"]}
        done = subprocess.run(["bash", "-c", command], cwd=self.root, env=environment, capture_output=True, text=True)
        assert done.returncode in accept, (command, done.stdout, done.stderr)
        return done.stdout


def fixes(result: GoalRuleResult) -> list[str]:
    """The printed fixes."""
    assert result.exit_code == 1, result.stdout + result.stderr
    assert "Traceback" not in result.stderr
    return re.findall(r"^  Fix: (.*)$", result.stderr, re.MULTILINE)


@pytest.fixture(scope="session")
def runner() -> RuleRunner:
    """One for all tests: to solve the rule graph takes longer than any of them."""
    return RuleRunner(rules=[*register.rules()])


@pytest.fixture(scope="session")
def template(runner: RuleRunner, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What each world begins with: main, and the series 24.03 that lacks its last commit."""
    world = World(emptied(runner))
    world.git("init", "--quiet", "--initial-branch=main")
    ignored = "/.pants.d/\n/.pids/\n/dist/\nBUILDROOT\n"
    world.commit("Begin", {".gitignore": ignored, "app.py": text(), "tool.sh": "echo 1\n"})
    world.git("branch", "24.03")
    world.commit("feat: more (#11)", {"app.py": text(_0="first"), "new.py": "new = 1\n"})
    return Path(shutil.copytree(world.root, tmp_path_factory.mktemp("world") / "template"))


@pytest.fixture()
def world(runner: RuleRunner, template: Path) -> World:
    """main and the series 24.03."""
    world = World(emptied(runner))
    shutil.copytree(template, world.root, dirs_exist_ok=True)
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
