"""Builds one export by a process of the engine, which swaps it in."""

from __future__ import annotations

import dataclasses
import json
import logging
import os
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass

from pants.base.build_root import BuildRoot
from pants.core.goals.export import ExportResult
from pants.engine.engine_aware import EngineAwareParameter
from pants.engine.env_vars import CompleteEnvironmentVars
from pants.engine.fs import CreateDigest, Digest, FileContent
from pants.engine.internals.session import SessionValues
from pants.engine.process import Process, ProcessCacheScope, ProcessExecutionEnvironment
from pants.engine.rules import collect_rules, rule
from pants.option.global_options import KeepSandboxes
from pants.util.logging import LogLevel

from devflow.common.errors import Problem, as_problem, disk_full_fix, tail
from devflow.common.members import failure_of
from devflow.engine import Rules, create_digest, merge_digests, on_this_machine, run_id, try_process_in
from devflow.engine.generation import HAS_GET, Get, MultiGet, by_name, concurrently, implicitly
from devflow.export_all_resolves.contract import (
    ResolveExporter,
    ResolveFingerprint,
    retry_command,
    stage_resolve,
)
from devflow.export_all_resolves.plan import PlannedExport
from devflow.export_all_resolves.sandbox import MAIN, compiled_staging_files
from devflow.export_all_resolves.staging.build import CANNOT_ASSEMBLE, CANNOT_FETCH, OWN_DIR, Command, Seed, Spec
from devflow.export_all_resolves.staging.start import FETCH, as_file

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class BuildExportRequest(EngineAwareParameter):
    """Build one export and swap it in, unless the guard refuses. `path` is relative to the build root.

    `verdict` is the path by which the build asks for the guard's verdict.
    """

    exporter: ResolveExporter
    fingerprint: ResolveFingerprint
    path: str
    links: tuple[tuple[str, str], ...]
    trash: str
    guarded: Future[PlannedExport]
    verdict: str

    def debug_hint(self) -> str:
        """Shown by the engine beside the rule."""
        return self.exporter.resolve


@dataclass(frozen=True)
class BuiltExport:
    """The result of a build; without a problem, the export is in its place."""

    problem: Problem | None


@dataclass(frozen=True)
class _StagingModules:
    digest: Digest


@rule
async def _compile_staging_modules() -> _StagingModules:
    """A rule of its own: to look up what these contents are takes 10 ms, each time."""
    return _StagingModules(await create_digest(CreateDigest(compiled_staging_files())))


@dataclass(frozen=True)
class _Attempt:
    """A build that has ended, or the problem because of which it did not begin."""

    problem: Problem | None
    exit_code: int = 0
    message: str = ""
    not_assembled: str | None = None


async def _attempt(
    exporter: ResolveExporter,
    request: BuildExportRequest,
    build_root: BuildRoot,
    here: ProcessExecutionEnvironment,
    path: str,
    modules: _StagingModules,
) -> _Attempt:
    doing = f"exporting {exporter.resolve}"
    try:
        staged = await stage_resolve(exporter)
    except Exception as error:
        return _Attempt(failure_of(type(exporter), error, doing=doing, fix=retry_command(exporter.resolve)))
    try:
        spec = Spec(
            destination=os.path.join(build_root.path, request.path),
            commands=_commands(staged.result, path),
            seed=_seed(staged.seed, path),
            inputs={part.name: (part.value, part.shown) for part in request.fingerprint.inputs},
            anchors=request.fingerprint.anchors,
            listings=request.fingerprint.listings,
            assembly=staged.assembly,
            links=dict(request.links),
            trash=request.trash,
            verdict=request.verdict,
        )
        own_files = await create_digest(CreateDigest(_own_files(spec)))
        digest = await merge_digests([staged.result.digest, modules.digest, own_files])
        process = Process(
            argv=(sys.executable, "-s", "-S", "-B", f"{OWN_DIR}/{MAIN}c"),  # `site` when it is needed: required.py
            env={"PYTHONPATH": OWN_DIR},
            input_digest=digest,
            # It writes outside of its sandbox: it must run again in each run that asks for it.
            cache_scope=ProcessCacheScope.PER_SESSION,
            description=f"Export resolve {exporter.resolve}",
            level=LogLevel.INFO,
        )
        done = await try_process_in(here, process)
        refused = request.guarded.result().error
        if refused:
            return _Attempt(refused)
    except Exception as error:
        return _Attempt(as_problem(error, doing=doing, fix=retry_command(exporter.resolve)))
    return _Attempt(None, done.exit_code, done.stderr.decode(errors="replace"), staged.not_assembled)


@rule(desc="Export a resolve", level=LogLevel.DEBUG)
async def build_export(
    request: BuildExportRequest,
    build_root: BuildRoot,
    environment: ProcessExecutionEnvironment,
    keep_sandboxes: KeepSandboxes,
    session: SessionValues,
    modules: _StagingModules,
) -> BuiltExport:
    """Run the commands of the backend's stock export in a process of the engine (docs/adr/0003, 0014)."""
    resolve = request.exporter.resolve
    await run_id()  # a failure is not memoised beyond the run
    here = on_this_machine(environment, keep_sandboxes)
    # With remote execution on, what Pants calls the environment variables are those of the cluster.
    path = session[CompleteEnvironmentVars].get("PATH", "")
    exporter = request.exporter
    attempt = await _attempt(exporter, request, build_root, here, path, modules)
    if attempt.exit_code == CANNOT_FETCH:
        logger.debug(f"{resolve} is assembled with all wheels at hand, because {attempt.message.strip()}")
        exporter = dataclasses.replace(exporter, wheels_first=True)
        attempt = await _attempt(exporter, request, build_root, here, path, modules)
    reason = attempt.not_assembled
    if attempt.exit_code == CANNOT_ASSEMBLE:
        reason = attempt.message.strip()
        exporter = dataclasses.replace(exporter, builtin_only=True)
        attempt = await _attempt(exporter, request, build_root, here, path, modules)
    if attempt.problem:
        return BuiltExport(attempt.problem)
    if attempt.exit_code:
        fix = disk_full_fix(attempt.message) or retry_command(resolve)
        return BuiltExport(Problem(f"exporting {resolve} failed: {tail(attempt.message)}", fix))
    if reason:
        logger.info(f"{resolve} was installed as a whole, because {reason}.")
    return BuiltExport(None)


_build_export = by_name(build_export)


async def build_exports(requests: Iterable[BuildExportRequest]) -> tuple[BuiltExport, ...]:
    """Build exports in parallel; results in order, failures as data."""
    if HAS_GET:
        return await MultiGet(Get(BuiltExport, BuildExportRequest, request) for request in requests)
    return await concurrently(_build_export(request, **implicitly()) for request in requests)


def _commands(result: ExportResult, path: str) -> list[Command]:
    return [Command(command.argv, {"PATH": path, **command.extra_env}) for command in result.post_processing_cmds]


def _seed(seed: Seed | None, path: str) -> Seed | None:
    return seed and seed._replace(command=Command(seed.command.argv, {"PATH": path, **seed.command.env}))


def _own_files(spec: Spec) -> Iterator[FileContent]:
    yield FileContent(f"{OWN_DIR}/spec.json", json.dumps(spec, sort_keys=True).encode())
    fetch = spec.assembly and spec.assembly.sources.fetch
    if fetch:
        yield FileContent(FETCH, as_file(*fetch))


def rules() -> Rules:
    """The rule that builds an export."""
    return collect_rules()
