"""A git repository in the build root of a rule runner, with an identity: for goals that change repositories."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from pants.testutil.rule_runner import GoalRuleResult, RuleRunner

from harness.git import EMAIL, NAME
from harness.processes import run_git, run_shell

IGNORED = "/.pants.d/\n/.pids/\n/dist/\nBUILDROOT\n"


class GitWorld:
    """`env` is the environment of git and of the goals."""

    def __init__(self, runner: RuleRunner) -> None:
        self.runner = runner
        self.root = Path(runner.build_root)
        self.env = {
            "GIT_AUTHOR_EMAIL": EMAIL,
            "GIT_AUTHOR_NAME": NAME,
            "GIT_COMMITTER_EMAIL": EMAIL,
            "GIT_COMMITTER_NAME": NAME,
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "HOME": str(self.root),
        }

    def git(self, *args: str, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> str:
        """The output of git, stripped. Raises: CalledProcessError."""
        environment = {**self.env, "PATH": os.environ["PATH"], **(env or {})}
        return os.fsdecode(run_git(cwd or self.root, *args, env=environment)).strip()

    def write(self, files: Mapping[str, str | bytes | None], cwd: Path | None = None) -> None:
        """None removes a file."""
        for path, content in files.items():
            file = (cwd or self.root) / path
            file.parent.mkdir(parents=True, exist_ok=True)
            if content is None:
                file.unlink()
            else:
                file.write_bytes(os.fsencode(content) if isinstance(content, str) else content)

    def commit_all(self, message: str, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> str:
        """Commit everything; the id."""
        self.git("add", "--all", cwd=cwd)
        self.git("commit", "--quiet", "--allow-empty", "--cleanup=verbatim", f"--message={message}", cwd=cwd, env=env)
        return self.git("rev-parse", "HEAD", cwd=cwd)

    def shell(self, command: str, *, accept: tuple[int, ...] = (0,)) -> str:
        """Run what a person would paste; what it prints."""
        environment = {**self.env, "PATH": os.environ["PATH"]}
        done = run_shell(self.root, command, env=environment)
        assert done.returncode in accept, (command, done.stdout, done.stderr)
        return done.stdout.decode()


def fixes(result: GoalRuleResult) -> list[str]:
    """The printed fixes of a run that has failed."""
    assert result.exit_code == 1, result.stdout + result.stderr
    assert "Traceback" not in result.stderr
    return re.findall(r"^  Fix: (.*)$", result.stderr, re.MULTILINE)


def refusal(run: Callable[..., GoalRuleResult], state: Callable[[], object], message: str, *args: str) -> str:
    """The fix of the problem that says this, of a run that changes nothing."""
    before = state()
    result = run(*args)
    fixes(result)
    found = re.search(re.escape(message) + r"[^\n]*(?:\n    [^\n]*)*\n  Fix: (.*)", result.stderr)
    assert found, result.stderr
    assert state() == before
    return found[1]


def success(result: GoalRuleResult) -> GoalRuleResult:
    """The result of a run that has not failed."""
    assert result.exit_code == 0, result.stderr
    return result


class GoalWorld(Protocol):
    """A world in which a goal runs."""

    def run(self, *args: str) -> GoalRuleResult:
        """Run it."""

    def state(self) -> object:
        """What a run that changes nothing must not change."""


def refused(world: GoalWorld, message: str, *args: str) -> str:
    """`refusal` of the goal of a world."""
    return refusal(world.run, world.state, message, *args)


def works(world: GoalWorld, *args: str) -> GoalRuleResult:
    """`success` of the goal of a world."""
    return success(world.run(*args))


def options_in(fix: str) -> list[str]:
    """The options that a fix names, as a shell reads them."""
    return [word.rstrip(",;:") for word in shlex.split(fix.replace("'s ", " ")) if word.startswith("--")]
