"""A union and its result: what a slice declares, and what members implement."""

from __future__ import annotations

from dataclasses import dataclass

from pants.engine.environment import EnvironmentName
from pants.engine.unions import union


@union(in_scope_types=[EnvironmentName])
@dataclass(frozen=True)
class GreetingRequest:
    """Greet somebody in a language of the member's."""

    name: str


@dataclass(frozen=True)
class Greeting:
    """What to say."""

    text: str
