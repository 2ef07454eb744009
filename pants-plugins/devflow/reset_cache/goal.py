"""The goal `reset-cache`: options, facts, a plan, and the removal. See docs/goals/reset-cache.md."""

from __future__ import annotations

from pants.base.build_root import BuildRoot
from pants.base.specs import Specs
from pants.engine.console import Console
from pants.engine.goal import Goal
from pants.engine.rules import collect_rules, goal_rule
from pants.engine.unions import UnionMembership
from pants.option.global_options import GlobalOptions
from pants.util.docutil import bin_name

from devflow.common.errors import UserError
from devflow.common.options import ReportFormat
from devflow.engine import Rules
from devflow.reset_cache import report
from devflow.reset_cache.all_locations import all_locations
from devflow.reset_cache.plan import Plan
from devflow.reset_cache.processes import process_source
from devflow.reset_cache.requests import command, request
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
) -> ResetCache:
    """It runs in the daemon that it ends: the daemon goes when this run is over, so all that it says arrives."""
    settings = from_options(global_options.options, build_root.path)
    found = await all_locations(settings, union_membership)
    locations = found.locations

    def say(line: str) -> None:
        console.print_stderr(line)
        console.flush()

    def announce(plan: Plan) -> None:
        say("\n".join(report.announcement(plan, settings.build_root)))

    try:
        if specs:
            raise UserError("This goal takes no targets.", fix="leave them out, and choose scopes with --only=NAME")
        asked = request(
            locations,
            only=options.only,
            older_than=options.older_than,
            max_size=options.max_size,
            dry_run=options.dry_run,
            force=options.force,
        )
    except UserError as error:
        say("\n".join(f"{options.name}: {problem}" for problem in (*found.problems, error)))
        return ResetCache(exit_code=1)
    source = process_source()
    place = Place(settings, locations, source, in_daemon=runs_in_daemon(source))
    outcome = reset(asked, place, say, announce)
    if options.format is ReportFormat.JSON:
        console.print_stdout(report.as_json(outcome))
    else:
        console.print_stdout("\n".join(report.lines(outcome, settings.build_root)))
    console.flush()
    to_do = command(
        [bin_name(), options.name],
        only=options.only,
        older_than=options.older_than,
        max_size=options.max_size,
        force=options.force,
    )
    failures = [f"{options.name}: {problem}" for problem in found.problems]
    say("\n".join([*failures, *report.closing(outcome, to_do)]))
    return ResetCache(exit_code=1 if failures else outcome.exit_code)


def rules() -> Rules:
    """The goal."""
    return collect_rules()
