"""All locations of a repository: Pants' own, and those of the members of `CacheLocationsRequest`."""

from __future__ import annotations

from dataclasses import dataclass

from pants.engine.unions import UnionMembership

from devflow.common.errors import Problem
from devflow.reset_cache.locations import Location, Settings, locations
from devflow.reset_cache.members import CacheLocationsRequest
from devflow.reset_cache.rules import AskMemberRequest, ask_members


@dataclass(frozen=True)
class AllLocations:
    """Pants' own first, in the order in which they are removed; `problems` are of members that could not be asked."""

    locations: tuple[Location, ...]
    problems: tuple[Problem, ...]


async def all_locations(settings: Settings, union_membership: UnionMembership) -> AllLocations:
    """A member that fails does not keep the others out."""
    members = union_membership.get(CacheLocationsRequest)
    asked = await ask_members(AskMemberRequest(member(settings.build_root)) for member in members)
    return AllLocations(
        (*locations(settings), *(location for answer in asked for location in answer.locations)),
        tuple(answer.problem for answer in asked if answer.problem),
    )
