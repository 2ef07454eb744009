"""`/agents`: used by agents only, each for itself."""

from __future__ import annotations

from aiohttp import web
from pydantic import BaseModel

from acme.common.auth import Role
from acme.common.types import AgentId, AgentInfo, Assignment, JobInfo, Outcome
from acme.manager.api.context import REPOSITORY
from acme.manager.api.utils import answers, job_id_of, read_body

routes = web.RouteTableDef()


class AssignmentList(BaseModel):
    jobs: list[Assignment]


@routes.put("/agents/{agent}")
@answers()
async def report(request: web.Request) -> AgentInfo:
    agent = await read_body(request, AgentInfo)
    if agent.id != _agent_id(request):
        raise web.HTTPForbidden(reason="an agent reports itself only")
    await request.app[REPOSITORY].save_agent(agent)
    return agent


@routes.post("/agents/{agent}/jobs")
@answers()
async def take_jobs(request: web.Request) -> AssignmentList:
    return AssignmentList(jobs=await request.app[REPOSITORY].take(_agent_id(request)))


@routes.put("/agents/{agent}/jobs/{id}")
@answers()
async def report_outcome(request: web.Request) -> JobInfo:
    outcome = await read_body(request, Outcome)
    repository = request.app[REPOSITORY]
    return await repository.finish(job_id_of(request), _agent_id(request), outcome)


def _agent_id(request: web.Request) -> AgentId:
    if request["role"] is not Role.AGENT or request["subject"] != request.match_info["agent"]:
        raise web.HTTPForbidden(reason="an agent reports itself only")
    return AgentId(request["subject"])
