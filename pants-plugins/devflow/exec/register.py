"""The backend `devflow.exec`."""

from __future__ import annotations

from devflow.engine import Rules, rules_once
from devflow.engine import python as engine_python
from devflow.exec import files_goal, goal
from devflow.export_all_resolves import register as export_all_resolves
from devflow.ide_config import service as source_roots
from devflow.plugin_checkouts import register as plugin_checkouts


@rules_once
def core_rules() -> Rules:
    """Both goals, with exports that no member makes."""
    return [
        *export_all_resolves.core_rules(),
        *engine_python.rules(),
        *source_roots.rules(),
        *plugin_checkouts.core_rules(),
        *goal.rules(),
        *files_goal.rules(),
    ]


@rules_once
def rules() -> Rules:
    """Both goals, and the goal `export-all-resolves`, because commands run with exports."""
    return [*export_all_resolves.rules(), *core_rules()]
