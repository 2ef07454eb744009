"""What stock `export --resolve=mypy` installs for a tool without a resolve of its own: the lockfile that Pants brings.

Pants 2.17 has a union for it, and 2.21 another one; the versions between export resolves of the repository only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pants.backend.python.goals import export as stock
from pants.backend.python.subsystems.python_tool_base import PythonToolBase
from pants.backend.python.subsystems.setup import PythonSetup
from pants.backend.python.util_rules.interpreter_constraints import InterpreterConstraints
from pants.backend.python.util_rules.pex_requirements import EntireLockfile, Lockfile
from pants.engine.unions import UnionMembership

from devflow.engine.generation import Get, MultiGet
from devflow.engine.python.resolves import constraints_of

try:
    from pants.core.goals.resolves import ExportableTool  # type: ignore[import-not-found]
except ImportError:
    ExportableTool = None


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
        modules = {one.__module__ for one in _below(PythonToolBase) if getattr(one, "options_scope", None) == tool}
        return [one for one in union_membership.get(ExportPythonToolSentinel) if one.__module__ in modules]

    def _below(parent: type) -> Iterator[type]:
        for child in parent.__subclasses__():
            yield child
            yield from _below(child)

else:
    _exported_by_sentinel = None  # type: ignore[assignment]


async def tool_export(tool: str, python_setup: PythonSetup, union_membership: UnionMembership) -> ToolExport | None:
    """What is exported for the name of a tool; None if this Pants exports none, or if it is no such tool."""
    if ExportableTool is not None:
        found = ExportableTool.filter_for_subclasses(union_membership, PythonToolBase).get(tool)
        lockfile = found.pex_requirements_for_default_lockfile() if found else None
        return ToolExport(lockfile, constraints_of(tool, python_setup)) if lockfile else None
    if _HAS_SENTINELS:
        return await _exported_by_sentinel(tool, python_setup, union_membership)
    return None
