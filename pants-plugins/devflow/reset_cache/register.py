"""The backend `devflow.reset_cache`."""

from __future__ import annotations

from devflow import engine
from devflow.engine import Rules
from devflow.reset_cache import goal, own_members, status_goal
from devflow.reset_cache import rules as member_rules


def rules() -> Rules:
    """The two goals, and this project's own members of the union of cache locations."""
    return [
        *engine.rules(),
        *member_rules.rules(),
        *own_members.rules(),
        *goal.rules(),
        *status_goal.rules(),
    ]
