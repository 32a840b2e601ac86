"""The journal of a world as a stream of server-sent events, sent from the event loop of the data plane.

No request is told of a viewer: a stream looks at the journal ten times a second and takes what has come since, so that
requests cost the same whether anybody watches or not, and a viewer that is slow misses entries instead of delaying
them. It is told how many it missed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

from starlette.types import Receive, Scope, Send

from mockserver.admin import worlds
from mockserver.admin.entries import summary
from mockserver.admin.service import Service
from mockserver.contract.bodies import write_json
from mockserver.control.problems import refused
from mockserver.errors import WorldError
from mockserver.runtime.request import Request
from mockserver.runtime.reserved import CONTROL
from mockserver.world import DEFAULT, World

EVENTS = f"{CONTROL}/events"

BEGINNING = "0"
"""The id before all events. That of an event is the epoch of the journal, and the number of its latest entry."""

TICK = 0.1
"""Seconds between two looks at the journal."""

ROWS = 200
"""Entries of one batch."""

BACKLOG = 1_000
"""Entries that may wait for their batch; of more, only the latest are sent."""

SILENCE = 150
"""Looks without news after which a comment is sent, so that nobody between takes the connection for dead."""

HEADERS = [(b"content-type", b"text/event-stream; charset=utf-8")]
KEEP_ALIVE = b": nothing new\n\n"


class Events:
    """The ASGI app at /_mock/events; the gate has judged the request. `ready` is false while the server stops."""

    def __init__(self, service: Service, ready: Callable[[], bool]) -> None:
        self._service = service
        self._ready = ready

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request.of(scope)
        try:
            world = self._service.world(request.query.get("world", [DEFAULT])[0])
        except WorldError as error:
            await refused(error).send(send, head=request.method == "HEAD")
            return
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        if request.method != "HEAD":
            await self._stream(View(self._service, world, request), receive, send)
        await send({"type": "http.response.body", "body": b""})

    async def _stream(self, view: View, receive: Receive, send: Send) -> None:
        """Send what is new until the client or the world has gone, or the server stops."""
        left = asyncio.ensure_future(_gone(receive))
        silent = 0
        try:
            while self._ready() and not left.done() and not view.over:
                news = b"".join(view.news())
                silent = 0 if news else silent + 1
                if silent > SILENCE:
                    news, silent = KEEP_ALIVE, 0
                if news:
                    await send({"type": "http.response.body", "body": news, "more_body": True})
                await asyncio.wait([left], timeout=TICK)
        finally:
            left.cancel()


class View:
    """What a viewer has seen of a world. `over`: the world is gone, and there will be no more."""

    def __init__(self, service: Service, world: World, request: Request) -> None:
        self._service = service
        self._world = world
        self._epoch, self._seen = _begin(world, request)
        self._stands: tuple[Any, ...] | None = None
        self.over = False

    def news(self) -> Iterator[bytes]:
        """The events since the last call."""
        world = self._world
        if world not in self._service.worlds:
            self.over = True
            yield self._event("gone", {"world": world.name})
            return
        if world.journal.epoch != self._epoch:
            self._epoch, self._seen = world.journal.epoch, 0
            yield self._event("cleared", {"world": world.name})
        before = self._seen
        yield from self._entries()
        if self._has_changed(asked=self._seen > before):
            yield self._event("world", worlds.shown(world))

    def _entries(self) -> Iterator[bytes]:
        journal = self._world.journal
        added = journal.added
        found = journal.behind(added - ROWS if added - self._seen > BACKLOG else self._seen, ROWS)
        first, last = (found[0].number, found[-1].number) if found else (added + 1, added)
        missed, self._seen = first - 1 - self._seen, max(last, self._seen)
        if missed > 0:
            yield self._event("lagged", {"world": self._world.name, "count": missed})
        if found:
            yield self._event("entries", {"world": self._world.name, "entries": [summary(each) for each in found]})

    def _has_changed(self, *, asked: bool) -> bool:
        """Whether the world is not as it was, other than by requests, or is seen for the first time."""
        with self._world.lock:
            moment = self._world.moment()
        stands = (moment.clock, moment.faults, moment.stubs, moment.seed, moment.states)
        before, self._stands = self._stands, stands
        if before is None:
            return True
        changed = [one is not other for one, other in zip(before, stands, strict=True)]
        return any(changed[:-1]) or (changed[-1] and not asked)

    def _event(self, kind: str, data: Any) -> bytes:
        return b"id: %d-%d\nevent: %b\ndata: %b\n\n" % (self._epoch, self._seen, kind.encode(), write_json(data))


def _begin(world: World, request: Request) -> tuple[int, int]:
    """Where the stream begins: behind the event that the client has seen last, the entry it names, or now."""
    journal = world.journal
    seen = request.header("last-event-id")
    if seen == BEGINNING:
        return journal.epoch, 0
    if seen is not None:
        epoch, number = map(int, seen.split("-"))
        return epoch, min(number, journal.added) if epoch == journal.epoch else number
    after = request.query.get("after")
    return journal.epoch, min(int(after[0]), journal.added) if after else journal.added


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue
