"""The face of this slice for other slices: the documents of a version, and where they go."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pants.engine.unions import UnionMembership

from devflow.schema_history.contract import HistoryReader
from devflow.schema_history.inspect import inspect_histories
from devflow.schema_history.migration_trees import chosen_trees
from devflow.schema_history.plan import DumpedHistories, DumpedHistory, OutputOptions, plan_dumps
from devflow.schema_history.subsystem import DumpSchemaHistorySubsystem

__all__ = ["DumpSchemaHistorySubsystem", "DumpedHistories", "DumpedHistory", "dumped_histories"]


async def dumped_histories(
    version: str,
    options: DumpSchemaHistorySubsystem,
    union_membership: UnionMembership,
    build_root: Path,
    *,
    readers: Iterable[HistoryReader] | None = None,
    to_write: bool = True,
) -> DumpedHistories:
    """The documented dumps of a version: of `readers`, else of the trees that the goal takes when none is named.

    Nothing is written. A release awaits this function before it changes anything, refuses to go on with `problems` or
    `crashes`, and then writes each `document` to its `path`; a history without a path has no place in a release.
    `to_write` says whether a problem with writing a file counts. The files at the output paths are read and not
    memoised, so a rule that awaits this function awaits `run_id`, too. Raises: UserError.
    """
    if readers is None:
        readers = await chosen_trees(union_membership)
    given = options.output if options.options.is_flagged("output") else None
    outputs = OutputOptions(version, given, options.output, options.allow_multiple_heads)
    trees = await inspect_histories(readers, outputs, options.version_key, str(build_root))
    return plan_dumps(trees, outputs, to_write=to_write)
