"""What a remote has, against what git says of the two histories when both are in one repository."""

from __future__ import annotations

import os
import random
import subprocess
from pathlib import Path

import pytest

from devflow.common.git import Git
from devflow.common.git_ref_names import blocking_ref, names_above
from devflow.common.git_worktree import Repository, open_repository
from devflow.release.facts import Remote, RemoteState
from devflow.release.git.inspect import read_head
from devflow.release.git.remotes import read_remote
from harness.git import git, set_identity

STATES = {
    (0, 0): RemoteState.SAME,
    (1, 0): RemoteState.BEHIND,
    (0, 1): RemoteState.AHEAD,
    (1, 1): RemoteState.DIVERGED,
}


def make(root: Path, seed: int) -> tuple[Path, Path, RemoteState]:
    """A repository that lacks what its remote alone has, the remote, and the state of it."""
    chance = random.Random(seed)
    whole = root / "whole"
    git(root, "init", "--quiet", "--initial-branch=main", str(whole))
    set_identity(whole)
    commits: list[str] = []
    for number in range(chance.randint(1, 6)):
        parents = chance.sample(commits, min(len(commits), chance.randint(1, 2)))
        given = [word for parent in parents for word in ("-p", parent)]
        tree = git(whole, "write-tree")
        commits.append(git(whole, "commit-tree", tree, *given, "-m", str(number)))
    ours, theirs = chance.choice(commits), chance.choice(commits)
    left, right = git(whole, "rev-list", "--left-right", "--count", f"{ours}...{theirs}").split()
    for name, commit in (("ours", ours), ("theirs", theirs)):
        git(whole, "update-ref", f"refs/heads/{name}", commit)
        git(root, "init", "--quiet", "--bare", "--initial-branch=main", f"{name}.git")
        git(whole, "push", "--quiet", str(root / f"{name}.git"), f"{name}:refs/heads/main")
    git(root, "clone", "--quiet", str(root / "ours.git"), "here")
    git(root / "here", "remote", "set-url", "origin", str(root / "theirs.git"))
    return root / "here", root / "theirs.git", STATES[(min(int(left), 1), min(int(right), 1))]


def opened(here: Path) -> Repository:
    return open_repository(Git(here, {"PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1"}))


def asked(here: Path, *, tag: str | None = None) -> Remote:
    repository = opened(here)
    remote = read_remote(repository, "origin", read_head(repository), tag=tag)
    assert remote
    return remote


@pytest.mark.parametrize("seed", range(15))
def test_the_state_is_that_of_both_histories(tmp_path: Path, seed: int) -> None:
    here, _, state = make(tmp_path, seed)
    before = sorted((here / ".git").rglob("*"))
    assert asked(here).state is state
    # Nothing of it stays: no object, no ref, no FETCH_HEAD.
    assert {path for path in (here / ".git").rglob("*") if path not in before} <= {here / ".git/devflow"}


def test_several_addresses_are_as_good_as_the_worst(tmp_path: Path) -> None:
    here, there, _ = make(tmp_path, 1)
    git(here, "remote", "set-url", "origin", str(tmp_path / "ours.git"))
    git(here, "tag", "1.0")
    git(here, "push", "--quiet", "origin", "1.0")
    assert (asked(here, tag="1.0").state, asked(here, tag="1.0").tag) == (
        RemoteState.SAME,
        git(here, "rev-parse", "1.0"),
    )
    git(tmp_path, "init", "--quiet", "--bare", "empty.git")
    for address in ("ours.git", "empty.git"):
        git(here, "remote", "set-url", "--add", "--push", "origin", str(tmp_path / address))
    found = asked(here, tag="1.0")
    # One lacks our tag, so it is still to be pushed; another tag of that name would be in the way.
    assert (found.state, found.tag, found.addresses) == (RemoteState.NO_BRANCH, None, 2)
    git(here, "tag", "--force", "--annotate", "--message=Another", "1.0")
    assert asked(here, tag="1.0").tag is not None
    git(here, "remote", "set-url", "--add", "--push", "origin", str(tmp_path / "nowhere.git"))
    assert asked(here).state is RemoteState.UNREACHABLE


@pytest.mark.parametrize(
    ("ref", "above"),
    [
        ("refs/heads/a", ()),
        ("refs/heads/a/b", ("refs/heads/a",)),
        ("refs/tags/a/b/c", ("refs/tags/a", "refs/tags/a/b")),
    ],
)
def test_names_above(ref: str, above: tuple[str, ...]) -> None:
    assert names_above(ref) == above


@pytest.mark.parametrize("packed", [False, True])
def test_git_makes_exactly_the_refs_that_nothing_blocks(tmp_path: Path, packed: bool) -> None:
    here, _, _ = make(tmp_path, 2)
    names = ["a", "a/b", "a/b/c", "b", "ab", "b/a"]
    for existing in names:
        git(here, "update-ref", f"refs/heads/x/{existing}", "HEAD")
        if packed:
            git(here, "pack-refs", "--all")
        for name in names:
            ref = f"refs/heads/x/{name}"
            blocking = blocking_ref(opened(here), ref)
            made = subprocess.run(["git", "update-ref", ref, "HEAD"], cwd=here, capture_output=True, check=False)
            assert (made.returncode == 0) is (blocking is None)
            if name != existing and made.returncode == 0:
                git(here, "update-ref", "-d", ref)
        git(here, "update-ref", "-d", f"refs/heads/x/{existing}")
