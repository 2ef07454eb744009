"""The backend `devflow.plugin_checkouts`."""

from __future__ import annotations

from devflow.engine import Rules, rules_once
from devflow.engine import python as engine_python
from devflow.export_all_resolves import register as export_all_resolves
from devflow.plugin_checkouts import goal


@rules_once
def core_rules() -> Rules:
    """The goal, without members that build exports."""
    return [*export_all_resolves.core_rules(), *engine_python.rules(), *goal.rules()]


@rules_once
def rules() -> Rules:
    """The goal, and the goal `export-all-resolves`, because requirements are looked up in an export."""
    return [*export_all_resolves.rules(), *core_rules()]
