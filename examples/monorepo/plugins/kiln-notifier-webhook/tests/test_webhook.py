from uuid import UUID

from aiohttp import web

from acme.common.types import JobInfo, JobState
from acme.plugin.notifier import Notifier
from acme.testutils.ports import slot_port
from kiln_notifier_webhook import WebhookNotifier

JOB = JobInfo(id=UUID(int=1), name="train", state=JobState.DONE, exit_code=0)


async def test_posts_the_job() -> None:
    received = []

    async def hook(request: web.Request) -> web.Response:
        received.append(JobInfo.model_validate(await request.json()))
        return web.Response()

    app = web.Application()
    app.add_routes([web.post("/jobs", hook)])
    runner = web.AppRunner(app)
    await runner.setup()
    port = slot_port(23000)
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        notifier: Notifier = WebhookNotifier({"url": f"http://127.0.0.1:{port}/jobs"})
        await notifier.job_finished(JOB)
    finally:
        await runner.cleanup()
    assert received == [JOB]
