"""The backend `devflow.schema_history`."""

from __future__ import annotations

from collections.abc import Iterable

from pants.engine.target import Target

from devflow import engine
from devflow.engine import Rules
from devflow.engine import python as engine_python
from devflow.schema_history import alembic_reader, django_reader, goal, tailor
from devflow.schema_history import rules as tree_rules
from devflow.schema_history.targets import AlembicMigrationsTarget, DjangoMigrationsTarget


def rules() -> Rules:
    """The goal, its rules, and the members."""
    return [
        *engine.rules(),
        *engine_python.rules(),
        *tree_rules.rules(),
        *alembic_reader.rules(),
        *django_reader.rules(),
        *tailor.rules(),
        *goal.rules(),
    ]


def target_types() -> Iterable[type[Target]]:
    """One for each tool."""
    return [AlembicMigrationsTarget, DjangoMigrationsTarget]
