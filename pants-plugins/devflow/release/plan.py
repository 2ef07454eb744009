"""A plan of `release` or `release-branch`, and its outcome: data, and the commit and the push that any plan has.

The decisions are in `modes/plan.py`, `modes/proposal/plan.py`, `modes/merged/plan.py` and `branch/plan.py`. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from devflow.common.errors import Problem
from devflow.common.identity import Author
from devflow.release.facts import Check, FileChange, RepositoryState
from devflow.release.transaction.spec import Edit, Tag


@dataclass(frozen=True)
class Commit:
    """The commit to make. `author` is None where git does not know who commits, which is a failed check."""

    message: str
    author: str | None
    signed: bool = False


@dataclass(frozen=True)
class ReleasedCommit:
    """An existing commit that is a release. `where` is the history that has it: "origin/main"."""

    oid: str
    subject: str
    where: str

    @property
    def short(self) -> str:
        """The abbreviated id, for messages."""
        return self.oid[:12]


@dataclass(frozen=True)
class Push:
    """The refs to push to a remote, in one atomic push to each of its addresses."""

    remote: str
    refs: tuple[str, ...]
    addresses: int = 1


@dataclass(frozen=True)
class ReleasePlan:
    """All that a run of `release` or `release-branch` would do, and every check of it."""

    title: str  # "release 24.03.10"
    version: str
    checks: tuple[Check, ...] = ()
    changes: tuple[FileChange, ...] = ()
    notes: tuple[str, ...] = ()
    commit: Commit | None = None
    tag: Tag | None = None
    new_branch: str | None = None
    push: Push | None = None
    done_before: str | None = None  # "24.03.10 is released": nothing is left to do but the push, if there is one
    apart: bool = False  # the commit is on `new_branch` alone: HEAD's branch and the worktree stay as they are
    at: ReleasedCommit | None = None  # without a commit: the one that gets the tag and the new branch
    compare: str | None = None  # where a pull request for the new branch is opened, after the push

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Why the real run would fail, in the order of the checks."""
        return tuple(problem for check in self.checks for problem in check.problems)


@dataclass(frozen=True)
class ReleaseOutcome:
    """The result of a run. `commit` is the id of the new commit, `problems` are those of the execution alone."""

    plan: ReleasePlan
    executed: bool
    commit: str | None = None
    pushed: bool = False
    left_alone: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def all_problems(self) -> tuple[Problem, ...]:
        """The problems of the plan, then those of the execution."""
        return (*self.plan.problems, *self.problems)

    @property
    def exit_code(self) -> int:
        """A plan fails if the real run would fail."""
        return 1 if self.all_problems else 0


def commit_of(message: str, state: RepositoryState) -> Commit:
    """The commit that a goal makes, by the author and with the signature that git knows."""
    author = state.author.ident if isinstance(state.author, Author) else None
    return Commit(message, author, signed=state.signing.commit)


def push_of(
    remote: str | None,
    state: RepositoryState,
    *,
    tag: str | None = None,
    new_branch: str | None = None,
    addresses: int = 1,
) -> Push | None:
    """The push of HEAD's branch, and of the tag or the new branch with it."""
    if remote is None or state.head.branch is None:
        return None
    refs = [f"refs/heads/{state.head.branch}"]
    refs += [f"refs/tags/{tag}"] if tag else []
    refs += [f"refs/heads/{new_branch}"] if new_branch else []
    return Push(remote, tuple(refs), addresses)


def edits_of(changes: Iterable[FileChange], prefix: str) -> tuple[Edit, ...]:
    """The edits of changes: paths below the build root become paths below the top of the worktree, by `prefix`."""
    return tuple(Edit(prefix + change.path, change.content, change.mode) for change in changes)
