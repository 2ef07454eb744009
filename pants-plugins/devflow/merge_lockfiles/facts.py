"""The versions of each lockfile in conflict, and the operation that git has not finished. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

# The suffix of the metadata file that Pants may keep beside a lockfile.
METADATA = ".metadata"


class Side(Enum):
    """The two sides of a conflict, in git's words: stage 2 and stage 3 of the index."""

    OURS = "ours"
    THEIRS = "theirs"

    @property
    def other(self) -> Side:
        """The opposite side."""
        return Side.THEIRS if self is Side.OURS else Side.OURS


@dataclass(frozen=True)
class Versions:
    """The three versions of a file; None for a version that does not exist."""

    base: bytes | None
    ours: bytes | None
    theirs: bytes | None

    def of(self, side: Side) -> bytes | None:
        """The version of one side."""
        return self.ours if side is Side.OURS else self.theirs


@dataclass(frozen=True)
class Operation:
    """An operation that git has not finished, and the command that continues it; None if there is no such command."""

    name: str
    go_on: str | None


@dataclass(frozen=True)
class GitFacts:
    """The state of the repository.

    `unmerged` are all paths with stages, relative to the build root and sorted; `lockfiles` has the versions of those
    that belong to a resolve, by path. `shared` is the side that others have already. `index_lock` is the path of git's
    lock of the index, if one exists. `former`: unmerged path → the resolve whose lockfile it is in a commit of the
    merge, where it has another path now.
    """

    operation: Operation
    shared: Side
    unmerged: tuple[str, ...] = ()
    lockfiles: Mapping[str, Versions] = field(default_factory=dict)
    index_lock: str | None = None
    former: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ResolveFacts:
    """A resolve of the repository: the path and the content of its lockfile, and the metadata beside it, if any."""

    resolve: str
    path: str
    content: bytes | None = None
    metadata: bytes | None = None
