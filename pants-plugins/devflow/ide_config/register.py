"""The backend `devflow.ide_config`."""

from __future__ import annotations

from devflow import engine
from devflow.engine import Rules
from devflow.engine import python as engine_python
from devflow.engine.unions import editors, resolve_exporters
from devflow.export_all_resolves import python_exporter
from devflow.export_all_resolves import rules as resolve_rules
from devflow.ide_config import goal
from devflow.ide_config import rules as ide_rules
from devflow.ide_config.editors import members


def rules() -> Rules:
    """The goal, its rules, its editors, and what it shares with `export-all-resolves`."""
    return [
        *engine.rules(),
        *engine_python.rules(),
        *resolve_exporters.rules(),
        *resolve_rules.rules(),
        *python_exporter.rules(),
        *editors.rules(),
        *ide_rules.rules(),
        *members.rules(),
        *goal.rules(),
    ]
