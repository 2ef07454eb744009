"""The backend `devflow.doctor`."""

from __future__ import annotations

from devflow.doctor import goal
from devflow.engine import Rules, rules_once
from devflow.export_all_resolves.register import inspection_rules


@rules_once
def rules() -> Rules:
    """The goal."""
    return [*inspection_rules(), *goal.rules()]
