"""Interpreters, lockfiles, and what is installed from them."""

from __future__ import annotations

from collections.abc import Iterable

from pants.backend.python.util_rules.interpreter_constraints import InterpreterConstraints
from pants.backend.python.util_rules.lockfile_metadata import PythonLockfileMetadata
from pants.backend.python.util_rules.pex import Pex, PexRequest, VenvPex, VenvPexProcess
from pants.backend.python.util_rules.pex_environment import PythonExecutable
from pants.backend.python.util_rules.pex_requirements import LoadedLockfile, LoadedLockfileRequest, Lockfile
from pants.backend.python.util_rules.python_sources import PythonSourceFiles, PythonSourceFilesRequest
from pants.engine.process import FallibleProcessResult, Process
from pants.engine.target import Target

from devflow.engine.generation import HAS_GET, Get, implicitly

if not HAS_GET:
    from pants.backend.python.util_rules import pex, pex_requirements, python_sources
    from pants.engine.intrinsics import execute_process  # type: ignore[import-not-found]

try:
    from pants.backend.python.util_rules.pex_requirements import ResolvePexConfig as ResolvePexConfig
    from pants.backend.python.util_rules.pex_requirements import ResolvePexConfigRequest

    if not HAS_GET:
        from pants.backend.python.util_rules.pex_requirements import determine_resolve_pex_config
except ImportError:  # Since Pants makes resolves by uv, too, their settings are not named after pex.
    ResolvePexConfig = pex_requirements.ResolveConfig  # type: ignore[attr-defined,misc]
    ResolvePexConfigRequest = pex_requirements.ResolveConfigRequest  # type: ignore[attr-defined,misc]
    determine_resolve_pex_config = pex_requirements.determine_resolve_config  # type: ignore[attr-defined]


async def find_python(constraints: InterpreterConstraints) -> PythonExecutable:
    """Find the interpreter that Pants uses for these constraints. Raises: `ProcessExecutionFailure` without one."""
    if HAS_GET:
        return await Get(PythonExecutable, InterpreterConstraints, constraints)
    return await pex.find_interpreter(constraints, **implicitly())


def sidecar_path(lockfile: str) -> str | None:
    """Where Pants looks for what it says of a lockfile; None if it says that in the lockfile itself only."""
    where = getattr(PythonLockfileMetadata, "metadata_location_for_lockfile", None)
    return where(lockfile) if where else None


async def load_lockfile(lockfile: Lockfile) -> LoadedLockfile:
    """Read a lockfile of either format, without its header. Raises: whatever Pants does if it cannot be read."""
    if HAS_GET:
        return await Get(LoadedLockfile, LoadedLockfileRequest(lockfile))
    return await pex_requirements.load_lockfile(LoadedLockfileRequest(lockfile), **implicitly())


async def resolve_pex_config(resolve: str | None) -> ResolvePexConfig:
    """Take what else decides how a resolve is installed: indexes, constraints, path mappings.

    None: what is set for all resolves.
    """
    if HAS_GET:
        return await Get(ResolvePexConfig, ResolvePexConfigRequest(resolve))
    return await determine_resolve_pex_config(ResolvePexConfigRequest(resolve), **implicitly())


async def create_pex(request: PexRequest) -> Pex:
    """Build a pex."""
    if HAS_GET:
        return await Get(Pex, PexRequest, request)
    return await pex.create_pex(request)


async def create_venv_pex(request: PexRequest) -> VenvPex:
    """Build a pex that runs from a cached virtualenv: the fast way to run a tool."""
    if HAS_GET:
        return await Get(VenvPex, PexRequest, request)
    return await pex.create_venv_pex(**implicitly({request: PexRequest}))


async def try_venv_pex(process: VenvPexProcess) -> FallibleProcessResult:
    """Run, or take from the cache; the exit code is data."""
    if HAS_GET:
        return await Get(FallibleProcessResult, VenvPexProcess, process)
    return await execute_process(**implicitly({process: VenvPexProcess}))


async def venv_pex_process(process: VenvPexProcess) -> Process:
    """The process that `try_venv_pex` would run."""
    if HAS_GET:
        return await Get(Process, VenvPexProcess, process)
    return await pex.setup_venv_pex_process(process, **implicitly())


async def python_source_files(targets: Iterable[Target], *, with_files: bool = False) -> PythonSourceFiles:
    """Find the Python files and resources of these targets, with what is generated for them, at their full paths.

    An `__init__.py` in a directory above them belongs to them, too. `with_files`: those of `file` targets as well.
    """
    request = PythonSourceFilesRequest(targets, include_resources=True, include_files=with_files)
    if HAS_GET:
        return await Get(PythonSourceFiles, PythonSourceFilesRequest, request)
    return await python_sources.prepare_python_sources(request, **implicitly())
