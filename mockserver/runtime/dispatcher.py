"""Dispatches a request: to the control plane, to the health probe, or to the data plane in the world that it names."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from connexion.middleware.abstract import SpecMiddleware
from connexion.spec import OpenAPISpecification
from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.api import Api
from mockserver.errors import WorldError
from mockserver.runtime import transport
from mockserver.runtime.answer import Answer, problem
from mockserver.runtime.body import Disconnected
from mockserver.runtime.compiled import CompiledAPI
from mockserver.runtime.dataplane import DataPlane
from mockserver.runtime.health import health
from mockserver.runtime.message import Raw
from mockserver.runtime.request import Request
from mockserver.runtime.reserved import (
    OAUTH,
    PROBES,
    RESERVED,
    SENT,
    WORLD_HEADER,
    is_control,
    named_by_header,
    world_of,
)
from mockserver.world import DEFAULT, World
from mockserver.world.registry import Worlds


class Dispatcher(SpecMiddleware):
    """The ASGI app: hands requests to the control plane or, in the world that they name, to the data plane.

    `control` makes the app at /_mock on first use; `guard` returns the refusal of a caller that may not use it.
    `ready` is whether more requests are welcome.
    """

    def __init__(self, worlds: Worlds, plane: DataPlane) -> None:
        self.control: Callable[[], Awaitable[ASGIApp]] | None = None
        self.guard: Callable[[Request], Answer | None] = lambda _: None
        self.ready = True
        self._worlds = worlds
        self._plane = plane

    def add_api(self, specification: OpenAPISpecification, *, api: Api, **options: Any) -> CompiledAPI:
        """Add the operations of an API to the routes; Connexion calls it."""
        return CompiledAPI(specification, api=api, serve=self._plane.routes.add, **options)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            with _until_stopped():
                await self._dispatch(Request.of(scope), receive, send)
        elif scope["type"] == "lifespan":
            await _live(receive, send)
        else:
            await send({"type": "websocket.close", "code": 1000})

    def at_once(self, request: Request, body: bytes, came: Raw | None, added: bytes) -> bytes | ASGIApp:
        """The answer to a request that has come whole, as it is sent; what goes on with it if it has to wait.

        came: how it came, if that is known; added: what the server adds to the headers of every answer.
        """
        plane = self._plane
        if request.path.startswith(RESERVED) or WORLD_HEADER in request.first:
            name = world_of(request)
            if is_control(request.path):
                return self
        else:
            name = DEFAULT
        # a body that is too long takes the way on which it is refused, which tells how long it was
        if len(body) > plane.options.body_limit:
            return self
        if name == DEFAULT:  # which is never evicted, however long it is not busy
            answer = plane.at_once(self._worlds.default, request, body, came, added)
            return answer if isinstance(answer, bytes) else self._occupying(self._worlds.enter(name), answer)
        try:
            world = self._worlds.enter(name)
        except WorldError as error:
            return plane.no_world(request, error).written(added, request.method)[0]
        answer = b""
        try:
            answer = plane.at_once(world, request, body, came, added)
        finally:
            if isinstance(answer, bytes):
                self._worlds.leave(world)
        return answer if isinstance(answer, bytes) else self._occupying(world, answer)

    def _occupying(self, world: World, app: ASGIApp) -> ASGIApp:
        """The application, until whose end the world is not evicted."""

        async def occupying(scope: Scope, receive: Receive, send: Send) -> None:
            try:
                with _until_stopped():
                    await app(scope, receive, send)
            finally:
                self._worlds.leave(world)

        return occupying

    async def _dispatch(self, request: Request, receive: Receive, send: Send) -> None:
        name = world_of(request)
        if is_control(request.path):
            await self._serve_control(named_by_header(request, name) if request.prefix else request, receive, send)
            return
        try:
            world = self._worlds.enter(name)
        except WorldError as error:
            await self._plane.no_world(request, error).send(send, head=request.method == "HEAD")
            return
        try:
            await self._plane.serve(world, request, receive, send)
        finally:
            self._worlds.leave(world)

    async def _serve_control(self, request: Request, receive: Receive, send: Send) -> None:
        if request.path in PROBES:
            names = [api.name for api in self._plane.routes.apis]
            await health(request, names, ready=self.ready).send(send, head=request.method == "HEAD")
            return
        if request.path in OAUTH:
            await self._authorize(request, receive, send)
            return
        # else a callback whose URL leads here could change the server that sends it
        if SENT.lower() in request.headers:
            await problem(403, "The control plane does not take what the mock sends itself.").send(send)
            return
        refused = self.guard(request)
        if refused is not None:
            await refused.send(send, head=request.method == "HEAD")
        elif self.control is not None:
            app = await self.control()
            await app(request.scope, receive, send)
        else:
            await problem(404, f"No control plane is served here: {request.path}.").send(send)

    async def _authorize(self, request: Request, receive: Receive, send: Send) -> None:
        """Answer a client that wants a token, in the world that its request names."""
        from mockserver.runtime.authorization import authorize  # noqa: PLC0415  # most runs need none

        try:
            world = self._worlds.enter(world_of(request))
        except WorldError as error:
            await self._plane.no_world(request, error).send(send, head=request.method == "HEAD")
            return
        try:
            answer = await authorize(self._plane, world, request, receive)
        except Disconnected:
            return
        finally:
            self._worlds.leave(world)
        await answer.send(send, head=request.method == "HEAD")


@contextmanager
def _until_stopped() -> Iterator[None]:
    """A block that a server may cancel which stops, as nobody waits for it; what else cancels is none of ours."""
    try:
        yield
    except asyncio.CancelledError as cancelled:
        if cancelled.args != (transport.STOPPING,):
            raise


async def _live(receive: Receive, send: Send) -> None:
    """The lifespan protocol, for servers that require it."""
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
