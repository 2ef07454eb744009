from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from fakeredis import FakeAsyncRedis
from redis.asyncio import Redis
from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from acme.manager.models import Base


@pytest_asyncio.fixture
async def redis() -> AsyncIterator[Redis]:
    async with FakeAsyncRedis() as client:
        yield client


@pytest_asyncio.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path / 'kiln.db'}")

    @event.listens_for(engine.sync_engine, "connect")
    def do_not_wait_for_the_disk(connection: DBAPIConnection, _: object) -> None:
        connection.cursor().execute("PRAGMA synchronous = OFF")

    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield engine
    await engine.dispose()
