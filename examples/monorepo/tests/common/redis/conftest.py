from collections.abc import AsyncIterator

import pytest_asyncio
from fakeredis import FakeAsyncRedis
from redis.asyncio import Redis


@pytest_asyncio.fixture
async def redis() -> AsyncIterator[Redis]:
    async with FakeAsyncRedis() as client:
        yield client
