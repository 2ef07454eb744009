"""Interpreters, lockfiles and what is installed from them, sources, distributions, and what `export` makes."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from pants.backend.python.goals.export import MaybeExportResult, VenvExportRequest, _ExportVenvForResolveRequest
from pants.backend.python.util_rules.interpreter_constraints import InterpreterConstraints
from pants.backend.python.util_rules.local_dists_pep660 import EditableLocalDists, EditableLocalDistsRequest
from pants.backend.python.util_rules.lockfile_metadata import PythonLockfileMetadata
from pants.backend.python.util_rules.package_dists import ExportedTarget, SetupKwargs
from pants.backend.python.util_rules.pex import Pex, PexRequest, VenvPex, VenvPexProcess
from pants.backend.python.util_rules.pex_environment import PythonExecutable
from pants.backend.python.util_rules.pex_requirements import LoadedLockfile, LoadedLockfileRequest, Lockfile
from pants.backend.python.util_rules.python_sources import PythonSourceFiles, PythonSourceFilesRequest
from pants.core.goals.export import ExportResult
from pants.engine.fs import EMPTY_DIGEST, Digest
from pants.engine.process import FallibleProcessResult, Process
from pants.engine.target import Target

from devflow.engine.generation import HAS_GET, Get, implicitly

if not HAS_GET:
    from pants.backend.python.goals import export
    from pants.backend.python.util_rules import local_dists_pep660, package_dists, pex, pex_requirements, python_sources
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

try:
    from pants.backend.python.goals.export import (  # type: ignore[attr-defined]
        _ExportPythonCodegenRequest,
        _ExportPythonCodegenResult,
    )
except ImportError:  # Pants does not export generated code yet.
    _ExportPythonCodegenRequest = None
HAS_CODEGEN = _ExportPythonCodegenRequest is not None
# The engine sees a `Get` only where there are the types that it names.
GetCodegen: Any = Get if HAS_CODEGEN else None


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


async def distribution_arguments(target: Target) -> Mapping[str, Any]:
    """The arguments of `setup()` for a `python_distribution`: as in the BUILD file, or as a plugin makes them of that.

    Raises: whatever that plugin does.
    """
    if HAS_GET:
        arguments = await Get(SetupKwargs, ExportedTarget, ExportedTarget(target))
    else:
        arguments = await package_dists.determine_explicitly_provided_setup_kwargs(
            ExportedTarget(target), **implicitly()
        )
    return arguments.kwargs


async def editable_local_dists(resolve: str) -> EditableLocalDists:
    """Build editable wheels of the resolve's own `python_distribution` targets, if it has any."""
    request = EditableLocalDistsRequest(resolve=resolve)
    if HAS_GET:
        return await Get(EditableLocalDists, EditableLocalDistsRequest, request)
    return await local_dists_pep660.build_editable_local_dists(request, **implicitly())


async def exported_codegen(resolve: str) -> Digest:
    """Generate code from the other sources of a resolve; nothing where Pants does not export any yet."""
    if not HAS_CODEGEN:
        return EMPTY_DIGEST
    request = _ExportPythonCodegenRequest(resolve)
    if HAS_GET:
        generated = await GetCodegen(_ExportPythonCodegenResult, _ExportPythonCodegenRequest, request)
    else:
        generated = await export.export_python_codegen(request, **implicitly())  # type: ignore[attr-defined]
    return generated.digest


async def export_venv(resolve: str) -> ExportResult | None:
    """Plan what the builtin `export --resolve` writes and runs for a resolve; None if it is none of Python's."""
    request = _ExportVenvForResolveRequest(resolve)
    if HAS_GET:
        exported = await Get(MaybeExportResult, _ExportVenvForResolveRequest, request)
    else:
        exported = await export.export_virtualenv_for_resolve(request, **implicitly())
    return exported.result


async def export_pex(
    request: PexRequest, resolve: str, version: str, editable_wheels: Digest | None = None
) -> ExportResult:
    """Plan what the builtin `export` writes and runs for a pex, as if it were that of the resolve.

    `editable_wheels` are the sources of the pex, too; the virtualenv gets them by `pip`.
    """
    fields: dict[str, Any] = {
        "pex_request": request,
        "dest_prefix": "python/virtualenvs",
        "resolve_name": resolve,
        "qualify_path_with_python_version": True,
        "py_version": version,  # newer Pants has it
        "editable_local_dists_digest": editable_wheels,
    }
    known = {field.name for field in dataclasses.fields(VenvExportRequest)}
    export_request = VenvExportRequest(**{name: value for name, value in fields.items() if name in known})
    if HAS_GET:
        return await Get(ExportResult, VenvExportRequest, export_request)
    return await export.do_export(export_request, **implicitly())
