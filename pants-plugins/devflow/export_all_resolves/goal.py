"""The goal `export-all-resolves`: options, facts, a plan, and then the builds."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from pants.base.build_root import BuildRoot
from pants.base.specs import Specs
from pants.core.util_rules.distdir import DistDir
from pants.engine.console import Console
from pants.engine.goal import Goal
from pants.engine.rules import collect_rules, goal_rule
from pants.engine.target import RegisteredTargetTypes
from pants.engine.unions import UnionMembership
from pants.option.global_options import GlobalOptions
from pants.util.docutil import bin_name

from devflow.common.errors import UserError
from devflow.common.options import ReportFormat, split_commas
from devflow.engine import Rules
from devflow.engine.own_rules.export_all_resolves import describe_resolves, resolve_names
from devflow.export_all_resolves import report
from devflow.export_all_resolves.apply import carry_out_alone, refuse_remote_execution, refuse_without_backend
from devflow.export_all_resolves.exporters import ResolveExporter
from devflow.export_all_resolves.inventory import Place, abandoned, take_stock
from devflow.export_all_resolves.plan import Mode, Outcome, Plan, select
from devflow.export_all_resolves.rules import DescribeResolveRequest, broken_exporters
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
) -> ExportAllResolves:
    """See docs/goals/export-all-resolves.md."""
    try:
        mode = options.mode
        names = await resolve_names(union_membership, target_types)
        refuse_without_backend(names, target_types)
        chosen = select(names.declared, split_commas(options.include), split_commas(options.exclude))
        if mode is not Mode.LIST:
            _refuse(specs, global_options)
    except UserError as error:
        return _failure(console, error)
    if mode is Mode.LIST:
        as_json = options.format is ReportFormat.JSON
        console.print_stdout(report.names_as_json(chosen) if as_json else "\n".join(chosen))
        return ExportAllResolves(exit_code=0)

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
        for line in report.lacking(plan) if plan.rebuilds else ():
            console.print_stderr(line)
        try:
            # A run that was waited for may have done it, so that the plan is made anew.
            outcome = await carry_out_alone(plan_now, described, place, global_options, console)
        except UserError as error:
            return _failure(console, error)
    if options.format is ReportFormat.JSON:
        console.print_stdout(report.as_json(outcome))
    else:
        console.print_stdout("\n".join(report.lines(outcome)))
    broken = [f"export-all-resolves: {problem}" for problem in broken_exporters(described)]
    console.print_stderr("\n".join([*broken, *report.closing(outcome, _command(options))]))
    return ExportAllResolves(exit_code=1 if broken else outcome.exit_code)


def _command(options: ExportAllResolvesSubsystem) -> str:
    """What would do what a `--check` or a `--dry-run` with these options looked at."""
    arguments = [
        f"--{name}={','.join(split_commas(values))}"
        for name, values in (("include", options.include), ("exclude", options.exclude))
        if values
    ]
    flags = [flag for flag, value in (("--force", options.force), ("--prune", options.prune)) if value]
    return shlex.join([bin_name(), ExportAllResolvesSubsystem.name, *arguments, *flags])


def _refuse(specs: Specs, global_options: GlobalOptions) -> None:
    """What this goal cannot work with. Raises: UserError."""
    if specs:
        raise UserError("This goal takes no targets.", fix="leave them out, and choose resolves with --include=NAME")
    refuse_remote_execution(global_options, ExportAllResolvesSubsystem.name)


def _failure(console: Console, error: UserError) -> ExportAllResolves:
    console.print_stderr(f"export-all-resolves: {error}")
    return ExportAllResolves(exit_code=1)


def rules() -> Rules:
    """The goal."""
    return collect_rules()
