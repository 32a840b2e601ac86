"""Requests that offer to leave HTTP/1.1, which is never done: each is one request, and so is whatever comes behind it.

A row is an offer and a body; the journal says what was taken for a request. Wherever the bytes are cut, it is the same:
cuts at every byte are tried on the protocol itself, some of them over a socket.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import httptools
import pytest
import uvicorn

from mockserver import MockServer
from mockserver.runtime.connections import Connections
from mockserver.runtime.framing import LONGEST_HEAD
from mockserver.runtime.protocol import Protocol
from mockserver.runtime.transport import STOPPING
from tests.hostile.wire import Connection, Reply, connection, request

WORKSHOP = b"Authorization: Bearer wk_demo_api"
TYPED = b"Content-Type: application/json"
CHUNKED = b"Transfer-Encoding: chunked"
LISTS = b"/v1/lists"
DRAFT = b'{"external_id": "a", "title": "t"}'
SMUGGLED = request(b"/v1/lists/smuggled", WORKSHOP, method=b"DELETE")
NEXT = request(b"/v1/lists?limit=1", WORKSHOP)
LAST = ("GET", "/v1/lists?limit=1", 200)

OFFERS: dict[str, tuple[bytes, ...]] = {
    "nothing": (),
    "HTTP/2": (
        b"Connection: Upgrade, HTTP2-Settings",
        b"Upgrade: h2c",
        b"HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA",
    ),
    "a websocket": (
        b"Upgrade: websocket",
        b"Connection: keep-alive, upgrade",
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        b"Sec-WebSocket-Version: 13",
    ),
    "TLS": (b"CONNECTION: uPGRADE", b"UPGRADE: TLS/1.0"),
    "several": (b"Connection: Upgrade", b"Upgrade: IRC/6.9, h2c", b"Upgrade: RTA/x11"),
    "what nobody knows": (b"Connection: upgrade", b"Upgrade: x"),
}

Body = tuple[tuple[bytes, ...], bytes, int]
BODIES: dict[str, Body] = {
    "none": ((), b"", 422),
    "of no bytes": ((b"Content-Length: 0",), b"", 422),
    "of a length": ((b"Content-Length: %d" % len(DRAFT),), DRAFT, 201),
    "in a chunk": ((CHUNKED,), b"%x\r\n%b\r\n0\r\n\r\n" % (len(DRAFT), DRAFT), 201),
    "in chunks, with trailers": (
        (CHUNKED, b"Trailer: X-Mock-World"),
        b"1;a=b\r\n{\r\n%x\r\n%b\r\n0\r\nX-Mock-World: elsewhere\r\nExpect: 9\r\n\r\n" % (len(DRAFT) - 1, DRAFT[1:]),
        201,
    ),
    "that is a request": ((b"Content-Length: %d" % len(SMUGGLED),), SMUGGLED, 422),
    "that is a request, in a chunk": ((CHUNKED,), b"%x\r\n%b\r\n0\r\n\r\n" % (len(SMUGGLED), SMUGGLED), 422),
}

Row = tuple[bytes, list[tuple[str, str, int]]]
ROWS: dict[str, Row] = {
    f"{method.decode()} offers {offer}, body {body}": (
        request(LISTS, WORKSHOP, TYPED, *fields, *framing, method=method) + raw,
        [(method.decode(), "/v1/lists", status if method == b"POST" else 405), LAST],
    )
    for method in (b"POST", b"BREW")
    for offer, fields in OFFERS.items()
    for body, (framing, raw, status) in BODIES.items()
}
"""What is sent, before NEXT, and what the journal holds then."""


STEPS = 8
"""Turns of the event loop in which everything that has come as a whole is answered."""


class Line(asyncio.Transport):
    """Stands for the connection: keeps what was sent."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = b""
        self.ended = False

    def get_extra_info(self, _: str, default: Any = None) -> Any:
        return default

    def write(self, data: Any) -> None:
        self.sent += data

    def is_closing(self) -> bool:
        return self.ended

    def close(self) -> None:
        self.ended = True

    def recv(self, _: int) -> bytes:
        sent, self.sent = self.sent, b""
        return sent

    can_write_eof = is_closing
    pause_reading = resume_reading = lambda _: None


Speak = Callable[..., Line]


@pytest.fixture(scope="module")
def workshop() -> MockServer:
    return MockServer("workshop")


def configured(server: MockServer, **options: Any) -> uvicorn.Config:
    config = uvicorn.Config(server.app, http=Protocol, ws="none", lifespan="off", log_config=None, **options)
    config.load()
    return config


async def spoken(config: uvicorn.Config, *segments: bytes) -> Line:
    """What is said to segments over a new connection, each sent when the server has done with the one before."""
    state, line = Connections(), Line()
    made = Protocol(config=config, server_state=state, app_state={})
    made.connection_made(line)
    for segment in segments:
        made.data_received(segment)
        for _ in range(STEPS):
            await asyncio.sleep(0)
    made.connection_lost(ConnectionResetError())
    for task in list(state.tasks):
        task.cancel(STOPPING)
        await task
    return line


@pytest.fixture(scope="module")
def speak(workshop: MockServer) -> Iterator[Speak]:
    """`speak(b"…", b"…")` speaks to the app as seeded."""
    config = configured(workshop)
    with asyncio.Runner() as runner:

        def speak(*segments: bytes) -> Line:
            workshop.reset()
            return runner.run(spoken(config, *segments))

        yield speak


def seen(server: MockServer) -> list[tuple[str, str, int | None]]:
    return [(each.method, each.target, each.status) for each in server.world().journal.entries()]


def replies(line: Line, count: int) -> list[Reply]:
    read = Connection(line)  # type: ignore[arg-type]  # all it does with a socket is read
    found = [read.reply() for _ in range(count)]
    assert read.unread == b""
    return found


def cuts(raw: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The bytes in two segments, cut anywhere."""
    return ((raw[:at], raw[at:]) for at in range(1, len(raw)))


@pytest.mark.parametrize(("raw", "expected"), ROWS.values(), ids=ROWS)
def test_a_request_that_offers_an_upgrade_is_one_request(
    workshop: MockServer, speak: Speak, raw: bytes, expected: list[tuple[str, str, int]]
) -> None:
    """With its own body, in one piece, byte by byte, and behind another."""
    for segments in ((raw + NEXT,), [bytes([each]) for each in raw + NEXT]):
        line = speak(*segments)
        assert seen(workshop) == expected
        assert [reply.status for reply in replies(line, 2)] == [status for _, _, status in expected]
    speak(NEXT + raw + raw + NEXT)
    again = expected[0] if expected[0][2] != 201 else (*expected[0][:2], 409)
    assert seen(workshop) == [LAST, expected[0], again, LAST]


@pytest.mark.parametrize(("raw", "expected"), [row for name, row in ROWS.items() if "HTTP/2" in name])
def test_wherever_it_is_cut_it_is_the_same_request(
    workshop: MockServer, speak: Speak, raw: bytes, expected: list[tuple[str, str, int]]
) -> None:
    """Into two segments, at every byte."""
    for segments in cuts(raw + NEXT):
        speak(*segments)
        assert seen(workshop) == expected, segments


@pytest.mark.parametrize("at", ["nowhere", "head", "body", "byte"])
@pytest.mark.parametrize(
    ("raw", "expected"), [row for name, row in ROWS.items() if "POST offers HTTP/2" in name or "offers a web" in name]
)
def test_over_a_socket_it_is_the_same_request(
    server: MockServer, raw: bytes, expected: list[tuple[str, str, int]], at: str
) -> None:
    """Head and body together, apart, the body in halves, or byte by byte."""
    head = raw.index(b"\r\n\r\n") + 4
    places = {"nowhere": [], "head": [head], "body": [head, (head + len(raw)) // 2], "byte": [*range(len(raw))]}[at]
    with connection(server.url) as client:
        for start, end in zip([0, *places], [*places, len(raw)], strict=True):
            client.send(raw[start:end])
        first = client.reply()
        client.send(NEXT)
        second = client.reply()

    assert [first.status, second.status] == [status for _, _, status in expected]
    assert seen(server) == expected


def test_a_trailer_is_no_header(workshop: MockServer, speak: Speak) -> None:
    """It neither names a world nor brings a credential, whether an upgrade is offered or not."""
    for offer in ((), OFFERS["HTTP/2"]):
        raw = request(LISTS, TYPED, CHUNKED, *offer, method=b"POST") + b"2\r\n{}\r\n0\r\n" + WORKSHOP + b"\r\n\r\n"
        for segments in ((raw,), *cuts(raw)):
            speak(*segments)
            entry, *others = workshop.world().journal.entries()
            assert (entry.status, others) == (401, [])
            assert entry.request.header("authorization") is None


TUNNELS = {
    "a host and a port": (b"CONNECT internal.example:443 HTTP/1.1\r\nHost: internal.example:443\r\n\r\n", 501, []),
    "a host": (b"CONNECT internal.example HTTP/1.1\r\n\r\n", 501, []),
    "an IPv6 address": (b"CONNECT [::1]:80 HTTP/1.1\r\n\r\n", 501, []),
    "a path": (request(LISTS, WORKSHOP, method=b"CONNECT"), 405, [("CONNECT", "/v1/lists", 405)]),
    "a path, with a body": (
        request(LISTS, WORKSHOP, method=b"CONNECT", body=SMUGGLED),
        405,
        [("CONNECT", "/v1/lists", 405)],
    ),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04", 505, []),
    "HTTP/2 in the words of HTTP/1": (b"GET /v1/lists HTTP/2.0\r\n\r\n", 505, []),
    "HTTP/3": (b"BREW /v1/lists HTTP/3.0\r\n\r\n", 505, []),
    "what follows the last request": (request(LISTS, WORKSHOP, b"Connection: close"), 200, [("GET", "/v1/lists", 200)]),
    "what follows HTTP/1.0": (b"GET /v1/lists HTTP/1.0\r\n" + WORKSHOP + b"\r\n\r\n", 200, [("GET", "/v1/lists", 200)]),
    "chunks that are not last": (
        request(LISTS, WORKSHOP, b"Transfer-Encoding: chunked", b"Transfer-Encoding: gzip", method=b"POST"),
        400,
        [],
    ),
    "chunks that are not last, and an upgrade": (
        request(LISTS, WORKSHOP, *OFFERS["TLS"], b"Transfer-Encoding: xchunked", method=b"POST"),
        400,
        [],
    ),
}


@pytest.mark.parametrize(("raw", "status", "expected"), TUNNELS.values(), ids=TUNNELS)
def test_what_follows_a_tunnel_or_the_last_request_is_no_request(
    workshop: MockServer, speak: Speak, raw: bytes, status: int, expected: list[tuple[str, str, int]]
) -> None:
    """One answer, that is the connection's last, wherever the bytes are cut."""
    for segments in ((raw + NEXT,), *cuts(raw + NEXT)):
        line = speak(*segments)
        (reply,) = replies(line, 1)
        assert (reply.status, reply.headers["connection"], line.ended) == (status, "close", True), segments
        assert seen(workshop) == expected, segments


def test_a_refusal_comes_after_the_answers_to_what_was_asked_before(workshop: MockServer, speak: Speak) -> None:
    """Of several requests at once, those before the refused one are answered, and nothing is answered twice."""
    broken = request(LISTS, WORKSHOP, CHUNKED, method=b"POST") + b"zz\r\n"

    for refused in (b"nonsense\r\n\r\n", broken, TUNNELS["HTTP/2"][0], TUNNELS["a host"][0]):
        line = speak(NEXT + NEXT + refused + NEXT)
        assert [reply.status for reply in replies(line, 2)] == [200, 200]
        assert line.ended
        assert seen(workshop) == [LAST, LAST]


@pytest.mark.parametrize("part", [b"X: y\r\n", b"x" * 1000, b"X: " + b"y" * 1000 + b"\r\n"])
def test_trailers_are_bounded(speak: Speak, part: bytes) -> None:
    """As headers are, by number and length."""
    raw = request(LISTS, WORKSHOP, TYPED, CHUNKED, method=b"POST") + b"2\r\n{}\r\n0\r\nX: "
    parts = [part * 60] * (1 + LONGEST_HEAD // (len(part) * 60))

    (reply,) = replies(speak(raw, *parts), 1)

    assert reply.status == 431


def test_a_long_chunk_is_no_long_head(workshop: MockServer, speak: Speak) -> None:
    """What is bounded is what comes beside the body."""
    body = b'{"external_id": "long", "title": "%b"}' % (b"x" * 3 * LONGEST_HEAD)
    parts = [body[at : at + 65536] for at in range(0, len(body), 65536)]

    speak(request(LISTS, WORKSHOP, TYPED, CHUNKED, method=b"POST") + b"%x\r\n" % len(body), *parts, b"\r\n0\r\n\r\n")

    assert [entry.request.size for entry in workshop.world().journal.entries()] == [len(body)]


@pytest.mark.parametrize("body", ["that is a request", "that is a request, in a chunk"])
def test_a_body_that_comes_after_the_answer_is_no_request(workshop: MockServer, speak: Speak, body: str) -> None:
    """Where the head alone is enough to refuse."""
    framing, raw, _ = BODIES[body]
    head = request(b"/_mock/faults", *framing, method=b"POST")

    line = speak(head, raw, NEXT)

    assert [reply.status for reply in replies(line, 2)] == [404, 200]
    assert seen(workshop) == [LAST]


def test_the_parser_is_never_ahead_of_what_is_known(workshop: MockServer) -> None:
    """Should it come upon a request where none is expected to begin, it is stopped."""
    loop = asyncio.new_event_loop()
    made = Protocol(config=configured(workshop), server_state=Connections(), app_state={}, _loop=loop)

    with pytest.raises(httptools.HttpParserCallbackError):
        made.parser.feed_data(NEXT)
    loop.close()


@pytest.mark.parametrize(
    ("segments", "patience", "ended"),
    [
        ((NEXT,), 0, True),
        ((NEXT, b"G", b"E"), 0, True),
        ((NEXT + b"G",), 0, False),
        ((NEXT + NEXT[:-2],), 0, False),
        ((NEXT + request(LISTS, WORKSHOP, TYPED, b"Content-Length: 9", method=b"POST"),), 0, False),
        ((NEXT,), 60, False),
        ((b"",), 0, False),
    ],
)
def test_a_connection_is_closed_when_it_has_idled(
    workshop: MockServer, segments: tuple[bytes, ...], patience: int, ended: bool
) -> None:
    """So long after its last answer, unless a request has begun to come."""
    line = asyncio.run(spoken(configured(workshop, timeout_keep_alive=patience), *segments))

    assert line.ended == ended


def test_an_answer_puts_the_end_of_a_connection_off(workshop: MockServer) -> None:
    """One timer serves all requests of a connection: when it is up, it looks for how long nothing has been asked."""

    async def asked_once_more() -> tuple[bool, bool]:
        loop, state, line = asyncio.get_running_loop(), Connections(), Line()
        made = Protocol(config=configured(workshop, timeout_keep_alive=60), server_state=state, app_state={})
        made.connection_made(line)
        made.data_received(NEXT)
        await asyncio.gather(*state.tasks)
        made.timeout_keep_alive_handler()
        before = line.ended
        waiting = made.timeout_keep_alive_task
        assert waiting is not None
        assert waiting.when() > loop.time()
        made._idle_since -= 61
        made.timeout_keep_alive_handler()
        made.connection_lost(None)
        return before, line.ended

    assert asyncio.run(asked_once_more()) == (False, True)
