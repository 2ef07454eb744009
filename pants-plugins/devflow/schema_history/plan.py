"""Decide which document is written to which file, and what prevents it, from facts alone. Pure."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from devflow.common.errors import Problem, UserError
from devflow.common.paths import shell_quote, shown
from devflow.schema_history.facts import Revision, TreeHistory
from devflow.schema_history.formats.graph import as_dot, as_mermaid, as_text, graph_of

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_KNOWN = ("version", "config_dir", "section")


class HistoryFormat(Enum):
    """How a history is written: the values of `--format`."""

    JSON = "json"
    TEXT = "text"
    DOT = "dot"
    MERMAID = "mermaid"


@dataclass(frozen=True)
class OutputOptions:
    """The options that decide where documents go. `given` is `--output`, `default` is that of pants.toml."""

    version: str
    given: str | None
    default: str | None
    allow_multiple_heads: bool


@dataclass(frozen=True)
class DumpedHistory:
    """`path` is where the document goes, from the build root; None if nothing says so. `tree` is for messages.

    `argument` chooses the tree on a command line.
    """

    tree: str
    tool: str
    path: str | None
    document: str
    revisions: tuple[Revision, ...]
    argument: str = ""


@dataclass(frozen=True)
class DumpedHistories:
    """With `problems`, nothing may be written, and there are no histories; `warnings` do not prevent writing.

    `crashes` are errors of readers: the histories of the other trees are complete.
    """

    histories: tuple[DumpedHistory, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    crashes: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class DumpedText:
    """A history in the requested format; it goes to `path`, or to standard output if that is None."""

    dump: DumpedHistory
    path: str | None
    content: str


def plan_dumps(trees: Iterable[TreeHistory], options: OutputOptions, *, to_write: bool) -> DumpedHistories:
    """The dump of each tree. `to_write` says whether a problem with writing a file prevents the dump."""
    trees = tuple(trees)
    histories: list[DumpedHistory] = []
    problems: list[Problem] = []
    for tree in trees:
        if tree.crash:
            continue
        problems.extend(tree.history.problems)
        if not options.allow_multiple_heads:
            problems.extend(several_heads(tree.history.revisions, tree.how_to_merge))
        try:
            path = path_of(tree, options)
        except UserError as error:
            problems.append(error.problem)
            continue
        if to_write and tree.output_problem:
            problems.append(tree.output_problem)
        if to_write and path is not None and tree.version_on_disk not in (None, options.version):
            problems.append(_other_version(path, str(tree.version_on_disk), options.version))
        revisions = tree.history.revisions
        histories.append(DumpedHistory(tree.name, tree.tool, path, tree.document, revisions, tree.argument))
    if to_write:
        problems.extend(_same_file(histories))
    warnings = [warning for tree in trees if not tree.crash for warning in tree.history.warnings]
    return DumpedHistories(
        () if problems else tuple(histories),
        tuple(dict.fromkeys(problems)),
        tuple(dict.fromkeys(warnings)),
        tuple(tree.crash for tree in trees if tree.crash),
    )


def path_of(tree: TreeHistory, options: OutputOptions) -> str | None:
    """Where the document of a tree goes, from the build root; None if nothing says so. Raises: UserError."""
    template = options.given or tree.output or options.default
    if not template:
        return None
    return output_path(template, version=options.version, config=tree.config, section=tree.section or tree.tool)


def _other_version(path: str, on_disk: str, version: str) -> Problem:
    return Problem(
        f"{path} has the history of {on_disk}, which that of {version} would overwrite.",
        "put {version} into the output path, or remove the file",
    )


def _same_file(dumps: Iterable[DumpedHistory]) -> Iterable[Problem]:
    first: dict[str, DumpedHistory] = {}
    for dump in dumps:
        if dump.path is not None and first.setdefault(dump.path, dump) is not dump:
            yield Problem(
                f"{first[dump.path].tree} and {dump.tree} would both be written to {dump.path}.",
                "put {config_dir} or {section} into the output path, or give each target an output of its own",
            )


def several_heads(revisions: Iterable[Revision], how_to_merge: str) -> tuple[Problem, ...]:
    """One problem for each namespace with more than one head."""
    heads: dict[str | None, list[Revision]] = {}
    for revision in revisions:
        if revision.is_head:
            heads.setdefault(revision.namespace, []).append(revision)
    return tuple(
        Problem(
            f"{found[0].where}: {f'{namespace} has' if namespace else 'There are'} {len(found)} heads: "
            f"{', '.join(f'{head.id} ({head.where})' for head in found)}.",
            f"{how_to_merge}; if all of them are wanted: --allow-multiple-heads",
        )
        for namespace, found in sorted(heads.items(), key=lambda item: item[0] or "")
        if len(found) > 1
    )


def text_of(dump: DumpedHistory, history_format: HistoryFormat, *, fold: bool) -> DumpedText:
    """The history in this format. The path of the documented JSON file is not used for another format."""
    if history_format is HistoryFormat.JSON:
        return DumpedText(dump, dump.path, dump.document)
    path = None if dump.path and dump.path.endswith(".json") else dump.path
    graph = graph_of(dump.revisions, fold=fold)
    if history_format is HistoryFormat.DOT:
        return DumpedText(dump, path, as_dot(graph, dump.tree))
    if history_format is HistoryFormat.MERMAID:
        return DumpedText(dump, path, as_mermaid(graph))
    return DumpedText(dump, path, as_text(graph, dump.tree, dump.tool))


def refuse_several_on_stdout(texts: Sequence[DumpedText], command: str) -> None:
    """Raises: UserError if standard output would get several documents, which cannot be told apart."""
    dumps = [text.dump for text in texts if text.path is None]
    if len(dumps) > 1:
        raise UserError(
            f"There are {len(dumps)} histories, and one standard output: {', '.join(dump.tree for dump in dumps)}.",
            fix=f"choose one ({command} {shell_quote(dumps[0].argument)}), or give each an output",
        )


def output_path(template: str, *, version: str, config: str, section: str) -> str:
    """`{config_dir}/history/{version}.json` as a path from the build root. Raises: UserError."""
    unknown = [name for name in _PLACEHOLDER.findall(template) if name not in _KNOWN]
    if unknown:
        raise UserError(
            f"The output path '{template}' holds {{{unknown[0]}}}, which is not a placeholder.",
            fix="use {version}, {config_dir} and {section} only",
        )
    values = {"version": checked_version(version), "config_dir": os.path.dirname(config) or ".", "section": section}
    path = os.path.normpath(_PLACEHOLDER.sub(lambda found: values[found[1]], template))
    if os.path.isabs(path) or path.startswith("..") or path == ".":
        raise UserError(
            f"The output path '{template}' is no file of this repository.",
            fix="give a path from the build root, such as migrations/history/{version}.json",
        )
    return path


def checked_version(version: str) -> str:
    """The version, if it can be a file name. Raises: UserError."""
    if not version or version in (".", "..") or re.search(r"[\s/\\]", version) or shown(version) != version:
        raise UserError(f"'{shown(version)}' is no version.", fix="--for-version=24.03.10")
    return version
