"""Request and response bodies checked by pydantic."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import TypeVar
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, ValidationError

from acme.common.types import JobId

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
BodyT = TypeVar("BodyT", bound=BaseModel)


def problem(status: int, title: str) -> web.Response:
    return web.json_response(
        {"title": title}, status=status, content_type="application/problem+json"
    )


def answers(
    status: int = 200,
) -> Callable[[Callable[[web.Request], Awaitable[BaseModel]]], Handler]:
    """The handler returns a model, which is sent as JSON."""

    def decorate(handler: Callable[[web.Request], Awaitable[BaseModel]]) -> Handler:
        @wraps(handler)
        async def wrapped(request: web.Request) -> web.Response:
            answer = await handler(request)
            return web.Response(
                text=answer.model_dump_json(), status=status, content_type="application/json"
            )

        return wrapped

    return decorate


async def read_body(request: web.Request, model: type[BodyT]) -> BodyT:
    """Raises: web.HTTPBadRequest: the body does not fit the model."""
    try:
        return model.model_validate_json(await request.read())
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "body"
        raise web.HTTPBadRequest(reason=f"{place}: {first['msg']}") from error


def job_id_of(request: web.Request) -> JobId:
    """Raises: web.HTTPNotFound: the path holds no job's id."""
    try:
        return JobId(UUID(request.match_info["id"]))
    except ValueError:
        raise web.HTTPNotFound(reason="no such job") from None
