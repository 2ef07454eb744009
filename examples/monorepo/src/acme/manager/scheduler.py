"""Which agent gets a job: the fullest one that still has room, so that big jobs find big gaps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sortedcontainers import SortedKeyList

from acme.common.types import AgentId, Slots


@dataclass(frozen=True)
class FreeAgent:
    id: AgentId
    free: Slots


def _fullest_first(agent: FreeAgent) -> tuple[int, int, str]:
    return agent.free.cpu_millis, agent.free.memory_bytes, agent.id


class Scheduler:
    def __init__(self, agents: Iterable[FreeAgent]) -> None:
        self._agents: SortedKeyList[FreeAgent] = SortedKeyList(agents, key=_fullest_first)

    def place(self, wanted: Slots) -> AgentId | None:
        """Choose an agent and take the slots from it; None if no agent has room now."""
        start = self._agents.bisect_key_left((wanted.cpu_millis, 0, ""))
        for agent in self._agents.islice(start):
            if wanted.fits_in(agent.free):
                self._agents.remove(agent)
                self._agents.add(FreeAgent(agent.id, agent.free - wanted))
                return agent.id
        return None
