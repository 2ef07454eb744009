from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest
from doctor.broken import Clone

from harness.git import git


@pytest.fixture()
def repository(clone: Clone) -> Clone:
    git(clone.root, "init", "--quiet")
    git(clone.root, "add", ".")
    git(clone.root, "commit", "--quiet", "--message=Begin")
    return clone


def test_a_clone_that_is_fine(repository: Clone) -> None:
    assert repository.found("git") == []


def test_without_git(clone: Clone) -> None:
    assert clone.not_checked("git") == "this is not in a git repository"
    clone.environment["PATH"] = str(clone.base)
    assert clone.not_checked("git") == "there is no `git` on PATH"


@pytest.mark.skipif(os.getuid() != 0, reason="only root gives a repository to another user")
def test_a_repository_of_another_user(repository: Clone) -> None:
    for path in (repository.root, *repository.root.rglob("*")):
        os.chown(path, 12345, -1)
    [(severity, what, _)] = repository.found("git")
    assert severity == "error"
    assert "detected dubious ownership in repository" in what
    repository.shell(repository.fix("git"))
    assert repository.found("git") == []


def test_the_lock_of_a_git_that_was_killed(repository: Clone) -> None:
    lock = repository.write("repo/.git/index.lock")
    assert repository.found("git") == []
    os.utime(lock, (time.time() - 3600,) * 2)
    [(severity, what, _)] = repository.found("git")
    assert severity == "warning"
    assert what.startswith(".git/index.lock is 1 h ")
    said = subprocess.run(["git", "add", "."], cwd=repository.root, capture_output=True, text=True, check=False).stderr
    assert what.rpartition("end with ")[2].rstrip(".") in said
    repository.shell(repository.fix("git").partition("then: ")[2])
    assert repository.found("git") == []


@pytest.mark.parametrize(("ci", "severity"), [("", "warning"), ("true", "note")])
def test_a_shallow_clone(repository: Clone, tmp_path: Path, ci: str, severity: str) -> None:
    source = tmp_path / "source"
    repository.root.rename(source)
    git(source, "commit", "--quiet", "--allow-empty", "--message=Go on")
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{source}", str(repository.root))
    repository.environment["CI"] = ci
    [(found, what, _)] = repository.found("git")
    assert found == severity
    assert what.startswith("The clone is shallow: --changed-since ")
    repository.shell(repository.fix("git"))
    assert repository.found("git") == []


def test_a_rebase_under_way(repository: Clone) -> None:
    def commit(branch: str, content: str) -> None:
        git(repository.root, "checkout", "--quiet", "-B", branch, "main")
        repository.write("repo/file", content)
        git(repository.root, "add", ".")
        git(repository.root, "commit", "--quiet", "--message", branch)

    git(repository.root, "branch", "--force", "--move", "main")
    commit("one", "1")
    commit("two", "2")
    with pytest.raises(Exception, match="rebase"):
        git(repository.root, "rebase", "one")
    [(severity, what, _)] = repository.found("git")
    assert (severity, what.partition(":")[0]) == ("warning", "A rebase is under way")
    go_on, _, _ = repository.fix("git").partition("; or ")
    repository.shell(go_on.replace("--continue", "--abort"))
    assert repository.found("git") == []


def test_a_build_root_below_the_top(repository: Clone) -> None:
    inner = repository.root / "inner"
    inner.mkdir()
    (repository.root / "pants.toml").rename(inner / "pants.toml")
    lock = repository.write("repo/.git/index.lock")
    os.utime(lock, (time.time() - 3600,) * 2)
    repository.options = {"build_root": str(inner)}
    [(_, what, _)] = repository.found("git")
    assert "index.lock is 1 h " in what


def test_no_hook_is_wanted(repository: Clone) -> None:
    assert repository.not_checked("git-hooks") == "[doctor].git_hooks names none"


def test_hooks_that_are_wanted(repository: Clone) -> None:
    repository.configure('[doctor]\ngit_hooks = ["pre-commit"]\n')
    repository.write("repo/scripts/pre-commit", "#!/bin/sh\n", mode=0o755)
    [(severity, what, _)] = repository.found("git-hooks")
    assert (severity, what) == ("warning", "The git hook pre-commit is not installed.")
    repository.shell(repository.fix("git-hooks"))
    assert repository.found("git-hooks") == []


@pytest.mark.parametrize(
    ("content", "mode", "problem"),
    [
        ("#!/bin/sh\n", 0o644, "is not executable, so that git does not run it"),
        ("#!/no/such/shell\n", 0o755, "is run by /no/such/shell, which does not exist"),
        ("#!/usr/bin/env no-such-program\n", 0o755, "is run by no-such-program, which does not exist"),
        ("#!/usr/bin/env bash\n", 0o755, None),
        ("binary", 0o755, None),
    ],
)
def test_hooks_that_cannot_run(repository: Clone, content: str, mode: int, problem: str | None) -> None:
    repository.configure('[doctor]\ngit_hooks = ["pre-push"]\ngit_hooks_fix = "scripts/install"\n')
    repository.write("repo/.git/hooks/pre-push", content, mode=mode)
    expected = [("warning", f"The git hook pre-push {problem}.", "scripts/install")] if problem else []
    assert repository.found("git-hooks") == expected


def test_a_hook_that_is_a_link_to_nothing(repository: Clone) -> None:
    repository.configure('[doctor]\ngit_hooks = ["pre-push"]\n')
    hook = Path(repository.root, ".git/hooks/pre-push")
    hook.unlink(missing_ok=True)
    hook.symlink_to("none")
    assert "is a link to a file that does not exist" in repository.found("git-hooks")[0][1]
