"""A tool that runs from one of the repository's own resolves, so in the version that the repository has locked.

A tool without a resolve of its own is exported from the lockfile that Pants brings, as stock `export --resolve=mypy`
does. Pants 2.17 has a union for that, and 2.21 another one; releases between export resolves of the repository only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pants.backend.python.goals import export as stock
from pants.backend.python.subsystems.python_tool_base import PythonToolBase
from pants.backend.python.subsystems.setup import PythonSetup
from pants.backend.python.target_types import MainSpecification, PexLayout
from pants.backend.python.util_rules.interpreter_constraints import InterpreterConstraints
from pants.backend.python.util_rules.pex import PexRequest, VenvPex
from pants.backend.python.util_rules.pex_requirements import EntireLockfile, Lockfile, PexRequirements, Resolve
from pants.engine.fs import PathGlobs
from pants.engine.unions import UnionMembership
from pants.option.subsystem import Subsystem
from pants.util.strutil import path_safe

from devflow.common.errors import UserError, as_problem, last_words
from devflow.common.tool_resolve import WantedTool, choose_resolve
from devflow.engine.files import read_files
from devflow.engine.generation import Get, MultiGet, Rules
from devflow.engine.python.pex import create_pex, create_venv_pex, load_lockfile
from devflow.engine.python.resolves import (
    constraints_of,
    how_to_make_lockfile,
    lockfile_paths,
    python_for,
    refuse_without_resolves,
)
from devflow.engine.resolves import ExportableTool
from devflow.engine.session import is_scope_taken, scoped_options, subclasses


def unless_taken(subsystem: type[Subsystem]) -> Rules:
    """The rules that register these options, or none where a backend that was loaded before has that scope."""
    return [] if is_scope_taken(subsystem) else [*subsystem.rules()]


async def wanted_tool(requirement: str) -> WantedTool:
    """What `install_from_resolve` says in the tool's scope, whoever has it; a scope may be without that option."""
    scoped = await scoped_options(requirement)
    option = f"[{requirement}].install_from_resolve"
    return WantedTool(requirement, option, scoped.options.get("install_from_resolve"))


async def tool_resolve(tool: WantedTool, python_setup: PythonSetup) -> str:
    """Choose the resolve that the tool runs from: see `choose_resolve`. Raises: UserError."""
    refuse_without_resolves(python_setup)
    paths = lockfile_paths(python_setup)
    files = await read_files(PathGlobs(sorted(set(paths.values()))))
    texts = {file.path: file.content.decode(errors="replace") for file in files}
    return choose_resolve(
        tool,
        {resolve: texts.get(path) for resolve, path in paths.items()},
        default=python_setup.default_resolve,
        how_to_lock={resolve: how_to_make_lockfile(resolve, python_setup) for resolve in paths},
    )


async def tool_venv(
    resolve: str,
    requirement: str,
    python_setup: PythonSetup,
    *,
    main: MainSpecification | None = None,
    plugins: Iterable[str] | None = (),
) -> VenvPex:
    """Install a requirement and its plugins, with what they need and nothing else, from the lockfile of a resolve.

    `plugins` are requirements, too; None installs all of the lockfile. Runs `main` (`ConsoleScript("towncrier")`), else
    as the interpreter of the resolve. Raises: UserError.
    """
    url = python_setup.resolves[resolve]
    lockfile = Lockfile(url=url, url_description_of_origin=f"the resolve `{resolve}`", resolve_name=resolve)
    how_to_make = how_to_make_lockfile(resolve, python_setup)
    try:
        loaded = await load_lockfile(lockfile)
    except Exception as error:
        raise UserError(
            f"{url}, the lockfile of resolve {resolve}, cannot be read: {last_words(error)}", fix=how_to_make
        ) from error
    constraints = constraints_of(resolve, python_setup)
    await python_for(resolve, constraints)
    try:
        # This is the request by which tests and checks take theirs: where they have run, it is in the cache.
        everything = PexRequest(
            description=f"Installing {url} for the resolve `{resolve}`",
            output_filename=f"{path_safe(resolve)}_lockfile.pex",
            internal_only=True,
            requirements=EntireLockfile(lockfile),
            interpreter_constraints=constraints,
            layout=PexLayout.PACKED,
        )
        if plugins is None:
            return await create_venv_pex(everything)
        wanted = [requirement, *plugins]
        if loaded.as_constraints_strings is None:
            requirements = PexRequirements(wanted, from_superset=Resolve(resolve, False))
        else:
            # A requirement file says nothing of what needs what, so all of it is installed before a part is taken.
            requirements = PexRequirements(wanted, from_superset=await create_pex(everything))
        return await create_venv_pex(
            PexRequest(
                output_filename=f"{path_safe(requirement)}.pex",
                internal_only=True,
                requirements=requirements,
                interpreter_constraints=constraints,
                main=main,
            )
        )
    except Exception as error:
        problem = as_problem(error, doing=f"installing {requirement} from resolve {resolve}", fix=how_to_make)
        raise UserError.of(problem) from error


@dataclass(frozen=True)
class ToolExport:
    """The lockfile of a tool, the requirements that are taken from it (all if there is none), and constraints."""

    lockfile: Lockfile
    constraints: InterpreterConstraints
    requirements: tuple[str, ...] = ()


_HAS_SENTINELS = hasattr(stock, "ExportPythonToolSentinel")  # Pants 2.17

if _HAS_SENTINELS:
    from pants.backend.python.goals.export import ExportPythonTool, ExportPythonToolSentinel

    async def _exported_by_sentinel(
        tool: str, python_setup: PythonSetup, union_membership: UnionMembership
    ) -> ToolExport | None:
        exported = await MultiGet(
            Get(ExportPythonTool, ExportPythonToolSentinel, sentinel())
            for sentinel in _sentinels_of(tool, union_membership)
        )
        requests = [one.pex_request for one in exported if one.resolve_name == tool and one.pex_request]
        if requests and isinstance(requests[0].requirements, EntireLockfile):
            requirements = tuple(requests[0].requirements.complete_req_strings or ())
            # `build_pex` takes those of the resolve where the request has none.
            constraints = requests[0].interpreter_constraints or constraints_of(tool, python_setup)
            return ToolExport(requests[0].requirements.lockfile, constraints, requirements)
        return None

    def _sentinels_of(tool: str, union_membership: UnionMembership) -> list[Any]:
        """The members for one tool: those of others cost as much as what their tools need to know of all targets.

        A member stands beside the options of its tool.
        """
        modules = {one.__module__ for one in subclasses(PythonToolBase) if getattr(one, "options_scope", None) == tool}
        return [one for one in union_membership.get(ExportPythonToolSentinel) if one.__module__ in modules]

else:
    _exported_by_sentinel = None  # type: ignore[assignment]


async def tool_export(tool: str, python_setup: PythonSetup, union_membership: UnionMembership) -> ToolExport | None:
    """What stock `export` installs for the name of a tool; None if this Pants exports none, or for another name."""
    if ExportableTool is not None:
        found = ExportableTool.filter_for_subclasses(union_membership, PythonToolBase).get(tool)
        lockfile = found.pex_requirements_for_default_lockfile() if found else None
        return ToolExport(lockfile, constraints_of(tool, python_setup)) if lockfile else None
    if _HAS_SENTINELS:
        return await _exported_by_sentinel(tool, python_setup, union_membership)
    return None
