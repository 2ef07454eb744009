"""The facts that a command needs about one resolve, and the files of `exec-files` as they are on disk."""

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
    """The environment of a command: the virtualenv of a resolve, and the repository's own code.

    Paths are relative to the build root, with "/". `export` ends with the version of the interpreter, and need not
    exist yet. `roots` are in search order.
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
        """The name of the resolve as a file name."""
        return self.export.split("/")[-2]

    @property
    def current(self) -> str:
        """The path of the link to the export, which contains no version."""
        return f"{self.export.rpartition('/')[0]}/current"

    @property
    def make_export(self) -> str:
        """The command that makes the export."""
        return command_line(self.pants, "export-all-resolves", f"--include={self.resolve}")

    @property
    def make_export_and_files(self) -> str:
        """The commands that make the export, the link to it, and the script, which has the checksum of the lockfile."""
        return f"{self.make_export} && {command_line(self.pants, 'exec-files', f'--resolve={self.resolve}')}"


@dataclass(frozen=True)
class FileOnDisk:
    """The actual state of a file: `content` of a regular file, `target` of a link, neither if it does not exist.

    With a `blocker`, the file cannot be written.
    """

    content: bytes | None = None
    target: str | None = None
    executable: bool = False
    blocker: Problem | None = None
