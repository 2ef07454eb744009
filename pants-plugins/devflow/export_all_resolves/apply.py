"""Carries out a plan: the only part of the goal that changes anything in `dist`."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from shlex import quote

from pants.engine.target import RegisteredTargetTypes
from pants.option.global_options import GlobalOptions
from pants.util.docutil import bin_name

from devflow.common.errors import Problem, UserError
from devflow.common.files import LockHeldError, exclusive_lock
from devflow.export_all_resolves.inventory import Place, abandoned
from devflow.export_all_resolves.languages import python_is_enabled
from devflow.export_all_resolves.plan import Mode, Outcome, Plan, ResolveNames
from devflow.export_all_resolves.rules import BuildExportRequest, DescribedResolve, build_exports
from devflow.export_all_resolves.staging import marker
from devflow.export_all_resolves.staging.trees import discard, remove

_LOCK = "export-all-resolves.lock"


def refuse_remote_execution(global_options: GlobalOptions, command: str) -> None:
    """Raises: UserError if it is on: an export is made on this machine."""
    if global_options.remote_execution:
        raise UserError(
            "Remote execution is on, and an export is made on this machine.",
            fix=f"{bin_name()} --no-remote-execution {command}",
        )


def refuse_without_backend(names: ResolveNames, target_types: RegisteredTargetTypes) -> None:
    """Raises: UserError if nobody declares a resolve because Python's backend, whose resolves they are, is not on."""
    if not names.declared and not python_is_enabled(target_types):
        raise UserError(
            "No backend that is enabled declares a resolve: pants.backend.python is not among them.",
            fix='put backend_packages.add = ["pants.backend.python"] into [GLOBAL] of pants.toml',
        )


async def carry_out(plan: Plan, described: Iterable[DescribedResolve], place: Place) -> Outcome:
    """Build, prune, and remove what killed runs left. One that fails does not stop the others."""
    failed = _each(abandoned(plan, place), _clear, place)
    rebuilds = {item.resolve for item in plan.rebuilds}
    requests = [
        BuildExportRequest(resolve.exporter(resolve.resolve), resolve.fingerprint)
        for resolve in described
        if resolve.resolve in rebuilds and resolve.exporter and resolve.fingerprint
    ]
    built = await build_exports(requests)
    for request, export in zip(requests, built):
        if export.problem:
            failed[request.exporter.resolve] = export.problem
    # The old export of a resolve whose new one failed is the one that works.
    needed = {os.path.dirname(item.wanted.path) for item in plan.rebuilds if item.resolve in failed}
    surplus = [path for path in plan.surplus if os.path.dirname(path) not in needed]
    failed.update(_each((place.absolute(path) for path in surplus), _prune, place))
    return Outcome(plan, Mode.EXPORT, failed, tuple(path for path in surplus if path not in failed))


async def carry_out_alone(
    plan_now: Callable[[], Plan],
    described: Iterable[DescribedResolve],
    place: Place,
    global_options: GlobalOptions,
    say: Callable[[str], None],
) -> Outcome:
    """As `carry_out`, once no other run exports in this repository. Raises: UserError if that does not come to be."""
    try:
        with exclusive_lock(
            Path(global_options.pants_workdir, _LOCK),
            timeout_s=global_options.pantsd_timeout_when_multiple_invocations,
            on_wait=lambda holder: say(f"Waiting for process {holder}, which exports here, too."),
        ):
            return await carry_out(plan_now(), described, place)
    except LockHeldError as held:
        raise UserError(
            f"Process {held.holder} has been exporting in this repository all the time.",
            fix="wait for it to end; to wait longer, raise [GLOBAL].pantsd_timeout_when_multiple_invocations",
        ) from None


def _clear(leftover: str) -> None:
    """Remove what a killed run left. Its last build may still be at it, and then removes it, too."""
    try:
        discard(leftover)
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.ENOTEMPTY):
            raise


def _prune(export: str) -> None:
    if os.path.islink(export):
        remove(marker.marker_path(export))
    discard(export)
    with suppress(OSError):  # not empty: there are other exports of this resolve, or somebody's own files
        os.rmdir(os.path.dirname(export))


def _each(paths: Iterable[str], do: Callable[[str], None], place: Place) -> dict[str, Problem]:
    """Do it to each path, even if it fails for another."""
    failed = {}
    for path in paths:
        try:
            do(path)
        except OSError as error:
            shown = os.path.relpath(path, place.build_root)
            failed[shown] = Problem(f"{shown} cannot be removed: {error.strerror}.", fix=f"sudo rm -rf {quote(shown)}")
    return failed
