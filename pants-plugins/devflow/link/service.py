"""The face of this slice for other slices: what a virtualenv lacks of some requirements."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from devflow.link.facts import InstalledThere
from devflow.link.requirements import check_requirements
from devflow.link.virtualenv import installed_in

__all__ = ["InstalledThere", "installed_in", "missing_requirements"]


def missing_requirements(requires: Iterable[str], there: InstalledThere, own: Collection[str]) -> tuple[str, ...]:
    """The requirements that are not met, sorted. `own` are canonical names that count as there."""
    return check_requirements(requires, there.installed, there.markers, own=own, pins={}).missing
