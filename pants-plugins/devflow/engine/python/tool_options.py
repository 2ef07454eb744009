"""The options of a tool, such as `[towncrier]`, which a repository's own backend may have already."""

from __future__ import annotations

from pants.option.subsystem import Subsystem

from devflow.common.tool_resolve import WantedTool
from devflow.engine import Rules, scoped_options
from devflow.engine.taken import is_scope_taken


def unless_taken(subsystem: type[Subsystem]) -> Rules:
    """The rules that register these options, or none where a backend that was loaded before has that scope."""
    return [] if is_scope_taken(subsystem) else [*subsystem.rules()]


async def wanted_tool(requirement: str) -> WantedTool:
    """What `install_from_resolve` says in the tool's scope, whoever has it; a scope may be without that option."""
    scoped = await scoped_options(requirement)
    option = f"[{requirement}].install_from_resolve"
    return WantedTool(requirement, option, scoped.options.get("install_from_resolve"))
