"""The options of a tool, such as `[towncrier]`, which a repository's own backend may have already."""

from __future__ import annotations

from collections.abc import Iterator

from pants.option.subsystem import Subsystem

from devflow.common.tool_resolve import WantedTool
from devflow.engine import Rules, scoped_options


def unless_taken(subsystem: type[Subsystem]) -> Rules:
    """The rules that register these options, or none where a backend that was loaded before has that scope.

    Pants takes a scope from one backend only, and refuses to start with two.
    """
    scope = subsystem.options_scope
    taken = any(getattr(other, "options_scope", None) == scope for other in _below(Subsystem) if other is not subsystem)
    return [] if taken else [*subsystem.rules()]


async def wanted_tool(requirement: str) -> WantedTool:
    """What `install_from_resolve` says in the tool's scope, whoever has it; a scope may be without that option."""
    scoped = await scoped_options(requirement)
    option = f"[{requirement}].install_from_resolve"
    return WantedTool(requirement, option, scoped.options.get("install_from_resolve"))


def _below(parent: type[Subsystem]) -> Iterator[type[Subsystem]]:
    for child in parent.__subclasses__():
        yield child
        yield from _below(child)
