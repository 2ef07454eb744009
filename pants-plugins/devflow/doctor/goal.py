"""The goal `doctor`. See docs/goals/doctor.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pants.base.build_root import BuildRoot
from pants.base.specs import Specs
from pants.engine.console import Console
from pants.engine.env_vars import CompleteEnvironmentVars
from pants.engine.goal import Goal
from pants.engine.internals.options_parsing import _Options
from pants.engine.internals.session import SessionValues
from pants.engine.rules import collect_rules, goal_rule
from pants.engine.target import RegisteredTargetTypes
from pants.engine.unions import UnionMembership
from pants.option.global_options import GlobalOptions
from pants.util.docutil import bin_name

from devflow.common.goals import GoalRun
from devflow.doctor import report
from devflow.doctor.checks.exports import EXPORTS
from devflow.doctor.checks.registry import ALL_CHECKS
from devflow.doctor.exports import exports_of
from devflow.doctor.inspect import Inspection, made
from devflow.doctor.options_of_pants import options_that_may_be_set
from devflow.doctor.plan import Diagnosis, choose_checks
from devflow.doctor.subsystem import DoctorSubsystem
from devflow.doctor.world import World
from devflow.engine import Rules
from devflow.export_all_resolves.service import ExportTree
from devflow.plain.settings.from_pants import from_options


class Doctor(Goal):
    """Reads files and processes of this machine, so it runs in the local environment only."""

    subsystem_cls = DoctorSubsystem
    environment_behavior = Goal.EnvironmentBehavior.LOCAL_ONLY


@goal_rule
async def doctor_goal(
    console: Console,
    options: DoctorSubsystem,
    global_options: GlobalOptions,
    specs: Specs,
    build_root: BuildRoot,
    session: SessionValues,
    parsed_options: _Options,
    tree: ExportTree,
    union_membership: UnionMembership,
    target_types: RegisteredTargetTypes,
) -> Doctor:
    """Make the checks. Nothing is memoised, because Pants does not watch the files and processes that they read."""
    with GoalRun(console, options.name) as run:
        run.refuse_targets(specs, instead="choose checks with --only=NAME")
        checks = choose_checks(ALL_CHECKS, only=options.only, skip=options.skip, network=options.network)
        if options.list:
            run.report(options.format, lines=report.list_lines(ALL_CHECKS), document=report.list_as_json(ALL_CHECKS))
            return Doctor(exit_code=0)
        environment: Mapping[str, str] = session[CompleteEnvironmentVars]
        world = World.of(
            build_root.path,
            environment,
            settings=from_options(global_options.options, build_root.path),
            given=_given(options),
            in_pants=True,
            network=options.network,
            known_options=options_that_may_be_set(parsed_options.options, environment),
            pants=bin_name(),
            reset=f"{bin_name()} reset-cache",
        )
        # The threads of the checks run while the engine works, which takes the most time.
        inspection = Inspection([check for check in checks if check.name != EXPORTS], world)
        if any(check.name == EXPORTS for check in checks):
            exports = await exports_of(tree, union_membership, target_types, wanted=options.exports)
            world = replace(world, exports=exports)
        results = {one.check: one for one in inspection.results()}
        found = tuple(results.get(check.name) or made(check, world) for check in checks)
        diagnosis = Diagnosis(found, options.strict)
        lines = report.lines(diagnosis, verbose=options.verbose)
        run.report(options.format, lines=lines, document=report.as_json(diagnosis))
        run.end(diagnosis.exit_code)
    return Doctor(exit_code=run.exit_code)


def _given(options: DoctorSubsystem) -> Mapping[tuple[str, str], object]:
    """The options of this goal that checks read; they may come from the command line."""
    names = ("git_hooks", "git_hooks_fix", "container_labels")
    return {(options.name, name): getattr(options, name) for name in names if not options.options.is_default(name)}


def rules() -> Rules:
    """The goal."""
    return collect_rules()
