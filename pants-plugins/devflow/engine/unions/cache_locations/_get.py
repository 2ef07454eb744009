"""Dispatch for Pants with `Get`."""

from __future__ import annotations

from pants.engine.internals.selectors import Get

from devflow.engine._rules import Rules
from devflow.reset_cache.members import CacheLocations, CacheLocationsRequest

__all__ = ["locations_of_member", "rules"]


def rules() -> Rules:
    """Nothing: the input type of the `Get` is enough."""
    return []


async def locations_of_member(request: CacheLocationsRequest) -> CacheLocations:
    """Ask a member where it keeps things. Raises: what the member raises."""
    return await Get(CacheLocations, CacheLocationsRequest, request)
