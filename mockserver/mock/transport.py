"""A transport for httpx without a socket: requests call the application directly, in the test's own thread.

What ends a connection is raised as what httpx raises for it; the read timeout holds for delayed and dripping answers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from mockserver.mock import loop
from mockserver.runtime.application import MockApp
from mockserver.runtime.reserved import CONTROL, WORLD_HEADER, WORLD_PREFIX
from mockserver.runtime.transport import EXTENSION
from mockserver.world import World

BASE_URL = "http://mock.localhost"
"""The host name of the server if there is no socket; it can only be this machine."""

ASGIMessage = MutableMapping[str, Any]


class Line(asyncio.Transport):
    """Replaces the connection, and records how it was ended."""

    def __init__(self) -> None:
        super().__init__()
        self.ended: str | None = None

    def close(self) -> None:
        self.ended = "closed"

    def abort(self) -> None:
        self.ended = "reset"


class RoundTrip:
    """One request to the application, and the received part of its response."""

    def __init__(self, app: MockApp, world: World, request: httpx.Request) -> None:
        self._app = app
        self._request = request
        self._line = Line()
        self._world = world
        self._body = [request.content]
        self._status: int | None = None
        self._headers: list[tuple[bytes, bytes]] = []
        self._parts: list[bytes] = []
        self._whole = False
        self._limit: asyncio.Timeout | None = None
        self._patience: float | None = request.extensions.get("timeout", {}).get("read")

    @property
    def may_wait(self) -> bool:
        """Whether the response may have to wait, and so needs an event loop: for a fault or the control plane."""
        world = self._request.headers.get(WORLD_HEADER, self._world.name)
        elsewhere = world != self._world.name or self._request.url.path.startswith((CONTROL, WORLD_PREFIX))
        return elsewhere or bool(self._world.faults)

    async def at_once(self) -> httpx.Response:
        """The response of an application that never waits."""
        await self._app(self._scope(), self._receive, self._send)
        return self._response()

    async def in_time(self) -> httpx.Response:
        """The response; httpx.ReadTimeout if no part of it comes within the timeout of the request."""
        try:
            async with asyncio.timeout(self._patience) as self._limit:
                await self._app(self._scope(), self._receive, self._send)
        except TimeoutError:
            raise httpx.ReadTimeout("The read operation timed out", request=self._request) from None
        return self._response()

    def _scope(self) -> ASGIMessage:
        url = self._request.url
        headers = [(name.lower(), value) for name, value in self._request.headers.raw]
        if WORLD_HEADER not in self._request.headers:
            headers.append((WORLD_HEADER.encode(), self._world.name.encode()))
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": self._request.method,
            "scheme": url.scheme,
            "path": url.path,
            "raw_path": url.raw_path.partition(b"?")[0],
            "query_string": url.query,
            "root_path": "",
            "headers": headers,
            "server": (url.host, url.port),
            "client": ("127.0.0.1", 0),
            "extensions": {EXTENSION: self._line},
        }

    async def _receive(self) -> ASGIMessage:
        if self._body:
            return {"type": "http.request", "body": self._body.pop(), "more_body": False}
        return {"type": "http.disconnect"}

    async def _send(self, message: ASGIMessage) -> None:
        if self._limit is not None and self._patience is not None:
            self._limit.reschedule(asyncio.get_running_loop().time() + self._patience)
        if message["type"] == "http.response.start":
            self._status, self._headers = message["status"], list(message["headers"])
        else:
            self._parts.append(message.get("body", b""))
            self._whole = not message.get("more_body", False)

    def _response(self) -> httpx.Response:
        if self._line.ended == "reset":
            raise httpx.ReadError("[Errno 104] Connection reset by peer", request=self._request)
        if self._status is None:
            message = "Server disconnected without sending a response."
            raise httpx.RemoteProtocolError(message, request=self._request)
        if not self._whole:
            message = "peer closed connection without sending complete message body"
            raise httpx.RemoteProtocolError(message, request=self._request)
        return httpx.Response(
            self._status,
            headers=self._headers,
            stream=httpx.ByteStream(b"".join(self._parts)),
            extensions={"http_version": b"HTTP/1.1"},
            request=self._request,
        )


class Transport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """For `httpx.Client` and `httpx.AsyncClient`; every request goes to one world, unless it names another."""

    def __init__(self, app: MockApp, world: World) -> None:
        self._app = app
        self._world = world

    def client(self) -> httpx.Client:
        """An httpx client that sends by it, whatever proxies the environment names."""
        return httpx.Client(transport=self, base_url=BASE_URL, trust_env=False)

    def async_client(self) -> httpx.AsyncClient:
        """The same for asyncio."""
        return httpx.AsyncClient(transport=self, base_url=BASE_URL, trust_env=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        call = RoundTrip(self._app, self._world, request)
        return _run(call.in_time()) if call.may_wait else _step(call.at_once())

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        call = RoundTrip(self._app, self._world, request)
        if not call.may_wait:
            return _step(call.at_once())
        return await loop.run_aside(call.in_time()) if _looping() else _run(call.in_time())


def _step(call: Coroutine[Any, Any, httpx.Response]) -> httpx.Response:
    """The result of a coroutine that never waits, computed in one step without an event loop."""
    try:
        call.send(None)
    except StopIteration as end:
        response: httpx.Response = end.value
        return response
    call.close()
    raise RuntimeError("the application waited, though no fault rule told it to.")


def _run(call: Coroutine[Any, Any, httpx.Response]) -> httpx.Response:
    """The result of a coroutine that may wait, on its own event loop, in another thread if this one has a loop."""
    if _looping():
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(loop.run, call).result()
    return loop.run(call)


def _looping() -> bool:
    """Whether an asyncio loop runs in this thread; under trio none does."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
