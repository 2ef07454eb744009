"""The goal `plugin-checkouts`: the list and the directory → a plan → git → the state afterwards."""

from __future__ import annotations

from pants.base.specs import Specs
from pants.engine.console import Console
from pants.engine.env_vars import CompleteEnvironmentVars
from pants.engine.goal import Goal
from pants.engine.internals.session import SessionValues
from pants.engine.rules import collect_rules, goal_rule
from pants.option.global_options import GlobalOptions
from pants.util.docutil import bin_name

from devflow.common.goals import GoalRun, typed_arguments
from devflow.common.options import command_line, flagged, split_commas
from devflow.engine import Rules, scoped_options
from devflow.export_all_resolves.service import ExportTree, export_path
from devflow.plugin_checkouts import apply, report
from devflow.plugin_checkouts.inspect import read_list
from devflow.plugin_checkouts.listed import checked_directory
from devflow.plugin_checkouts.plan import CheckoutMode, judge, warnings
from devflow.plugin_checkouts.requirements import RequirementFindings, has_python, inspect_requirements
from devflow.plugin_checkouts.run import CHANGES, Changes, CheckoutsPlace, change, refuse_options
from devflow.plugin_checkouts.service import plugin_roots
from devflow.plugin_checkouts.subsystem import PluginCheckoutsSubsystem


class PluginCheckouts(Goal):
    """Changes checkouts of this machine, so it runs in the local environment only."""

    subsystem_cls = PluginCheckoutsSubsystem
    environment_behavior = Goal.EnvironmentBehavior.LOCAL_ONLY


@goal_rule
async def plugin_checkouts_goal(
    console: Console,
    options: PluginCheckoutsSubsystem,
    global_options: GlobalOptions,
    specs: Specs,
    tree: ExportTree,
    session: SessionValues,
) -> PluginCheckouts:
    """See docs/goals/plugin-checkouts.md."""
    with GoalRun(console, options.name) as run:
        run.refuse_targets(specs)
        refuse_options(options)
        mode = options.mode
        directory = checked_directory(options.directory)
        around = CheckoutsPlace(tree.build_root, directory, options.list, session[CompleteEnvironmentVars])
        listed = read_list(tree.build_root, options.list)
        text, entries = listed or ("", ())
        declared = {entry.name: entry for entry in entries}
        changes = Changes(options.dry_run)
        if mode in CHANGES:
            with apply.turn(global_options.pants_workdir, tree.build_root, directory):
                changes = change(around, options, declared, text)
        only = () if mode is CheckoutMode.ADD else split_commas(options.only)
        checkouts = around.checkouts(declared, only)

        findings = RequirementFindings()
        python = await scoped_options("python")
        resolve = str(python.options.default_resolve)
        export = command_line(bin_name(), "export-all-resolves", f"--include={resolve}")
        make_missing = f"add it to the lockfile of {resolve}, then: {export}"
        if any(one.project.requires for one in checkouts):
            path = await export_path(resolve, tree)
            if path and has_python(tree.absolute(path)):
                findings = await inspect_requirements(
                    checkouts, tree.absolute(path), around.env, make_again=f"{export} --force"
                )
            else:
                run.say(f"The export of {resolve} is missing: requirements are not checked.")
        reports = judge(
            checkouts,
            declared,
            findings.missing,
            has_list=listed is not None or mode is CheckoutMode.ADD,
            make_missing=make_missing,
            pants=bin_name(),
        )
        if mode in CHANGES and not options.dry_run:
            plugins = await plugin_roots(tree.build_root, tree.dist)
            plugins.write()
        command = None
        if options.dry_run and changes.done:
            given = flagged(options, typed_arguments(session), without=("dry_run", "format", "check"))
            command = command_line(bin_name(), options.name, *given)
        warned = warnings(checkouts, findings.excluded, split_commas(options.entry_point_groups))
        outcome = report.CheckoutsOutcome(mode, reports, changes.done, changes.failed, command, warned)
        run.report(options.format, lines=report.lines(outcome), document=report.as_json(outcome))
        run.say(*report.closing(outcome))
        run.end(outcome.exit_code)
    return PluginCheckouts(exit_code=run.exit_code)


def rules() -> Rules:
    """The goal."""
    return collect_rules()
