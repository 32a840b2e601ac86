"""One campaign against each API: what it found, and what it sent, as requests that can be asked again.

The oracle asks them. They bring values, valid and invalid, for every parameter, body, header and method, and sequences
in which one answer feeds the next. As ids and times come from the world, they are the same when the requests are asked
in another one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mockserver.api import Api
from mockserver.catalog import load_api
from mockserver.runtime.application import MockApp
from mockserver.seeding import seed_world
from mockserver.world import Record, World
from tests.fuzz.campaign import Outcome, fuzz
from tests.fuzz.exchange import Request

NOW = datetime(2026, 4, 22, 10, tzinfo=UTC)
"""What the clock shows throughout."""


@dataclass(frozen=True)
class Campaign:
    """What came of a campaign, and every request that it sent, in order."""

    outcome: Outcome
    requests: tuple[Request, ...]


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


@cache
def campaign(name: str, examples: int) -> Campaign:
    """Schemathesis' campaign of that size against an API as it is served, run once in each process."""
    api = load_api(name)
    world = seed_world([api])
    world.clock = world.clock.freeze(NOW)
    recorder = Recorder(MockApp([api], world))
    with TemporaryDirectory() as folder:
        outcome = fuzz(recorder, api.document, credentials(api, world), Path(folder), seed=1, examples=examples)
    return Campaign(outcome, tuple(recorder.requests))


def credentials(api: Api, world: World) -> list[Record]:
    """Whoever may call, the first being the caller."""
    return [] if api.credentials is None else list(world[api.credentials])
