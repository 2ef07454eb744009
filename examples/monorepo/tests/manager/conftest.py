from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from fakeredis import FakeAsyncRedis
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from acme.manager.models import Base


@pytest_asyncio.fixture
async def redis() -> AsyncIterator[Redis]:
    async with FakeAsyncRedis() as client:
        yield client


@pytest_asyncio.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path / 'kiln.db'}")
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield engine
    await engine.dispose()
