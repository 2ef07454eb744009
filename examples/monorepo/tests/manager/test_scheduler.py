import pytest

from acme.common.types import AgentId, Slots
from acme.manager.scheduler import FreeAgent, Scheduler

SMALL, LARGE = AgentId("small"), AgentId("large")


def slots(cpu: int, memory: int) -> Slots:
    return Slots(cpu_millis=cpu, memory_bytes=memory)


@pytest.fixture
def scheduler() -> Scheduler:
    return Scheduler([FreeAgent(LARGE, slots(8000, 800)), FreeAgent(SMALL, slots(2000, 200))])


def test_small_jobs_leave_the_large_gap_alone(scheduler: Scheduler) -> None:
    assert [scheduler.place(slots(1000, 100)) for _ in range(3)] == [SMALL, SMALL, LARGE]


def test_both_resources_must_fit(scheduler: Scheduler) -> None:
    assert scheduler.place(slots(1000, 300)) == LARGE


def test_no_room(scheduler: Scheduler) -> None:
    assert scheduler.place(slots(9000, 1)) is None
    assert scheduler.place(slots(8000, 1)) == LARGE
    assert scheduler.place(slots(8000, 1)) is None


def test_no_agents() -> None:
    assert Scheduler([]).place(slots(1, 1)) is None
