"""Carries out a plan: builds exports by processes beside each other, and removes files in `dist`."""

from __future__ import annotations

import dataclasses
import errno
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from pants.option.global_options import GlobalOptions

from devflow.common.errors import Problem, UserError
from devflow.common.files import LockHeldError, exclusive_lock
from devflow.common.paths import display_path, is_inside
from devflow.common.removal.guard import Guard
from devflow.export_all_resolves.build_export import BuildExportRequest, build_exports
from devflow.export_all_resolves.contract import DescribedResolve
from devflow.export_all_resolves.facts import ExportTree
from devflow.export_all_resolves.guarded import guard_of, guarded_item, guarded_surplus, removal_problem
from devflow.export_all_resolves.inspect import abandoned, links_into
from devflow.export_all_resolves.plan import ExportMode, ExportOutcome, ExportPlan, PlannedExport
from devflow.export_all_resolves.staging import marker, verdict
from devflow.export_all_resolves.staging.trees import discard

_LOCK = "export-all-resolves.lock"


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
    # A thread looks at what is replaced, while the builds run: nothing is replaced before it has.
    with _in_trash(tree) as directory, ThreadPoolExecutor(max_workers=1) as looking:
        files = {item.resolve: os.path.join(directory, str(number)) for number, item in enumerate(plan.rebuilds)}
        for file in files.values():
            verdict.ask(file)
        guarded = {
            item.resolve: looking.submit(_guarded_item, item, tree, guard, files[item.resolve])
            for item in plan.rebuilds
        }
        requests = [
            BuildExportRequest(
                resolve.exporter(resolve.resolve),
                resolve.fingerprint,
                wanted.path,
                tuple(wanted.links.items()),
                tree.trash,
                guarded[resolve.resolve],
                files[resolve.resolve],
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


def _in_trash(tree: ExportTree) -> TemporaryDirectory[str]:
    """A directory that the next run removes if this one is killed."""
    if os.path.islink(tree.trash):  # what is behind a link is no trash
        return TemporaryDirectory(dir=tree.absolute(tree.workdir))
    os.makedirs(tree.trash, exist_ok=True)
    return TemporaryDirectory(dir=tree.trash)


def _guarded_item(item: PlannedExport, tree: ExportTree, guard: Guard, path: str) -> PlannedExport:
    """Look at what the item replaces, and tell its build."""
    may_be_replaced = False
    try:
        looked_at = guarded_item(item, tree, guard)
        may_be_replaced = looked_at.rebuild
        return looked_at
    finally:
        verdict.answer(path, may_be_replaced=may_be_replaced)


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
