"""Dispatch for Pants without `Get`."""

from __future__ import annotations

from collections.abc import Iterable

from pants.engine.environment import EnvironmentName
from pants.engine.rules import concurrently, implicitly, rule

from devflow.engine._rules import Rules
from devflow.reset_cache.members import CacheLocations, CacheLocationsRequest

__all__ = ["locations_of_members", "rules"]


@rule(polymorphic=True)
async def locations_of_any_member(request: CacheLocationsRequest, environment: EnvironmentName) -> CacheLocations:
    """The base rule, in whose place the engine calls the member's."""
    raise NotImplementedError


def rules() -> Rules:
    """The base rule."""
    return [locations_of_any_member]


async def locations_of_members(requests: Iterable[CacheLocationsRequest]) -> tuple[CacheLocations, ...]:
    """Ask each member where it keeps things; answers in order."""
    # Not as a positional argument: that would call the base rule itself.
    return await concurrently(
        locations_of_any_member(**implicitly({request: CacheLocationsRequest})) for request in requests
    )
