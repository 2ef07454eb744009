"""Dispatch for Pants with `Get`."""

from __future__ import annotations

from pants.engine.internals.selectors import Get

from devflow.engine._rules import Rules
from devflow.export_all_resolves.exporters import MaybeResolveFingerprint, ResolveExporter, StagedExport

__all__ = ["fingerprint_resolve", "rules", "stage_resolve"]


def rules() -> Rules:
    """Nothing: the input type of the `Get` is enough."""
    return []


async def fingerprint_resolve(exporter: ResolveExporter) -> MaybeResolveFingerprint:
    """Ask a member whether the resolve is its own, and what its export is made from."""
    return await Get(MaybeResolveFingerprint, ResolveExporter, exporter)


async def stage_resolve(exporter: ResolveExporter) -> StagedExport:
    """Ask the member whose resolve it is what to write and to run."""
    return await Get(StagedExport, ResolveExporter, exporter)
