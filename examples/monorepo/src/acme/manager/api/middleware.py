"""What happens around every request."""

from __future__ import annotations

from aiohttp import web
from prometheus_client import Counter

from acme.common.auth import AuthError, verify_token
from acme.manager.api.context import CONFIG
from acme.manager.api.utils import Handler, problem
from acme.manager.repository import NoSuchJob

PUBLIC_PATHS = frozenset({"/version", "/metrics"})

_requests = Counter("kiln_requests", "HTTP requests by method and status", ["method", "status"])


@web.middleware
async def count(request: web.Request, handler: Handler) -> web.StreamResponse:
    response = await handler(request)
    _requests.labels(request.method, str(response.status)).inc()
    return response


@web.middleware
async def explain_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except NoSuchJob:
        return problem(404, "no such job")
    except web.HTTPError as error:
        return problem(error.status, error.reason)


@web.middleware
async def authenticate(request: web.Request, handler: Handler) -> web.StreamResponse:
    if request.path not in PUBLIC_PATHS:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        try:
            if scheme != "Bearer":
                raise AuthError("no bearer token")
            subject, role = verify_token(request.app[CONFIG].secret, token)
        except AuthError as error:
            raise web.HTTPUnauthorized(reason=str(error)) from error
        request["subject"], request["role"] = subject, role
    return await handler(request)
