"""The goal `reset-cache`. See docs/goals/reset-cache.md."""

from __future__ import annotations

import time

from pants.base.build_root import BuildRoot
from pants.base.specs import Specs
from pants.engine.console import Console
from pants.engine.env_vars import CompleteEnvironmentVars
from pants.engine.goal import Goal
from pants.engine.internals.session import SessionValues
from pants.engine.rules import collect_rules, goal_rule
from pants.engine.unions import UnionMembership
from pants.option.global_options import GlobalOptions
from pants.util.docutil import bin_name

from devflow.common.goals import GoalRun, typed_arguments
from devflow.common.options import command_line, flagged
from devflow.engine import Rules
from devflow.plain.settings.from_pants import from_options
from devflow.reset_cache import report
from devflow.reset_cache.apply import reset
from devflow.reset_cache.containers import ContainerAccess
from devflow.reset_cache.inspect import Machine, ResetContext
from devflow.reset_cache.locations.all import all_locations
from devflow.reset_cache.plan import ResetPlan
from devflow.reset_cache.selection.request import parse_request
from devflow.reset_cache.subsystem import ResetCacheSubsystem


class ResetCache(Goal):
    """Removes files of this machine, so it runs in the local environment only."""

    subsystem_cls = ResetCacheSubsystem
    environment_behavior = Goal.EnvironmentBehavior.LOCAL_ONLY


@goal_rule
async def reset_cache_goal(
    console: Console,
    options: ResetCacheSubsystem,
    global_options: GlobalOptions,
    specs: Specs,
    build_root: BuildRoot,
    union_membership: UnionMembership,
    machine: Machine,
    session: SessionValues,
) -> ResetCache:
    """Reset caches. It may run in the daemon that it ends, which ends after this run: all output reaches the client."""
    with GoalRun(console, options.name) as run:
        settings = from_options(global_options.options, build_root.path)
        found = await all_locations(settings, union_membership)
        run.fail(*found.problems)
        run.refuse_targets(specs, instead="choose scopes with --only=NAME")
        request = parse_request(
            found.locations,
            only=options.only,
            older_than=options.older_than,
            max_size=options.max_size,
            dry_run=options.dry_run,
            force=options.force,
            now_s=time.time(),
        )

        def announce(plan: ResetPlan) -> None:
            run.say(*report.announcement(plan, settings.build_root))

        typed = flagged(options, typed_arguments(session), without=("dry_run", "format"))
        command = command_line(bin_name(), options.name, *typed)
        containers = None
        if request.concerns_containers:
            given = {(options.name, "container_labels"): options.container_labels}
            containers = ContainerAccess.of(settings.build_root, session[CompleteEnvironmentVars], given)
        context = ResetContext.of(settings, found.locations, machine, command, containers=containers)
        outcome = reset(request, context, run.say, announce)
        lines = report.lines(outcome, settings.build_root)
        run.report(options.format, lines=lines, document=report.as_json(outcome))
        run.say(*report.closing(outcome, command))
        run.end(outcome.exit_code)
    return ResetCache(exit_code=run.exit_code)


def rules() -> Rules:
    """The goal."""
    return collect_rules()
