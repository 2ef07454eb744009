"""The calls for Pants without `Get`."""

from __future__ import annotations

from pants.engine.rules import implicitly

from devflow.release.towncrier.rules import Towncrier, TowncrierResult, run_towncrier

__all__ = ["towncrier_result"]


async def towncrier_result(request: Towncrier) -> TowncrierResult:
    """Run towncrier on files in a sandbox; its failure is data."""
    return await run_towncrier(request, **implicitly())
