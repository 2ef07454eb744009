"""The goal `export-all-resolves`: options, facts, a plan, and then the builds."""

from __future__ import annotations

import os
from pathlib import Path

from pants.base.build_root import BuildRoot
from pants.base.specs import Specs
from pants.core.util_rules.distdir import DistDir
from pants.engine.console import Console
from pants.engine.goal import Goal
from pants.engine.internals.session import SessionValues
from pants.engine.rules import collect_rules, goal_rule
from pants.engine.target import RegisteredTargetTypes
from pants.engine.unions import UnionMembership
from pants.option.global_options import GlobalOptions
from pants.util.docutil import bin_name

from devflow.common.goals import GoalRun, typed_arguments
from devflow.common.options import command_line, flagged, split_commas
from devflow.engine import Rules
from devflow.export_all_resolves import report
from devflow.export_all_resolves.apply import carry_out_alone, refuse_remote_execution, refuse_without_backend
from devflow.export_all_resolves.exporters import ResolveExporter
from devflow.export_all_resolves.inventory import Place, abandoned, take_stock
from devflow.export_all_resolves.languages import resolve_names
from devflow.export_all_resolves.plan import Mode, Outcome, Plan, select
from devflow.export_all_resolves.rules import DescribeResolveRequest, broken_exporters, describe_resolves
from devflow.export_all_resolves.subsystem import ExportAllResolvesSubsystem


class ExportAllResolves(Goal):
    """Makes virtualenvs on this machine, so it runs in the local environment only."""

    subsystem_cls = ExportAllResolvesSubsystem
    environment_behavior = Goal.EnvironmentBehavior.LOCAL_ONLY


@goal_rule
async def export_all_resolves_goal(
    console: Console,
    options: ExportAllResolvesSubsystem,
    global_options: GlobalOptions,
    specs: Specs,
    build_root: BuildRoot,
    dist_dir: DistDir,
    union_membership: UnionMembership,
    target_types: RegisteredTargetTypes,
    session: SessionValues,
) -> ExportAllResolves:
    """See docs/goals/export-all-resolves.md."""
    with GoalRun(console, options.name) as run:
        mode = options.mode
        names = await resolve_names(union_membership, target_types)
        refuse_without_backend(names, target_types)
        chosen = select(names.declared, split_commas(options.include), split_commas(options.exclude))
        if mode is Mode.LIST:
            run.report(options.format, text="\n".join(chosen), document=report.names_as_json(chosen))
            return ExportAllResolves(exit_code=0)
        run.refuse_targets(specs, instead="choose resolves with --include=NAME")
        refuse_remote_execution(global_options, options.name)

        described = await describe_resolves(DescribeResolveRequest(name) for name in chosen)
        place = Place(Path(build_root.path), os.path.join(dist_dir.relpath, "export"))

        def plan_now() -> Plan:
            return take_stock(
                described,
                place,
                all_names=names.declared | names.tools,
                exporters=union_membership.get(ResolveExporter),
                force=options.force,
                prune=options.prune,
            )

        plan = plan_now()
        outcome = Outcome(plan, mode, failed={}, pruned=plan.surplus)
        if mode is Mode.EXPORT and not (plan.changes_nothing and not abandoned(plan, place)):
            run.say(*(report.lacking(plan) if plan.rebuilds else ()))
            # A run that was waited for may have done it, so that the plan is made anew.
            outcome = await carry_out_alone(plan_now, described, place, global_options, run.say)
        run.report(options.format, text="\n".join(report.lines(outcome)), document=report.as_json(outcome))
        run.fail(*broken_exporters(described))
        run.say(*report.closing(outcome, _command(options, typed_arguments(session))))
        run.end(outcome.exit_code)
    return ExportAllResolves(exit_code=run.exit_code)


def _command(options: ExportAllResolvesSubsystem, typed: tuple[str, ...]) -> str:
    """The command line that carries out this plan."""
    given = flagged(options, typed, without=("list", "check", "dry_run", "format"))
    return command_line(bin_name(), options.name, *given)


def rules() -> Rules:
    """The goal."""
    return collect_rules()
