"""The backend `devflow.export_all_resolves`."""

from __future__ import annotations

from devflow import engine
from devflow.engine import Rules, rules_once
from devflow.engine import python as engine_python
from devflow.export_all_resolves import build_export, contract, goal, inspect
from devflow.export_all_resolves.members import binaries, python


@rules_once
def inspection_rules() -> Rules:
    """What a goal of another slice needs to look at exports, without the goal that makes them."""
    return [*engine.rules(), *contract.rules(), *inspect.rules()]


@rules_once
def core_rules() -> Rules:
    """The goal and its rules, without any member."""
    return [*inspection_rules(), *build_export.rules(), *goal.rules()]


@rules_once
def rules() -> Rules:
    """The goal, its rules, and the members for Python and for single programs."""
    return [*core_rules(), *engine_python.rules(), *python.rules(), *binaries.rules()]
