"""The backend `devflow_example`: one member of each union of devflow."""

from __future__ import annotations

from devflow_example import cache_location, editor, release_step, resolve_exporter, schema_history


def rules():
    """Those of every member."""
    return [
        *cache_location.rules(),
        *editor.rules(),
        *release_step.rules(),
        *resolve_exporter.rules(),
        *schema_history.rules(),
    ]


def target_types():
    """The target that declares a list of SQL files."""
    return [schema_history.SqlMigrationsTarget]
