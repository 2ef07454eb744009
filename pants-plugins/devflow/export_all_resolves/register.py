"""The backend `devflow.export_all_resolves`."""

from __future__ import annotations

from devflow import engine
from devflow.engine import Rules
from devflow.engine import python as engine_python
from devflow.export_all_resolves import goal, python_exporter
from devflow.export_all_resolves import rules as resolve_rules


def rules() -> Rules:
    """The goal, its rules, and Python's membership."""
    return [
        *engine.rules(),
        *engine_python.rules(),
        *resolve_rules.rules(),
        *python_exporter.rules(),
        *goal.rules(),
    ]
