"""The backend `devflow.backport`."""

from __future__ import annotations

from devflow import engine
from devflow.backport import goal
from devflow.engine import Rules
from devflow.engine.operands import take_operands


def rules() -> Rules:
    """The goal; the commits are its operands."""
    take_operands()
    return [*engine.rules(), *goal.rules()]
