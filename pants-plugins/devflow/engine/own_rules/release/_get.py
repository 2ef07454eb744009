"""The calls for Pants with `Get`."""

from __future__ import annotations

from pants.engine.internals.selectors import Get

from devflow.release.towncrier.rules import Towncrier, TowncrierResult

__all__ = ["towncrier_result"]


async def towncrier_result(request: Towncrier) -> TowncrierResult:
    """Run towncrier on files in a sandbox; its failure is data."""
    return await Get(TowncrierResult, Towncrier, request)
