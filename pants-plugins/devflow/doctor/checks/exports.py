"""The exports of the repository, as `export-all-resolves --check` sees them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from devflow.common.report import count
from devflow.doctor.facts import Finding, HealthCheck, NotCheckedError, note
from devflow.doctor.world import World


@dataclass(frozen=True)
class StaleExportFacts:
    """The resolves whose exports are there and are stale or damaged."""

    stale: tuple[str, ...]


def read_exports(world: World) -> StaleExportFacts:
    """The goal has asked already. A missing export is no fault: not everybody exports."""
    if world.stale_exports is None:
        raise NotCheckedError("only Pants knows: ./pants doctor, with the backend devflow.export_all_resolves")
    return StaleExportFacts(world.stale_exports)


def judge_exports(facts: StaleExportFacts) -> Iterator[Finding]:
    """A note: a branch may just have been switched."""
    if facts.stale:
        number = count(len(facts.stale), "export")
        yield note(
            f"{number} {'is' if len(facts.stale) == 1 else 'are'} stale: {', '.join(facts.stale)}.",
            "./pants export-all-resolves",
        )


CHECKS = (HealthCheck("exports", "no export is stale", read_exports, judge_exports),)
