"""Dispatch for Pants without `Get`."""

from __future__ import annotations

from pants.engine.environment import EnvironmentName
from pants.engine.rules import implicitly, rule

from devflow.engine._rules import Rules
from devflow.reset_cache.members import CacheLocations, CacheLocationsRequest

__all__ = ["locations_of_member", "rules"]


@rule(polymorphic=True)
async def locations_of_any_member(request: CacheLocationsRequest, environment: EnvironmentName) -> CacheLocations:
    """The base rule, in whose place the engine calls the member's."""
    raise NotImplementedError


def rules() -> Rules:
    """The base rule."""
    return [locations_of_any_member]


async def locations_of_member(request: CacheLocationsRequest) -> CacheLocations:
    """Ask a member where it keeps things. Raises: what the member raises."""
    # Not as a positional argument: that would call the base rule itself.
    return await locations_of_any_member(**implicitly({request: CacheLocationsRequest}))
