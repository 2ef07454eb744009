"""Dispatch for Pants with `Get`."""

from __future__ import annotations

from pants.engine.internals.selectors import Get

from devflow.engine._rules import Rules
from devflow.schema_history.history import SchemaHistory
from devflow.schema_history.readers import HistoryReader

__all__ = ["read_history", "rules"]


def rules() -> Rules:
    """Nothing: the input type of the `Get` is enough."""
    return []


async def read_history(reader: HistoryReader) -> SchemaHistory:
    """Ask the member for the history of its tree. Raises: what the member raises."""
    return await Get(SchemaHistory, HistoryReader, reader)
