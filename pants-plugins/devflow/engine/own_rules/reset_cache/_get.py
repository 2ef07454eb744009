"""The calls for Pants with `Get`."""

from __future__ import annotations

from collections.abc import Iterable

from pants.engine.internals.selectors import Get, MultiGet

from devflow.reset_cache.rules import AskedMember, AskMemberRequest

__all__ = ["ask_members"]


async def ask_members(requests: Iterable[AskMemberRequest]) -> tuple[AskedMember, ...]:
    """Ask each member where it keeps things; results in order, failures as data."""
    return await MultiGet(Get(AskedMember, AskMemberRequest, request) for request in requests)
