"""What a transaction is to do, as plain data."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from devflow.common.git import REGULAR, Git

# Called with the name of each step before it is done. Tests stop the world in it.
OnStep = Callable[[str], None]


@dataclass(frozen=True)
class Place:
    """A work tree: `top` is its first directory, `git_dir` its own (of this worktree), `common_dir` where refs are."""

    git: Git
    top: Path
    git_dir: Path
    common_dir: Path

    @property
    def own_dir(self) -> Path:
        """Where everything of ours is, beside git's own files."""
        return self.git_dir / "devflow"

    def path(self, path: str) -> str:
        """A path of the commit as a path of the file system."""
        return os.path.join(self.top, path)


@dataclass(frozen=True)
class Edit:
    """One path of the new commit, relative to the top of the work tree; without content, it goes.

    The content of a symbolic link is what it points to.
    """

    path: str
    content: bytes | None
    mode: str = REGULAR


@dataclass(frozen=True)
class Tag:
    """An annotated tag of the new commit. `sign`: None does as git is configured."""

    name: str
    message: str
    sign: bool | None = None


@dataclass(frozen=True)
class Order:
    """A commit on top of `head`, onto `branch`; a tag of it; and new branches at `head`, by name."""

    title: str  # what is done, for people: "release 24.03.10"
    head: str
    branch: str
    message: str
    edits: tuple[Edit, ...]
    sign: bool = False
    tag: Tag | None = None
    new_branches: tuple[str, ...] = ()
    config: Mapping[str, str] = field(default_factory=dict)  # what signs, as git is configured in the work tree
