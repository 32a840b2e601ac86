"""The authorization server over HTTP: below /_mock, but for the clients of the APIs, to whom access is as to the APIs.

So it needs no control token, is served with --no-control too, and lets pages of other origins in as the APIs do.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

from starlette.types import Receive

from mockserver.contract.bodies import write_json
from mockserver.oauth.server import AuthorizationServer, Reply
from mockserver.runtime.answer import Answer, problem
from mockserver.runtime.body import Body, read_body
from mockserver.runtime.dataplane import DataPlane
from mockserver.runtime.request import Request
from mockserver.runtime.reserved import AUTHORIZE, DISCOVERY, KEYS, TOKEN, WORLD_PREFIX
from mockserver.world import DEFAULT, World

HOST = re.compile(r"[A-Za-z0-9._-]+(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?")
LARGEST = 64 * 1024
"""Bytes of a form that are read."""

REDIRECT = 302


async def authorize(plane: DataPlane, world: World, request: Request, receive: Receive) -> Answer:
    """The answer to a client, which a page of another origin may read where it may read those of the APIs."""
    if plane.cors is not None and request.is_preflight:
        return plane.cors.preflight(request, METHODS[request.path])
    body = await read_body(request, receive, LARGEST)
    answer = _answer(plane, world, request, body)
    if plane.cors is not None:
        plane.cors.allow(answer, request)
    return answer


METHODS = {TOKEN: ["POST"], **{path: ["GET", "HEAD"] for path in (AUTHORIZE, KEYS, DISCOVERY)}}


def _answer(plane: DataPlane, world: World, request: Request, body: Body) -> Answer:
    methods = METHODS[request.path]
    if request.method not in methods:
        allowed = ", ".join(methods)
        return problem(405, f"{request.path} answers {allowed}, not {request.method}.", {"Allow": allowed}, errors=[])
    if body.flaw is not None:
        return problem(413, f"The body must be a form of at most {LARGEST} bytes. Send less.", errors=[])
    server = AuthorizationServer(plane.routes.apis, world, base(request, world))
    acts: dict[str, Callable[[], Reply]] = {
        TOKEN: lambda: server.token(request.header("content-type"), request.header("authorization"), body.content),
        AUTHORIZE: lambda: server.authorize(request.scope["query_string"].decode("latin-1")),
        KEYS: server.keys,
        DISCOVERY: server.discovery,
    }
    reply = acts[request.path]()
    if reply.status == REDIRECT:
        return Answer(REDIRECT, b"", None, reply.headers)
    if isinstance(reply.payload, str):
        return problem(reply.status, reply.payload, errors=[])
    return Answer(reply.status, write_json(reply.payload), "application/json", reply.headers)


def base(request: Request, world: World) -> str:
    """The URL of the server as the client has it, led into its world."""
    host = request.header("host") or ""
    named = "" if world.name == DEFAULT else f"{WORLD_PREFIX}{quote(world.name, safe='')}"
    return f"{request.scope.get('scheme', 'http')}://{host if HOST.fullmatch(host) else '127.0.0.1'}{named}"
