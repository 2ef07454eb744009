import pytest
from redis.asyncio import Redis

from acme.common.redis.lock import LockTaken, RedisLock


async def test_one_holder_at_a_time(redis: Redis) -> None:
    async with RedisLock(redis, "scheduler", ttl_s=10):
        with pytest.raises(LockTaken, match="scheduler"):
            async with RedisLock(redis, "scheduler", ttl_s=10):
                pass
        async with RedisLock(redis, "another", ttl_s=10):
            pass
    async with RedisLock(redis, "scheduler", ttl_s=10):
        pass


async def test_a_late_holder_does_not_release_the_next_one(redis: Redis) -> None:
    async with RedisLock(redis, "scheduler", ttl_s=10):
        await redis.set("kiln:lock:scheduler", b"somebody else")
    assert await redis.get("kiln:lock:scheduler") == b"somebody else"
