"""All locations of a repository: Pants' own, and those of the members of `CacheLocationsRequest`."""

from __future__ import annotations

from pants.engine.unions import UnionMembership

from devflow.engine.unions.cache_locations import locations_of_members
from devflow.reset_cache.locations import Location, Settings, locations
from devflow.reset_cache.members import CacheLocationsRequest


async def all_locations(settings: Settings, union_membership: UnionMembership) -> tuple[Location, ...]:
    """Pants' own first, in the order in which they are removed."""
    requests = [member(settings.build_root) for member in union_membership.get(CacheLocationsRequest)]
    answers = await locations_of_members(requests)
    return (
        *locations(settings),
        *(
            location
            for request, answer in zip(requests, answers)
            for location in answer.locations
            if location.scope == request.scope
        ),
    )
