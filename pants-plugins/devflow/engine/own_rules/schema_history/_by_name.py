"""The calls for Pants without `Get`."""

from __future__ import annotations

from collections.abc import Iterable

from pants.engine.rules import concurrently, implicitly

from devflow.schema_history.rules import ReadTree, ReadTreeRequest, read_tree

__all__ = ["read_trees"]


async def read_trees(requests: Iterable[ReadTreeRequest]) -> tuple[ReadTree, ...]:
    """Read them side by side; results in order, failures as data."""
    return await concurrently(read_tree(request, **implicitly()) for request in requests)
