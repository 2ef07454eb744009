"""The Python part of the adapter for Pants without `Get`. Its names, signatures, docstrings are those of `_get`."""

from __future__ import annotations

from collections.abc import Mapping

from pants.backend.python import target_types_rules
from pants.backend.python.goals import export
from pants.backend.python.goals.export import _ExportPythonCodegenRequest, _ExportVenvForResolveRequest
from pants.backend.python.subsystems.python_tool_base import PythonToolBase
from pants.backend.python.util_rules import local_dists_pep660, pex, pex_from_targets, pex_requirements, python_sources
from pants.backend.python.util_rules.interpreter_constraints import InterpreterConstraints
from pants.backend.python.util_rules.local_dists_pep660 import EditableLocalDists, EditableLocalDistsRequest
from pants.backend.python.util_rules.pex import Pex, PexRequest, VenvPex, VenvPexProcess
from pants.backend.python.util_rules.pex_environment import PythonExecutable
from pants.backend.python.util_rules.pex_requirements import (
    LoadedLockfile,
    LoadedLockfileRequest,
    Lockfile,
    ResolveConfigRequest,
)
from pants.backend.python.util_rules.pex_requirements import ResolveConfig as ResolvePexConfig
from pants.backend.python.util_rules.python_sources import (
    PythonSourceFiles,
    PythonSourceFilesRequest,
    StrippedPythonSourceFiles,
)
from pants.core.goals.export import ExportResult
from pants.core.goals.resolves import ExportableTool
from pants.engine.fs import Digest
from pants.engine.internals import options_parsing
from pants.engine.intrinsics import execute_process
from pants.engine.process import FallibleProcessResult, ProcessResult, execute_process_or_raise
from pants.engine.rules import implicitly
from pants.engine.unions import UnionMembership
from pants.option.errors import ConfigValidationError
from pants.option.scope import Scope

from devflow.engine._rules import Rules

__all__ = [
    "ResolvePexConfig",
    "create_pex",
    "create_venv_pex",
    "editable_local_dists",
    "export_venv",
    "exported_codegen",
    "exportable_python_tools",
    "find_python",
    "load_lockfile",
    "prepared_python_source_files",
    "python_tools_by_resolve",
    "resolve_pex_config",
    "rules",
    "run_venv_pex",
    "stripped_python_source_files",
    "try_venv_pex",
]


def rules() -> Rules:
    """Register what the helpers await. Holds the builtin `export` goal, too, whose rules `export_venv` uses."""
    return [
        *export.rules(),
        *local_dists_pep660.rules(),
        *pex.rules(),
        *pex_from_targets.rules(),
        *python_sources.rules(),
        # Without them, the graph of a repository that does not enable the Python backend would not solve.
        *target_types_rules.rules(),
    ]


async def find_python(constraints: InterpreterConstraints) -> PythonExecutable:
    """Find the interpreter that Pants uses for these constraints. Raises: `ProcessExecutionFailure` without one."""
    return await pex.find_interpreter(constraints, **implicitly())


async def load_lockfile(lockfile: Lockfile) -> LoadedLockfile:
    """Read a lockfile of either format, without its header. Raises: whatever Pants does if it cannot be read."""
    return await pex_requirements.load_lockfile(LoadedLockfileRequest(lockfile), **implicitly())


async def resolve_pex_config(resolve: str) -> ResolvePexConfig:
    """Take what else decides how a resolve is installed: indexes, constraints, path mappings."""
    return await pex_requirements.determine_resolve_config(ResolveConfigRequest(resolve), **implicitly())


async def editable_local_dists(resolve: str) -> EditableLocalDists:
    """Build editable wheels of the resolve's own `python_distribution` targets, if it has any."""
    return await local_dists_pep660.build_editable_local_dists(
        EditableLocalDistsRequest(resolve=resolve), **implicitly()
    )


async def exported_codegen(resolve: str) -> Digest:
    """Generate code from the other sources of a resolve; nothing where Pants does not export any yet."""
    generated = await export.export_python_codegen(_ExportPythonCodegenRequest(resolve), **implicitly())
    return generated.digest


async def export_venv(resolve: str) -> ExportResult | None:
    """Plan what the builtin `export --resolve` writes and runs for a resolve; None if it is none of Python's."""
    exported = await export.export_virtualenv_for_resolve(_ExportVenvForResolveRequest(resolve), **implicitly())
    return exported.result


async def python_tools_by_resolve(union_membership: UnionMembership) -> Mapping[str, tuple[str, ...]]:
    """Map each resolve to the Python tools (sorted option scopes) that install from it; other resolves are absent."""
    tools: dict[str, tuple[str, ...]] = {}
    for scope in sorted(ExportableTool.filter_for_subclasses(union_membership, PythonToolBase)):
        try:
            scoped = await options_parsing.scope_options(Scope(scope), **implicitly())
        except ConfigValidationError:
            continue  # A tool that is declared as exportable, but that no active backend uses.
        resolve = scoped.options.get("install_from_resolve")
        if resolve:
            tools[resolve] = (*tools.get(resolve, ()), scope)
    return tools


async def exportable_python_tools(union_membership: UnionMembership) -> tuple[str, ...]:
    """List what `export_venv` takes besides `[python].resolves`, sorted: tools with a lockfile of their own.

    Some tools look at every target for it, so ask only when such a name is wanted.
    """
    return tuple(sorted(ExportableTool.filter_for_subclasses(union_membership, PythonToolBase)))


async def create_pex(request: PexRequest) -> Pex:
    """Build a pex."""
    return await pex.create_pex(request)


async def create_venv_pex(request: PexRequest) -> VenvPex:
    """Build a pex that runs from a cached virtualenv: the fast way to run a tool."""
    return await pex.create_venv_pex(**implicitly({request: PexRequest}))


async def run_venv_pex(process: VenvPexProcess) -> ProcessResult:
    """Run, or take from the cache. Raises: `ProcessExecutionFailure` if the exit code is not 0."""
    return await execute_process_or_raise(**implicitly({process: VenvPexProcess}))


async def try_venv_pex(process: VenvPexProcess) -> FallibleProcessResult:
    """Run, or take from the cache; the exit code is data."""
    return await execute_process(**implicitly({process: VenvPexProcess}))


async def prepared_python_source_files(request: PythonSourceFilesRequest) -> PythonSourceFiles:
    """Capture the sources of targets with their source roots: generated code and missing `__init__.py`, too."""
    return await python_sources.prepare_python_sources(request, **implicitly())


async def stripped_python_source_files(request: PythonSourceFilesRequest) -> StrippedPythonSourceFiles:
    """Do as `prepared_python_source_files`, with paths relative to the source roots."""
    return await python_sources.strip_python_sources(**implicitly({request: PythonSourceFilesRequest}))
