"""The goal `dump-schema-history`: options, trees, histories, a plan, and then the files."""

from __future__ import annotations

from collections.abc import Iterable

from pants.base.build_root import BuildRoot
from pants.base.specs import Specs
from pants.engine.console import Console
from pants.engine.goal import Goal
from pants.engine.internals.session import SessionValues
from pants.engine.rules import collect_rules, goal_rule
from pants.engine.unions import UnionMembership
from pants.util.docutil import bin_name

from devflow.common.errors import UserError, headed
from devflow.common.goals import GoalRun, typed_arguments
from devflow.common.options import arguments_of, command_line, flagged, split_commas
from devflow.common.paths import shown_fact
from devflow.common.report import printable_json, to_do
from devflow.engine import Rules
from devflow.schema_history.apply import write_file
from devflow.schema_history.contract import HistoryReader
from devflow.schema_history.formats.document import differences
from devflow.schema_history.inspect import read_output, version_in_file
from devflow.schema_history.migration_trees import chosen_trees
from devflow.schema_history.plan import (
    DumpedHistory,
    HistoryFormat,
    checked_version,
    refuse_several_on_stdout,
    text_of,
)
from devflow.schema_history.report import check_lines, written_line
from devflow.schema_history.service import dumped_histories
from devflow.schema_history.subsystem import DumpSchemaHistorySubsystem

_UNKNOWN = "{version}"  # the placeholder of an output path stands for itself


class DumpSchemaHistory(Goal):
    """Writes into the working copy, so it runs in the local environment only."""

    subsystem_cls = DumpSchemaHistorySubsystem
    environment_behavior = Goal.EnvironmentBehavior.LOCAL_ONLY


async def _version(options: DumpSchemaHistorySubsystem) -> tuple[str, UserError | None]:
    """Return the version. Text and graph formats do not record one, so for them return the error instead of raising it.

    Raises: UserError.
    """
    if options.for_version is not None:
        return checked_version(options.for_version.strip()), None
    try:
        return await version_in_file(options.version_file), None
    except UserError as error:
        if options.check or options.format is HistoryFormat.JSON:
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
    root = build_root.path
    with GoalRun(console, options.name) as run:
        options.refuse_contradictions()
        version, no_version = await _version(options)
        readers = await chosen_trees(union_membership, specs=specs, configs=split_commas(options.config))
        to_write = options.format is HistoryFormat.JSON and not options.check
        dumps = await dumped_histories(
            version, options, union_membership, build_root.pathlib_path, readers=readers, to_write=to_write
        )
        run.say(*(headed(f"{options.name}: warning", warning) for warning in dumps.warnings))
        run.fail(*dumps.crashes, *dumps.problems)
        if dumps.problems:
            return DumpSchemaHistory(exit_code=1)
        if options.check:
            if _differs(console, dumps.histories, options.version_key, root):
                run.say(to_do(_command(options, typed_arguments(session), readers)))
                run.end(1)
            return DumpSchemaHistory(exit_code=run.exit_code)
        texts = [text_of(dump, options.format, fold=options.fold) for dump in dumps.histories]
        if no_version and any(_UNKNOWN in (text.path or "") for text in texts):
            raise no_version
        if options.format is not HistoryFormat.TEXT:
            refuse_several_on_stdout(texts, f"{bin_name()} {options.name}")
        for text in texts:
            read_output(text.path, root)  # what cannot be written ends the run before anything is written
        for text in texts:
            if text.path is None:
                is_json = options.format is HistoryFormat.JSON
                console.write_stdout(printable_json(text.content) if is_json else text.content)
            else:
                changed = write_file(text.path, text.content, root)
                console.print_stdout(shown_fact(written_line(text, changed=changed)))
    return DumpSchemaHistory(exit_code=run.exit_code)


def _differs(console: Console, dumps: Iterable[DumpedHistory], version_key: str, root: str) -> bool:
    """Print the differences between each dump and its file; whether there are any. Raises: UserError."""
    differs = False
    for dump in dumps:
        if dump.path is None:
            raise UserError(
                f"--check needs a file to compare the history of {dump.tree} with.", fix="add --output=PATH"
            )
        on_disk = read_output(dump.path, root)
        found = None if on_disk is None else differences(on_disk, dump.document, version_key=version_key)
        differs = differs or found is None or bool(found)
        console.print_stdout("\n".join(map(shown_fact, check_lines(dump.path, found))))
    return differs


def _command(options: DumpSchemaHistorySubsystem, typed: tuple[str, ...], readers: Iterable[HistoryReader]) -> str:
    """The command line that carries out this plan."""
    given = flagged(options, typed, without=("check", "format", "fold"))
    trees = [reader.tree for reader in readers]
    addresses: list[str] = []
    if not options.config:
        addresses = [tree.address for tree in trees if tree.address]
        given = given if addresses else [*arguments_of({"config": [tree.as_config for tree in trees]}), *given]
    # Pants wants its options before its targets.
    return command_line(bin_name(), options.name, *given, *addresses)


def rules() -> Rules:
    """The goal."""
    return collect_rules()
