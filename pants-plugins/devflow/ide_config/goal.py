"""The goal `ide-config`: options, facts, the settings of each editor, a plan, and then the files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from pants.base.specs import Specs
from pants.engine.console import Console
from pants.engine.goal import Goal
from pants.engine.internals.session import SessionValues
from pants.engine.rules import collect_rules, goal_rule
from pants.engine.target import RegisteredTargetTypes
from pants.engine.unions import UnionMembership
from pants.option.global_options import GlobalOptions
from pants.util.docutil import bin_name

from devflow.common.errors import Problem, UserError, did_you_mean
from devflow.common.goals import GoalRun, typed_arguments
from devflow.common.members import by_name
from devflow.common.options import command_line, flagged, split_commas
from devflow.engine import Rules
from devflow.export_all_resolves.service import (
    ExportTree,
    PlannedExport,
    declared_exports,
    make_exports,
)
from devflow.ide_config import report
from devflow.ide_config.apply import write_files
from devflow.ide_config.contract import AskEditorRequest, Editor, ask_editors
from devflow.ide_config.documents import HandWrittenFile
from devflow.ide_config.facts import Workspace, WorkspaceFacts
from devflow.ide_config.files import find_evidence, inspect_files, not_ignored, untracked
from devflow.ide_config.inspect import (
    TOOLS,
    find_hand_written,
    find_misled,
    inspect_export_paths,
    inspect_tools,
    inspect_workspace,
)
from devflow.ide_config.plan import (
    HAND_WRITTEN,
    DesiredDocument,
    FilePlan,
    SettingsMode,
    choose,
    machine_specific,
    main_export,
    needed_resolves,
    plan_files,
    with_named_links,
    with_overruling,
    workspace_of,
)
from devflow.ide_config.report import SettingsOutcome
from devflow.ide_config.subsystem import IdeConfigSubsystem


class IdeConfig(Goal):
    """Writes files of this machine's editors, so it runs in the local environment only."""

    subsystem_cls = IdeConfigSubsystem
    environment_behavior = Goal.EnvironmentBehavior.LOCAL_ONLY


async def _settings(
    editors: Mapping[str, type[Editor]], workspace: Workspace
) -> tuple[tuple[DesiredDocument, ...], tuple[Problem, ...], tuple[Problem, ...]]:
    """The settings of each editor, in their order, the notes of editors, and the problems of those that failed."""
    asked = await ask_editors(AskEditorRequest(editor(workspace)) for editor in editors.values())
    desired = tuple(DesiredDocument(name, document) for name, one in zip(editors, asked) for document in one.documents)
    notes = tuple(note for one in asked for note in one.notes)
    return desired, notes, tuple(one.problem for one in asked if one.problem)


@goal_rule
async def ide_config_goal(
    console: Console,
    options: IdeConfigSubsystem,
    global_options: GlobalOptions,
    specs: Specs,
    tree: ExportTree,
    union_membership: UnionMembership,
    target_types: RegisteredTargetTypes,
    session: SessionValues,
) -> IdeConfig:
    """See docs/goals/ide-config.md."""
    with GoalRun(console, options.name) as run:
        mode = options.mode
        members = by_name(union_membership.get(Editor))
        present = find_evidence(tree.build_root, _asked_for(members.values()))
        run.refuse_targets(specs, instead="choose editors with --editors=NAME")
        _refuse(options, members)
        overruled = _editors(options, members, present)
        editors = {name: members[name] for name in overruled}

        exports = await declared_exports(tree, union_membership, target_types, TOOLS)
        facts = await inspect_workspace(exports, present, union_membership)
        main = main_export(options.main_resolve, facts)
        workspace = workspace_of(facts, main, inspect_tools(facts, main))
        desired, notes, broken = await _settings(editors, workspace)
        linked = with_named_links(facts, _texts_on_disk(desired, facts))
        if linked is not facts:
            facts, main = linked, main_export(options.main_resolve, linked)
            workspace = workspace_of(facts, main, inspect_tools(facts, main))
            desired, notes, broken = await _settings(editors, workspace)
        needed = needed_resolves(desired, facts, main)
        misled = find_misled(facts, needed)
        if options.export and (misled or exports.plan(needed).rebuilds):
            links = [link.resolve for link in misled]
            if not await make_exports(exports, needed, global_options, run.say, links):
                return IdeConfig(exit_code=1)
            # Some settings depend on what is installed.
            workspace = workspace_of(facts, main, inspect_tools(facts, main))
            desired, notes, broken = await _settings(editors, workspace)
            needed = needed_resolves(desired, facts, main)

        run.fail(*exports.broken_members, *broken)
        if mode is SettingsMode.PRINT:
            documents = [one.document for one in desired]
            printed = report.documents_as_json(str(options.print_), documents)
            run.report(options.format, lines=report.print_of(documents), document=printed)
            run.say(*notes)
        else:
            globs = [*HAND_WRITTEN, *(glob for editor in editors.values() for glob in editor.hand_written)]
            files, failed = _plan_and_write(mode, desired, globs, facts, global_options)
            command = _command(options, typed_arguments(session))
            items = exports.plan(needed).items
            outcome = _outcome(options, command, files, failed, items, facts, overruled)
            outcome = replace(outcome, misled=find_misled(facts, needed), editor_notes=notes)
            run.report(options.format, lines=report.lines(outcome), document=report.as_json(outcome))
            run.say(*report.closing(outcome))
            run.end(outcome.exit_code)
    return IdeConfig(exit_code=run.exit_code)


def _refuse(options: IdeConfigSubsystem, members: Mapping[str, type[Editor]]) -> None:
    """Raises: UserError for an unknown editor."""
    if options.print_ is not None and options.print_ not in members:
        raise UserError(
            f"--print={options.print_}: there is no such editor.{did_you_mean(options.print_, members)}",
            fix=f"choose from {', '.join(sorted(members))}",
        )


def _editors(
    options: IdeConfigSubsystem, members: Mapping[str, type[Editor]], present: frozenset[str]
) -> Mapping[str, str | None]:
    """Each editor of this run, and the editors whose settings it overrules. Raises: UserError."""
    if options.print_ is not None:
        return {options.print_: None}
    used = [name for name, editor in members.items() if present.intersection(editor.evidence)]
    chosen = choose(split_commas(options.editors), members, used)
    return with_overruling(chosen, {name: editor.overruled_by for name, editor in members.items()}, used)


def _texts_on_disk(desired: Iterable[DesiredDocument], facts: WorkspaceFacts) -> tuple[str, ...]:
    files = inspect_files(facts.build_root, {one.document.path for one in desired})
    return tuple(file.text for file in files.values() if file.text)


def _asked_for(members: Iterable[type[Editor]]) -> tuple[str, ...]:
    return tuple(one for editor in members for one in (*editor.evidence, *editor.asks_for))


def _plan_and_write(
    mode: SettingsMode,
    desired: Sequence[DesiredDocument],
    globs: Sequence[str],
    facts: WorkspaceFacts,
    global_options: GlobalOptions,
) -> tuple[tuple[FilePlan, ...], Mapping[str, Problem]]:
    """The plan that was carried out, or would be, and the writes that failed, by path."""
    root = facts.build_root
    paths = {one.document.path for one in desired}
    # A path that the user has written goes stale like all others.
    others = [DesiredDocument("paths of exports", HandWrittenFile(path)) for path in find_hand_written(facts, globs)]
    documents = [*desired, *(one for one in others if one.document.path not in paths)]

    def plan_now() -> tuple[FilePlan, ...]:
        files = inspect_files(root, {one.document.path for one in documents})
        texts = (file.text for file in files.values() if file.text)
        return plan_files(documents, files, inspect_export_paths(facts, texts))

    files = plan_now()
    if mode is not SettingsMode.WRITE or not any(file.changed for file in files):
        return files, {}
    return write_files(plan_now, root, global_options.pants_workdir)


def _outcome(
    options: IdeConfigSubsystem,
    command: str,
    files: tuple[FilePlan, ...],
    failed: Mapping[str, Problem],
    exports: tuple[PlannedExport, ...],
    facts: WorkspaceFacts,
    overruled: Mapping[str, str | None],
) -> SettingsOutcome:
    missing = frozenset(item.resolve for item in exports if not _is_there(item, facts))
    return SettingsOutcome(
        options.mode,
        files,
        exports,
        missing,
        failed,
        {name: others for name, others in overruled.items() if others},
        tuple(export.path for _, export in sorted(facts.exports.items())),
        facts.ungenerated,
        _not_to_be_committed(files, facts),
        command,
        lambda resolves: command_line(bin_name(), "export-all-resolves", f"--include={','.join(resolves)}"),
        command_line(bin_name(), "export-codegen", "::"),
    )


def _is_there(item: PlannedExport, facts: WorkspaceFacts) -> bool:
    program = facts.programs.get(item.resolve)
    return os.path.exists(os.path.join(facts.build_root, program.path if program else f"{item.desired.path}/bin"))


def _not_to_be_committed(files: Sequence[FilePlan], facts: WorkspaceFacts) -> tuple[str, ...]:
    """The changed files that git would pick up and that hold a path of this machine.

    A file that git tracks, such as `pyproject.toml`, may hold the path of an export, which has a Python version in it.
    """
    absolute, versioned = machine_specific(files, facts)
    left = not_ignored(facts.build_root, list(dict.fromkeys([*absolute, *versioned])))
    new = untracked(facts.build_root, left)
    return tuple(path for path in left if path in new or path in absolute)


def _command(options: IdeConfigSubsystem, typed: tuple[str, ...]) -> str:
    """The command line that carries out this plan."""
    given = flagged(options, typed, without=("print", "check", "dry_run", "format"))
    return command_line(bin_name(), options.name, *given)


def rules() -> Rules:
    """The goal."""
    return collect_rules()
