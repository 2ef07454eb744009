"""The calls for Pants with `Get`."""

from __future__ import annotations

from collections.abc import Iterable

from pants.engine.internals.selectors import Get, MultiGet

from devflow.schema_history.rules import ReadTree, ReadTreeRequest

__all__ = ["read_trees"]


async def read_trees(requests: Iterable[ReadTreeRequest]) -> tuple[ReadTree, ...]:
    """Read them side by side; results in order, failures as data."""
    return await MultiGet(Get(ReadTree, ReadTreeRequest, request) for request in requests)
