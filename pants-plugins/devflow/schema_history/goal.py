"""The goal `dump-schema-history`: options, trees, histories, and then what is to be done with them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pants.base.build_root import BuildRoot
from pants.base.specs import Specs
from pants.engine.console import Console
from pants.engine.goal import Goal
from pants.engine.internals.session import SessionValues
from pants.engine.rules import collect_rules, goal_rule
from pants.engine.unions import UnionMembership
from pants.util.docutil import bin_name

from devflow.common.errors import UserError
from devflow.common.files import atomic_write
from devflow.common.goals import GoalRun, typed_arguments
from devflow.common.options import arguments_of, command_line, flagged, split_commas
from devflow.common.paths import shell_quote
from devflow.common.report import count, to_do
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
    session: SessionValues,
) -> DumpSchemaHistory:
    """See docs/goals/dump-schema-history.md."""
    root = Path(build_root.path)
    with GoalRun(console, options.name) as run:
        options.refuse_contradictions()
        version, no_version = await _version(options)
        configs = split_commas(options.config)
        readers = await chosen_trees(union_membership, specs=specs, configs=configs)
        to_write = options.format is HistoryFormat.JSON and not options.check
        dumps = await dumped_histories(version, options, union_membership, root, readers=readers, to_write=to_write)
        run.say(*(f"{options.name}: warning: {warning}" for warning in dumps.warnings))
        run.fail(*dumps.crashes, *dumps.problems)
        if dumps.problems:
            return DumpSchemaHistory(exit_code=1)
        if options.check:
            if _differs(console, options, dumps.histories, root):
                run.say(to_do(_command(options, typed_arguments(session), readers)))
                run.end(1)
            return DumpSchemaHistory(exit_code=run.exit_code)
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
    return DumpSchemaHistory(exit_code=run.exit_code)


@dataclass(frozen=True)
class _Text:
    """What is written to a path, or to standard output if there is none."""

    dump: DumpedHistory
    path: str | None
    content: str


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
    try:
        atomic_write(file, content)
    except OSError as error:
        parent = os.path.dirname(os.path.realpath(file))
        raise UserError(
            f"{text.path} cannot be written: {error.strerror or error}.",
            fix=f"make its directory writable: chmod u+w {shell_quote(parent)}; or choose another file",
        ) from error
    return f"{text.path}: written, {of}"


def _differs(console: Console, options: DumpSchemaHistorySubsystem, dumps: Iterable[DumpedHistory], root: Path) -> bool:
    """Whether a file is another history than its tree; each difference is printed. Raises: UserError."""
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
    return failed


def _command(options: DumpSchemaHistorySubsystem, typed: tuple[str, ...], readers: Iterable[HistoryReader]) -> str:
    """The command line that carries out this plan."""
    given = flagged(options, typed, without=("check", "format", "fold"))
    trees = [reader.tree for reader in readers]
    addresses: list[str] = []
    if not options.config:
        addresses = [tree.address for tree in trees if tree.address]
        given = given if addresses else [*arguments_of({"config": [tree.config for tree in trees]}), *given]
    # Pants wants its options before its targets.
    return command_line(bin_name(), options.name, *given, *addresses)


def rules() -> Rules:
    """The goal."""
    return collect_rules()
