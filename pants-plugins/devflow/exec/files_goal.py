"""The goal `exec-files`: options, facts, a plan, and then the files."""

from __future__ import annotations

from collections.abc import Mapping

from pants.base.specs import Specs
from pants.engine.console import Console
from pants.engine.goal import Goal
from pants.engine.internals.session import SessionValues
from pants.engine.rules import collect_rules, goal_rule
from pants.engine.target import RegisteredTargetTypes
from pants.engine.unions import UnionMembership
from pants.option.global_options import GlobalOptions
from pants.util.docutil import bin_name

from devflow.common.errors import Problem
from devflow.common.goals import GoalRun, typed_arguments
from devflow.common.options import command_line, flagged, split_commas
from devflow.engine import Rules
from devflow.exec import report
from devflow.exec.apply import write_files
from devflow.exec.inspect import chosen_exports, default_resolve, inspect_commands, inspect_files
from devflow.exec.namespaces import hidden_namespaces
from devflow.exec.plan import FilesMode, PlannedFile, choose_kinds, desired_files, plan_files, script_path
from devflow.exec.shell import stubs
from devflow.exec.subsystem import ExecFilesSubsystem, ExecSubsystem
from devflow.export_all_resolves.service import MARKER, ExportTree


class ExecFiles(Goal):
    """Writes files of this machine, so it runs in the local environment only."""

    subsystem_cls = ExecFilesSubsystem
    environment_behavior = Goal.EnvironmentBehavior.LOCAL_ONLY


@goal_rule
async def exec_files_goal(
    console: Console,
    options: ExecFilesSubsystem,
    shared: ExecSubsystem,
    global_options: GlobalOptions,
    specs: Specs,
    tree: ExportTree,
    union_membership: UnionMembership,
    target_types: RegisteredTargetTypes,
    session: SessionValues,
) -> ExecFiles:
    """See docs/goals/exec-files.md."""
    with GoalRun(console, options.name) as run:
        mode = options.mode
        kinds = choose_kinds(split_commas(options.only))
        run.refuse_targets(specs, instead="choose resolves with --resolve=NAME")
        resolves = split_commas(options.resolve) or (await default_resolve(shared.resolve),)
        named_by = "--resolve" if options.resolve else "[exec].resolve"
        exports = await chosen_exports(resolves, named_by, tree, union_membership, target_types)
        commands = await inspect_commands(resolves, split_commas(shared.source_roots), exports)
        # All resolves share the files of plugins.
        by_path = {file.path: file for of in commands for file in desired_files(of, kinds, MARKER)}
        desired = tuple(by_path.values())

        def plan_now() -> tuple[PlannedFile, ...]:
            return plan_files(desired, inspect_files(tree.build_root, [file.path for file in desired]))

        files = plan_now()
        failed: Mapping[str, Problem] = {}
        if mode is FilesMode.WRITE and any(file.changed for file in files):
            files, failed = write_files(plan_now, tree.build_root, global_options.pants_workdir)
        given = flagged(options, typed_arguments(session), without=("check", "dry_run", "format"))
        notes = tuple(dict.fromkeys(note for of in commands for note in hidden_namespaces(of)))
        outcome = report.FilesOutcome(mode, files, failed, command_line(bin_name(), options.name, *given), notes)
        run.report(options.format, lines=report.lines(outcome), document=report.as_json(outcome))
        run.say(*report.closing(outcome, stubs(commands[0], script_path(commands[0]))))
        run.end(outcome.exit_code)
    return ExecFiles(exit_code=run.exit_code)


def rules() -> Rules:
    """The goal."""
    return collect_rules()
