"""The backend `devflow.reset_cache`."""

from __future__ import annotations

from pants.engine.rules import collect_rules, rule

from devflow import engine
from devflow.engine import Rules, rules_once
from devflow.reset_cache import goal, status_goal
from devflow.reset_cache.inspect import Machine
from devflow.reset_cache.locations import all as all_locations
from devflow.reset_cache.locations import builtin_members


@rule
async def this_machine() -> Machine:
    """The functions that read this machine. They may be memoised; what they read may not."""
    return Machine()


@rules_once
def rules() -> Rules:
    """The two goals, the machine that they read, and this project's own members of the union of cache locations."""
    return [
        *engine.rules(),
        *all_locations.rules(),
        *builtin_members.rules(),
        *goal.rules(),
        *status_goal.rules(),
        *collect_rules(),
    ]
