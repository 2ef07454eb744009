"""The goal `cache-status`. See docs/goals/cache-status.md."""

from __future__ import annotations

from pants.base.build_root import BuildRoot
from pants.base.specs import Specs
from pants.engine.console import Console
from pants.engine.env_vars import CompleteEnvironmentVars
from pants.engine.goal import Goal
from pants.engine.internals.session import SessionValues
from pants.engine.rules import collect_rules, goal_rule
from pants.engine.unions import UnionMembership
from pants.option.global_options import GlobalOptions

from devflow.common.goals import GoalRun
from devflow.common.options import ReportFormat
from devflow.engine import Rules
from devflow.plain.settings.from_pants import from_options
from devflow.reset_cache import status_report
from devflow.reset_cache.containers import ContainerAccess
from devflow.reset_cache.inspect import Machine, ResetContext, inspect_caches
from devflow.reset_cache.locations.all import all_locations
from devflow.reset_cache.subsystem import CacheStatusSubsystem


class CacheStatus(Goal):
    """Reads files and processes of this machine, so it runs in the local environment only."""

    subsystem_cls = CacheStatusSubsystem
    environment_behavior = Goal.EnvironmentBehavior.LOCAL_ONLY


@goal_rule
async def cache_status_goal(
    console: Console,
    options: CacheStatusSubsystem,
    global_options: GlobalOptions,
    specs: Specs,
    build_root: BuildRoot,
    union_membership: UnionMembership,
    machine: Machine,
    session: SessionValues,
) -> CacheStatus:
    """Show the caches. It changes nothing, and fails only for a mistake in the call or in a member of the union."""
    with GoalRun(console, options.name) as run:
        run.refuse_targets(specs)
        settings = from_options(global_options.options, build_root.path)
        known = await all_locations(settings, union_membership)
        containers = ContainerAccess.of(settings.build_root, session[CompleteEnvironmentVars])
        caches = inspect_caches(ResetContext.of(settings, known.locations, machine, containers=containers))
        run.report(options.format, lines=status_report.lines(caches), document=status_report.as_json(caches))
        if options.format is ReportFormat.TEXT:
            run.say(*status_report.closing(caches))
        run.fail(*known.problems)
    return CacheStatus(exit_code=run.exit_code)


def rules() -> Rules:
    """The goal."""
    return collect_rules()
