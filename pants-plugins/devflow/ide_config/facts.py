"""The state of a repository and of its settings files, as data: exports, source roots, tools, texts."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

from devflow.common.errors import Problem

_SERVER_IN_PREVIEW = (0, 4, 5)
_SERVER = (0, 5, 3)


@dataclass(frozen=True)
class Export:
    """The export of a resolve; `path` is relative to the build root, and may not exist yet.

    Where the link `current` beside it exists, or settings name it, `path` is that of the link, which no new version
    changes, and `leads_to` is the export itself.
    """

    resolve: str
    path: str
    leads_to: str | None = None

    @property
    def python(self) -> str:
        """The interpreter of the export, relative to the build root."""
        return self.file("python")

    @property
    def version(self) -> str:
        """The version of the interpreter: "3.11.7"."""
        return os.path.basename(self.leads_to or self.path)

    def file(self, name: str) -> str:
        """An executable in the export, relative to the build root."""
        return f"{self.path}/bin/{name}"


@dataclass(frozen=True)
class Tool:
    """A tool's executable, relative to the build root; without an `export`, it is a binary that Pants exported."""

    name: str
    path: str
    export: Export | None = None
    version: str | None = None  # the installed one; None until the tool is installed. Of a binary, the desired one


@dataclass(frozen=True)
class Workspace:
    """Every path is relative to the build root, with "/"; sequences are sorted unless said otherwise."""

    build_root: str  # absolute
    dist: str  # "dist"
    main: Export
    source_roots: tuple[str, ...]  # in the order in which to search them, without the one of `stubs`; "." is possible
    stubs: str | None = None  # the source root that holds type stubs only
    test_roots: tuple[str, ...] = ()  # source roots that have tests
    pytest_args: tuple[str, ...] = ()  # what pytest is to be called with; empty if it is not in the main export
    tools: tuple[Tool, ...] = ()
    formatter: str | None = None  # the tool that formats: the one of `pants fmt`, if there is one of these
    used: frozenset[str] = frozenset()  # the tools of all active backends
    present: frozenset[str] = frozenset()  # the evidence of editors that exists: files, directories and tables
    only_tests: tuple[str, ...] = ()  # those of `test_roots` that hold tests in the main

    @property
    def exports(self) -> str:
        """The directory of exports, with "/". A setting whose value contains it belongs to `ide-config`."""
        return f"{self.dist}/export/"

    def tool(self, name: str) -> Tool | None:
        """A tool, if this repository has it."""
        return next((tool for tool in self.tools if tool.name == name), None)

    @property
    def ruff_server(self) -> tuple[str, ...]:
        """The arguments that start Ruff's language server; empty if this Ruff has no server, or there is no Ruff.

        Source: Ruff 0.4.5 brought it, in preview, 0.5.3 took it out of preview.
        """
        ruff = self.tool("ruff")
        if not ruff:
            return ()
        version = tuple(int(part) for part in re.findall(r"\d+", ruff.version or "")[:3]) or _SERVER
        if version < _SERVER_IN_PREVIEW:
            return ()
        return ("server",) if version >= _SERVER else ("server", "--preview")

    @property
    def search_path(self) -> tuple[str, ...]:
        """What a program searches for modules: the source roots, absolute; for mypy, put `stubs` before them."""
        return tuple(self.absolute(root) for root in self.source_roots)

    @property
    def formats(self) -> Tool | None:
        """The tool that formats, if this repository has it."""
        return self.tool(self.formatter) if self.formatter else None

    def absolute(self, path: str) -> str:
        """The absolute form of a path relative to the build root."""
        return os.path.normpath(os.path.join(self.build_root, path))

    @property
    def analysis(self) -> dict[str, object]:
        """The setting `analysis` of the servers of Pyright's family, with absolute paths."""
        roots = [self.absolute(root) for root in self.source_roots]
        return {"extraPaths": roots, **({"stubPath": self.absolute(self.stubs)} if self.stubs else {})}


@dataclass(frozen=True)
class PythonRoot:
    """A source root, relative to the build root, and the number of its Python files by kind."""

    path: str
    sources: int
    stubs: int
    tests: int


@dataclass(frozen=True)
class MisledLink:
    """A link `current` that leads to another name in its directory than to the version of the export, or is missing."""

    resolve: str
    path: str  # relative to the build root
    leads_to: str | None
    version: str


@dataclass(frozen=True)
class WorkspaceFacts:
    """The state of a repository, except for what is installed in its exports.

    `checkouts` are source roots that Pants does not see, because git or `pants_ignore` hides them, and `generated`
    those that `export-codegen` has written. `export_errors` says why a resolve has no entry in `exports`, if a backend
    exports that resolve at all. `formatters` are the tools of `pants fmt`, and `tools` those of all active backends.
    """

    build_root: str  # absolute
    dist: str  # "dist"
    resolves: tuple[str, ...]  # all that are declared, sorted
    default_resolve: str
    exports: Mapping[str, Export]  # by resolve
    programs: Mapping[str, Tool]  # those that are exported as single programs, by name ("bin:ruff")
    export_errors: Mapping[str, Problem]  # by resolve
    resolves_of_tools: Mapping[str, str]
    roots: tuple[PythonRoot, ...]
    checkouts: tuple[str, ...]
    pytest_args: tuple[str, ...]
    present: frozenset[str]
    generated: tuple[str, ...] = ()
    formatters: frozenset[str] = frozenset()
    tools: frozenset[str] = frozenset()
    ungenerated: str | None = None  # a file from which Python code is generated, if `dist/codegen` does not exist

    @property
    def export_directory(self) -> str:
        """The directory of exports, with "/"."""
        return f"{self.dist}/export/"


@dataclass(frozen=True)
class InstalledTools:
    """The tools that are installed, or will be when their resolve is exported."""

    tools: tuple[Tool, ...]
    has_pytest: bool  # in the main export


@dataclass(frozen=True)
class SettingsFile:
    """A file as it is on disk. `text` is None without a file, or with a `problem`: the file cannot be read.

    With a `blocker`, the file cannot be written.
    """

    text: str | None
    problem: Problem | None = None
    blocker: Problem | None = None


@dataclass(frozen=True)
class ExportPaths:
    """What is needed to see which paths into exports are stale.

    `libraries` has, by resolve, the name below `lib` in an export that is there: "python3.11". `missing` are the paths
    in settings files that lead to nothing.
    """

    build_root: str
    directory: str  # "dist/export/"
    exports: Mapping[str, Export]  # by resolve
    libraries: Mapping[str, str]
    missing: frozenset[str] = frozenset()
