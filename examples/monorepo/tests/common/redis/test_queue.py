from uuid import uuid4

import pytest
from redis.asyncio import Redis

from acme.common.redis.queue import JobQueue
from acme.common.types import JobId


class Clock:
    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        self.now += 0.001
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def queue(redis: Redis, clock: Clock) -> JobQueue:
    return JobQueue(redis, clock=clock)


async def test_priority_then_age(queue: JobQueue) -> None:
    early, late, urgent, idle = (JobId(uuid4()) for _ in range(4))
    await queue.put(idle, priority=-1)
    await queue.put(early)
    await queue.put(late)
    await queue.put(urgent, priority=5)
    assert [await queue.lease(60) for _ in range(5)] == [urgent, early, late, idle, None]


async def test_a_lost_job_comes_back_first(queue: JobQueue, clock: Clock) -> None:
    lost, other = JobId(uuid4()), JobId(uuid4())
    await queue.put(lost, priority=-100)
    assert await queue.lease(10) == lost
    await queue.put(other, priority=100)
    assert await queue.recover() == []
    clock.now += 11
    assert await queue.recover() == [lost]
    assert await queue.lease(10) == lost


async def test_a_finished_job_does_not_come_back(queue: JobQueue, clock: Clock) -> None:
    job = JobId(uuid4())
    await queue.put(job)
    assert await queue.lease(10) == job
    assert await queue.finish(job)
    clock.now += 11
    assert await queue.recover() == []
    assert await queue.size() == 0
    assert not await queue.finish(job)
