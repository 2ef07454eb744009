"""The goal `exec`: brings the export up to date, then runs a command with it."""

from __future__ import annotations

import os
import shutil
import sys

from pants.base.specs import Specs
from pants.engine.console import Console
from pants.engine.env_vars import CompleteEnvironmentVars
from pants.engine.goal import Goal
from pants.engine.internals.session import SessionValues
from pants.engine.process import InteractiveProcess
from pants.engine.rules import collect_rules, goal_rule
from pants.engine.target import RegisteredTargetTypes
from pants.engine.unions import UnionMembership
from pants.option.global_options import GlobalOptions
from pants.util.docutil import bin_name

from devflow.common.errors import UserError, headed
from devflow.common.goals import GoalRun, typed_arguments
from devflow.common.options import split_commas, together
from devflow.engine import Rules, run_interactive
from devflow.exec.apply import point_at_export, write_metadata_of_plugins
from devflow.exec.inspect import chosen_exports, default_resolve, inspect_commands
from devflow.exec.namespaces import hidden_namespaces
from devflow.exec.run import (
    argv,
    environment,
    is_looked_up,
    not_found,
    without_dashes,
    working_directory,
)
from devflow.exec.shell import command
from devflow.exec.subsystem import ExecSubsystem
from devflow.export_all_resolves.service import ExportTree, make_exports


class Exec(Goal):
    """Runs a process of this machine, so it runs in the local environment only."""

    subsystem_cls = ExecSubsystem
    environment_behavior = Goal.EnvironmentBehavior.LOCAL_ONLY


@goal_rule
async def exec_goal(
    console: Console,
    options: ExecSubsystem,
    global_options: GlobalOptions,
    specs: Specs,
    tree: ExportTree,
    union_membership: UnionMembership,
    target_types: RegisteredTargetTypes,
    session: SessionValues,
) -> Exec:
    """See docs/goals/exec.md."""
    with GoalRun(console, options.name) as run:
        if options.check and options.options.is_flagged("export"):
            raise together("--check", "--export" if options.export else "--no-export")
        words = tuple(options.args)
        if specs or not (words or options.check or sys.stdin.isatty()):
            raise without_dashes(typed_arguments(session), bin_name())
        # The rule for them gives those of the cluster if remote execution is on.
        variables = session[CompleteEnvironmentVars]
        cwd = working_directory(options.cwd, variables.get("PWD"), tree.build_root)
        env = environment(variables, options.extra_env)
        name = await default_resolve(options.resolve)
        named_by = "--resolve" if options.options.is_flagged("resolve") else "[exec].resolve"
        resolves = (name,)
        exports = await chosen_exports(resolves, named_by, tree, union_membership, target_types)
        [of] = await inspect_commands(resolves, split_commas(options.source_roots), exports)
        process = argv(command(of), cwd, words)

        rebuilds = exports.plan(resolves).rebuilds
        if options.check or (rebuilds and not options.export):
            run.say(*(f"{item.resolve}: {item.status.value}, {' and '.join(item.reasons)}" for item in rebuilds))
            if not rebuilds:
                run.say(f"{name}: up to date, {of.export}")
            elif not options.check:
                raise UserError(f"The export of {name} is {rebuilds[0].status.value}.", fix=of.make_export)
            run.end(1 if rebuilds else 0)
            return Exec(exit_code=run.exit_code)
        if rebuilds and not await make_exports(exports, resolves, global_options, run.say):
            return Exec(exit_code=1)
        point_at_export(of)
        write_metadata_of_plugins(of)
        run.say(*(headed(options.name, problem) for problem in hidden_namespaces(of)))
        looked_up = words[0] if words and is_looked_up(words[0]) else None
        programs = os.path.join(tree.build_root, of.export, "bin")
        if looked_up and not shutil.which(looked_up, path=os.pathsep.join([programs, env.get("PATH", "")])):
            raise not_found(looked_up, os.listdir(programs), of.export)
        done = await run_interactive(InteractiveProcess(process, env=env, run_in_workspace=True, restartable=False))
        if done.exit_code < 0:  # Pants does not pass the number of the signal on
            run.say(f"{options.name}: {words[0] if words else 'Python'} was ended by a signal.")
        run.end(done.exit_code % 256 if done.exit_code >= 0 else 255)
    return Exec(exit_code=run.exit_code)


def rules() -> Rules:
    """The goal."""
    return collect_rules()
