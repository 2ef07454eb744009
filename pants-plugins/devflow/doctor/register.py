"""The backend `devflow.doctor`."""

from __future__ import annotations

from devflow import engine
from devflow.doctor import goal
from devflow.engine import Rules


def rules() -> Rules:
    """The goal."""
    return [*engine.rules(), *goal.rules()]
