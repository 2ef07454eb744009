"""Decides which distribution owns a target, as `package` does. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from devflow.common.errors import Problem
from devflow.common.paths import is_inside, shown


@dataclass(frozen=True)
class OwnerCandidate:
    """A `python_distribution`: its address, its directory, and the addresses of all that it depends on."""

    address: str
    directory: str
    closure: frozenset[str]


def is_above(directory: str, other: str) -> bool:
    """Whether a directory equals another one or is above it; both relative to the build root, which is ""."""
    return not directory or is_inside(other, directory)


def owner_of(address: str, directory: str, candidates: Collection[OwnerCandidate]) -> OwnerCandidate | Problem:
    """The nearest distribution in or above the directory of a target that depends on it.

    Source: `get_exporting_owner` of Pants 2.17 to 2.33.
    """
    owning = [one for one in candidates if address in one.closure and is_above(one.directory, directory)]
    if not owning:
        return Problem(
            f"No python_distribution owns {shown(address)}: none in or above its directory depends on it.",
            fix=f"add one that depends on it to {shown(directory or '.')}/BUILD, or remove the dependency on it",
        )
    depth = max(len(one.directory) for one in owning)
    [owner, *others] = sorted((one for one in owning if len(one.directory) == depth), key=lambda one: one.address)
    if others:
        names = ", ".join(shown(one.address) for one in (owner, *others))
        return Problem(
            f"{shown(address)} has several owners in one directory: {names}.",
            fix="let only one of them depend on it, or move one to another directory",
        )
    return owner


def of_a_platform(dist: str, address: str, resources: Collection[str], excluded: Sequence[str]) -> Problem | None:
    """The problem of a distribution that depends on a file of one platform, which no distribution may contain.

    None unless the address is among `resources`, which only the wheels of platforms have. `excluded`: what the
    distribution has to exclude.
    """
    if address not in resources:
        return None
    directory, _, name = dist.rpartition(":")
    where = shown(directory.strip("/") or "the build root")
    listed = ", ".join(f'"!!{shown(one)}"' for one in excluded)
    return Problem(
        f"{shown(dist)} depends on {shown(address)}, which only the wheels of a `platform_wheel` have.",
        fix=f"in the BUILD file in {where}, exclude it by the dependencies of {shown(name)}: {listed}",
    )
