"""Jobs and agents in the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from acme.common.redis.queue import JobQueue
from acme.common.types import (
    AgentId,
    AgentInfo,
    Assignment,
    JobId,
    JobInfo,
    JobSpec,
    JobState,
    Outcome,
    Slots,
)
from acme.manager.models import AgentRow, AttemptRow, JobRow
from acme.manager.notify import Notifiers
from acme.manager.scheduler import FreeAgent, Scheduler


class NoSuchJob(Exception):
    """No job of that owner has that id."""


def _info(row: JobRow) -> JobInfo:
    return JobInfo(
        id=row.id, name=row.name, state=row.state, agent_id=row.agent_id, exit_code=row.exit_code
    )


def _spec(row: JobRow) -> JobSpec:
    return JobSpec(
        name=row.name,
        command=row.command,
        environment=row.environment,
        slots=Slots(cpu_millis=row.cpu_millis, memory_bytes=row.memory_bytes),
        priority=row.priority,
        timeout_s=row.timeout_s,
    )


class JobRepository:
    def __init__(
        self, sessions: async_sessionmaker[AsyncSession], queue: JobQueue, notifiers: Notifiers
    ) -> None:
        self._sessions = sessions
        self._queue = queue
        self._notifiers = notifiers

    async def add(self, spec: JobSpec, owner: str) -> JobInfo:
        row = JobRow(
            owner=owner,
            name=spec.name,
            command=spec.command,
            environment=spec.environment,
            cpu_millis=spec.slots.cpu_millis,
            memory_bytes=spec.slots.memory_bytes,
            priority=spec.priority,
            timeout_s=spec.timeout_s,
        )
        async with self._sessions.begin() as session:
            session.add(row)
        await self._queue.put(JobId(row.id), row.priority)
        return _info(row)

    async def jobs_of(self, owner: str) -> list[JobInfo]:
        """Newest first."""
        query = select(JobRow).where(JobRow.owner == owner).order_by(JobRow.created_at.desc())
        async with self._sessions() as session:
            return [_info(row) for row in await session.scalars(query)]

    async def get(self, job_id: JobId, owner: str) -> JobInfo:
        async with self._sessions() as session:
            return _info(await self._row(session, job_id, owner))

    async def cancel(self, job_id: JobId, owner: str) -> JobInfo:
        """A job that has ended already stays as it is."""
        async with self._sessions.begin() as session:
            row = await self._row(session, job_id, owner)
            if row.state.is_final:
                return _info(row)
            row.state = JobState.CANCELLED
        info = _info(row)
        await self._notifiers.job_finished(info)
        return info

    async def save_agent(self, agent: AgentInfo) -> None:
        async with self._sessions.begin() as session:
            await session.merge(
                AgentRow(
                    id=agent.id,
                    version=agent.version,
                    cpu_millis=agent.total.cpu_millis,
                    memory_bytes=agent.total.memory_bytes,
                    seen_at=datetime.now(UTC),
                )
            )

    async def take(self, agent_id: AgentId) -> list[Assignment]:
        """The jobs placed on an agent that it has not taken yet."""
        started = select(AttemptRow.job_id).where(AttemptRow.agent_id == agent_id)
        query = select(JobRow).where(
            JobRow.agent_id == agent_id,
            JobRow.state == JobState.RUNNING,
            JobRow.id.not_in(started),
        )
        async with self._sessions.begin() as session:
            rows = (await session.scalars(query)).all()
            session.add_all(AttemptRow(job_id=row.id, agent_id=agent_id) for row in rows)
        return [Assignment(id=row.id, spec=_spec(row)) for row in rows]

    async def finish(self, job_id: JobId, agent_id: AgentId, outcome: Outcome) -> JobInfo:
        """A job that was cancelled meanwhile stays cancelled."""
        async with self._sessions.begin() as session:
            row = await session.get(JobRow, job_id)
            if row is None or row.agent_id != agent_id:
                raise NoSuchJob(str(job_id))
            if row.state.is_final:
                return _info(row)
            row.state, row.exit_code = outcome.state, outcome.exit_code
        info = _info(row)
        await self._notifiers.job_finished(info)
        return info

    async def schedule_next(self, lease_s: float = 60) -> JobInfo | None:
        """Take the first job of the queue to an agent; None if there is no job or no room."""
        job_id = await self._queue.lease(lease_s)
        if job_id is None:
            return None
        async with self._sessions.begin() as session:
            row = await session.get_one(JobRow, job_id)
            if row.state is JobState.PENDING:
                wanted = Slots(cpu_millis=row.cpu_millis, memory_bytes=row.memory_bytes)
                row.agent_id = Scheduler(await self._free_agents(session)).place(wanted)
                if row.agent_id is not None:
                    row.state = JobState.RUNNING
        await self._queue.finish(job_id)
        if row.state is JobState.PENDING:
            await self._queue.put(job_id, row.priority)
        return _info(row) if row.state is JobState.RUNNING else None

    @staticmethod
    async def _free_agents(session: AsyncSession) -> list[FreeAgent]:
        agents: Sequence[AgentRow] = (await session.scalars(select(AgentRow))).all()
        free = {
            agent.id: Slots(cpu_millis=agent.cpu_millis, memory_bytes=agent.memory_bytes)
            for agent in agents
        }
        running = select(JobRow).where(JobRow.state == JobState.RUNNING)
        for job in await session.scalars(running):
            if job.agent_id in free:
                used = Slots(cpu_millis=job.cpu_millis, memory_bytes=job.memory_bytes)
                free[job.agent_id] -= used
        return [FreeAgent(AgentId(name), slots) for name, slots in free.items()]

    @staticmethod
    async def _row(session: AsyncSession, job_id: JobId, owner: str) -> JobRow:
        row = await session.get(JobRow, job_id)
        if row is None or row.owner != owner:
            raise NoSuchJob(str(job_id))
        return row
