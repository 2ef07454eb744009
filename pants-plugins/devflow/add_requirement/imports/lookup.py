"""The import names of the requirements that are added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from devflow.add_requirement.imports.distributions import DistributionRequest, read_distributions
from devflow.add_requirement.imports.mappings import has_entry_of
from devflow.add_requirement.imports.modules import ModuleNames
from devflow.add_requirement.outcome import ChangedLockfile, versions_of
from devflow.add_requirement.plan import RequirementChange
from devflow.common.errors import Problem
from devflow.engine.python.resolves import inferred_modules


async def modules_of(
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
        exact = f"{change.name}=={version}" if version else change.text.partition(";")[0].strip()
        requests.append(DistributionRequest(resolve, exact))
    found = await read_distributions(requests)
    known = {change.name: one.modules for change, one in zip(asked, found) if not one.problem}
    known.update({one.name: _as_names(one, said[one.name]) for one in added if one.name in said})
    pairs = tuple((change, known[change.name]) for change in added if change.name in known)
    return pairs, tuple(one.problem for one in found if one.problem)


def _as_names(change: RequirementChange, modules: tuple[str, ...]) -> ModuleNames:
    return ModuleNames((), modules) if inferred_modules(change.text)[1] else ModuleNames(modules)
