"""Dispatch for Pants without `Get`."""

from __future__ import annotations

from pants.engine.environment import EnvironmentName
from pants.engine.rules import implicitly, rule

from devflow.engine._rules import Rules
from devflow.export_all_resolves.exporters import MaybeResolveFingerprint, ResolveExporter, StagedExport

__all__ = ["fingerprint_resolve", "rules", "stage_resolve"]


@rule(polymorphic=True)
async def fingerprint_any_resolve(exporter: ResolveExporter, environment: EnvironmentName) -> MaybeResolveFingerprint:
    """The base rule, in whose place the engine calls the member's."""
    raise NotImplementedError


@rule(polymorphic=True)
async def stage_any_resolve(exporter: ResolveExporter, environment: EnvironmentName) -> StagedExport:
    """The base rule, in whose place the engine calls the member's."""
    raise NotImplementedError


def rules() -> Rules:
    """The base rules."""
    return [fingerprint_any_resolve, stage_any_resolve]


async def fingerprint_resolve(exporter: ResolveExporter) -> MaybeResolveFingerprint:
    """Ask a member whether the resolve is its own, and what its export is made from."""
    # Not as a positional argument: that would call the base rule itself.
    return await fingerprint_any_resolve(**implicitly({exporter: ResolveExporter}))


async def stage_resolve(exporter: ResolveExporter) -> StagedExport:
    """Ask the member whose resolve it is what to write and to run."""
    return await stage_any_resolve(**implicitly({exporter: ResolveExporter}))
