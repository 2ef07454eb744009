"""The goal `add-requirement`: options, the targets, a plan, new lockfiles, import names, and then the files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from pants.backend.python.subsystems.setup import PythonSetup
from pants.base.specs import Specs
from pants.engine.console import Console
from pants.engine.env_vars import CompleteEnvironmentVars
from pants.engine.fs import Workspace
from pants.engine.goal import Goal
from pants.engine.internals.session import SessionValues
from pants.engine.rules import collect_rules, goal_rule
from pants.engine.target import RegisteredTargetTypes
from pants.engine.unions import UnionMembership
from pants.option.global_options import GlobalOptions
from pants.util.docutil import bin_name

from devflow.add_requirement import report
from devflow.add_requirement.apply import file_changes, write
from devflow.add_requirement.arguments import asked_for, bounded, choice_of, operators_for, parse
from devflow.add_requirement.check import check
from devflow.add_requirement.dependents import needed_by
from devflow.add_requirement.facts import Holder
from devflow.add_requirement.imports.lookup import modules_of
from devflow.add_requirement.imports.mappings import with_mappings
from devflow.add_requirement.inspect import all_holders, with_calls
from devflow.add_requirement.locking import LockPlace, lock_by_command, lock_by_pants
from devflow.add_requirement.memory import memory_of
from devflow.add_requirement.outcome import AddOutcome
from devflow.add_requirement.plan import (
    AddMode,
    PinPolicy,
    plan_changes,
)
from devflow.add_requirement.requirement_words import modules_by_name
from devflow.add_requirement.subsystem import AddRequirementSubsystem
from devflow.common.errors import Problem, UserError
from devflow.common.files import exclusive_lock
from devflow.common.git import Git
from devflow.common.goals import GoalRun, typed_arguments
from devflow.common.options import command_line, flagged
from devflow.common.report import to_do
from devflow.engine import Rules, run_id
from devflow.engine.files import forget_files
from devflow.engine.python.resolves import inferred_modules, lockfile_paths, normalised, refuse_without_resolves
from devflow.export_all_resolves.service import (
    ExportTree,
    declared_exports,
    make_exports,
)
from devflow.locking.interrupted import finish_interrupted, requirements_lock
from devflow.locking.journal import journal_path


class AddRequirement(Goal):
    """Writes files of the work tree, so it runs in the local environment only."""

    subsystem_cls = AddRequirementSubsystem
    environment_behavior = Goal.EnvironmentBehavior.LOCAL_ONLY


async def _export(
    resolves: tuple[str, ...],
    tree: ExportTree,
    union_membership: UnionMembership,
    target_types: RegisteredTargetTypes,
    global_options: GlobalOptions,
    run: GoalRun,
) -> None:
    """Make the exports of these resolves. Raises: UserError."""
    if not resolves:
        return
    exports = await declared_exports(tree, union_membership, target_types)
    names = [resolve for resolve in resolves if resolve in exports.names]
    if names and not await make_exports(exports, names, global_options, run.say):
        raise UserError(
            "The requirements and lockfiles are written; the exports failed.",
            fix=f"correct what is said above, then: {bin_name()} export-all-resolves --include={','.join(names)}",
        )


@goal_rule
async def add_requirement_goal(
    console: Console,
    options: AddRequirementSubsystem,
    global_options: GlobalOptions,
    python_setup: PythonSetup,
    specs: Specs,
    tree: ExportTree,
    workspace: Workspace,
    union_membership: UnionMembership,
    target_types: RegisteredTargetTypes,
    session: SessionValues,
    environment: CompleteEnvironmentVars,
) -> AddRequirement:
    """See docs/goals/add-requirement.md."""
    with GoalRun(console, options.name) as run:
        mode = options.mode
        run.refuse_targets(specs, instead="write the requirements after `--`: add-requirement -- 'aiohttp>=3.9'")
        refuse_without_resolves(python_setup)
        memory = memory_of(await run_id())
        if memory.written is not None:
            await _export(memory.written, tree, union_membership, target_types, global_options, run)
            return AddRequirement(exit_code=run.exit_code)
        journal = journal_path(Git(Path(tree.build_root), environment), global_options.pants_workdir)
        place = LockPlace(tree.build_root, lockfile_paths(python_setup), journal)
        lock = requirements_lock(global_options.pants_workdir)
        looks = "" if mode is AddMode.WRITE else command_line(bin_name(), options.name)
        recovered = finish_interrupted(run, journal, tree.build_root, global_options.pants_workdir, looks)
        if recovered:
            forget_files(workspace, recovered)
        asked = asked_for(options)
        if mode is not AddMode.CHECK and not any(asked):
            if recovered:
                return AddRequirement(exit_code=run.exit_code)
            raise UserError("Which requirements?", fix=f"name them: {bin_name()} {options.name} 'aiohttp>=3.9'")
        found = await all_holders()
        if found.problem:
            raise UserError.of(found.problem)
        holders, texts = with_calls(
            found.holders, tree.build_root, global_options.build_patterns, python_setup.default_resolve
        )
        if mode is AddMode.CHECK:
            _report_check(run, options, holders, texts, place)
            return AddRequirement(exit_code=run.exit_code)

        wanted, removed, upgraded = asked
        choice = choice_of(options, python_setup)
        plan = plan_changes(wanted, removed, upgraded, holders, texts, choice, parse)
        _raise_all(run, plan.problems)
        going = [change for change in plan.changes if change.action == "removed"]
        _raise_all(run, () if options.force else await needed_by(going))
        if not plan.requirements:
            outcome = AddOutcome(mode, plan.changes)
            run.report(options.format, lines=report.lines(outcome), document=report.as_json(outcome))
            return AddRequirement(exit_code=run.exit_code)

        operators = operators_for(plan, wanted, holders, texts, options)
        keep = options.pins is PinPolicy.KEEP
        notes: tuple[str, ...] = ()
        if python_setup.resolves_generate_lockfiles:
            bounds = {normalised(text): operator for text, operator in operators.items()}
            lockfiles = await lock_by_pants(plan, bounds, place, run.say, keep=keep)
        elif mode is AddMode.DRY_RUN:
            lockfiles, operators = (), {}
            notes = ("Nothing is locked in a dry run, because a command of the repository makes the lockfiles.",)
        else:
            inputs = file_changes(texts, plan.texts, holders, (), tree.build_root, only_removes=False)
            if memory.lockfiles is None:
                with exclusive_lock(lock, timeout_s=-1):
                    memory.lockfiles = lock_by_command(
                        plan, options.lock_command, inputs, place, python_setup, environment, run.say, keep=keep
                    )
            lockfiles = memory.lockfiles
        _raise_all(run, [one.problem for one in lockfiles if one.problem])
        final = bounded(wanted, operators, plan, lockfiles)
        plan = plan_changes(final, removed, upgraded, holders, texts, choice, parse)
        _raise_all(run, plan.problems)

        new = {**texts, **plan.texts}
        look = options.import_names and bool(lockfiles)
        modules, problems = await modules_of(
            plan.changes, lockfiles, modules_by_name(options.modules), texts, look=look
        )
        _raise_all(run, problems)
        mappings, more, problems = with_mappings(new, modules, inferred_modules)
        _raise_all(run, problems)
        outcome = AddOutcome(mode, plan.changes, mappings, lockfiles, (*notes, *more))
        changes = file_changes(texts, new, holders, lockfiles, tree.build_root, only_removes=not (wanted or upgraded))
        if mode is AddMode.DRY_RUN:
            run.report(options.format, lines=report.lines(outcome), document=report.as_json(outcome))
            run.say(to_do(_command(options, session)))
            return AddRequirement(exit_code=run.exit_code)
        # No await happens under the lock: the engine may restart the goal, which would then wait for its own lock.
        with exclusive_lock(lock, timeout_s=-1):
            write(journal, tree.build_root, changes)
        run.report(options.format, lines=report.lines(outcome), document=report.as_json(outcome))
        memory.written = tuple(plan.requirements) if options.export else ()
        forget_files(workspace, [one.path for one in changes])
        await _export(memory.written, tree, union_membership, target_types, global_options, run)
    return AddRequirement(exit_code=run.exit_code)


def _raise_all(run: GoalRun, problems: Sequence[Problem]) -> None:
    """Print all problems but the last. Raises: UserError for the last one."""
    run.fail(*problems[:-1])
    if problems:
        raise UserError.of(problems[-1])


def _report_check(
    run: GoalRun,
    options: AddRequirementSubsystem,
    holders: Sequence[Holder],
    texts: Mapping[str, str],
    place: LockPlace,
) -> None:
    found = check(holders, texts, place)
    run.report(options.format, lines=report.check_lines(found), document=report.check_as_json(found))
    if not found:
        run.say("Nothing to check: no target holds requirements of a resolve.")
    run.end(int(any(clauses for _, clauses in found)))


def _command(options: AddRequirementSubsystem, session: SessionValues) -> str:
    """The command line that does what this run only planned."""
    given = flagged(options, typed_arguments(session), without=("requirements", "check", "dry_run", "format"))
    return command_line(bin_name(), options.name, *options.requirements, *given)


def rules() -> Rules:
    """The goal."""
    return collect_rules()
