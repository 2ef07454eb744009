"""The manager's HTTP API as a Python object."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import Any
from uuid import UUID

import aiohttp
from packaging.version import Version
from pydantic import TypeAdapter
from tenacity import (
    AsyncRetrying,
    RetryError,
    retry_if_exception_type,
    stop_after_attempt,
    wait_exponential,
)
from yarl import URL

from acme.client import __version__
from acme.client.exceptions import ClientError, IncompatibleVersion, Unreachable
from acme.common.types import AgentInfo, Assignment, JobInfo, JobSpec, Outcome

_JOBS = TypeAdapter(list[JobInfo])
_ASSIGNMENTS = TypeAdapter(list[Assignment])


class Session:
    """`async with Session(URL("http://localhost:8070"), token) as session: ...`"""

    def __init__(self, endpoint: URL, token: str, attempts: int = 3) -> None:
        self._endpoint = endpoint
        self._attempts = attempts
        self._http = aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"})

    async def __aenter__(self) -> Session:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._http.close()

    async def check_version(self) -> str:
        """The manager's version.

        Raises:
            IncompatibleVersion: it belongs to another release series than this client.
        """
        answer = await self._request("GET", "version")
        theirs: str = answer["version"]
        if Version(theirs).release[:2] != Version(__version__).release[:2]:
            raise IncompatibleVersion(f"client {__version__}, manager {theirs}")
        return theirs

    async def submit(self, spec: JobSpec) -> JobInfo:
        return JobInfo.model_validate(await self._request("POST", "jobs", spec.model_dump()))

    async def jobs(self) -> Sequence[JobInfo]:
        answer = await self._request("GET", "jobs")
        return _JOBS.validate_python(answer["jobs"])

    async def job(self, job_id: UUID) -> JobInfo:
        return JobInfo.model_validate(await self._request("GET", f"jobs/{job_id}"))

    async def cancel(self, job_id: UUID) -> JobInfo:
        return JobInfo.model_validate(await self._request("DELETE", f"jobs/{job_id}"))

    async def report_agent(self, agent: AgentInfo) -> None:
        await self._request("PUT", f"agents/{agent.id}", agent.model_dump())

    async def take_jobs(self, agent_id: str) -> Sequence[Assignment]:
        """For agents: the jobs that were given to it and that it has not taken yet."""
        answer = await self._request("POST", f"agents/{agent_id}/jobs")
        return _ASSIGNMENTS.validate_python(answer["jobs"])

    async def report_outcome(self, agent_id: str, job_id: UUID, outcome: Outcome) -> None:
        await self._request("PUT", f"agents/{agent_id}/jobs/{job_id}", outcome.model_dump())

    async def _request(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        attempts = AsyncRetrying(
            retry=retry_if_exception_type(aiohttp.ClientConnectionError),
            stop=stop_after_attempt(self._attempts),
            wait=wait_exponential(multiplier=0.1, max=5),
        )
        try:
            return await attempts(self._request_once, method, path, body)
        except RetryError as error:
            raise Unreachable(f"{self._endpoint} does not answer") from error

    async def _request_once(self, method: str, path: str, body: object) -> dict[str, Any]:
        async with self._http.request(method, self._endpoint / path, json=body) as response:
            answer: dict[str, Any] = await response.json()
            if response.status >= 400:
                raise ClientError(response.status, str(answer.get("title", response.reason)))
            return answer
