"""A schema history, whatever tool keeps it. Pure data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from devflow.common.errors import Problem


@dataclass(frozen=True)
class Revision:
    """One migration. `parents` come before it, in written order; `dependencies` do, too, without being merged by it.

    `namespace` is what has a line of revisions of its own, such as a Django app; "" where there is one for all. `path`
    is relative to the build root, and `line` is that of the id.
    """

    id: str
    parents: tuple[str, ...]
    doc: str
    path: str
    line: int
    is_head: bool
    is_branch_point: bool
    is_merge_point: bool
    namespace: str = ""
    dependencies: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()

    @property
    def where(self) -> str:
        """Such as "versions/1a2b_x.py:14"."""
        return f"{self.path}:{self.line}"


@dataclass(frozen=True)
class SchemaHistory:
    """Newest first, in the tool's own order. With `problems` there are no revisions; `warnings` keep nothing away."""

    revisions: tuple[Revision, ...]
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()

    @classmethod
    def from_reader(cls, read: Mapping[str, Any]) -> SchemaHistory:
        """Take what a reader in the sandbox printed: see `devflow.schema_history.reader`."""
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
                    namespace=part.get("namespace", ""),
                    dependencies=tuple(part["depends_on"]),
                    labels=tuple(part["labels"]),
                )
                for part in read["revisions"]
            ),
            problems=tuple(Problem(what, fix) for what, fix in read["problems"]),
            warnings=tuple(Problem(what, fix) for what, fix in read["warnings"]),
        )


def several_heads(revisions: Iterable[Revision], how_to_merge: str) -> tuple[Problem, ...]:
    """One problem for each namespace with more than one head."""
    heads: dict[str, list[Revision]] = {}
    for revision in revisions:
        if revision.is_head:
            heads.setdefault(revision.namespace, []).append(revision)
    return tuple(
        Problem(
            f"{found[0].where}: {f'{namespace} has' if namespace else 'There are'} {len(found)} heads: "
            f"{', '.join(f'{head.id} ({head.where})' for head in found)}.",
            f"{how_to_merge}; if all of them are wanted: --allow-multiple-heads",
        )
        for namespace, found in sorted(heads.items())
        if len(found) > 1
    )
