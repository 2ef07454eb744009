"""Dispatch for Pants with `Get`."""

from __future__ import annotations

from pants.engine.internals.selectors import Get

from devflow.engine._rules import Rules
from engine.greeting.contract import Greeting, GreetingRequest

__all__ = ["greet", "rules"]


def rules() -> Rules:
    """Register nothing: the input type of the `Get` is enough."""
    return []


async def greet(request: GreetingRequest) -> Greeting:
    """Ask the member whose request this is."""
    return await Get(Greeting, GreetingRequest, request)
