"""The backend `devflow.link`."""

from __future__ import annotations

from pants.backend.python.goals import package_dists

from devflow import engine
from devflow.engine import Rules, rules_once
from devflow.engine import python as engine_python
from devflow.engine.operands import take_operands
from devflow.engine.targets import package_rules
from devflow.link import goal, inspect, metadata


@rules_once
def core_rules() -> Rules:
    """The goal, with distributions that nothing builds."""
    take_operands()
    return [
        *engine.rules(),
        *engine_python.rules(),
        *package_rules(),
        *inspect.rules(),
        *metadata.rules(),
        *goal.rules(),
    ]


@rules_once
def rules() -> Rules:
    """The goal, and what builds distributions."""
    return [*core_rules(), *package_dists.rules()]
