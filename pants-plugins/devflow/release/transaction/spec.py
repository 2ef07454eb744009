"""What a transaction is to do, as plain data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from devflow.common.git_entries import REGULAR

# Called with the name of each step before that step. Tests interrupt the transaction in it.
OnStep = Callable[[str], None]


@dataclass(frozen=True)
class Edit:
    """One path of the new commit, relative to the top of the worktree. `content` is None for a removal.

    The content of a symbolic link is its text.
    """

    path: str
    content: bytes | None
    mode: str = REGULAR


@dataclass(frozen=True)
class Tag:
    """A tag of the new commit. `sign`: None signs as git is configured. Without `annotated`, it is the name alone."""

    name: str
    message: str
    sign: bool | None = None
    annotated: bool = True


@dataclass(frozen=True)
class TransactionSpec:
    """A commit on top of `head`, onto `branch`; a tag of that commit; and new branches at `head`, by name.

    With `apart`, the branch is a new one, and neither HEAD's branch nor the worktree changes. Without a `branch`, no
    commit is made: `head` is the commit that gets the tag and the new branches. `config` are the settings of git that
    sign the tag, as they are configured in the worktree.
    """

    title: str  # for messages: "release 24.03.10"
    head: str
    branch: str | None
    message: str = ""
    edits: tuple[Edit, ...] = ()
    sign: bool = False
    tag: Tag | None = None
    new_branches: tuple[str, ...] = ()
    config: Mapping[str, str] = field(default_factory=dict)
    apart: bool = False

    @property
    def edits_worktree(self) -> bool:
        """Whether the worktree follows the new commit."""
        return self.branch is not None and not self.apart
