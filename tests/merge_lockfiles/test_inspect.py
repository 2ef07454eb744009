"""What is read of a repository of git."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from devflow.common.errors import UserError
from devflow.common.git import Git
from devflow.merge_lockfiles.facts import Side
from devflow.merge_lockfiles.inspect import inspect_git, merged_versions
from harness.git import git, set_identity

ENVIRONMENT = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


@pytest.fixture()
def repository(tmp_path: Path) -> Path:
    """A conflict in a file whose name needs quotes, in a subdirectory that is a build root."""
    root = tmp_path / "repo"
    (root / "sub").mkdir(parents=True)
    git(root, "init", "--quiet", "--initial-branch=main")
    set_identity(root)
    for branch, text in (("main", "base\n"), ("feature", "theirs\n"), ("main", "ours\n")):
        if branch == "feature":
            git(root, "checkout", "--quiet", "-b", branch)
        elif text == "ours\n":
            git(root, "checkout", "--quiet", branch)
        (root / "sub" / "ü n.lock").write_text(text)
        (root / "outside").write_text(text)
        git(root, "add", ".")
        git(root, "commit", "--quiet", "--message=Change")
    subprocess.run(["git", "merge", "feature"], cwd=root, check=False, capture_output=True)
    return root


def of(directory: Path) -> Git:
    return Git(directory, ENVIRONMENT)


def test_a_build_root_below_the_top(repository: Path) -> None:
    facts = inspect_git(of(repository / "sub"), {"ü n.lock"})
    assert facts.unmerged == ("ü n.lock",)
    versions = facts.lockfiles["ü n.lock"]
    assert (versions.base, versions.ours, versions.theirs) == (b"base\n", b"ours\n", b"theirs\n")
    assert (facts.operation.name, facts.shared, facts.index_lock) == ("merge", Side.OURS, None)


def test_versions_of_the_merge_under_way_and_of_a_merge_commit(repository: Path) -> None:
    for _ in ("under way", "committed"):
        versions = merged_versions(of(repository / "sub"), ["ü n.lock", "none.lock"])
        one, none = versions["ü n.lock"], versions["none.lock"]
        assert (one.base, one.ours, one.theirs) == (b"base\n", b"ours\n", b"theirs\n")
        assert (none.base, none.ours, none.theirs) == (None, None, None)
        git(repository, "add", ".")
        git(repository, "commit", "--quiet", "--allow-empty", "--message=Merge")
    assert merged_versions(of(repository), ["outside"]) == {}


def test_a_merge_of_the_default_branch_is_shared_on_its_side(repository: Path) -> None:
    git(repository, "merge", "--abort")
    git(repository, "checkout", "--quiet", "feature")
    subprocess.run(["git", "merge", "main"], cwd=repository, check=False, capture_output=True)
    assert inspect_git(of(repository), ()).shared is Side.THEIRS


def test_the_lock_of_the_index_is_seen(repository: Path) -> None:
    (repository / ".git" / "index.lock").touch()
    seen = inspect_git(of(repository / "sub"), ()).index_lock
    assert seen
    assert Path(seen).samefile(repository / ".git" / "index.lock")


def test_no_repository(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is in no git repository"):
        inspect_git(of(tmp_path), ())


def test_a_bare_repository(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--bare")
    with pytest.raises(UserError, match="is in a bare repository"):
        inspect_git(of(tmp_path), ())
