"""One resolve at a time: what its export should be, and the process that builds it.

A failure is data here, so that one resolve that fails does not stop the others.
"""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass

from pants.base.build_root import BuildRoot
from pants.core.goals.export import ExportResult
from pants.core.util_rules.distdir import DistDir
from pants.engine.engine_aware import EngineAwareParameter
from pants.engine.fs import CreateDigest, FileContent
from pants.engine.process import Process, ProcessCacheScope
from pants.engine.rules import collect_rules, rule
from pants.engine.unions import UnionMembership
from pants.util.docutil import bin_name
from pants.util.logging import LogLevel

from devflow.common.errors import Problem, as_problem, disk_full_fix, tail
from devflow.common.members import failure_of
from devflow.engine import Rules, create_digest, environment_vars, merge_digests, run_id, try_process
from devflow.engine.generation import HAS_GET, Get, MultiGet, concurrently, implicitly
from devflow.engine.sandbox_package import package_files
from devflow.export_all_resolves import exporters, languages
from devflow.export_all_resolves.exporters import (
    ResolveExporter,
    ResolveFingerprint,
    fingerprint_resolve,
    stage_resolve,
)
from devflow.export_all_resolves.staging.build import OWN_DIR, Command, Seed, Spec

_STAGING = "devflow.export_all_resolves.staging"
_MODULES = ("__main__", "build", "marker", "seed", "trees")


@dataclass(frozen=True)
class DescribeResolveRequest(EngineAwareParameter):
    """Ask all backends about a resolve."""

    resolve: str

    def debug_hint(self) -> str:
        """Shown by the engine beside the rule."""
        return self.resolve


@dataclass(frozen=True)
class BrokenExporter:
    """A member that raised instead of answering."""

    exporter: type[ResolveExporter]
    problem: Problem


@dataclass(frozen=True)
class DescribedResolve:
    """Who exports a resolve, and what its export is made from. Nobody: both are None.

    `broken` are the members that could not be asked, though another one has the resolve.
    """

    resolve: str
    exporter: type[ResolveExporter] | None
    fingerprint: ResolveFingerprint | None
    broken: tuple[BrokenExporter, ...] = ()


@rule(desc="Fingerprint a resolve", level=LogLevel.DEBUG)
async def describe_resolve(request: DescribeResolveRequest, union_membership: UnionMembership) -> DescribedResolve:
    """The first backend whose resolve it is; one that raises does not keep the others from being asked."""
    broken: list[BrokenExporter] = []
    for exporter in union_membership.get(ResolveExporter):
        try:
            maybe = await fingerprint_resolve(exporter(request.resolve))
        except Exception as error:
            # The engine forgets what a failed rule has looked at, so this result must not outlive the run: it would
            # stay when the lockfile is mended.
            await run_id()
            doing = f"reading what resolve {request.resolve} is made from"
            problem = failure_of(exporter, error, doing=doing, fix=retry(request.resolve))
            broken.append(BrokenExporter(exporter, problem))
            continue
        if maybe.fingerprint:
            return DescribedResolve(request.resolve, exporter, maybe.fingerprint, tuple(broken))
    if broken:
        # It may well be theirs.
        return DescribedResolve(request.resolve, broken[0].exporter, ResolveFingerprint("", problem=broken[0].problem))
    return DescribedResolve(request.resolve, None, None)


async def describe_resolves(requests: Iterable[DescribeResolveRequest]) -> tuple[DescribedResolve, ...]:
    """Ask the backends about each resolve, in parallel; results in order, failures as data."""
    if HAS_GET:
        return await MultiGet(Get(DescribedResolve, DescribeResolveRequest, request) for request in requests)
    return await concurrently(describe_resolve(request, **implicitly()) for request in requests)


def broken_exporters(described: Iterable[DescribedResolve]) -> tuple[Problem, ...]:
    """One problem for each member that failed at resolves of others, however many these are."""
    first: dict[type[ResolveExporter], Problem] = {}
    for one in described:
        for broken in one.broken:
            first.setdefault(broken.exporter, broken.problem)
    return tuple(first.values())


@dataclass(frozen=True)
class BuildExportRequest(EngineAwareParameter):
    """Build one export and swap it in."""

    exporter: ResolveExporter
    fingerprint: ResolveFingerprint

    def debug_hint(self) -> str:
        """Shown by the engine beside the rule."""
        return self.exporter.resolve


@dataclass(frozen=True)
class BuiltExport:
    """None: it is in its place."""

    problem: Problem | None


@rule(desc="Export a resolve", level=LogLevel.DEBUG)
async def build_export(request: BuildExportRequest, build_root: BuildRoot, dist_dir: DistDir) -> BuiltExport:
    """Run what the backend's stock export would run, in a process beside the others (docs/adr/0003)."""
    resolve = request.exporter.resolve
    doing = f"exporting {resolve}"
    await run_id()  # a failure is not for ever
    try:
        staged = await stage_resolve(request.exporter)
    except Exception as error:
        return BuiltExport(failure_of(type(request.exporter), error, doing=doing, fix=retry(resolve)))
    try:
        destination = os.path.join(build_root.path, dist_dir.relpath, "export", request.fingerprint.reldir)
        environment = await environment_vars(["PATH"])
        spec = Spec(
            destination=destination,
            commands=_commands(staged.result, environment.get("PATH", "")),
            seed=_seed(staged.seed, environment.get("PATH", "")),
            inputs={part.name: (part.value, part.shown) for part in request.fingerprint.inputs},
            anchors=request.fingerprint.anchors,
            listings=request.fingerprint.listings,
        )
        own_files = await create_digest(CreateDigest([*package_files(_STAGING, _MODULES, OWN_DIR), _spec_file(spec)]))
        digest = await merge_digests([staged.result.digest, own_files])
        process = Process(
            argv=(sys.executable, "-s", "-B", "-m", _STAGING),
            env={"PYTHONPATH": OWN_DIR},
            input_digest=digest,
            # It writes outside of its sandbox: it must run here, and again in each run that asks for it.
            cache_scope=ProcessCacheScope.PER_SESSION,
            description=f"Export resolve {resolve}",
            level=LogLevel.INFO,
        )
        done = await try_process(process)
    except Exception as error:
        return BuiltExport(as_problem(error, doing=doing, fix=retry(resolve)))
    if done.exit_code:
        message = done.stderr.decode(errors="replace")
        return BuiltExport(Problem(f"{doing} failed: {tail(message)}", disk_full_fix(message) or retry(resolve)))
    return BuiltExport(None)


async def build_exports(requests: Iterable[BuildExportRequest]) -> tuple[BuiltExport, ...]:
    """Build them side by side; results in order, failures as data."""
    if HAS_GET:
        return await MultiGet(Get(BuiltExport, BuildExportRequest, request) for request in requests)
    return await concurrently(build_export(request, **implicitly()) for request in requests)


def retry(resolve: str) -> str:
    """The command that tries one resolve again and says more."""
    return f"{bin_name()} -ldebug export-all-resolves --include={resolve}"


def _commands(result: ExportResult, path: str) -> list[Command]:
    return [Command(command.argv, {"PATH": path, **command.extra_env}) for command in result.post_processing_cmds]


def _seed(seed: Seed | None, path: str) -> Seed | None:
    return seed and dataclasses.replace(seed, command=Command(seed.command.argv, {"PATH": path, **seed.command.env}))


def _spec_file(spec: Spec) -> FileContent:
    return FileContent(f"{OWN_DIR}/spec.json", json.dumps(dataclasses.asdict(spec), sort_keys=True).encode())


def rules() -> Rules:
    """The rules of this module, and what they call."""
    return [*exporters.rules(), *languages.rules(), *collect_rules()]
