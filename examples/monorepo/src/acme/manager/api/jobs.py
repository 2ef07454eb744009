"""`/jobs`"""

from __future__ import annotations

from aiohttp import web
from pydantic import BaseModel

from acme.common.types import JobInfo, JobSpec
from acme.manager.api.context import REPOSITORY
from acme.manager.api.utils import answers, job_id_of, read_body

routes = web.RouteTableDef()


class JobList(BaseModel):
    jobs: list[JobInfo]


@routes.post("/jobs")
@answers(status=201)
async def submit(request: web.Request) -> JobInfo:
    spec = await read_body(request, JobSpec)
    return await request.app[REPOSITORY].add(spec, owner=request["subject"])


@routes.get("/jobs")
@answers()
async def list_jobs(request: web.Request) -> JobList:
    return JobList(jobs=await request.app[REPOSITORY].jobs_of(request["subject"]))


@routes.get("/jobs/{id}")
@answers()
async def show(request: web.Request) -> JobInfo:
    return await request.app[REPOSITORY].get(job_id_of(request), owner=request["subject"])


@routes.delete("/jobs/{id}")
@answers()
async def cancel(request: web.Request) -> JobInfo:
    return await request.app[REPOSITORY].cancel(job_id_of(request), owner=request["subject"])
