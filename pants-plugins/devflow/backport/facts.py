"""The facts of a backport: commits, series, and the result of merging each commit into each series."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from devflow.common.errors import Problem

_NUMBER = re.compile(r"\(#(\d+)\)")


@dataclass(frozen=True)
class CommitObject:
    """A commit as its object has it. Text is UTF-8 with surrogate escapes, so that each byte survives.

    `author` is the whole line: name, mail, seconds since the epoch, time zone. `encoding` is that of the message, if
    it is not UTF-8.
    """

    oid: str
    tree: str
    parents: tuple[str, ...]
    author: str
    message: str
    encoding: str | None = None

    @property
    def subject(self) -> str:
        """The first line of the message."""
        return self.message.strip("\n").partition("\n")[0]

    @property
    def number(self) -> str | None:
        """The first `(#N)` of the subject: on a series, that of the pull request into main."""
        found = _NUMBER.search(self.subject)
        return found[1] if found else None

    @property
    def title(self) -> str:
        """The commit for a message: `3f2a1b0c9d8e "fix: …"`; control characters are not escaped yet."""
        return f'{self.oid[:12]} "{self.subject}"'


@dataclass(frozen=True)
class Pick:
    """A commit to apply to each series, as the difference to `base_tree`."""

    commit: CommitObject
    base_tree: str


@dataclass(frozen=True)
class Wanted:
    """The commits of a command line, in their order, and notes on how they were found."""

    picks: tuple[Pick, ...] = ()
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Series:
    """A series that gets commits.

    `ref` is the ref at which it was found; `base` is what the user types for that ref. `local` is the commit of the
    local branch, None if there is none. `worktree` is the directory in which that branch is checked out.
    """

    name: str
    ref: str
    base: str
    commit: CommitObject
    local: str | None = None
    worktree: str | None = None
    notes: tuple[str, ...] = ()


class Outcome(Enum):
    """The result of merging a commit into a series."""

    CLEAN = "clean"
    THERE = "already there"
    CONFLICT = "conflict"
    NOT_TRIED = "not tried"  # an earlier commit conflicts


@dataclass(frozen=True)
class FileConflict:
    """A file that needs a decision. `last` is the title of the commit on the series that touched it last, if any."""

    path: str
    kind: str  # "content", "modify/delete"
    last: str | None = None


@dataclass(frozen=True)
class Merged:
    """A commit merged into a series: the resulting tree, with conflict markers if needed, and the changed files."""

    pick: Pick
    outcome: Outcome
    tree: str
    files: tuple[str, ...] = ()
    conflicts: tuple[FileConflict, ...] = ()
    left_out: tuple[str, ...] = ()  # files of the commit that are left out


@dataclass(frozen=True)
class Branch:
    """The present state of the branch to make.

    `commit` and `tree` are None if the name is free. `blocking` is a ref above or below the name, which prevents git
    from making the branch.
    """

    name: str
    valid: bool = True
    commit: str | None = None
    tree: str | None = None
    blocking: str | None = None


@dataclass(frozen=True)
class RemoteBranches:
    """The state of a remote before a push: which of the branches it has, or the reason why it cannot be asked.

    If a push has several addresses, a branch counts as pushed only if all of them have it. `source` is what the user
    types for the address that cannot be asked.
    """

    name: str
    known: tuple[str, ...] = ()  # the remotes of the repository, if `name` is not one of them
    message: str | None = None
    branches: Mapping[str, str] = field(default_factory=dict)
    addresses: int = 1
    source: str = ""
