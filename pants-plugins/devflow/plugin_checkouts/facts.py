"""Declared checkouts of plugins, and checkouts on disk, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from devflow.common.paths import is_text

METADATA_DIRECTORY = (
    "plugins"  # below `dist`; this directory is on the path of commands, so that Python finds entry points
)


@dataclass(frozen=True)
class DeclaredCheckout:
    """An entry of the list: a name, a URL and a ref to check out; `commit` is what `--freeze` has written."""

    name: str
    url: str
    ref: str | None = None
    commit: str | None = None


class CheckoutKind(Enum):
    """What exists at the path of a checkout."""

    ABSENT = "not cloned"
    REPOSITORY = "a git repository"
    LINK = "a link"
    PLAIN = "no git repository"
    UNREADABLE = "a repository that git cannot read"
    TRACKED = "tracked by this repository"
    OTHER = "not a directory"


@dataclass(frozen=True)
class GitState:
    """The state of a git repository.

    `branch` is None for a detached HEAD; `tags` are those of the commit. `busy` is an unfinished operation: "a rebase".
    """

    url: str | None
    commit: str
    branch: str | None
    upstream: str | None = None
    ahead: int = 0
    behind: int = 0
    dirty: int = 0
    busy: str | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class PluginProject:
    """The static metadata of a checkout.

    `root` is its source root, relative to the checkout, or ".". `entry_points`: group → name → object. `problem` is a
    clause that says why the other fields are not known.
    """

    root: str = "."
    name: str | None = None
    version: str = "0+unknown"
    requires: tuple[str, ...] = ()
    entry_points: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    modules: tuple[str, ...] = ()
    source: str = ""  # the file that has the metadata
    lines: Mapping[tuple[str, str], int] = field(
        default_factory=dict
    )  # lines of entry points in `file`, by group and name
    problem: str | None = None

    def where(self, group: str, point: str) -> str:
        """The file that declares an entry point, with the line if it is known."""
        line = self.lines.get((group, point))
        return f"{self.source}:{line}" if line else self.source


@dataclass(frozen=True)
class PluginCheckout:
    """One checkout on disk. `path` is relative to the build root; `git_says` is why git cannot read it."""

    name: str
    path: str
    kind: CheckoutKind
    state: GitState | None = None
    project: PluginProject = field(default_factory=PluginProject)
    git_says: str = ""

    @property
    def root(self) -> str:
        """The source root, relative to the build root."""
        return self.path if self.project.root == "." else f"{self.path}/{self.project.root}"


def unusable_name(name: str) -> str | None:
    """Why commands cannot get a directory of this name on their path, as a clause; None if they can."""
    if not is_text(name):
        return "commands do not get it, because its name is not UTF-8"
    if ":" in name:
        return "commands do not get it, because its name has a ':', which separates the directories of PYTHONPATH"
    return None
