"""The calls for Pants without `Get`."""

from __future__ import annotations

from collections.abc import Iterable

from pants.engine.rules import concurrently, implicitly

from devflow.reset_cache.rules import AskedMember, AskMemberRequest, ask_member

__all__ = ["ask_members"]


async def ask_members(requests: Iterable[AskMemberRequest]) -> tuple[AskedMember, ...]:
    """Ask each member where it keeps things; results in order, failures as data."""
    return await concurrently(ask_member(request, **implicitly()) for request in requests)
