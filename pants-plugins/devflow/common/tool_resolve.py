"""Which resolve a tool runs from, when it is one of the repository's own requirements."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from devflow.common.errors import UserError, did_you_mean

# Of a requirement file: `alembic==1.16.5 \`, `alembic[tz]==…`, `alembic @ file:…`. Of Pants' own lockfile: its key.
_PINNED = re.compile(r"^([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\]\s*)?(?:==|@)", re.MULTILINE)
_LOCKED = re.compile(r'"project_name":\s*"([^"]+)"')
_UV_LOCKED = re.compile(r'^name = "([^"]+)"$', re.MULTILINE)  # current Pants takes them, too


@dataclass(frozen=True)
class WantedTool:
    """A project's name; the option for its resolve, such as `[alembic].install_from_resolve`; that option's value."""

    requirement: str
    option: str
    configured: str | None = None


def locked_names(lockfile: str) -> frozenset[str]:
    """The projects in a lockfile of any kind, as canonical names."""
    names = _LOCKED.findall(lockfile) or _UV_LOCKED.findall(lockfile) or _PINNED.findall(lockfile)
    return frozenset(map(_canonical, names))


def _canonical(name: str) -> str:
    """Source: PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


def choose_resolve(
    tool: WantedTool, lockfiles: Mapping[str, str | None], *, default: str, how_to_lock: Mapping[str, str]
) -> str:
    """The configured resolve; else the default one, if it holds the tool; else the only one that does.

    `lockfiles` maps each resolve to the text of its lockfile, or None; `how_to_lock`, to the command that makes the
    lockfile. Raises: UserError.
    """
    name = tool.requirement

    def holds(resolve: str) -> bool:
        return _canonical(name) in locked_names(lockfiles.get(resolve) or "")

    def how_to_add(resolve: str) -> str:
        return f"add {name} to the requirements of resolve {resolve}, then: {how_to_lock.get(resolve, '')}"

    if tool.configured:
        if tool.configured not in lockfiles:
            raise UserError(
                f"{tool.option}: no resolve has the name '{tool.configured}'."
                f"{did_you_mean(tool.configured, lockfiles)}",
                fix=f"set it to one of: {', '.join(sorted(lockfiles))}",
            )
        if not holds(tool.configured):
            raise UserError(
                f"The lockfile of resolve {tool.configured} does not hold {name} ({tool.option} names that resolve).",
                fix=how_to_add(tool.configured),
            )
        return tool.configured
    if holds(default):
        return default
    holders = [resolve for resolve in sorted(lockfiles) if holds(resolve)]
    if not holders:
        raise UserError(f"No resolve of this repository holds {name}.", fix=how_to_add(default))
    if len(holders) > 1:
        raise UserError(
            f"Several resolves hold {name}, and the default one ({default}) is none of them: {', '.join(holders)}.",
            fix=f"set {tool.option} in pants.toml to one of them",
        )
    return holders[0]
