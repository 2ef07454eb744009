"""Reads histories, and the files that they would be written to."""

from __future__ import annotations

import errno
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from pants.engine.fs import PathGlobs

from devflow.common.destinations import leads_into_git, leads_outside
from devflow.common.errors import UserError
from devflow.common.files import read_file
from devflow.common.paths import display_path, shell_quote
from devflow.engine import read_files
from devflow.schema_history.contract import HistoryReader, ReadTree, ReadTreeRequest, read_trees
from devflow.schema_history.facts import TreeHistory
from devflow.schema_history.formats.document import version_of
from devflow.schema_history.plan import OutputOptions, checked_version, path_of


async def version_in_file(path: str) -> str:
    """The content of the version file. Raises: UserError."""
    files = await read_files(PathGlobs([path]))
    if not files:
        raise UserError(
            f"There is no version file {path}.",
            fix="add --for-version=24.03.10, or name the file in [dump-schema-history].version_file",
        )
    try:
        return checked_version(files[0].content.decode("utf-8-sig").strip())
    except UnicodeDecodeError:
        raise UserError(f"{path} is not UTF-8.", fix="save it as UTF-8, or give --for-version=VERSION") from None


async def inspect_histories(
    readers: Iterable[HistoryReader], options: OutputOptions, version_key: str, build_root: str
) -> tuple[TreeHistory, ...]:
    """The history of each tree, memoised; and the version of the file at its output path, which is not."""
    trees = await read_trees(ReadTreeRequest(reader, options.version, version_key) for reader in readers)
    return tuple(_with_version_on_disk(_history_of(tree), options, version_key, build_root) for tree in trees)


def _history_of(read: ReadTree) -> TreeHistory:
    tree = read.reader.tree
    return TreeHistory(
        str(tree),
        read.reader.tool,
        read.reader.how_to_merge,
        tree.config,
        tree.output,
        read.history,
        read.document,
        read.crash,
        argument=tree.argument,
        section=tree.section,
    )


def _with_version_on_disk(tree: TreeHistory, options: OutputOptions, version_key: str, build_root: str) -> TreeHistory:
    try:
        path = path_of(tree, options)
    except UserError:
        return tree  # the plan reports it
    try:
        text = read_output(path, build_root)
    except UserError as error:
        return replace(tree, output_problem=error.problem)
    return replace(tree, version_on_disk=version_of(text, version_key=version_key)) if text is not None else tree


def read_output(path: str | None, build_root: str) -> str | None:
    """The text of the file at an output path; None without a path or a file.

    Raises: UserError, also if no file may be written there.
    """
    if path is None:
        return None
    _check_output(path, build_root)
    try:
        return read_file(Path(build_root, path)).decode(errors="replace")
    except FileNotFoundError:
        return None
    except OSError as error:
        fix = "choose another output path"
        if error.errno in (errno.EISDIR, errno.EINVAL):  # something else than a file
            fix = f"move it away: mv {shell_quote(path)} …; or {fix}"
        elif error.errno == errno.EACCES:
            fix = f"make it readable: chmod u+r {shell_quote(path)}; or {fix}"
        raise UserError(f"{path} cannot be read: {error.strerror or error}.", fix=fix) from error


def _check_output(path: str, build_root: str) -> None:
    """Raises: UserError for an output path that links lead out of the repository, or that is in a git directory."""
    wrong = leads_outside(build_root, path) or leads_into_git(build_root, path)
    if wrong:
        raise UserError(
            f"The output path {display_path(path)} {wrong}.",
            fix="give a path from the build root, such as migrations/history/{version}.json",
        )
