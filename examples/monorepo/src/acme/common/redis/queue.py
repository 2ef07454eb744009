"""A priority queue whose items are leased, so that a lost worker's job comes back."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import cast
from uuid import UUID

from redis.asyncio import Redis

from acme.common.types import JobId

# Later entries of one priority come after all earlier ones for some 30,000 years of seconds.
_PRIORITY_STEP = 1e12


class JobQueue:
    """Higher priority first, then first come, first served."""

    def __init__(
        self, redis: Redis, name: str = "jobs", clock: Callable[[], float] = time.time
    ) -> None:
        self._redis = redis
        self._clock = clock
        self._waiting = f"kiln:{name}:waiting"
        self._leased = f"kiln:{name}:leased"

    async def put(self, job_id: JobId, priority: int = 0) -> None:
        score = -priority * _PRIORITY_STEP + self._clock()
        await self._redis.zadd(self._waiting, {str(job_id): score})

    async def lease(self, duration_s: float) -> JobId | None:
        """Take the first job; it comes back unless `finish`ed within the given time."""
        popped = cast(list[tuple[bytes, float]], await self._redis.zpopmin(self._waiting))
        if not popped:
            return None
        member, _ = popped[0]
        await self._redis.zadd(self._leased, {member: self._clock() + duration_s})
        return JobId(UUID(member.decode()))

    async def finish(self, job_id: JobId) -> bool:
        """False if the lease had run out."""
        return bool(await self._redis.zrem(self._leased, str(job_id)))

    async def recover(self) -> list[JobId]:
        """Put jobs whose lease has run out in front of the queue."""
        expired = await self._redis.zrangebyscore(self._leased, "-inf", self._clock())
        recovered = []
        for member in cast(list[bytes], expired):
            if await self._redis.zrem(self._leased, member):
                await self._redis.zadd(self._waiting, {member: -101 * _PRIORITY_STEP})
                recovered.append(JobId(UUID(member.decode())))
        return recovered

    async def size(self) -> int:
        return int(await self._redis.zcard(self._waiting))
