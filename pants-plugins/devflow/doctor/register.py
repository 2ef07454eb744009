"""The backend `devflow.doctor`."""

from __future__ import annotations

from devflow.doctor import goal
from devflow.engine import Rules
from devflow.export_all_resolves.register import inspection_rules


def rules() -> Rules:
    """The goal."""
    return [*inspection_rules(), *goal.rules()]
