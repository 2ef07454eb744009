"""The server on a real port, used through the client SDK."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from uuid import uuid4

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine
from yarl import URL

from acme.agent.worker import work
from acme.client.exceptions import ClientError
from acme.client.session import Session
from acme.common.auth import Role, issue_token
from acme.common.types import AgentInfo, JobSpec, JobState, Slots
from acme.manager import __version__
from acme.manager.config import ManagerConfig
from acme.manager.server import build_app
from acme.testutils.ports import slot_port

CONFIG = ManagerConfig(secret="a secret that is long enough for HS256", port=slot_port(21000))
ENDPOINT = URL(f"http://{CONFIG.host}:{CONFIG.port}")


@pytest_asyncio.fixture(autouse=True)
async def server(engine: AsyncEngine, redis: Redis) -> AsyncIterator[None]:
    runner = web.AppRunner(build_app(CONFIG, engine, redis))
    await runner.setup()
    await web.TCPSite(runner, CONFIG.host, CONFIG.port).start()
    yield
    await runner.cleanup()


@pytest_asyncio.fixture
async def ann() -> AsyncIterator[Session]:
    async with Session(ENDPOINT, issue_token(CONFIG.secret, "ann", Role.USER)) as session:
        yield session


async def test_versions_agree(ann: Session) -> None:
    assert await ann.check_version() == __version__


async def test_life_of_a_job(ann: Session) -> None:
    job = await ann.submit(JobSpec(name="hello", command=["echo", "hello"]))
    assert job.state is JobState.PENDING
    assert list(await ann.jobs()) == [job]
    assert (await ann.cancel(job.id)).state is JobState.CANCELLED
    assert (await ann.job(job.id)).state is JobState.CANCELLED


async def test_a_job_runs_on_an_agent(ann: Session) -> None:
    job = await ann.submit(JobSpec(name="hello", command=["sh", "-c", "exit 3"]))
    async with Session(ENDPOINT, issue_token(CONFIG.secret, "i-1", Role.AGENT)) as agent:
        worker = asyncio.create_task(work(agent, "i-1", interval_s=0.1))
        async with asyncio.timeout(20):
            while not job.state.is_final:
                await asyncio.sleep(0.1)
                job = await ann.job(job.id)
        worker.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await worker
    assert (job.state, job.exit_code, job.agent_id) == (JobState.FAILED, 3, "i-1")


async def test_unknown_job(ann: Session) -> None:
    with pytest.raises(ClientError, match="no such job") as caught:
        await ann.job(uuid4())
    assert caught.value.status == 404


async def test_an_agent_reports_itself_only(ann: Session) -> None:
    agent = AgentInfo(id="i-1", version=__version__, total=Slots())
    with pytest.raises(ClientError, match="an agent reports itself only"):
        await ann.report_agent(agent)
    async with Session(ENDPOINT, issue_token(CONFIG.secret, "i-1", Role.AGENT)) as session:
        await session.report_agent(agent)


async def test_no_token() -> None:
    async with aiohttp.ClientSession() as http, http.get(ENDPOINT / "jobs") as response:
        assert response.status == 401
        assert await response.json(content_type=None) == {"title": "no bearer token"}


async def test_metrics_count_requests(ann: Session) -> None:
    await ann.jobs()
    async with aiohttp.ClientSession() as http, http.get(ENDPOINT / "metrics") as response:
        assert 'kiln_requests_total{method="GET",status="200"}' in await response.text()
