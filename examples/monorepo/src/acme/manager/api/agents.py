"""`/agents`"""

from __future__ import annotations

from aiohttp import web

from acme.common.auth import Role
from acme.common.types import AgentInfo
from acme.manager.api.context import REPOSITORY
from acme.manager.api.utils import answers, read_body

routes = web.RouteTableDef()


@routes.put("/agents/{id}")
@answers()
async def report(request: web.Request) -> AgentInfo:
    agent = await read_body(request, AgentInfo)
    if request["role"] is not Role.AGENT or request["subject"] != agent.id:
        raise web.HTTPForbidden(reason="an agent reports itself only")
    await request.app[REPOSITORY].save_agent(agent)
    return agent
