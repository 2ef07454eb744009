"""Histories with where they go: what the goal writes, and what a release takes along."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pants.engine.fs import PathGlobs
from pants.engine.unions import UnionMembership

from devflow.common.errors import Problem, UserError
from devflow.engine import read_files
from devflow.schema_history.document import version_of
from devflow.schema_history.history import Revision, several_heads
from devflow.schema_history.outputs import checked_version, output_path
from devflow.schema_history.readers import HistoryReader
from devflow.schema_history.rules import ReadTree, ReadTreeRequest, read_trees
from devflow.schema_history.subsystem import DumpSchemaHistorySubsystem
from devflow.schema_history.trees import chosen_trees


@dataclass(frozen=True)
class DumpedHistory:
    """`path` is where the document goes, from the build root; None where nothing says so. `tree` is for messages."""

    tree: str
    tool: str
    path: str | None
    document: str
    revisions: tuple[Revision, ...]


@dataclass(frozen=True)
class DumpedHistories:
    """With `problems`, nothing may be written; `warnings` are worth showing.

    `crashes` are of readers that failed: the histories of the others are whole.
    """

    histories: tuple[DumpedHistory, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    crashes: tuple[Problem, ...] = ()


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

    For goal rules only, because it looks at the files that are to be written. A release awaits it before it changes
    anything, refuses to go on with `problems` or `crashes`, and then writes each `document` to its `path`; a history
    without a path has no place in a release. Nothing is written here; `to_write` says whether what stands in the way of
    that is a problem. Raises: UserError.
    """
    if readers is None:
        readers = await chosen_trees(union_membership)
    trees = await read_trees(ReadTreeRequest(reader, version, options.version_key) for reader in readers)
    histories: list[DumpedHistory] = []
    problems: list[Problem] = []
    warnings: list[Problem] = []
    for tree in trees:
        if tree.crash:
            continue
        warnings.extend(tree.history.warnings)
        found = [*tree.history.problems]
        if not options.allow_multiple_heads:
            found.extend(several_heads(tree.history.revisions, tree.reader.how_to_merge))
        try:
            dump = _dump(tree, version, options)
        except UserError as error:
            found.append(error.problem)
        else:
            if to_write:
                found.extend(_other_version(dump, version, options, build_root))
            histories.append(dump)
        problems.extend(found)
    if to_write:
        problems.extend(_same_file(histories))
    return DumpedHistories(
        () if problems else tuple(histories),
        tuple(dict.fromkeys(problems)),
        tuple(dict.fromkeys(warnings)),
        tuple(tree.crash for tree in trees if tree.crash),
    )


async def current_version(options: DumpSchemaHistorySubsystem) -> str:
    """`--for-version`, or what the version file says. Raises: UserError."""
    if options.for_version is not None:
        return checked_version(options.for_version.strip())
    files = await read_files(PathGlobs([options.version_file]))
    if not files:
        raise UserError(
            f"There is no file {options.version_file}, which would say the version.",
            fix="--for-version=24.03.10, or name the file in [dump-schema-history].version_file",
        )
    return checked_version(files[0].content.decode(errors="replace").strip())


def _dump(tree: ReadTree, version: str, options: DumpSchemaHistorySubsystem) -> DumpedHistory:
    where = tree.reader.tree
    flag = options.output if options.options.is_flagged("output") else None
    template = flag or where.output or options.output
    path = output_path(template, version=version, config=where.config) if template else None
    return DumpedHistory(str(where), tree.reader.tool, path, tree.document, tree.history.revisions)


def _other_version(
    dump: DumpedHistory, version: str, options: DumpSchemaHistorySubsystem, build_root: Path
) -> Iterable[Problem]:
    if dump.path is None:
        return
    try:
        there = (build_root / dump.path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return  # nothing is there, or it is no file: writing says which
    other = version_of(there, version_key=options.version_key)
    if other is not None and other != version:
        yield Problem(
            f"{dump.path} has the history of {other}, which that of {version} would overwrite.",
            "put {version} into the output path, or remove the file",
        )


def _same_file(dumps: Iterable[DumpedHistory]) -> Iterable[Problem]:
    first: dict[str, DumpedHistory] = {}
    for dump in dumps:
        if dump.path is not None and first.setdefault(dump.path, dump) is not dump:
            yield Problem(
                f"{first[dump.path].tree} and {dump.tree} would both be written to {dump.path}.",
                "put {config_dir} into the output path, or give each target an output of its own",
            )
