"""The agent's work: report, take jobs, run them, tell how they ended."""

import asyncio

from acme.agent.executor import run
from acme.agent.resources import describe
from acme.client.session import Session
from acme.common.types import Assignment


async def work(session: Session, agent_id: str, interval_s: float) -> None:
    """Until cancelled."""

    async def run_job(job: Assignment) -> None:
        await session.report_outcome(agent_id, job.id, await run(job.spec))

    async with asyncio.TaskGroup() as running:
        while True:
            await session.report_agent(describe(agent_id))
            for job in await session.take_jobs(agent_id):
                running.create_task(run_job(job))
            await asyncio.sleep(interval_s)
