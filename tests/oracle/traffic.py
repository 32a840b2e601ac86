"""What a fuzzing campaign sends, as requests that can be asked again.

It brings values, valid and invalid, for every parameter, body, header and method, and sequences in which one answer
feeds the next. As ids and times come from the world, they are the same when the requests are asked in another one.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mockserver.catalog import Api
from mockserver.world import Record
from tests.fuzz.campaign import fuzz
from tests.oracle.exchange import Request


class Recorder:
    """An ASGI app that keeps every request on its way to another."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.requests: list[Request] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        messages = [await receive()]
        while messages[-1].get("more_body", False):
            messages.append(await receive())
        self.requests.append(_request(scope, b"".join(message["body"] for message in messages)))
        replay = iter(messages)

        async def again() -> Message:
            return next(replay, None) or await receive()

        await self._app(scope, again, send)


def _request(scope: Scope, body: bytes) -> Request:
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
    return Request(
        scope["method"], scope["raw_path"].decode("latin-1"), scope["query_string"].decode("latin-1"), headers, body
    )


def campaign(api: Api, app: ASGIApp, credentials: Sequence[Record], folder: Path, examples: int) -> list[Request]:
    """Everything that Schemathesis sends to the app in a campaign of that size."""
    recorder = Recorder(app)
    fuzz(recorder, api.document, credentials, folder, seed=1, examples=examples)
    return recorder.requests
