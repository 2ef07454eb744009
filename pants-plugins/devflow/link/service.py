"""The interface of this slice for other slices: the requirements that a virtualenv lacks."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from devflow.link.facts import InstalledThere
from devflow.link.inspect import all_distributions
from devflow.link.requirements import check_requirements, excluding, parsed
from devflow.link.site_packages import distributions_in, owner_of
from devflow.link.virtualenv import installed_in
from devflow.locking.facts import canonical_name

__all__ = [
    "InstalledThere",
    "all_distributions",
    "distribution_of",
    "excluding",
    "installed_in",
    "missing_requirements",
    "required_names",
]


def missing_requirements(requires: Iterable[str], there: InstalledThere, own: Collection[str]) -> tuple[str, ...]:
    """The requirements that are not met, sorted. `own` are canonical names that count as present."""
    return check_requirements(requires, there.installed, there.markers, own=dict.fromkeys(own, ()), pins={}).missing


def distribution_of(file: str, site_packages: str) -> str | None:
    """The canonical name of the distribution that has installed a file of `site-packages`; None without one.

    Raises: OSError.
    """
    return owner_of(file, site_packages, dict(distributions_in(site_packages)))


def required_names(requires: Iterable[str]) -> frozenset[str]:
    """The canonical names of the required projects; invalid requirements are skipped."""
    return frozenset(canonical_name(one.name) for one in map(parsed, requires) if one)
