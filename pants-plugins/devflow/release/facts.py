"""What a plan is made from: plain data about a repository."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


@dataclass(frozen=True)
class Head:
    """`branch` is "" where HEAD is detached. `dirty` are paths relative to the top of the work tree, sorted."""

    commit: str
    branch: str
    dirty: tuple[str, ...]
    under_way: str | None = None  # "a merge"


@dataclass(frozen=True)
class Signing:
    """What git is configured to do; `settings` are those that say how."""

    commits: bool = False
    tags: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Tags:
    """A tag's name, and the commit that it is of: "" where there is no such tag, "?" where it is of something else."""

    name: str
    valid: bool
    commit: str


class RemoteState(Enum):
    """The remote's branch, seen from ours."""

    SAME = "the same commit"
    BEHIND = "behind ours"
    NO_BRANCH = "not there yet"
    AHEAD = "has commits that we do not have"
    CANNOT_TELL = "cannot be compared in a shallow clone"
    UNREACHABLE = "cannot be reached"
    UNKNOWN_NAME = "is not configured"


@dataclass(frozen=True)
class Remote:
    """`tag` and `new_branch` are object ids, "" where the remote has none; `known` are the configured names."""

    name: str
    state: RemoteState
    tag: str = ""
    new_branch: str = ""
    message: str = ""
    known: tuple[str, ...] = ()


@dataclass(frozen=True)
class Committed:
    """Files of a commit, by paths relative to the build root. `links`: path → text, of symbolic links.

    A link is in `files` with the content that it leads to, if it leads to one.
    """

    files: Mapping[str, bytes] = field(default_factory=dict)
    modes: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
