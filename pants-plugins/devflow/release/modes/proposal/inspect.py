"""Read the facts of `--branch`: the new branch here and at the remote, and whether it is this release already."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from devflow.common.git import GitError
from devflow.common.git_entries import Entry
from devflow.common.git_worktree import Repository
from devflow.release.facts import FileChange, RepositoryState
from devflow.release.git.hosts import web_host
from devflow.release.git.inspect import read_branch
from devflow.release.git.remotes import read_remote
from devflow.release.modes.proposal.plan import ProposalFacts
from devflow.release.plan import edits_of
from devflow.release.steps.regenerated.makers import covers
from devflow.release.transaction.objects import blob_ids, changed_entries


def inspect_proposal(
    repository: Repository,
    state: RepositoryState,
    name: str,
    message: str,
    changes: Sequence[FileChange],
    push_to: str | None,
    later: Sequence[str] = (),
) -> ProposalFacts:
    """`changes` and `message` are those of the commit that is planned; `later` are paths that it may change, too.

    It asks the remote. Raises: GitError.
    """
    branch = read_branch(repository, name)
    # Without a branch of its own, HEAD is compared with the new branch alone.
    base = state.head if state.head.branch else dataclasses.replace(state.head, branch=name)
    remote = read_remote(repository, push_to, base, new_branch=name) if push_to is not None else None
    return ProposalFacts(
        state,
        branch,
        same=branch.commit is not None and _is_proposed(repository, state, branch.commit, message, changes, later),
        checked_out=_checked_out(repository, name) if branch.commit else None,
        remote=remote,
        compare=_compare(repository, push_to, state.head.branch, name),
    )


def _is_proposed(
    repository: Repository,
    state: RepositoryState,
    commit: str,
    message: str,
    changes: Sequence[FileChange],
    later: Sequence[str],
) -> bool:
    """Whether a commit is HEAD with these changes and this message. No object is written. Raises: GitError."""
    git, head = repository.git, state.head.commit
    if git.line("rev-parse", f"{commit}^@").split() != [head]:
        return False
    if git.line("log", "-1", "--format=%B", commit).strip() != message.strip():
        return False
    edits = edits_of(changes, state.prefix)
    blobs = blob_ids(repository.worktree, edits, write=False)
    planned = {edit.path: None if edit.content is None else Entry(edit.mode, blobs[edit.path]) for edit in edits}
    made = changed_entries(git, head, commit)
    open_paths = {path for path in {*made, *planned} if covers([state.prefix + each for each in later], path)}
    return {path: each for path, each in made.items() if path not in open_paths} == {
        path: each for path, each in planned.items() if path not in open_paths
    }


def _checked_out(repository: Repository, name: str) -> str | None:
    """The worktree that has a branch checked out. Raises: GitError."""
    return repository.git.line("for-each-ref", "--format=%(worktreepath)", f"refs/heads/{name}") or None


def _compare(repository: Repository, push_to: str | None, base: str | None, name: str) -> str | None:
    if push_to is None or base is None:
        return None
    try:
        host = web_host(repository.git.line("remote", "get-url", "--", push_to))
    except GitError:
        return None
    return host.compare(base, name) if host else None
