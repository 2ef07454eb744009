"""Dispatch for Pants without `Get`."""

from __future__ import annotations

from pants.engine.environment import EnvironmentName
from pants.engine.rules import implicitly, rule

from devflow.engine._rules import Rules
from engine.greeting.contract import Greeting, GreetingRequest

__all__ = ["greet", "rules"]


@rule(polymorphic=True)
async def greet_in_any_language(request: GreetingRequest, environment: EnvironmentName) -> Greeting:
    """Stand for the member's rule, which the engine calls in its place."""
    raise NotImplementedError


def rules() -> Rules:
    """Register the base rule."""
    return [greet_in_any_language]


async def greet(request: GreetingRequest) -> Greeting:
    """Ask the member whose request this is."""
    # Not as a positional argument: that would call the base rule itself.
    return await greet_in_any_language(**implicitly({request: GreetingRequest}))
