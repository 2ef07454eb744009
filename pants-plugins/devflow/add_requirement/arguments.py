"""What the options ask for: requirements, projects to remove or to upgrade, and the target; as values of the plan."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from pants.backend.python.subsystems.setup import PythonSetup

from devflow.add_requirement.facts import Holder, HolderKind
from devflow.add_requirement.outcome import ChangedLockfile, versions_of
from devflow.add_requirement.plan import AddMode, RequirementPlan, operator_for
from devflow.add_requirement.requirement_words import WantedRequirement, wanted_requirements
from devflow.add_requirement.subsystem import AddRequirementSubsystem
from devflow.add_requirement.target_choice import PlaceChoice
from devflow.add_requirement.texts.build_file import listed_requirements
from devflow.common.errors import Problem, UserError, did_you_mean
from devflow.common.options import split_commas
from devflow.common.paths import shown
from devflow.engine.python.resolves import normalised, requirements_of_lines, requirements_of_pyproject
from devflow.locking.facts import canonical_name
from devflow.locking.requirement import with_bound


def parse(holder: Holder, text: str) -> tuple[str, ...]:
    """The requirements that Pants reads from the text of a holder's file."""
    if holder.kind is HolderKind.LINES:
        return requirements_of_lines(text, holder.path)
    if holder.kind is HolderKind.PYPROJECT:
        return requirements_of_pyproject(text, holder.path)
    return tuple(map(normalised, listed_requirements(text, holder.alias, holder.name, holder.directory_name)))


def asked_for(
    options: AddRequirementSubsystem,
) -> tuple[tuple[WantedRequirement, ...], tuple[str, ...], tuple[str, ...]]:
    """The requirements to add, and the canonical names of the projects to remove and to upgrade. Raises: UserError."""
    wanted, problems = wanted_requirements(options.requirements)
    for one in wanted:
        try:
            normalised(one.text)
        except ValueError as error:
            what = f"'{shown(one.text)}' is not a requirement: {shown(str(error).rstrip('.'))}."
            problems = (*problems, Problem(what, fix="write it as in 'aiohttp>=3.9,<4'"))
    if len(problems) == 1:
        raise UserError.of(problems[0])
    if problems:
        listed = "".join(f"\n    {problem.what} {problem.fix}" for problem in problems)
        raise UserError(f"{len(problems)} requirements cannot be taken:{listed}", fix="correct them")
    removed = tuple(dict.fromkeys(map(canonical_name, split_commas(options.remove))))
    upgraded = tuple(dict.fromkeys(map(canonical_name, split_commas(options.upgrade))))
    names = {one.name for one in wanted}
    if names & set(removed):
        both = ", ".join(sorted(names & set(removed)))
        raise UserError(f"{both} would be both added and removed.", fix="leave it out of one of the two options")
    if options.mode is AddMode.CHECK and (wanted or removed or upgraded):
        raise UserError("--check takes no requirements.", fix="leave them out, or use --dry-run")
    return wanted, removed, tuple(name for name in upgraded if name not in names)


def choice_of(options: AddRequirementSubsystem, python_setup: PythonSetup) -> PlaceChoice:
    """The options that choose the target of a requirement. Raises: UserError for an unknown resolve."""
    resolve = options.resolve or python_setup.default_resolve
    if resolve not in python_setup.resolves:
        raise UserError(
            f"--resolve: no resolve has the name '{resolve}'.{did_you_mean(resolve, python_setup.resolves)}",
            fix=f"choose among: {', '.join(sorted(python_setup.resolves))}",
        )
    return PlaceChoice(resolve, options.resolve or "", options.to or "", options.extra or "")


def operators_for(
    plan: RequirementPlan,
    wanted: Sequence[WantedRequirement],
    holders: Sequence[Holder],
    texts: Mapping[str, str],
    options: AddRequirementSubsystem,
) -> dict[str, str]:
    """Text of each new requirement without a bound → the operator of the bound that it gets."""
    unbound = {one.text for one in wanted if not one.has_bound}
    found = {}
    for change in plan.changes:
        if change.action == "added" and change.text in unbound:
            beside = parse(change.holder, texts[change.holder.path])
            operator = operator_for(options.bounds, beside)
            if operator:
                found[change.text] = operator
    return found


def bounded(
    wanted: Sequence[WantedRequirement],
    operators: Mapping[str, str],
    plan: RequirementPlan,
    lockfiles: Sequence[ChangedLockfile],
) -> tuple[WantedRequirement, ...]:
    """The requirements with the bounds that the locked versions give."""
    holders = {change.text: change.holder for change in plan.changes}
    final = []
    for one in wanted:
        version = versions_of(lockfiles, holders[one.text].resolves, one.name)[1] if one.text in operators else ""
        text = with_bound(one.text, operators[one.text], version) if version else one.text
        final.append(dataclasses.replace(one, text=text))
    return tuple(final)
