"""The goal `dump-schema-history`: options, trees, histories, and then what is to be done with them."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path

from pants.base.build_root import BuildRoot
from pants.base.specs import Specs
from pants.engine.console import Console
from pants.engine.goal import Goal
from pants.engine.rules import collect_rules, goal_rule
from pants.engine.unions import UnionMembership
from pants.util.docutil import bin_name

from devflow.common.amounts import count
from devflow.common.errors import Problem, UserError
from devflow.common.options import split_commas
from devflow.common.whole_files import write_whole
from devflow.engine import Rules
from devflow.schema_history.document import differences
from devflow.schema_history.dump import DumpedHistory, current_version, dumped_histories
from devflow.schema_history.graph import as_dot, as_mermaid, as_text, graph_of
from devflow.schema_history.readers import HistoryReader
from devflow.schema_history.subsystem import DumpSchemaHistorySubsystem, HistoryFormat
from devflow.schema_history.trees import chosen_trees

_UNKNOWN = "{version}"  # as it is in an output path


class DumpSchemaHistory(Goal):
    """Writes into the working copy, so it runs in the local environment only."""

    subsystem_cls = DumpSchemaHistorySubsystem
    environment_behavior = Goal.EnvironmentBehavior.LOCAL_ONLY


async def _version(options: DumpSchemaHistorySubsystem) -> tuple[str, UserError | None]:
    """The version; or, for a picture, which is without one, why it is unknown. Raises: UserError."""
    try:
        return await current_version(options), None
    except UserError as error:
        if options.for_version is not None or options.check or options.format is HistoryFormat.JSON:
            raise
        return _UNKNOWN, error


@goal_rule
async def dump_schema_history_goal(
    console: Console,
    options: DumpSchemaHistorySubsystem,
    specs: Specs,
    build_root: BuildRoot,
    union_membership: UnionMembership,
) -> DumpSchemaHistory:
    """See docs/goals/dump-schema-history.md."""
    root = Path(build_root.path)
    try:
        options.refuse_contradictions()
        version, no_version = await _version(options)
        configs = split_commas(options.config)
        readers = await chosen_trees(union_membership, specs=specs, configs=configs)
        to_write = options.format is HistoryFormat.JSON and not options.check
        dumps = await dumped_histories(version, options, union_membership, root, readers=readers, to_write=to_write)
    except UserError as error:
        return _failure(console, [error.problem])
    for warning in dumps.warnings:
        console.print_stderr(f"dump-schema-history: warning: {warning}")
    for crash in dumps.crashes:
        console.print_stderr(f"dump-schema-history: {crash}")
    if dumps.problems:
        return _failure(console, dumps.problems)
    try:
        if options.check:
            differs = _check(console, options, dumps.histories, root, _command(options, readers, version))
            return DumpSchemaHistory(exit_code=1 if differs or dumps.crashes else 0)
        texts = [_Text(dump, _path(dump, options), _written(dump, options)) for dump in dumps.histories]
        if no_version and any(_UNKNOWN in (text.path or "") for text in texts):
            raise no_version
        if options.format is not HistoryFormat.TEXT:
            _refuse_several_on_stdout(texts)
        for text in texts:
            if text.path is None:
                console.write_stdout(text.content)
            else:
                console.print_stdout(_write(text, root))
    except UserError as error:
        return _failure(console, [error.problem])
    return DumpSchemaHistory(exit_code=1 if dumps.crashes else 0)


class _Text:
    """What goes where: to a file, or to stdout."""

    def __init__(self, dump: DumpedHistory, path: str | None, content: str) -> None:
        self.dump, self.path, self.content = dump, path, content


def _path(dump: DumpedHistory, options: DumpSchemaHistorySubsystem) -> str | None:
    if options.format is not HistoryFormat.JSON and dump.path and dump.path.endswith(".json"):
        return None  # the place of the documented file is no place for a picture
    return dump.path


def _written(dump: DumpedHistory, options: DumpSchemaHistorySubsystem) -> str:
    if options.format is HistoryFormat.JSON:
        return dump.document
    graph = graph_of(dump.revisions, fold=options.fold)
    if options.format is HistoryFormat.DOT:
        return as_dot(graph, dump.tree)
    return as_mermaid(graph) if options.format is HistoryFormat.MERMAID else as_text(graph, dump.tree, dump.tool)


def _refuse_several_on_stdout(texts: Sequence[_Text]) -> None:
    """Raises: UserError, because two documents one after the other are none."""
    shown = [text.dump.tree for text in texts if text.path is None]
    if len(shown) > 1:
        raise UserError(
            f"There are {len(shown)} histories, and one standard output: {', '.join(shown)}.",
            fix=f"choose one ({bin_name()} dump-schema-history {shown[0]}), or give each an output",
        )


def _write(text: _Text, root: Path) -> str:
    """What was done. Raises: UserError."""
    assert text.path is not None  # noqa: S101
    file, content = root / text.path, text.content.encode()
    of = f"{count(len(text.dump.revisions), 'revision')} of {text.dump.tree}"
    try:
        if file.read_bytes() == content:
            return f"{text.path}: up to date, {of}"
    except OSError:
        pass  # it is written now
    write_whole(file, content, shown=text.path)
    return f"{text.path}: written, {of}"


def _check(
    console: Console,
    options: DumpSchemaHistorySubsystem,
    dumps: Iterable[DumpedHistory],
    root: Path,
    command: str,
) -> bool:
    """Whether something differs. Raises: UserError."""
    failed = False
    for dump in dumps:
        if dump.path is None:
            raise UserError(
                f"--check needs a file to compare the history of {dump.tree} with.", fix="add --output=PATH"
            )
        try:
            there = (root / dump.path).read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            console.print_stdout(f"{dump.path}: missing")
            failed = True
            continue
        except OSError as error:
            raise UserError(
                f"{dump.path} cannot be read: {error.strerror or error}.", fix="make it a readable file"
            ) from error
        found = differences(there, dump.document, version_key=options.version_key)
        failed = failed or bool(found)
        console.print_stdout(f"{dump.path}: {'differs' if found else 'up to date'}")
        for line in found:
            console.print_stdout(f"  {line}")
    if failed:
        console.print_stderr(f"To do it: {command}")
    return failed


def _command(options: DumpSchemaHistorySubsystem, readers: Iterable[HistoryReader], version: str) -> str:
    """What would do what a `--check` with these options looked at."""
    trees = [reader.tree for reader in readers]
    configs = ",".join(tree.config for tree in trees if not tree.address)
    arguments = [
        *([f"--config={','.join(tree.config for tree in trees)}"] if configs else []),
        *([f"--for-version={version}"] if options.for_version else []),
        *([f"--output={options.output}"] if options.options.is_flagged("output") else []),
        *(["--allow-multiple-heads"] if options.allow_multiple_heads else []),
        # Pants wants its options before its targets.
        *(tree.address for tree in trees if tree.address and not configs),
    ]
    return shlex.join([bin_name(), DumpSchemaHistorySubsystem.name, *arguments])


def _failure(console: Console, problems: Iterable[Problem]) -> DumpSchemaHistory:
    for problem in problems:
        console.print_stderr(f"dump-schema-history: {problem}")
    return DumpSchemaHistory(exit_code=1)


def rules() -> Rules:
    """The goal."""
    return collect_rules()
