from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp import web
from yarl import URL

from acme.client.exceptions import IncompatibleVersion, Unreachable
from acme.client.session import Session
from acme.testutils.ports import slot_port

PORT = slot_port(22000)
ENDPOINT = URL(f"http://127.0.0.1:{PORT}")


@pytest_asyncio.fixture
async def old_manager() -> AsyncIterator[None]:
    async def version(request: web.Request) -> web.Response:
        return web.json_response({"version": "22.09.1"})

    app = web.Application()
    app.add_routes([web.get("/version", version)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", PORT).start()
    yield
    await runner.cleanup()


@pytest.mark.usefixtures("old_manager")
async def test_refuses_another_release_series() -> None:
    async with Session(ENDPOINT, "token") as session:
        with pytest.raises(IncompatibleVersion, match=r"manager 22\.09\.1"):
            await session.check_version()


async def test_nobody_answers() -> None:
    async with Session(URL(f"http://127.0.0.1:{slot_port(22000, 1)}"), "token", attempts=2) as none:
        with pytest.raises(Unreachable, match="does not answer"):
            await none.jobs()
