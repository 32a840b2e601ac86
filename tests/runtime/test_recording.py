"""What the journal says, and since when."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest

from mockserver import MockServer
from mockserver.runtime.exchange import Exchange
from mockserver.runtime.faults import Rule
from mockserver.runtime.message import Message
from mockserver.runtime.transport import EXTENSION
from tests.runtime.desk import ask, served

Scope = MutableMapping[str, Any]


def scope_of(path: str, **more: Any) -> Scope:
    return {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [],
        **more,
    }


def test_whoever_has_an_answer_finds_the_exchange_in_the_journal(running_server: MockServer) -> None:
    """An exchange is journalled, and observers have seen it, before the first byte of its answer leaves."""
    world = running_server.app.worlds.get("recording")
    known: list[int] = []

    async def receive() -> Scope:
        raise AssertionError("a request without a body is not waited for")

    async def send(message: Scope) -> None:
        del message
        known.append(len(world.journal))

    asyncio.run(running_server.app(scope_of("/_world/recording/contacts/lists"), receive, send))
    running_server.app.worlds.delete("recording")

    assert known == [1, 1]


class Line(asyncio.Transport):
    """A connection that notes how many exchanges were journalled when it was closed."""

    def __init__(self, journal: Any) -> None:
        super().__init__()
        self.journal = journal
        self.known: int | None = None

    def close(self) -> None:
        self.known = len(self.journal)


def test_a_closed_connection_is_in_the_journal_by_then(running_server: MockServer) -> None:
    """Who sees the connection end finds the exchange, which has no status."""
    world = running_server.app.worlds.get("recording")
    world.faults = (Rule("gone", damage="close"),)
    line = Line(world.journal)
    scope = scope_of("/_world/recording/contacts/lists", extensions={EXTENSION: line})

    async def receive() -> Scope:
        return {"type": "http.disconnect"}

    async def send(message: Scope) -> None:
        raise AssertionError(f"nothing is sent, but {message} was")

    asyncio.run(running_server.app(scope, receive, send))
    entry = world.journal.entries()[0]
    running_server.app.worlds.delete("recording")

    assert line.known == 1
    assert (entry.status, str(entry.answered_by)) == (None, "fault gone")


def test_a_message_reads_its_headers_and_its_json() -> None:
    """Names of headers have no case; the first of several values counts."""
    message = Message.of([(b"X-One", b"1"), (b"x-one", b"2")], b'{"a": 1}')

    assert message.header("x-ONE") == "1"
    assert message.header("x-two") is None
    assert message.json() == {"a": 1}


def test_a_body_that_was_cut_says_so() -> None:
    """What is kept of a long body is no JSON any more."""
    message = Message.of([], b'["' + b"a" * 20_000 + b'"]')

    with pytest.raises(ValueError, match="16384 of its 20004 bytes are kept"):
        message.json()


def test_an_observer_that_fails_is_set_aside(caplog: pytest.LogCaptureFixture) -> None:
    """It is logged once; the answers, and the other observers, know nothing of it."""
    seen: list[Exchange] = []

    def fail(exchange: Exchange) -> None:
        raise RuntimeError(f"cannot show {exchange.method}")

    app = served(observers=[fail, seen.append])

    statuses = [ask(app, "GET", "/notes").status for _ in range(3)]

    assert (statuses, len(seen)) == ([200] * 3, 3)
    assert caplog.text.count("cannot show GET") == 1
