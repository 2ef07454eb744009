"""Dispatch for Pants with `Get`."""

from __future__ import annotations

from collections.abc import Iterable

from pants.engine.internals.selectors import Get, MultiGet

from devflow.engine._rules import Rules
from devflow.reset_cache.members import CacheLocations, CacheLocationsRequest

__all__ = ["locations_of_members", "rules"]


def rules() -> Rules:
    """Nothing: the input type of the `Get` is enough."""
    return []


async def locations_of_members(requests: Iterable[CacheLocationsRequest]) -> tuple[CacheLocations, ...]:
    """Ask each member where it keeps things; answers in order."""
    return await MultiGet(Get(CacheLocations, CacheLocationsRequest, request) for request in requests)
