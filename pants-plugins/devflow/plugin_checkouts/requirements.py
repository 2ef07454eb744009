"""Compares requirements of checkouts with an export, and with the versions of the repository's own distributions."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from pants.backend.python.target_types import PythonProvidesField
from pants.engine.target import Target

from devflow.engine.python.pex import distribution_arguments
from devflow.link.service import (
    all_distributions,
    excluding,
    installed_in,
    missing_requirements,
    required_names,
)
from devflow.locking.facts import canonical_name
from devflow.plugin_checkouts.facts import PluginCheckout


@dataclass(frozen=True)
class RequirementFindings:
    """Checkout → the requirements that the export lacks, and those that exclude the repository's own version.

    That version follows the requirement.
    """

    missing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    excluded: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)


async def _own_distributions() -> Mapping[str, Target]:
    """The distributions of the repository, by canonical name."""
    named = {
        str(target[PythonProvidesField].value.kwargs.get("name", "")): target for target in await all_distributions()
    }
    return {canonical_name(name): target for name, target in named.items()}


async def _own_versions(names: Collection[str], own: Mapping[str, Target]) -> Mapping[str, str]:
    """The versions of the named distributions, as `package` sets them; none for one whose plugin fails."""
    found = {}
    for name in sorted(own.keys() & set(names)):
        version = own[name][PythonProvidesField].value.kwargs.get("version")
        if version is None:
            try:
                arguments = await distribution_arguments(own[name])
            except Exception:  # `package` reports the error
                arguments = {}
            version = arguments.get("version")
        if version is not None:
            found[name] = str(version)
    return found


async def inspect_requirements(
    checkouts: Sequence[PluginCheckout], export: str, env: Mapping[str, str], *, make_again: str
) -> RequirementFindings:
    """Compare with the distributions of an export, whose path is absolute.

    Raises: UserError if its Python does not run, with the fix `make_again`.
    """
    there = installed_in(export, env, make_again=make_again)
    own = await _own_distributions()
    names = {canonical_name(one.project.name) for one in checkouts if one.project.name}
    required = [(one.name, one.project.requires) for one in checkouts]
    versions = await _own_versions(required_names(text for _, requires in required for text in requires), own)
    excluded = {
        checkout: tuple(
            (text, versions[next(iter(required_names([text])))])
            for text in excluding(requires, there.markers, versions)
        )
        for checkout, requires in required
    }
    missing = {checkout: missing_requirements(requires, there, {*names, *own}) for checkout, requires in required}
    return RequirementFindings(missing, excluded)


def has_python(export: str) -> bool:
    """Whether an export exists."""
    return os.path.isfile(os.path.join(export, "bin", "python"))
