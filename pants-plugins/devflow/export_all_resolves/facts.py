"""Desired and actual exports, as data."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from devflow.common.errors import Problem

DESTINATION = "destination"  # the name of the input that is the export's own path


@dataclass(frozen=True)
class ResolveNames:
    """What stock `export --resolve` takes: the names that the repository declares, and tools that bring a lockfile."""

    declared: frozenset[str]
    tools: frozenset[str]


@dataclass(frozen=True)
class ExportInput:
    """A value that decides what an export holds. `shown` is its short form, for messages: "3.11.7 → 3.11.9"."""

    name: str
    value: str
    shown: str | None = None


@dataclass(frozen=True)
class ExportTree:
    """The directory of all exports. `dist`, which holds it, is relative to the build root, which is absolute."""

    build_root: str
    dist: str

    @property
    def exports(self) -> str:
        """The directory itself, relative to the build root."""
        return os.path.join(self.dist, "export")

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
    inputs: tuple[ExportInput, ...] = ()
    tools: tuple[str, ...] = ()  # the tools that are installed from the resolve, sorted
    error: Problem | None = None
    exportable: bool = True  # a backend exports this resolve


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
class ExportFacts:
    """All that a plan is made from.

    `on_disk` has the state of each desired export by its path. For a run that prunes, `existing` has the path of every
    export on disk, relative to the build root and sorted, and `declared` the directory name of every resolve.
    """

    desired: tuple[DesiredExport, ...]
    on_disk: Mapping[str, ExportOnDisk]
    existing: tuple[str, ...] = ()
    declared: frozenset[str] = frozenset()
