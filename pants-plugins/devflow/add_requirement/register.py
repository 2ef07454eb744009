"""The backend `devflow.add_requirement`."""

from __future__ import annotations

from pants.backend.project_info import dependents

from devflow import engine
from devflow.add_requirement import goal, inspect
from devflow.add_requirement.imports import distributions
from devflow.engine import Rules, rules_once
from devflow.engine import python as engine_python
from devflow.engine.operands import take_operands
from devflow.export_all_resolves import register as export_all_resolves
from devflow.locking import pinned


@rules_once
def core_rules() -> Rules:
    """The goal and its rules, without members that build exports; the requirements are operands of the goal."""
    take_operands()
    return [
        *engine.rules(),
        *dependents.rules(),
        *pinned.rules(),
        *inspect.rules(),
        *distributions.rules(),
        *goal.rules(),
    ]


@rules_once
def rules() -> Rules:
    """The goal, its rules, the goal `export-all-resolves`, and the rules of Pants that both need."""
    return [*core_rules(), *export_all_resolves.rules(), *engine_python.rules()]
