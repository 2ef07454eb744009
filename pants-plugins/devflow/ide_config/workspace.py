"""What the settings of every editor are made from: paths of exports, source roots and tools."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

_SERVER_IN_PREVIEW = (0, 4, 5)
_SERVER = (0, 5, 3)


@dataclass(frozen=True)
class Export:
    """The export of a resolve, as a path relative to the build root, whether it is there yet or not."""

    resolve: str
    path: str

    @property
    def python(self) -> str:
        """Its interpreter, relative to the build root."""
        return self.file("python")

    @property
    def version(self) -> str:
        """Of the interpreter: "3.11.7"."""
        return os.path.basename(self.path)

    def file(self, name: str) -> str:
        """An executable in it, relative to the build root."""
        return f"{self.path}/bin/{name}"


@dataclass(frozen=True)
class Tool:
    """A tool's executable, relative to the build root; `export` is where it is, None for a binary without one."""

    name: str
    path: str
    export: Export | None = None
    version: str = ""  # as it is installed; "" if nobody knows yet


@dataclass(frozen=True)
class Workspace:
    """Every path is relative to the build root, with "/"; sequences are sorted unless said otherwise."""

    build_root: str  # absolute
    dist: str  # "dist"
    main: Export
    source_roots: tuple[str, ...]  # in the order in which to search them, without the one of `stubs`; "." is possible
    stubs: str = ""  # the source root that holds type stubs only, or ""
    test_roots: tuple[str, ...] = ()  # source roots that have tests
    pytest_args: tuple[str, ...] = ()  # as Pants calls pytest; empty if pytest is not in the main export
    tools: tuple[Tool, ...] = ()
    present: frozenset[str] = frozenset()  # which of the files and tables that editors look for are there

    @property
    def exports(self) -> str:
        """Where exports are: a path with this in it is ours to write."""
        return f"{self.dist}/export/"

    def tool(self, name: str) -> Tool | None:
        """A tool, if this repository has it."""
        return next((tool for tool in self.tools if tool.name == name), None)

    @property
    def ruff_server(self) -> tuple[str, ...]:
        """The arguments that start Ruff's language server; none if this Ruff has no server, or there is no Ruff.

        Source: Ruff 0.4.5 brought it, in preview, 0.5.3 took it out of preview.
        """
        ruff = self.tool("ruff")
        if not ruff:
            return ()
        version = tuple(int(part) for part in re.findall(r"\d+", ruff.version)[:3]) or _SERVER
        if version < _SERVER_IN_PREVIEW:
            return ()
        return ("server",) if version >= _SERVER else ("server", "--preview")

    def absolute(self, path: str) -> str:
        """Of a path relative to the build root."""
        return os.path.normpath(os.path.join(self.build_root, path))

    @property
    def analysis(self) -> dict[str, object]:
        """What the servers of Pyright's family call `analysis`, with absolute paths."""
        roots = [self.absolute(root) for root in self.source_roots]
        return {"extraPaths": roots, **({"stubPath": self.absolute(self.stubs)} if self.stubs else {})}
