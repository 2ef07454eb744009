"""Checks the exports of `export-all-resolves`, which Pants' engine compares with their inputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from devflow.common.errors import Problem
from devflow.common.report import count
from devflow.doctor.facts import UNSAID, Finding, HealthCheck, NotCheckedError, note, warning
from devflow.doctor.world import World

EXPORTS = "exports"
_MOST_NAMES = 8


@dataclass(frozen=True)
class ExportsFacts:
    """The resolves by the state of their exports (`up-to-date`, `stale`, …), as `export-all-resolves --check` has them.

    `others` are the other entries that the command would change: links, and exports of removed resolves. `failed` are
    the reasons why an export cannot be made. `wanted`: the team requires exports in each clone.
    """

    by_state: Mapping[str, tuple[str, ...]]
    others: tuple[str, ...]
    failed: Mapping[str, Problem]
    wanted: bool
    command: str = field(metadata=UNSAID)


def read_exports(world: World) -> ExportsFacts:
    """The facts are read before the checks begin, because a thread cannot ask the engine."""
    if isinstance(world.exports, ExportsFacts):
        return world.exports
    raise NotCheckedError(world.exports or f"only the goal compares exports: {world.pants} doctor --only=exports")


def judge_exports(facts: ExportsFacts) -> Iterator[Finding]:
    """Stale exports mislead editors and users; Pants itself does not use them."""
    how_bad = warning if facts.wanted else note
    parts = [
        f"{count(len(names), 'export')} {'is' if len(names) == 1 else 'are'} {state}: {_some(names)}"
        for state, names in facts.by_state.items()
        if state != "up-to-date" and names
    ]
    parts += [f"{one} is to be changed" for one in facts.others[:_MOST_NAMES]]
    if parts:
        yield how_bad(f"{'; '.join(parts)}.", facts.command)
    for resolve, problem in facts.failed.items():
        yield how_bad(f"{resolve} cannot be exported: {problem.what}", problem.fix)


def _some(names: tuple[str, ...]) -> str:
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


CHECKS = (HealthCheck(EXPORTS, "no export is missing or stale (the goal only)", read_exports, judge_exports),)
