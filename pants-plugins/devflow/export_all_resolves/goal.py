"""The goal `export-all-resolves`: options, facts, a plan, and then the builds."""

from __future__ import annotations

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

from devflow.common.goals import GoalRun, typed_arguments
from devflow.common.options import command_line, flagged, split_commas
from devflow.engine import Rules
from devflow.export_all_resolves import report
from devflow.export_all_resolves.apply import carry_out_alone
from devflow.export_all_resolves.contract import (
    DescribeResolveRequest,
    ResolveExporter,
    broken_exporters,
    describe_resolves,
)
from devflow.export_all_resolves.facts import ExportTree
from devflow.export_all_resolves.guarded import guarded
from devflow.export_all_resolves.inspect import abandoned, inspect_exports, resolve_names
from devflow.export_all_resolves.links import change, links_to_change, refuse_unknown
from devflow.export_all_resolves.plan import ExportMode, ExportOutcome, ExportPlan, plan_exports, select
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
    tree: ExportTree,
    union_membership: UnionMembership,
    target_types: RegisteredTargetTypes,
    session: SessionValues,
) -> ExportAllResolves:
    """See docs/goals/export-all-resolves.md."""
    with GoalRun(console, options.name) as run:
        mode = options.mode
        names = await resolve_names(union_membership, target_types)
        chosen = select(names.declared, split_commas(options.include), split_commas(options.exclude), names.undeclared)
        if mode is ExportMode.LIST:
            run.report(options.format, lines=chosen, document=report.names_as_json(chosen))
            return ExportAllResolves(exit_code=0)
        run.refuse_targets(specs, instead="choose resolves with --include=NAME")
        refuse_unknown(options.venv_link, names.declared)

        described = await describe_resolves(DescribeResolveRequest(name) for name in chosen)
        exporters = union_membership.get(ResolveExporter) if options.prune else ()

        def plan_now() -> ExportPlan:
            facts = inspect_exports(described, tree, names=names, exporters=exporters)
            return plan_exports(facts, force=options.force)

        plan = plan_now()
        if mode is ExportMode.EXPORT and not (plan.changes_nothing and not abandoned(plan.desired, tree)):
            run.say(*(report.lacking(plan) if plan.rebuilds else ()))
            outcome = await carry_out_alone(plan_now, described, tree, global_options, run.say)
        else:
            plan = guarded(plan, tree)
            outcome = ExportOutcome(plan, mode, failed={}, pruned=plan.surplus)
        links = links_to_change(outcome, tree, options.venv_link)
        failed = {**outcome.failed, **(change(links, tree) if mode is ExportMode.EXPORT else {})}
        outcome = replace(outcome, failed=failed, links=links)
        run.report(options.format, lines=report.lines(outcome), document=report.as_json(outcome))
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
