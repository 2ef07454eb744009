"""The union through which a backend exports its resolves.

This goal adds to each member: the comparison with the export on disk, parallel builds, the swap, and the report.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from pants.core.goals.export import ExportResult
from pants.engine.engine_aware import EngineAwareParameter
from pants.engine.environment import EnvironmentName
from pants.engine.platform import Platform
from pants.engine.process import ProcessExecutionEnvironment
from pants.engine.rules import collect_rules, rule
from pants.engine.unions import UnionMembership, union
from pants.util.docutil import bin_name
from pants.util.logging import LogLevel

from devflow.common.errors import Problem
from devflow.common.members import failure_of
from devflow.engine import run_id
from devflow.engine.generation import HAS_GET, Get, MultiGet, Rules, by_name, concurrently, implicitly
from devflow.export_all_resolves.cluster import other_platform
from devflow.export_all_resolves.facts import ExportInput, ExportTree
from devflow.export_all_resolves.staging.build import Seed
from devflow.export_all_resolves.staging.parts import Assembly


@union(in_scope_types=[EnvironmentName])
@dataclass(frozen=True)
class ResolveExporter(EngineAwareParameter):
    """One resolve that a backend exports. A member has two rules: a fingerprint, which is cheap, and an export.

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
    # The export is to be made without parts of others, because it could not be assembled from them.
    builtin_only: bool = False
    # What it lacks is to be there before it is assembled, because it could not be had meanwhile.
    wheels_first: bool = False

    # Below `dist/export`; an export is a directory `<export_root>/<resolve>/<version>`. `--prune` looks nowhere else.
    export_root: ClassVar[str]
    # If not, an export is a directory `<export_root>/<name>`.
    has_versions: ClassVar[bool] = True

    def debug_hint(self) -> str:
        """Shown by the engine beside the rule."""
        return self.resolve


@dataclass(frozen=True)
class ResolveFingerprint:
    """The path of an export, and every input that decides what is in it: one changed input makes the export stale.

    The export is intact as long as the size and time of each file in `anchors` and the entries of each directory that a
    glob in `listings` matches are unchanged. `tools` are the tools that are installed from the resolve. `programs` are
    linked into `dist/export/bin`: the name there, and the path in the export. With a `problem`, the resolve cannot be
    exported, and the other fields are ignored.
    """

    reldir: str | None  # below `dist/export`; None with a problem
    inputs: tuple[ExportInput, ...] = ()
    anchors: tuple[str, ...] = ()
    listings: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    problem: Problem | None = None
    programs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class MaybeResolveFingerprint:
    """None: not a resolve of this backend."""

    fingerprint: ResolveFingerprint | None


@dataclass(frozen=True)
class StagedExport:
    """The files that stock `export` would write, and the commands that it would run.

    They are run in a staging directory first: commands must name the export as "{digest_root}", and only files at its
    top and in `bin` may hold that path afterwards. With an `assembly`, the commands install only what the cache lacks;
    if it lacks nothing, there are none.
    """

    result: ExportResult
    seed: Seed | None = None
    assembly: Assembly | None = None
    not_assembled: str | None = None  # why there is no assembly, if the user may wonder; a clause


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


@dataclass(frozen=True)
class DescribeResolveRequest(EngineAwareParameter):
    """Ask all members about a resolve."""

    resolve: str

    def debug_hint(self) -> str:
        """Shown by the engine beside the rule."""
        return self.resolve


@dataclass(frozen=True)
class BrokenExporter:
    """A member that raised an error instead of answering."""

    exporter: type[ResolveExporter]
    problem: Problem


@dataclass(frozen=True)
class DescribedResolve:
    """The member that exports a resolve, and its answer; both are None if no member exports the resolve.

    `broken` are the members that failed, although another one exports the resolve.
    """

    resolve: str
    exporter: type[ResolveExporter] | None
    fingerprint: ResolveFingerprint | None
    broken: tuple[BrokenExporter, ...] = ()

    def path_in(self, tree: ExportTree) -> str | None:
        """The path of the export, relative to the build root; None for a resolve that cannot be exported."""
        reldir = self.fingerprint.reldir if self.fingerprint else None
        return os.path.join(tree.exports, reldir) if reldir else None

    def home_in(self, tree: ExportTree) -> str | None:
        """The directory that holds all exports of the resolve and no others, relative to the build root; or None."""
        path = self.path_in(tree)
        return os.path.dirname(path) if path and self.exporter and self.exporter.has_versions else path

    def links_in(self, tree: ExportTree) -> Mapping[str, str]:
        """Link → target of each program; absolute."""
        path = self.path_in(tree)
        if not path or not self.fingerprint:
            return {}
        directory = tree.absolute(tree.programs)
        return {
            os.path.join(directory, name): os.path.join(tree.absolute(path), program)
            for name, program in self.fingerprint.programs
        }


@rule(desc="Fingerprint a resolve", level=LogLevel.DEBUG)
async def describe_resolve(
    request: DescribeResolveRequest, union_membership: UnionMembership, environment: ProcessExecutionEnvironment
) -> DescribedResolve:
    """Ask each member until one answers; an error of one member is data, so that the others are asked, too."""
    broken: list[BrokenExporter] = []
    for exporter in union_membership.get(ResolveExporter):
        try:
            maybe = await fingerprint_resolve(exporter(request.resolve))
        except Exception as error:
            # The engine forgets what a failed rule has read. A memoised result would still be there when the cause of
            # the error is gone, so this one ends with the run.
            await run_id()
            doing = f"reading what resolve {request.resolve} is made from"
            problem = failure_of(exporter, error, doing=doing, fix=retry_command(request.resolve))
            broken.append(BrokenExporter(exporter, problem))
            continue
        if maybe.fingerprint:
            fingerprint = maybe.fingerprint
            unfit = environment.remote_execution and other_platform(
                environment.platform, Platform.create_for_localhost().value
            )
            if unfit:
                fingerprint = ResolveFingerprint(None, problem=unfit)
            return DescribedResolve(request.resolve, exporter, fingerprint, tuple(broken))
    if broken:
        # No other member exports the resolve, so it may be that of the broken one.
        return DescribedResolve(
            request.resolve, broken[0].exporter, ResolveFingerprint(None, problem=broken[0].problem)
        )
    return DescribedResolve(request.resolve, None, None)


_describe_resolve = by_name(describe_resolve)


async def describe_resolves(requests: Iterable[DescribeResolveRequest]) -> tuple[DescribedResolve, ...]:
    """Ask the members about each resolve, in parallel; results in order, failures as data."""
    if HAS_GET:
        return await MultiGet(Get(DescribedResolve, DescribeResolveRequest, request) for request in requests)
    return await concurrently(_describe_resolve(request, **implicitly()) for request in requests)


def broken_exporters(described: Iterable[DescribedResolve]) -> tuple[Problem, ...]:
    """One problem for each member that failed although another member exports the resolve."""
    first: dict[type[ResolveExporter], Problem] = {}
    for one in described:
        for broken in one.broken:
            first.setdefault(broken.exporter, broken.problem)
    return tuple(first.values())


def retry_command(resolve: str) -> str:
    """The command that exports one resolve and logs more."""
    return f"{bin_name()} -ldebug export-all-resolves --include={resolve}"


def rules() -> Rules:
    """The dispatch to members."""
    return collect_rules()
