"""The backend `devflow.ide_config`."""

from __future__ import annotations

from devflow.engine import Rules
from devflow.export_all_resolves import register as export_all_resolves
from devflow.ide_config import goal
from devflow.ide_config import rules as ide_rules
from devflow.ide_config.editors import members


def rules() -> Rules:
    """The goal, its rules and its editors; and `export-all-resolves`, because settings lead into the exports."""
    return [
        *export_all_resolves.rules(),
        *ide_rules.rules(),
        *members.rules(),
        *goal.rules(),
    ]
