"""Ask git for the facts of a plan: HEAD, author, signing, tags, branches."""

from __future__ import annotations

import dataclasses
import datetime
import os
from collections.abc import Iterable

from devflow.common.errors import UserError
from devflow.common.git import GitError
from devflow.common.git_identity import read_author, read_signing, signing_failure
from devflow.common.git_ref_names import blocking_ref
from devflow.common.git_worktree import Repository
from devflow.common.identity import Author
from devflow.release.facts import (
    BranchState,
    ExistingTag,
    Head,
    RepositoryState,
    TagState,
)
from devflow.release.versions.formats import version_in
from devflow.release.versions.tagged import TaggedVersion

# A file or directory in the git directory, and the operation that it belongs to.
_UNDER_WAY = {
    "MERGE_HEAD": "a merge",
    "CHERRY_PICK_HEAD": "a cherry-pick",
    "REVERT_HEAD": "a revert",
    "rebase-merge": "a rebase",
    "rebase-apply": "a rebase",
    "BISECT_LOG": "a bisection",
    "index.lock": "another git command",
}


def inspect_repository(repository: Repository, *, sign: bool | None, with_tag: bool) -> RepositoryState:
    """The state that both goals begin with. `sign`: None signs as git is configured. Raises: GitError."""
    head = read_head(repository)
    author = read_author(repository)
    signing = read_signing(repository)
    signing = dataclasses.replace(
        signing,
        commit=signing.commit if sign is None else sign,
        tag=with_tag and (signing.tag if sign is None else sign),
    )
    if (signing.commit or signing.tag) and isinstance(author, Author):
        signing = dataclasses.replace(signing, failure=signing_failure(repository, head.commit))
    return RepositoryState(
        head,
        repository.git.line("log", "-1", "--format=%B", head.commit),
        author,
        signing,
        repository.prefix,
        repository.shallow,
    )


def head_commit(repository: Repository) -> str:
    """Raises: UserError without a commit."""
    try:
        return repository.git.line("rev-parse", "--verify", "--quiet", "HEAD")
    except GitError:
        raise UserError("There is no commit yet.", fix='make one: git add . && git commit --message="Begin"') from None


def read_head(repository: Repository) -> Head:
    """The commit, the branch, and every path that is not committed. There must be a commit.

    A submodule is dirty if `git status` says so: a setting decides which changes count (`submodule.<name>.ignore`).
    """
    status = ("status", "--porcelain=v2", "--branch", "-z", "--untracked-files=all")
    records = iter(repository.git.records(*status, "--no-renames"))
    oid = branch = ""
    dirty, submodules = [], []
    for record in records:
        kind, _, rest = record.partition(" ")
        if kind == "#":
            name, _, value = rest.partition(" ")
            oid = value if name == "branch.oid" else oid
            branch = value if name == "branch.head" else branch
        elif kind in "?!":
            dirty.append(rest)
        else:
            path = rest.split(" ", {"1": 7, "2": 8, "u": 9}[kind])[-1]
            dirty.append(path)
            if rest.split(" ", 2)[1].startswith("S"):
                submodules.append(path)
    git_dir = repository.worktree.git_dir
    under_way = next((what for name, what in _UNDER_WAY.items() if (git_dir / name).exists()), None)
    on_branch = None if branch == "(detached)" else branch
    return Head(oid, on_branch, tuple(sorted(dirty)), under_way, tuple(sorted(submodules)))


def read_tag(repository: Repository, name: str) -> TagState:
    """Whether git accepts a tag of this name, and what the name refers to now."""
    ref = f"refs/tags/{name}"
    # git takes such a ref, and no such tag.
    refused = name.startswith("-") or name == "HEAD"
    if refused or not repository.git.succeeds("check-ref-format", ref):
        return TagState(name, valid=False)
    try:
        oid = repository.git.line("show-ref", "--verify", "--hash", ref)
    except GitError:
        return TagState(name, valid=True, blocking=blocking_ref(repository, ref))
    return TagState(name, valid=True, existing=ExistingTag(oid, _commit_of(repository, ref)))


def tagged_versions(repository: Repository, tag_name: str) -> list[TaggedVersion]:
    """The versions that have a tag. `tag_name` is the template of the names. Raises: GitError."""
    what = "--format=%(creatordate:short) %(objecttype) %(refname:strip=2)"
    lines = [line.split(" ", 2) for line in repository.git.line("for-each-ref", what, "refs/tags/").splitlines()]
    return [
        TaggedVersion(version, datetime.date.fromisoformat(date), annotated=kind == "tag")
        for date, kind, name in lines
        if date and (version := version_in(tag_name, name))
    ]


def read_branch(repository: Repository, name: str) -> BranchState:
    """Whether git accepts a branch of this name, and where a branch of this name is now."""
    try:
        # It fills in names such as `@{-1}`.
        valid = repository.git.line("check-ref-format", "--branch", name) == name
    except GitError:
        valid = False
    ref = f"refs/heads/{name}"
    return BranchState(name, valid, _commit_of(repository, ref), blocking_ref(repository, ref) if valid else None)


def _commit_of(repository: Repository, ref: str) -> str | None:
    try:
        return repository.git.line("rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")
    except GitError:
        return None


def ignored_files(repository: Repository, new_paths: Iterable[str]) -> frozenset[str]:
    """Those paths of new files, relative to the build root, where the worktree has a file already.

    git ignores such a file: `git status` does not list it, and HEAD does not have it.
    """
    return frozenset(path for path in new_paths if os.path.lexists(repository.git.directory / path))
