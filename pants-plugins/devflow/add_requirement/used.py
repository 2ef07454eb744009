"""Which targets depend on a requirement that is to go."""

from __future__ import annotations

from collections.abc import Sequence

from pants.engine.addresses import Address

from devflow.add_requirement.facts import HolderKind
from devflow.add_requirement.plan import RequirementChange
from devflow.common.errors import Problem, as_problem
from devflow.engine.targets import direct_dependents
from devflow.locking.facts import canonical_name


async def needed_by(removed: Sequence[RequirementChange]) -> tuple[Problem, ...]:
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
        try:
            dependents = await direct_dependents(addresses)
        except Exception as error:
            fix = "correct that; or add --force, and it is not looked at"
            found.append(as_problem(error, doing=f"looking for what depends on {change.name}", fix=fix))
            continue
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
