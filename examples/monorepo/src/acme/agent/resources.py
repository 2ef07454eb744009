"""What the machine has to offer."""

import psutil

from acme.agent import __version__
from acme.common.types import AgentInfo, Slots

# Left for the system and the agent itself.
RESERVED = Slots(cpu_millis=200, memory_bytes=512 * 2**20)


def total_slots() -> Slots:
    cores = psutil.cpu_count(logical=True) or 1
    return Slots(cpu_millis=cores * 1000, memory_bytes=psutil.virtual_memory().total) - RESERVED


def describe(agent_id: str) -> AgentInfo:
    return AgentInfo(id=agent_id, version=__version__, total=total_slots())
