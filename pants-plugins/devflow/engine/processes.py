"""Processes in a sandbox, and the binaries to run."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from pants.core.util_rules.system_binaries import BinaryPathRequest, BinaryPaths
from pants.engine.platform import Platform
from pants.engine.process import (
    FallibleProcessResult,
    InteractiveProcess,
    InteractiveProcessResult,
    Process,
    ProcessExecutionEnvironment,
    ProcessResult,
)
from pants.option.global_options import KeepSandboxes

from devflow.common.errors import UserError
from devflow.engine.generation import HAS_GET, Get, MultiGet, concurrently, implicitly

if not HAS_GET:
    from pants.core.util_rules import system_binaries
    from pants.engine.intrinsics import execute_process  # type: ignore[import-not-found]
    from pants.engine.process import execute_process_or_raise  # type: ignore[attr-defined]

try:
    # Pants 2.22 to 2.29 have `Effect`, too, and warn of it.
    from pants.engine.intrinsics import run_interactive_process
except ImportError:
    from pants.engine.rules import Effect

    run_interactive_process = None


def on_this_machine(
    environment: ProcessExecutionEnvironment, keep_sandboxes: KeepSandboxes
) -> ProcessExecutionEnvironment:
    """The environment itself, but if its processes go to a cluster, one whose processes run on this machine."""
    if not environment.remote_execution:
        return environment
    settings: dict[str, Any] = {
        "environment_name": environment.name,
        "platform": Platform.create_for_localhost().value,
        "docker_image": None,
        "remote_execution": False,
        "remote_execution_extra_platform_properties": [],
    }
    # Pants 2.22 and 2.27 want one more each.
    more: tuple[dict[str, Any], ...] = ({"execute_in_workspace": False}, {"keep_sandboxes": keep_sandboxes.value})
    for one in more:
        with suppress(TypeError):
            return ProcessExecutionEnvironment(**settings)
        settings.update(one)
    return ProcessExecutionEnvironment(**settings)


async def run_process(process: Process) -> ProcessResult:
    """Run in a sandbox, or take from the cache. Raises: `ProcessExecutionFailure` if the exit code is not 0."""
    if HAS_GET:
        return await Get(ProcessResult, Process, process)
    return await execute_process_or_raise(**implicitly({process: Process}))


async def try_process(process: Process) -> FallibleProcessResult:
    """Run in a sandbox, or take from the cache; the exit code is data."""
    if HAS_GET:
        return await Get(FallibleProcessResult, Process, process)
    return await execute_process(process, **implicitly())


async def try_processes(processes: Iterable[Process]) -> tuple[FallibleProcessResult, ...]:
    """Run `try_process` for each, in parallel; results in order."""
    if HAS_GET:
        return await MultiGet(Get(FallibleProcessResult, Process, process) for process in processes)
    return await concurrently(execute_process(process, **implicitly()) for process in processes)


async def try_process_in(environment: ProcessExecutionEnvironment, process: Process) -> FallibleProcessResult:
    """Run `try_process` in this environment instead of that of the rule: see `on_this_machine`."""
    if HAS_GET:
        return await Get(FallibleProcessResult, {process: Process, environment: ProcessExecutionEnvironment})
    return await execute_process(process, environment)


async def run_interactive(process: InteractiveProcess) -> InteractiveProcessResult:
    """Run in the foreground, with the terminal of the caller; for goal rules only.

    Raises: UserError with remote execution on, where Pants refuses that.
    """
    try:
        if run_interactive_process is None:
            return await Effect(InteractiveProcessResult, InteractiveProcess, process)
        return await run_interactive_process(process)
    except Exception as error:
        # The engine's own text; it has no type for it.
        if "Only local environments support running processes interactively" not in str(error):
            raise
        raise UserError(
            "Remote execution is on, and Pants runs no command in the foreground then.",
            fix="turn remote execution off: add --no-remote-execution before the goal",
        ) from None


async def find_binary(request: BinaryPathRequest) -> BinaryPaths:
    """Find a binary in the request's search path: paths in that order, none if there is none."""
    if HAS_GET:
        return await Get(BinaryPaths, BinaryPathRequest, request)
    return await system_binaries.find_binary(request, **implicitly())
