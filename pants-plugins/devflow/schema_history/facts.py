"""Schema histories as data, whichever tool keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from devflow.common.errors import Problem


@dataclass(frozen=True)
class Revision:
    """One migration. `parents` come before it, in written order; `dependencies` do, too, without being merged by it.

    `namespace` is a part of the project with its own line of revisions, such as a Django app; None if all revisions are
    one line. `path` is relative to the build root, and `line` is that of the id.
    """

    id: str
    parents: tuple[str, ...]
    doc: str
    path: str
    line: int
    is_head: bool
    is_branch_point: bool
    is_merge_point: bool
    namespace: str | None = None
    dependencies: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()

    @property
    def where(self) -> str:
        """The position of the id: "versions/1a2b_x.py:14"."""
        return f"{self.path}:{self.line}"


@dataclass(frozen=True)
class SchemaHistory:
    """Newest first, in the tool's own order. With `problems` there are no revisions; with `warnings` there are."""

    revisions: tuple[Revision, ...]
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()

    @classmethod
    def from_reader(cls, read: Mapping[str, Any]) -> SchemaHistory:
        """From the JSON that a reader in the sandbox prints: see `devflow.schema_history.reader`."""
        return cls(
            tuple(
                Revision(
                    id=part["id"],
                    parents=tuple(part["parents"]),
                    doc=part["doc"],
                    path=part["path"],
                    line=part["line"],
                    is_head=part["is_head"],
                    is_branch_point=part["is_branch_point"],
                    is_merge_point=part["is_merge_point"],
                    namespace=part.get("namespace"),
                    dependencies=tuple(part["depends_on"]),
                    labels=tuple(part["labels"]),
                )
                for part in read["revisions"]
            ),
            problems=tuple(Problem(**problem) for problem in read["problems"]),
            warnings=tuple(Problem(**problem) for problem in read["warnings"]),
        )


@dataclass(frozen=True)
class TreeHistory:
    """A tree of migrations with its history. `name` is for messages: the address of its target, or its configuration.

    `argument` chooses the tree on a command line, and `section` is its part of the configuration. `output` is the
    template of the target, if there is one. `crash` is an error of the reader, not of the tree; then
    there is no history. `version_on_disk` is that of the file at the output path, if it is a dump; with an
    `output_problem`, no dump can be written there.
    """

    name: str
    tool: str
    how_to_merge: str
    config: str
    output: str | None
    history: SchemaHistory
    document: str
    crash: Problem | None = None
    version_on_disk: str | None = None
    output_problem: Problem | None = None
    argument: str = ""
    section: str | None = None
