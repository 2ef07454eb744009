"""The helpers for what surrounds a run: its environment, its options, and git."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from pants.engine.environment import EnvironmentName
from pants.engine.rules import QueryRule, rule
from pants.option.errors import ConfigValidationError
from pants.testutil.rule_runner import RuleRunner

from devflow import engine
from devflow.engine import (
    changed_files,
    environment_vars,
    git_worktree,
    local_environment_name,
    run_id,
    scoped_options,
)
from engine.answer import Answer
from engine.recorder import executes


@dataclass(frozen=True)
class AboutTheSession:
    scope: str


@rule
async def see_the_session(about: AboutTheSession) -> Answer:
    try:
        options = await scoped_options(about.scope)
    except ConfigValidationError:
        return Answer({"no_such_scope": about.scope})
    return Answer(
        {
            "root_patterns": options.options.root_patterns,
            "variables": dict(await environment_vars(name for name in ("GREETING", "NOT_SET"))),
            "environment": await local_environment_name(),
            "run_id": await run_id(),
        }
    )


@dataclass(frozen=True)
class AboutGit:
    from_commit: str
    include_untracked: bool
    relative_to: str


@rule
async def see_git(about: AboutGit) -> Answer:
    worktree = await git_worktree()
    if worktree is None:
        return Answer({"worktree": None})
    changed = await changed_files(
        worktree,
        from_commit=about.from_commit or None,
        include_untracked=about.include_untracked,
        relative_to=worktree.worktree / about.relative_to,
    )
    return Answer({"worktree": worktree.worktree, "changed": sorted(changed)})


@pytest.fixture()
def runner() -> RuleRunner:
    queries = [QueryRule(Answer, [AboutTheSession]), QueryRule(Answer, [AboutGit])]
    return RuleRunner(rules=[see_the_session, see_git, *engine.rules(), *queries])


@executes("environment_vars", "local_environment_name", "run_id", "scoped_options")
def test_session(runner: RuleRunner) -> None:
    run_ids = set()
    for _ in range(2):
        runner.set_options(["--source-root-patterns=['/here']"], env={"GREETING": "hello", "OTHER": "x"})
        seen = runner.request(Answer, [AboutTheSession("source")])
        assert list(seen.root_patterns) == ["/here"]
        assert seen.variables == {"GREETING": "hello"}
        assert seen.environment == EnvironmentName(None)
        run_ids.add(seen.run_id)
    assert len(run_ids) == 2


def test_no_such_scope(runner: RuleRunner) -> None:
    assert runner.request(Answer, [AboutTheSession("no-such-scope")]).values == {"no_such_scope": "no-such-scope"}


def _see_git(
    runner: RuleRunner, *, from_commit: str = "", include_untracked: bool = False, relative_to: str = ""
) -> Answer:
    runner.set_options([], env_inherit={"PATH"})  # A new session, which asks git again.
    return runner.request(Answer, [AboutGit(from_commit, include_untracked, relative_to)])


def _git(runner: RuleRunner, *args: str) -> None:
    identity = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.com")
    subprocess.run(("git", "-C", runner.build_root, *identity, *args), check=True, capture_output=True)


def test_outside_of_a_repository(runner: RuleRunner) -> None:
    assert _see_git(runner).worktree is None


@executes("git_worktree", "changed_files")
def test_before_the_first_commit(runner: RuleRunner) -> None:
    runner.write_files({"new/staged.txt": "", "new/untracked.txt": ""})
    _git(runner, "init")
    _git(runner, "add", "new/staged.txt")
    assert _see_git(runner).worktree == Path(runner.build_root).resolve()
    assert _see_git(runner).changed == ["new/staged.txt"]
    assert _see_git(runner, include_untracked=True, relative_to="new").changed == ["staged.txt", "untracked.txt"]


@executes("git_worktree", "changed_files")
def test_changed_files(runner: RuleRunner) -> None:
    names = ["deleted.txt", "renamed.txt", "sub/with space.txt", "sub/ümlaut.txt", "same.txt"]
    runner.write_files({name: name for name in names})
    _git(runner, "init", "--initial-branch=main")
    _git(runner, "add", ".")
    _git(runner, "commit", "-m", "first")
    assert _see_git(runner, include_untracked=True).changed == []

    runner.write_files({"sub/with space.txt": "changed", "sub/ümlaut.txt": "changed", "sub/new file.txt": ""})
    Path(runner.build_root, "deleted.txt").unlink()
    _git(runner, "mv", "renamed.txt", "moved.txt")
    changed = ["deleted.txt", "moved.txt", "renamed.txt", "sub/with space.txt", "sub/ümlaut.txt"]
    assert _see_git(runner).changed == changed
    assert _see_git(runner, include_untracked=True).changed == sorted([*changed, "sub/new file.txt"])
    assert _see_git(runner, relative_to="sub").changed == ["with space.txt", "ümlaut.txt"]

    _git(runner, "checkout", "-b", "topic")
    _git(runner, "commit", "-a", "-m", "second")
    assert _see_git(runner).changed == []
    assert _see_git(runner, from_commit="main").changed == changed
