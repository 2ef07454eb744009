"""The backend `devflow.backport`."""

from __future__ import annotations

from devflow import engine
from devflow.backport import goal
from devflow.engine import Rules, rules_once
from devflow.engine.operands import take_operands


@rules_once
def rules() -> Rules:
    """The goal; the commits are its operands."""
    take_operands()
    return [*engine.rules(), *goal.rules()]
