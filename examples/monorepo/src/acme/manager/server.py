"""The manager's HTTP server."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import prometheus_client
import uvloop
from aiohttp import web
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine

from acme.common.redis.queue import JobQueue
from acme.manager import __version__
from acme.manager.api import agents, jobs
from acme.manager.api.context import CONFIG, REPOSITORY
from acme.manager.api.middleware import authenticate, count, explain_errors
from acme.manager.config import ManagerConfig
from acme.manager.notify import Notifiers
from acme.manager.repository import JobRepository

SCHEDULE_INTERVAL_S = 0.2


async def _version(request: web.Request) -> web.Response:
    return web.json_response({"version": __version__})


async def _metrics(request: web.Request) -> web.Response:
    return web.Response(body=prometheus_client.generate_latest(), content_type="text/plain")


async def _schedule(app: web.Application) -> AsyncIterator[None]:
    async def loop() -> None:
        while True:
            if await app[REPOSITORY].schedule_next() is None:
                await asyncio.sleep(SCHEDULE_INTERVAL_S)

    task = asyncio.create_task(loop())
    yield
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def build_app(config: ManagerConfig, engine: AsyncEngine, redis: Redis) -> web.Application:
    notifiers = Notifiers.load(config.notifiers, checkouts=Path("plugins"))
    app = web.Application(middlewares=[count, explain_errors, authenticate])
    app[CONFIG] = config
    app[REPOSITORY] = JobRepository(
        async_sessionmaker(engine, expire_on_commit=False), JobQueue(redis), notifiers
    )
    app.add_routes([web.get("/version", _version), web.get("/metrics", _metrics)])
    app.add_routes(jobs.routes)
    app.add_routes(agents.routes)

    async def close_connections(_: web.Application) -> AsyncIterator[None]:
        yield
        await redis.aclose()
        await engine.dispose()

    app.cleanup_ctx.append(close_connections)
    app.cleanup_ctx.append(_schedule)
    return app


def serve(config: ManagerConfig) -> None:
    engine = create_async_engine(config.database.url)
    redis = Redis.from_url(config.redis_url)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        app = build_app(config, engine, redis)
        web.run_app(app, host=config.host, port=config.port, loop=runner.get_loop())
