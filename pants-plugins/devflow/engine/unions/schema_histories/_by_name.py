"""Dispatch for Pants without `Get`."""

from __future__ import annotations

from pants.engine.environment import EnvironmentName
from pants.engine.rules import implicitly, rule

from devflow.engine._rules import Rules
from devflow.schema_history.history import SchemaHistory
from devflow.schema_history.readers import HistoryReader

__all__ = ["read_history", "rules"]


@rule(polymorphic=True)
async def read_any_history(reader: HistoryReader, environment: EnvironmentName) -> SchemaHistory:
    """The base rule, in whose place the engine calls the member's."""
    raise NotImplementedError


def rules() -> Rules:
    """The base rule."""
    return [read_any_history]


async def read_history(reader: HistoryReader) -> SchemaHistory:
    """Ask the member for the history of its tree. Raises: what the member raises."""
    # Not as a positional argument: that would call the base rule itself.
    return await read_any_history(**implicitly({reader: HistoryReader}))
