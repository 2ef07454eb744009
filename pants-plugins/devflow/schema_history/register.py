"""The backend `devflow.schema_history`."""

from __future__ import annotations

from collections.abc import Iterable

from pants.engine.target import Target

from devflow import engine
from devflow.engine import Rules, rules_once
from devflow.engine import python as engine_python
from devflow.schema_history import contract, goal, tailor
from devflow.schema_history.members import alembic, django
from devflow.schema_history.targets import AlembicMigrationsTarget, DjangoMigrationsTarget


@rules_once
def rules() -> Rules:
    """The goal, its rules, and the members."""
    return [
        *engine.rules(),
        *engine_python.rules(),
        *contract.rules(),
        *alembic.rules(),
        *django.rules(),
        *tailor.rules(),
        *goal.rules(),
    ]


def target_types() -> Iterable[type[Target]]:
    """One target type for each tool."""
    return [AlembicMigrationsTarget, DjangoMigrationsTarget]
