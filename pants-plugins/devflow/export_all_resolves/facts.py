"""Desired and actual exports, as data."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from devflow.common.errors import Problem

DESTINATION = "destination"  # the name of the input that is the export's own path
VERSION = "version"  # the name of the input that is the version of a single program
BINARY = "bin:"  # begins the name of a tool that is exported as a single program: "bin:ruff"


@dataclass(frozen=True)
class ResolveNames:
    """What stock `export` takes, by `--resolve` and by `--bin`.

    `declared` are the names that the repository declares. Of the others, which are exported where they are named,
    `tools` bring a lockfile, and `binaries` are single programs: name → directory below `bins`.
    """

    declared: frozenset[str]
    tools: frozenset[str]
    binaries: Mapping[str, str] = field(default_factory=dict)

    @property
    def undeclared(self) -> frozenset[str]:
        """The names of tools that the repository does not declare, but active backends have."""
        return self.tools.union(self.binaries) - self.declared


@dataclass(frozen=True)
class ExportInput:
    """A value that decides what an export holds. `shown` is its short form, for messages: "3.11.7 → 3.11.9"."""

    name: str
    value: str
    shown: str | None = None


@dataclass(frozen=True)
class ExportTree:
    """The directory of all exports. `dist`, which holds it, is relative to the build root, which is absolute.

    `workdir` is that of Pants, absolute or relative to the build root.
    """

    build_root: str
    dist: str
    workdir: str

    @property
    def exports(self) -> str:
        """The directory itself, relative to the build root."""
        return os.path.join(self.dist, "export")

    @property
    def programs(self) -> str:
        """The directory of links to the programs of exports, relative to the build root."""
        return os.path.join(self.exports, "bin")

    @property
    def trash(self) -> str:
        """The directory in which replaced exports wait for their removal: absolute."""
        return self.absolute(os.path.join(self.workdir, "export-all-resolves.trash"))

    def absolute(self, path: str) -> str:
        """The absolute form of a path relative to the build root."""
        return os.path.join(self.build_root, path)


@dataclass(frozen=True)
class Link:
    """A link that is not as it should be: `path` is relative to the build root; `target` is what it should hold."""

    path: str
    target: str
    is_new: bool
    problem: Problem | None = None  # why it is left alone


@dataclass(frozen=True)
class DesiredExport:
    """The export that a resolve should have, or the error that prevents it."""

    resolve: str
    path: str | None = None  # relative to the build root; None if `error` leaves it unknown
    home: str | None = None  # the directory of all exports of the resolve; if they have no version, the path itself
    inputs: tuple[ExportInput, ...] = ()
    tools: tuple[str, ...] = ()  # the tools that are installed from the resolve, sorted
    error: Problem | None = None
    exportable: bool = True  # a backend exports this resolve
    links: Mapping[str, str] = field(default_factory=dict)  # link → target; absolute


@dataclass(frozen=True)
class ExportOnDisk:
    """The actual state of the path of a desired export.

    `inputs` are those of its marker (name → value, short form), or None without a marker. If nothing exists at the
    path, they are those of the resolve's previous export, which has another version in its path.
    """

    exists: bool = False
    inputs: Mapping[str, tuple[str, str | None]] | None = None
    damage: str | None = None  # the first difference from what the marker records
    blocker: Problem | None = None  # why no export can be made at this path


@dataclass(frozen=True)
class ExistingExport:
    """An export on disk. `path` and `home` are as those of a desired one."""

    path: str
    home: str


@dataclass(frozen=True)
class ExportFacts:
    """All that a plan is made from.

    `on_disk` has the state of each desired export by its path. For a run that prunes, `existing` has every export on
    disk, sorted, and `declared` the home of each export that the repository may have.
    """

    desired: tuple[DesiredExport, ...]
    on_disk: Mapping[str, ExportOnDisk]
    existing: tuple[ExistingExport, ...] = ()
    declared: frozenset[str] = frozenset()
