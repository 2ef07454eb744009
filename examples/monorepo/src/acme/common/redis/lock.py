"""A lock between processes of several machines."""

from __future__ import annotations

import secrets
from types import TracebackType

from redis.asyncio import Redis
from redis.exceptions import WatchError


class LockTaken(Exception):
    """Somebody else holds the lock."""


class RedisLock:
    """`async with RedisLock(redis, "scheduler", ttl_s=10): ...`

    Only the holder releases it, and it runs out by itself if the holder dies.
    """

    def __init__(self, redis: Redis, name: str, ttl_s: float) -> None:
        self._redis = redis
        self._key = f"kiln:lock:{name}"
        self._ttl_ms = int(ttl_s * 1000)
        self._token = secrets.token_bytes(16)

    async def __aenter__(self) -> RedisLock:
        if not await self._redis.set(self._key, self._token, nx=True, px=self._ttl_ms):
            raise LockTaken(self._key)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        async with self._redis.pipeline() as pipe:
            await pipe.watch(self._key)
            if await pipe.get(self._key) != self._token:
                return
            pipe.multi()  # type: ignore[no-untyped-call]
            pipe.delete(self._key)
            try:
                await pipe.execute()
            except WatchError:
                return  # it ran out just now and somebody else took it
