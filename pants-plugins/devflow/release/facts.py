"""What plans are made from: plain data about a repository, its remote, and what a release would write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from devflow.common.errors import Problem
from devflow.common.git_entries import REGULAR
from devflow.common.identity import Author, Signing, UnknownAuthor


@dataclass(frozen=True)
class Head:
    """`branch` is None where HEAD is detached. `dirty` are paths relative to the top of the worktree, sorted.

    `submodules` are the dirty paths that are submodules.
    """

    commit: str
    branch: str | None
    dirty: tuple[str, ...] = ()
    under_way: str | None = None  # "a merge"
    submodules: tuple[str, ...] = ()


@dataclass(frozen=True)
class RepositoryState:
    """All facts that do not depend on the version. `prefix` is the build root below the top: "" or "directory/"."""

    head: Head
    head_message: str
    author: Author | UnknownAuthor
    signing: Signing
    prefix: str = ""
    shallow: bool = False


@dataclass(frozen=True)
class ExistingTag:
    """`oid` is the object that the ref names. `commit` is None for a tag of another object than a commit."""

    oid: str
    commit: str | None

    @property
    def short(self) -> str:
        """The abbreviated id of what the tag names, for messages."""
        return (self.commit or self.oid)[:12]


@dataclass(frozen=True)
class TagState:
    """A name for a tag. `valid`: git accepts it. `existing` is None where the name is free.

    `blocking` is a ref above or below the name, because of which git cannot make it.
    """

    name: str
    valid: bool
    existing: ExistingTag | None = None
    blocking: str | None = None


@dataclass(frozen=True)
class BranchState:
    """A name for a branch. `valid`: git accepts it. `commit` is None where the name is free.

    `blocking` is a ref above or below the name, because of which git cannot make it.
    """

    name: str
    valid: bool
    commit: str | None = None
    blocking: str | None = None


class RemoteState(Enum):
    """The remote's branch, compared with the local one."""

    SAME = "the same commit"
    BEHIND = "behind ours"
    NO_BRANCH = "not there yet"
    AHEAD = "has our commit and more"
    DIVERGED = "has commits that we do not have, and lacks commits of ours"
    CANNOT_TELL = "cannot be compared in a shallow clone"
    UNREACHABLE = "cannot be reached"
    UNKNOWN_NAME = "is not configured"


@dataclass(frozen=True)
class Remote:
    """`tag` and `new_branch` are object ids, None where the remote has none; `known` are the configured names.

    `pull_from` is what a person types behind `git pull`: where a push goes, and the branch; `source` is the first of
    the two. `addresses` counts where a push goes.
    `blocking` is a ref of the remote above or below a name that would be pushed.
    """

    name: str
    state: RemoteState
    tag: str | None = None
    new_branch: str | None = None
    message: str = ""  # git's, where the remote cannot be reached
    known: tuple[str, ...] = ()
    pull_from: str = ""
    source: str = ""
    addresses: int = 1
    blocking: str | None = None


@dataclass(frozen=True)
class Committed:
    """Files of a commit, by paths relative to the build root. `links`: path → text, of symbolic links.

    A link is in `files` with the content of the file that it leads to, if it leads to one.
    """

    files: Mapping[str, bytes] = field(default_factory=dict)
    modes: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)


class CheckStatus(Enum):
    """The result of a check."""

    OK = "ok"
    FAILED = "failed"
    NOT_CHECKED = "not-checked"


@dataclass(frozen=True)
class Check:
    """`detail` says what was found; a failed check has at least one problem."""

    name: str
    status: CheckStatus
    detail: str
    problems: tuple[Problem, ...] = ()


def passed(name: str, detail: str) -> Check:
    """A check that found no problem."""
    return Check(name, CheckStatus.OK, detail)


def failed(name: str, *problems: Problem) -> Check:
    """A check that found these problems."""
    return Check(name, CheckStatus.FAILED, problems[0].what, problems)


def not_checked(name: str, why: str) -> Check:
    """A check that could not be made, or was not needed."""
    return Check(name, CheckStatus.NOT_CHECKED, why)


class Action(Enum):
    """What happens to a path."""

    CREATE = "create"
    CHANGE = "change"
    REMOVE = "remove"


@dataclass(frozen=True)
class FileChange:
    """One path, relative to the build root. `content` is None for a removal; of a symbolic link, it is its text."""

    path: str
    action: Action
    content: bytes | None
    detail: str = ""
    mode: str = REGULAR


class Why(Enum):
    """Why a release cannot change a path, or may not: as a predicate of the path."""

    EDITED = "differs from the commit, and git does not show it"
    MISSING = "is in the commit and not in the worktree, and git does not show it"
    BELOW_A_LINK = "is below a symbolic link that the worktree has in the place of a directory"
    BELOW_A_FILE = "would be below a path that is no directory"
    IS_A_DIRECTORY = "is a directory of the commit"
    CASE = "differs by case alone from a path of the commit"
    NO_ACCESS = "is in a directory that cannot be written"
    READ_ONLY = "is on a read-only file system"


@dataclass(frozen=True)
class PathBlocker:
    """One path, and why no release can be made before that is corrected.

    `detail` is the other path, the reason, or the options of `git update-index` that hide an edit from git.
    """

    path: str
    why: Why
    detail: str = ""


@dataclass(frozen=True)
class StepResults:
    """What the steps of a release found and would change.

    `needed` are the paths that the steps read or write, relative to the top of the worktree; all other paths are
    relative to the build root. `ignored` are paths of new files where the worktree has a file that git ignores.
    `blockers` are paths that the release reads or writes and whose file is not as in the commit.
    """

    checks: tuple[Check, ...] = ()
    changes: tuple[FileChange, ...] = ()
    notes: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    committed: Committed = field(default_factory=Committed)
    ignored: frozenset[str] = frozenset()
    blockers: tuple[PathBlocker, ...] = ()
