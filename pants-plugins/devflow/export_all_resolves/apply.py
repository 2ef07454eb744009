"""Carries out a plan: builds exports by processes beside each other, and removes files in `dist`."""

from __future__ import annotations

import dataclasses
import errno
import json
import logging
import os
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pants.base.build_root import BuildRoot
from pants.core.goals.export import ExportResult
from pants.engine.engine_aware import EngineAwareParameter
from pants.engine.env_vars import CompleteEnvironmentVars
from pants.engine.fs import CreateDigest, FileContent
from pants.engine.internals.session import SessionValues
from pants.engine.process import Process, ProcessCacheScope, ProcessExecutionEnvironment
from pants.engine.rules import collect_rules, rule
from pants.option.global_options import GlobalOptions, KeepSandboxes
from pants.util.logging import LogLevel

from devflow.common.errors import Problem, UserError, as_problem, disk_full_fix, tail
from devflow.common.files import LockHeldError, exclusive_lock
from devflow.common.members import failure_of
from devflow.common.paths import display_path, is_inside
from devflow.engine import Rules, create_digest, merge_digests, on_this_machine, run_id, try_process_in
from devflow.engine.generation import HAS_GET, Get, MultiGet, by_name, concurrently, implicitly
from devflow.export_all_resolves.contract import (
    DescribedResolve,
    ResolveExporter,
    ResolveFingerprint,
    retry_command,
    stage_resolve,
)
from devflow.export_all_resolves.facts import ExportTree
from devflow.export_all_resolves.guarded import guard_of, guarded_item, guarded_surplus, removal_problem
from devflow.export_all_resolves.inspect import abandoned, links_into
from devflow.export_all_resolves.plan import ExportMode, ExportOutcome, ExportPlan, PlannedExport
from devflow.export_all_resolves.sandbox import STAGING, compiled_staging_files
from devflow.export_all_resolves.staging import marker
from devflow.export_all_resolves.staging.build import CANNOT_ASSEMBLE, OWN_DIR, Command, Seed, Spec
from devflow.export_all_resolves.staging.trees import discard

logger = logging.getLogger(__name__)

_LOCK = "export-all-resolves.lock"


@dataclass(frozen=True)
class BuildExportRequest(EngineAwareParameter):
    """Build one export and swap it in, unless the guard refuses. `path` is relative to the build root."""

    exporter: ResolveExporter
    fingerprint: ResolveFingerprint
    path: str
    links: tuple[tuple[str, str], ...]
    trash: str
    guarded: Future[PlannedExport]

    def debug_hint(self) -> str:
        """Shown by the engine beside the rule."""
        return self.exporter.resolve


@dataclass(frozen=True)
class BuiltExport:
    """The result of a build; without a problem, the export is in its place."""

    problem: Problem | None


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
) -> _Attempt:
    doing = f"exporting {exporter.resolve}"
    try:
        staged = await stage_resolve(exporter)
    except Exception as error:
        return _Attempt(failure_of(type(exporter), error, doing=doing, fix=retry_command(exporter.resolve)))
    try:
        refused = request.guarded.result().error
        if refused:
            return _Attempt(refused)
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
        )
        own_files = await create_digest(CreateDigest([*compiled_staging_files(), _spec_file(spec)]))
        digest = await merge_digests([staged.result.digest, own_files])
        process = Process(
            argv=(sys.executable, "-s", "-B", "-m", STAGING),
            env={"PYTHONPATH": OWN_DIR},
            input_digest=digest,
            # It writes outside of its sandbox: it must run again in each run that asks for it.
            cache_scope=ProcessCacheScope.PER_SESSION,
            description=f"Export resolve {exporter.resolve}",
            level=LogLevel.INFO,
        )
        done = await try_process_in(here, process)
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
) -> BuiltExport:
    """Run the commands of the backend's stock export in a process of the engine (docs/adr/0003, 0014)."""
    resolve = request.exporter.resolve
    await run_id()  # a failure is not memoised beyond the run
    here = on_this_machine(environment, keep_sandboxes)
    # With remote execution on, what Pants calls the environment variables are those of the cluster.
    path = session[CompleteEnvironmentVars].get("PATH", "")
    attempt = await _attempt(request.exporter, request, build_root, here, path)
    reason = attempt.not_assembled
    if attempt.exit_code == CANNOT_ASSEMBLE:
        reason = attempt.message.strip()
        whole = dataclasses.replace(request.exporter, builtin_only=True)
        attempt = await _attempt(whole, request, build_root, here, path)
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
    return seed and dataclasses.replace(seed, command=Command(seed.command.argv, {"PATH": path, **seed.command.env}))


def _spec_file(spec: Spec) -> FileContent:
    return FileContent(f"{OWN_DIR}/spec.json", json.dumps(dataclasses.asdict(spec), sort_keys=True).encode())


async def carry_out(plan: ExportPlan, described: Iterable[DescribedResolve], tree: ExportTree) -> ExportOutcome:
    """Build, prune, and remove what killed runs left. A failure of one does not stop the others."""
    guard = guard_of(tree)
    plan = guarded_surplus(plan, tree, guard)
    failed = {}
    for leftover in abandoned(plan.desired, tree):
        shown = os.path.relpath(leftover, tree.build_root)
        below = tree.workdir if is_inside(leftover, tree.trash) else tree.dist
        problem = removal_problem(shown, tree, guard, below=tree.absolute(below)) or _failing(_clear, leftover, shown)
        if problem:
            failed[shown] = problem
    desired = {item.resolve: item.desired for item in plan.rebuilds}
    # A thread looks at what is replaced, while the first steps of the builds run: nothing is replaced before it has.
    with ThreadPoolExecutor(max_workers=1) as looking:
        guarded = {item.resolve: looking.submit(guarded_item, item, tree, guard) for item in plan.rebuilds}
        requests = [
            BuildExportRequest(
                resolve.exporter(resolve.resolve),
                resolve.fingerprint,
                wanted.path,
                tuple(wanted.links.items()),
                tree.trash,
                guarded[resolve.resolve],
            )
            for resolve in described
            if resolve.exporter and resolve.fingerprint and (wanted := desired.get(resolve.resolve)) and wanted.path
        ]
        built = await build_exports(requests)
        plan = dataclasses.replace(
            plan, items=tuple(guarded[item.resolve].result() if item.rebuild else item for item in plan.items)
        )
    for request, export in zip(requests, built):
        if export.problem:
            failed[request.exporter.resolve] = export.problem
    # If the build of a resolve fails, its old exports are kept, because they work.
    kept = {wanted.home for resolve, wanted in desired.items() if resolve in failed}
    surplus = [path for path in plan.surplus if os.path.dirname(path) not in kept]
    for path in surplus:
        refusal = guard.refuses_now(tree.absolute(path))
        found = refusal.problem(path, fix="run the same command again") if refusal else None
        links = links_into(tree, path)
        problem = found or _failing(_prune, tree.absolute(path), path)
        for link in () if problem else links:
            problem = problem or _failing(os.unlink, link, os.path.relpath(link, tree.build_root))
        if problem:
            failed[path] = problem
    return ExportOutcome(plan, ExportMode.EXPORT, failed, tuple(path for path in surplus if path not in failed))


async def carry_out_alone(
    plan_now: Callable[[], ExportPlan],
    described: Iterable[DescribedResolve],
    tree: ExportTree,
    global_options: GlobalOptions,
    say: Callable[[str], None],
) -> ExportOutcome:
    """Run `carry_out` under the repository's export lock. Raises UserError if the lock is not acquired in time.

    `plan_now` is called under the lock, because a run that held it before may have made the exports.
    """
    try:
        with exclusive_lock(
            Path(global_options.pants_workdir, _LOCK),
            timeout_s=global_options.pantsd_timeout_when_multiple_invocations,
            on_wait=lambda holder: say(f"Waiting for process {holder}, which exports here, too."),
        ):
            return await carry_out(plan_now(), described, tree)
    except LockHeldError as held:
        raise UserError(
            f"Process {held.holder} still holds the export lock of this repository.",
            fix="wait for it to end; to wait longer, raise [GLOBAL].pantsd_timeout_when_multiple_invocations",
        ) from None


def _clear(leftover: str) -> None:
    """Remove a staging directory of a killed run. The build in it may still run; then it removes the directory, too."""
    try:
        discard(leftover)
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.ENOTEMPTY):
            raise


def _prune(export: str) -> None:
    if os.path.islink(export):
        os.unlink(export)
        with suppress(FileNotFoundError):
            os.unlink(marker.marker_path_beside(export))
    else:
        discard(export)
    with suppress(OSError):  # not empty: other exports of this resolve, or files of the user
        os.rmdir(os.path.dirname(export))


def _failing(do: Callable[[str], None], path: str, shown: str) -> Problem | None:
    """Call `do` for a path; the problem if it fails. What is left is looked at by the next run, with all guards."""
    try:
        do(path)
    except OSError as error:
        what = f"{display_path(shown)} cannot be removed: {error.strerror or error}."
        return Problem(what, fix="run the same command again, which removes the rest or says what keeps it")
    return None


def rules() -> Rules:
    """The rule that builds an export."""
    return collect_rules()
