"""The union by which a backend exports its resolves. Freshness, parallel builds, swap and report come with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pants.core.goals.export import ExportResult
from pants.engine.engine_aware import EngineAwareParameter
from pants.engine.environment import EnvironmentName
from pants.engine.rules import collect_rules, rule
from pants.engine.unions import union

from devflow.common.errors import Problem
from devflow.engine.generation import HAS_GET, Get, Rules, implicitly
from devflow.export_all_resolves.plan import ExportInput
from devflow.export_all_resolves.staging.build import Seed


@union(in_scope_types=[EnvironmentName])
@dataclass(frozen=True)
class ResolveExporter(EngineAwareParameter):
    """A backend's offer to export one resolve. Members give two rules: a fingerprint, which is cheap, and an export.

    The names come from Pants' own union `KnownUserResolveNamesRequest`; every member is asked about every name.

        class NodeResolveExporter(ResolveExporter):
            export_root = "node/modules"

        @rule
        async def node_fingerprint(request: NodeResolveExporter, node: NodeSetup) -> MaybeResolveFingerprint:
            if request.resolve not in node.resolves:
                return MaybeResolveFingerprint(None)
            reldir = f"node/modules/{request.resolve}/{node.version}"
            return MaybeResolveFingerprint(ResolveFingerprint(reldir, inputs=(...)))

        @rule
        async def node_export(request: NodeResolveExporter) -> StagedExport: ...

        def rules():
            return [*collect_rules(), UnionRule(ResolveExporter, NodeResolveExporter)]
    """

    resolve: str

    # Below `dist/export`; an export is a directory `<export_root>/<resolve>/<version>`. `--prune` looks nowhere else.
    export_root: ClassVar[str]

    def debug_hint(self) -> str:
        """Shown by the engine beside the rule."""
        return self.resolve


@dataclass(frozen=True)
class ResolveFingerprint:
    """Where an export goes, and everything that decides what is in it: one changed input makes it stale.

    `anchors` are files of the export whose size and time, and `listings` globs of directories whose entries, must stay
    for the export to count as whole. `tools` are the tools that are installed from the resolve. With a `problem`, the
    resolve cannot be exported, and the rest does not matter.
    """

    reldir: str  # below `dist/export`
    inputs: tuple[ExportInput, ...] = ()
    anchors: tuple[str, ...] = ()
    listings: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    problem: Problem | None = None


@dataclass(frozen=True)
class MaybeResolveFingerprint:
    """None: not a resolve of this backend."""

    fingerprint: ResolveFingerprint | None


@dataclass(frozen=True)
class StagedExport:
    """What stock `export` would write and run.

    It is run elsewhere first, so its commands must name the place as "{digest_root}", and only files at its top and in
    `bin` may hold that path afterwards.
    """

    result: ExportResult
    seed: Seed | None = None


if not HAS_GET:

    @rule(polymorphic=True)
    async def fingerprint_any_resolve(
        exporter: ResolveExporter, environment: EnvironmentName
    ) -> MaybeResolveFingerprint:
        """The engine calls the rule of the member instead."""
        raise NotImplementedError

    @rule(polymorphic=True)
    async def stage_any_resolve(exporter: ResolveExporter, environment: EnvironmentName) -> StagedExport:
        """The engine calls the rule of the member instead."""
        raise NotImplementedError


async def fingerprint_resolve(exporter: ResolveExporter) -> MaybeResolveFingerprint:
    """Ask a member whether the resolve is its own, and what its export is made from. Raises: what the member raises."""
    if HAS_GET:
        return await Get(MaybeResolveFingerprint, ResolveExporter, exporter)
    return await fingerprint_any_resolve(**implicitly({exporter: ResolveExporter}))  # type: ignore[no-any-return]


async def stage_resolve(exporter: ResolveExporter) -> StagedExport:
    """Ask the member whose resolve it is what to write and to run. Raises: what the member raises."""
    if HAS_GET:
        return await Get(StagedExport, ResolveExporter, exporter)
    return await stage_any_resolve(**implicitly({exporter: ResolveExporter}))  # type: ignore[no-any-return]


def rules() -> Rules:
    """The dispatch to members."""
    return collect_rules()
