"""The backend `devflow.merge_lockfiles`."""

from __future__ import annotations

from devflow import engine
from devflow.engine import Rules, rules_once
from devflow.engine import python as engine_python
from devflow.locking import pinned, sources
from devflow.merge_lockfiles import goal


@rules_once
def core_rules() -> Rules:
    """The goal and its rules."""
    return [*engine.rules(), *pinned.rules(), *sources.rules(), *goal.rules()]


@rules_once
def rules() -> Rules:
    """The goal, its rules, and the rules of Pants that they need."""
    return [*core_rules(), *engine_python.rules()]
