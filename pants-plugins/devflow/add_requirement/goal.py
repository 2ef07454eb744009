"""The goal `add-requirement`: options, the targets, a plan, new lockfiles, import names, and then the files."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path

from pants.backend.python.subsystems.setup import PythonSetup
from pants.base.specs import Specs
from pants.engine.addresses import Address
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
from devflow.add_requirement.build_file import listed_requirements
from devflow.add_requirement.check import check
from devflow.add_requirement.distributions import DistributionRequest, read_distributions
from devflow.add_requirement.facts import Holder, HolderKind
from devflow.add_requirement.inspect import all_holders, with_calls
from devflow.add_requirement.locking import LockPlace, lock_by_command, lock_by_pants
from devflow.add_requirement.mappings import has_entry_of, with_mappings
from devflow.add_requirement.modules import ModuleNames
from devflow.add_requirement.outcome import AddOutcome, ChangedLockfile, versions_of
from devflow.add_requirement.placing import Choice
from devflow.add_requirement.plan import (
    AddMode,
    PinPolicy,
    RequirementChange,
    RequirementPlan,
    operator_for,
    plan_changes,
)
from devflow.add_requirement.requests import Wanted, modules_by_name, wanted_requirements
from devflow.add_requirement.subsystem import AddRequirementSubsystem
from devflow.common.errors import Problem, UserError
from devflow.common.files import exclusive_lock
from devflow.common.git import Git
from devflow.common.goals import GoalRun, typed_arguments
from devflow.common.options import command_line, flagged, split_commas, together
from devflow.common.report import to_do
from devflow.engine import Rules
from devflow.engine.files import forget_files
from devflow.engine.python.requirements import (
    inferred_modules,
    normalised,
    requirements_of_lines,
    requirements_of_pyproject,
)
from devflow.engine.python.resolves import lockfile_paths
from devflow.engine.targets import direct_dependents
from devflow.export_all_resolves.service import (
    ExportTree,
    declared_exports,
    make_exports,
    refuse_remote_execution,
)
from devflow.locking.facts import canonical_name
from devflow.locking.journal import journal_path, recover
from devflow.locking.requirement import with_bound

_LOCK = "add-requirement.lock"


class AddRequirement(Goal):
    """Writes files of the work tree, so it runs in the local environment only."""

    subsystem_cls = AddRequirementSubsystem
    environment_behavior = Goal.EnvironmentBehavior.LOCAL_ONLY


async def _needed_by(removed: Sequence[RequirementChange]) -> tuple[Problem, ...]:
    """A problem for each requirement that goes, and that a target depends on."""
    found = []
    for change in removed:
        holder = change.holder
        addresses = [Address(holder.directory, target_name=holder.name)]
        if holder.kind is not HolderKind.CALL:
            addresses = [
                Address(holder.directory, target_name=holder.name, generated_name=generated)
                for generated in holder.generated
                if canonical_name(generated) == change.name
            ]
        dependents = await direct_dependents(addresses)
        others = [one.spec for one in dependents if (one.spec_path, one.target_name) != (holder.directory, holder.name)]
        if others:
            more = f" and {len(others) - 3} more" if len(others) > 3 else ""
            found.append(
                Problem(
                    f"{change.name} is still used: {', '.join(sorted(others)[:3])}{more}.",
                    fix="take the imports out first, or add --force",
                )
            )
    return tuple(found)


async def _modules(
    changes: Sequence[RequirementChange],
    lockfiles: Sequence[ChangedLockfile],
    said: Mapping[str, tuple[str, ...]],
    texts: Mapping[str, str],
    *,
    look: bool,
) -> tuple[tuple[tuple[RequirementChange, ModuleNames], ...], tuple[Problem, ...]]:
    """The modules of each requirement that is added: as the options say, or as its distribution has them."""
    added = [one for one in changes if one.action == "added" and not has_entry_of(one, texts)]
    asked = [one for one in added if look and one.name not in said]
    requests = []
    for change in asked:
        resolve, version = versions_of(lockfiles, change.holder.resolves, change.name)
        extras = change.text.partition(";")[0]
        exact = f"{change.name}=={version}" if version else extras.strip()
        requests.append(DistributionRequest(resolve, exact))
    found = await read_distributions(requests)
    known = {change.name: one.modules for change, one in zip(asked, found) if not one.problem}
    known.update(
        {name: _as_names(change_of, said[name]) for name, change_of in _by_name(added).items() if name in said}
    )
    pairs = tuple((change, known[change.name]) for change in added if change.name in known)
    return pairs, tuple(one.problem for one in found if one.problem)


def _by_name(changes: Sequence[RequirementChange]) -> Mapping[str, RequirementChange]:
    return {change.name: change for change in changes}


def _as_names(change: RequirementChange, modules: tuple[str, ...]) -> ModuleNames:
    return ModuleNames((), modules) if inferred_modules(change.text)[1] else ModuleNames(modules)


def _parse(holder: Holder, text: str) -> tuple[str, ...]:
    """The requirements that Pants reads from the text of a holder's file."""
    if holder.kind is HolderKind.LINES:
        return requirements_of_lines(text, holder.path)
    if holder.kind is HolderKind.PYPROJECT:
        return requirements_of_pyproject(text, holder.path)
    return tuple(map(normalised, listed_requirements(text, holder.alias, holder.name, holder.directory_name)))


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
        if not python_setup.enable_resolves:
            raise UserError("Resolves are off: [python].enable_resolves is false.", fix="set it to true in pants.toml")
        journal = journal_path(Git(Path(tree.build_root), environment), global_options.pants_workdir)
        place = LockPlace(tree.build_root, lockfile_paths(python_setup), journal)
        lock = Path(global_options.pants_workdir, _LOCK)
        recovered = _recover(run, mode, place, lock)
        if recovered:
            forget_files(workspace, recovered)
        asked = _asked(options)
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
        choice = _choice(options, python_setup)
        plan = plan_changes(wanted, removed, upgraded, holders, texts, choice, _parse)
        _raise_all(run, plan.problems)
        going = [change for change in plan.changes if change.action == "removed"]
        _raise_all(run, () if options.force else await _needed_by(going))
        if not plan.requirements:
            outcome = AddOutcome(mode, plan.changes)
            run.report(options.format, lines=report.lines(outcome), document=report.as_json(outcome))
            return AddRequirement(exit_code=run.exit_code)
        if options.export and mode is AddMode.WRITE:
            refuse_remote_execution(global_options, options.name)

        operators = _operators(plan, wanted, holders, texts, options)
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
            with exclusive_lock(lock, timeout_s=-1):
                lockfiles = lock_by_command(
                    plan, options.lock_command, inputs, place, python_setup, environment, run.say, keep=keep
                )
        _raise_all(run, [one.problem for one in lockfiles if one.problem])
        final = _with_bounds(wanted, operators, plan, lockfiles)
        plan = plan_changes(final, removed, upgraded, holders, texts, choice, _parse)
        _raise_all(run, plan.problems)

        new = {**texts, **plan.texts}
        look = options.import_names and bool(lockfiles)
        modules, problems = await _modules(plan.changes, lockfiles, modules_by_name(options.modules), texts, look=look)
        _raise_all(run, problems)
        mappings, more, problems = with_mappings(new, modules, inferred_modules)
        _raise_all(run, problems)
        outcome = AddOutcome(mode, plan.changes, mappings, lockfiles, (*notes, *more))
        changes = file_changes(texts, new, holders, lockfiles, tree.build_root, only_removes=not (wanted or upgraded))
        if mode is AddMode.DRY_RUN:
            run.report(options.format, lines=report.lines(outcome), document=report.as_json(outcome))
            run.say(to_do(_command(options, session)))
            return AddRequirement(exit_code=run.exit_code)
        # What is awaited is not under the lock: the engine may begin the goal anew, and would wait for itself.
        with exclusive_lock(lock, timeout_s=-1):
            write(journal, tree.build_root, changes)
        forget_files(workspace, [one.path for one in changes])
        run.report(options.format, lines=report.lines(outcome), document=report.as_json(outcome))
        if options.export:
            exports = await declared_exports(tree, union_membership, target_types)
            names = [resolve for resolve in plan.requirements if resolve in exports.names]
            if names and not await make_exports(exports, names, global_options, run.say):
                include = ",".join(names)
                raise UserError(
                    "The requirements and lockfiles are written; the exports failed.",
                    fix=f"correct what is said above, then: {bin_name()} export-all-resolves --include={include}",
                )
    return AddRequirement(exit_code=run.exit_code)


def _recover(run: GoalRun, mode: AddMode, place: LockPlace, lock: Path) -> tuple[str, ...]:
    """Finish or undo an interrupted run; the paths of its files. A run that changes nothing only says so."""
    if mode is not AddMode.WRITE:
        if place.journal.exists():
            run.say(f"A run was interrupted; to finish or undo it: {command_line(bin_name(), run.goal)}")
        return ()
    if not place.journal.exists():
        return ()
    with exclusive_lock(lock, timeout_s=-1):
        recovered = recover(place.journal, place.build_root)
    run.say(*recovered.said)
    return recovered.paths


def _asked(options: AddRequirementSubsystem) -> tuple[tuple[Wanted, ...], tuple[str, ...], tuple[str, ...]]:
    """What is wanted, and the canonical names of what is to go and to be upgraded. Raises: UserError."""
    wanted, problems = wanted_requirements(options.requirements)
    for one in wanted:
        try:
            normalised(one.text)
        except ValueError as error:
            problems = (*problems, Problem(f"{error}.", fix="write it as in 'aiohttp>=3.9,<4'"))
    if len(problems) == 1:
        raise UserError.of(problems[0])
    if problems:
        listed = "".join(f"\n    {problem.what} {problem.fix}" for problem in problems)
        raise UserError(f"{len(problems)} requirements cannot be taken:{listed}", fix="correct them")
    removed = tuple(dict.fromkeys(map(canonical_name, split_commas(options.remove))))
    upgraded = tuple(dict.fromkeys(map(canonical_name, split_commas(options.upgrade))))
    names = {one.name for one in wanted}
    if names & set(removed):
        raise together(f"--remove={','.join(sorted(names & set(removed)))}", "that requirement")
    if options.mode is AddMode.CHECK and (wanted or removed or upgraded):
        raise UserError("--check takes no requirements.", fix="leave them out, or use --dry-run")
    return wanted, removed, tuple(name for name in upgraded if name not in names)


def _choice(options: AddRequirementSubsystem, python_setup: PythonSetup) -> Choice:
    resolve = options.resolve or python_setup.default_resolve
    if resolve not in python_setup.resolves:
        raise UserError(
            f"--resolve: no resolve has the name '{resolve}'.",
            fix=f"choose among: {', '.join(sorted(python_setup.resolves))}",
        )
    return Choice(resolve, options.resolve or "", options.to or "", options.extra or "")


def _raise_all(run: GoalRun, problems: Sequence[Problem]) -> None:
    """Raises: UserError for the last problem; those before are printed."""
    run.fail(*problems[:-1])
    if problems:
        raise UserError.of(problems[-1])


def _operators(
    plan: RequirementPlan,
    wanted: Sequence[Wanted],
    holders: Sequence[Holder],
    texts: Mapping[str, str],
    options: AddRequirementSubsystem,
) -> dict[str, str]:
    """The operator of the bound that each new requirement without one gets, by its text."""
    unbound = {one.text for one in wanted if not one.has_bound}
    found = {}
    for change in plan.changes:
        if change.action == "added" and change.text in unbound:
            beside = _parse(change.holder, texts[change.holder.path])
            operator = operator_for(options.bounds, beside)
            if operator:
                found[change.text] = operator
    return found


def _with_bounds(
    wanted: Sequence[Wanted], operators: Mapping[str, str], plan: RequirementPlan, lockfiles: Sequence[ChangedLockfile]
) -> tuple[Wanted, ...]:
    """The requirements with the bounds that the locked versions give."""
    holders = {change.text: change.holder for change in plan.changes}
    final = []
    for one in wanted:
        version = versions_of(lockfiles, holders[one.text].resolves, one.name)[1] if one.text in operators else ""
        text = with_bound(one.text, operators[one.text], version) if version else one.text
        final.append(dataclasses.replace(one, text=text))
    return tuple(final)


def _report_check(
    run: GoalRun,
    options: AddRequirementSubsystem,
    holders: Sequence[Holder],
    texts: Mapping[str, str],
    place: LockPlace,
) -> None:
    found = check(holders, texts, place)
    run.report(options.format, lines=report.check_lines(found), document=report.check_as_json(found))
    run.end(int(any(clauses for _, clauses in found)))


def _command(options: AddRequirementSubsystem, session: SessionValues) -> str:
    """The command line that does what this run only planned."""
    given = flagged(options, typed_arguments(session), without=("requirements", "check", "dry_run", "format"))
    return command_line(bin_name(), options.name, *options.requirements, *given)


def rules() -> Rules:
    """The goal."""
    return collect_rules()
