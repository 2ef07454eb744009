"""What a command needs of one resolve, and the files for it as they are on disk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from devflow.common.errors import Problem
from devflow.common.options import command_line


@dataclass(frozen=True)
class Lockfile:
    """The lockfile of a resolve; `checksum` is what `cksum` prints for its content: "3915528286 12"."""

    path: str
    checksum: str


@dataclass(frozen=True)
class CommandFacts:
    """What a command gets: the virtualenv of a resolve, and the repository's own code.

    Paths are relative to the build root, with "/"; `export` ends with the version of the interpreter, and need not
    exist yet. `roots` are in the order in which to search them.
    """

    build_root: str  # absolute
    dist: str  # "dist"
    resolve: str
    export: str
    roots: tuple[str, ...]
    lockfile: Lockfile | None
    pants: str  # how the repository calls Pants: "pants", "./pants"
    plugins: Mapping[str, bytes] = field(default_factory=dict)  # files by which Python finds entry points of plugins

    @property
    def name(self) -> str:
        """The name of the resolve as a name of files."""
        return self.export.split("/")[-2]

    @property
    def current(self) -> str:
        """The link to the export: its path has no version in it."""
        return f"{self.export.rpartition('/')[0]}/current"

    @property
    def make_export(self) -> str:
        """The command that makes the export."""
        return command_line(self.pants, "export-all-resolves", f"--include={self.resolve}")


@dataclass(frozen=True)
class FileOnDisk:
    """A file as it is: `content` of a regular file, `target` of a link, neither if there is nothing.

    With a `blocker`, it cannot be written.
    """

    content: bytes | None = None
    target: str | None = None
    executable: bool = False
    blocker: Problem | None = None
