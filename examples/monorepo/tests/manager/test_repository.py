import pytest
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker

from acme.common.redis.queue import JobQueue
from acme.common.types import AgentInfo, JobId, JobInfo, JobSpec, JobState, Slots
from acme.manager.notify import Notifiers
from acme.manager.repository import JobRepository, NoSuchJob


class RecordingNotifier:
    def __init__(self, options: dict[str, object]) -> None:
        self.jobs: list[JobInfo] = []

    async def job_finished(self, job: JobInfo) -> None:
        self.jobs.append(job)


@pytest.fixture
def notifier() -> RecordingNotifier:
    return RecordingNotifier({})


@pytest.fixture
def repository(engine: AsyncEngine, redis: Redis, notifier: RecordingNotifier) -> JobRepository:
    sessions = async_sessionmaker(engine, expire_on_commit=False)
    return JobRepository(sessions, JobQueue(redis), Notifiers({"recording": notifier}))


async def test_a_job_waits_for_room_and_then_runs(repository: JobRepository) -> None:
    added = await repository.add(JobSpec(name="big", command=["true"]), owner="ann")
    assert added.state is JobState.PENDING
    assert await repository.schedule_next() is None

    await repository.save_agent(AgentInfo(id="i-1", version="24.3", total=Slots(cpu_millis=1500)))
    second = await repository.add(JobSpec(name="next", command=["true"]), owner="ann")

    placed = await repository.schedule_next()
    assert placed is not None
    assert (placed.id, placed.state, placed.agent_id) == (added.id, JobState.RUNNING, "i-1")

    assert await repository.schedule_next() is None, "the first job takes most of the agent"
    assert (await repository.get(JobId(second.id), "ann")).state is JobState.PENDING


async def test_cancelling_tells_the_notifiers_once(
    repository: JobRepository, notifier: RecordingNotifier
) -> None:
    job = await repository.add(JobSpec(name="job", command=["true"]), owner="ann")
    for _ in range(2):
        cancelled = await repository.cancel(JobId(job.id), "ann")
        assert cancelled.state is JobState.CANCELLED
    assert notifier.jobs == [cancelled]
    assert await repository.schedule_next() is None


async def test_jobs_of_others_do_not_exist(repository: JobRepository) -> None:
    job = await repository.add(JobSpec(name="job", command=["true"]), owner="ann")
    assert await repository.jobs_of("bob") == []
    with pytest.raises(NoSuchJob):
        await repository.get(JobId(job.id), "bob")
