"""Which Python tools are installed from which resolve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pants.backend.python.subsystems.python_tool_base import PythonToolBase
from pants.engine.rules import collect_rules, rule
from pants.engine.unions import UnionMembership
from pants.option.errors import ConfigValidationError

from devflow.engine.generation import HAS_GET, Get, Rules, by_name, implicitly
from devflow.engine.resolves import tools_with_sentinels
from devflow.engine.session import scoped_options, subclasses


@dataclass(frozen=True)
class ToolsByResolve:
    """Pairs of a resolve and the Python tools (sorted option scopes) that install from it; no other resolves."""

    scopes: tuple[tuple[str, tuple[str, ...]], ...]


@rule
async def _find_tools_by_resolve(union_membership: UnionMembership) -> ToolsByResolve:
    """A rule of its own: the engine keeps no failure, so what asks for a scope that nobody has runs in each command.

    What awaits this one does not, as long as the result is the same. Pants 2.18 to 2.21 marks no tool, so they are
    found by their class.
    """
    of_class = {tool.options_scope for tool in subclasses(PythonToolBase) if hasattr(tool, "options_scope")}
    scopes = {*tools_with_sentinels(union_membership), *of_class}
    tools: dict[str, tuple[str, ...]] = {}
    for scope in sorted(scopes):
        try:
            scoped = await scoped_options(scope)
        except ConfigValidationError:
            continue  # No tool of its own (`mypy-extra-type-stubs`), or a tool that no active backend uses.
        resolve = scoped.options.get("install_from_resolve")
        if resolve:
            tools[resolve] = (*tools.get(resolve, ()), scope)
    return ToolsByResolve(tuple(sorted(tools.items())))


_found_tools_by_resolve = by_name(_find_tools_by_resolve)


async def python_tools_by_resolve() -> Mapping[str, tuple[str, ...]]:
    """See `ToolsByResolve`."""
    if HAS_GET:
        return dict((await Get(ToolsByResolve)).scopes)
    return dict((await _found_tools_by_resolve(**implicitly())).scopes)


def rules() -> Rules:
    """The rule of this module."""
    return collect_rules()
