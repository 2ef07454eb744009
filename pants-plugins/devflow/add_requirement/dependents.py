"""Finds the targets that depend on a requirement that is to be removed."""

from __future__ import annotations

from collections.abc import Sequence

from pants.engine.addresses import Address
from pants.util.docutil import bin_name

from devflow.add_requirement.plan import RequirementChange
from devflow.common.errors import Problem, as_problem
from devflow.common.options import command_line
from devflow.engine.targets import all_unexpanded_targets, direct_dependents
from devflow.locking.facts import canonical_name


def _is_of(address: Address, name: str) -> bool:
    return not address.is_generated_target or canonical_name(address.generated_name or "") == name


async def needed_by(removed: Sequence[RequirementChange]) -> tuple[Problem, ...]:
    """A problem for each removed requirement that a target depends on."""
    found = []
    for change in removed:
        holder = change.holder
        try:
            # All addresses of the target as the engine has them: it may be parametrized.
            addresses = [
                target.address
                for target in await all_unexpanded_targets()
                if (target.address.spec_path, target.address.target_name) == (holder.directory, holder.name)
                and _is_of(target.address, change.name)
            ]
            dependents = await direct_dependents(addresses)
        except Exception as error:
            look = command_line(bin_name(), "dependents", holder.address)
            fix = f"correct what this command reports: {look}; or add --force, which skips this check"
            found.append(as_problem(error, doing=f"looking for what depends on {change.name}", fix=fix))
            continue
        others = [one.spec for one in dependents if (one.spec_path, one.target_name) != (holder.directory, holder.name)]
        if others:
            more = f" and {len(others) - 3} more" if len(others) > 3 else ""
            found.append(
                Problem(
                    f"{change.name} is still used: {', '.join(sorted(others)[:3])}{more}.",
                    fix="remove the imports first, or add --force",
                )
            )
    return tuple(found)
