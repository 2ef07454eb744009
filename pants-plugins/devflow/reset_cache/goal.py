"""The goal `reset-cache`: options, facts, a plan, and the removal. See docs/goals/reset-cache.md."""

from __future__ import annotations

from pants.base.build_root import BuildRoot
from pants.base.specs import Specs
from pants.engine.console import Console
from pants.engine.goal import Goal
from pants.engine.internals.session import SessionValues
from pants.engine.rules import collect_rules, goal_rule
from pants.engine.unions import UnionMembership
from pants.option.global_options import GlobalOptions
from pants.util.docutil import bin_name

from devflow.common.goals import GoalRun, typed_arguments
from devflow.common.options import command_line, flagged
from devflow.engine import Rules
from devflow.reset_cache import report
from devflow.reset_cache.all_locations import all_locations
from devflow.reset_cache.plan import Plan
from devflow.reset_cache.processes import process_source
from devflow.reset_cache.requests import request
from devflow.reset_cache.reset import Place, reset
from devflow.reset_cache.settings import from_options
from devflow.reset_cache.subsystem import ResetCacheSubsystem
from devflow.reset_cache.users import runs_in_daemon


class ResetCache(Goal):
    """Removes things of this machine, so it runs in the local environment only."""

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
    session: SessionValues,
) -> ResetCache:
    """It runs in the daemon that it ends: the daemon goes when this run is over, so all that it says arrives."""
    with GoalRun(console, options.name) as run:
        settings = from_options(global_options.options, build_root.path)
        found = await all_locations(settings, union_membership)
        run.fail(*found.problems)
        run.refuse_targets(specs, instead="choose scopes with --only=NAME")
        asked = request(
            found.locations,
            only=options.only,
            older_than=options.older_than,
            max_size=options.max_size,
            dry_run=options.dry_run,
            force=options.force,
        )

        def announce(plan: Plan) -> None:
            run.say(*report.announcement(plan, settings.build_root))

        source = process_source()
        place = Place(settings, found.locations, source, in_daemon=runs_in_daemon(source))
        outcome = reset(asked, place, run.say, announce)
        text = "\n".join(report.lines(outcome, settings.build_root))
        run.report(options.format, text=text, document=report.as_json(outcome))
        given = flagged(options, typed_arguments(session), without=("dry_run", "format"))
        command = command_line(bin_name(), options.name, *given)
        run.say(*report.closing(outcome, command))
        run.end(outcome.exit_code)
    return ResetCache(exit_code=run.exit_code)


def rules() -> Rules:
    """The goal."""
    return collect_rules()
