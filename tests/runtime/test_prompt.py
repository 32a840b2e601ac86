"""Requests that are answered in the step that read them, and those that wait: nobody can tell which was which."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, Literal, TypeVar

import pytest

from mockserver.runtime.application import MockApp
from mockserver.runtime.connections import TOGETHER
from mockserver.runtime.exchange import Exchange
from mockserver.runtime.faults import Delay, Reply, Rule
from mockserver.runtime.message import BODY_KEPT, Message, RawMessage
from mockserver.runtime.pattern import RequestPattern
from mockserver.runtime.prompt import KEPT, PromptProtocol
from mockserver.runtime.transport import STOPPING
from mockserver.runtime.whole import Judge
from tests import timers
from tests.patience import PATIENCE
from tests.runtime.desk import desk, served
from tests.runtime.lines import ByMessages, Line, connected, settled

T = TypeVar("T")


def on_a_loop(test: Callable[[], Coroutine[Any, Any, T]]) -> T:
    return timers.run(test())


HOST = b"Host: desk\r\n"
WRITER = b"Authorization: Bearer writer\r\n"
CREATE = b"POST /notes HTTP/1.1\r\n" + HOST + WRITER + b"Content-Type: application/json\r\n"
NOTE = b'{"text": "call home"}'
CHUNKS = b"5\r\n" + NOTE[:5] + b"\r\n%x\r\n" % len(NOTE[5:]) + NOTE[5:] + b"\r\n0\r\n\r\n"
REQUESTS = {
    "a read": b"GET /notes?limit=1 HTTP/1.1\r\n" + HOST + b"\r\n",
    "a read of nothing": b"GET /nowhere HTTP/1.1\r\n" + HOST + b"\r\n",
    "a head": b"HEAD /notes HTTP/1.1\r\n" + HOST + b"\r\n",
    "no head at all": b"GET /notes HTTP/1.1\r\n\r\n",
    "a write": CREATE + b"Content-Length: %d\r\n\r\n" % len(NOTE) + NOTE,
    "a write in chunks": CREATE + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNKS,
    "a write without its credential": b"POST /notes HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}",
    "no content": b"DELETE /notes/1 HTTP/1.1\r\n" + WRITER + b"\r\n",
    "a method nobody knows": b"BREW /notes HTTP/1.1\r\n" + HOST + b"\r\n",
    "an upgrade": CREATE + b"Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: %d\r\n\r\n" % len(NOTE) + NOTE,
    "an expectation": CREATE + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(NOTE) + NOTE,
    "too much": CREATE + b"Content-Length: 300\r\n\r\n" + b" " * 300,
    "the same header twice": b"GET /echo/1 HTTP/1.1\r\nX-Trace: a\r\nX-Trace: b\r\n\r\n",
    "blanks around a value": b"GET /notes HTTP/1.1\r\nX-Blank:\t  a b \t\r\nX-Empty:\r\n\r\n",
    "no blank before a value": b"POST /notes HTTP/1.1\r\nAUTHORIZATION:Bearer writer\r\nContent-Length:2\r\n\r\n{}",
    "two blanks before a value": b"GET /notes HTTP/1.1\r\nX-Blank:  a: b\r\n\r\n",
    "no other header than a blank one": b"GET /notes HTTP/1.1\r\nX-Blank: \r\n\r\n",
    "characters beyond ASCII": b"GET /notes HTTP/1.1\r\nX-Trace: \xe9\xff\r\n\r\n",
    "a query that asks for nothing": b"GET /notes? HTTP/1.1\r\n\r\n",
    "a question in the query": b"GET /notes?limit=1&a=?/%23 HTTP/1.1\r\n\r\n",
    "a connection that stays": b"GET /notes HTTP/1.1\r\nConnection: Keep-Alive\r\n\r\n",
    "a proxy's connection": b"GET /notes HTTP/1.1\r\nProxy-Connection: close\r\n\r\n",
    "a fragment": b"GET /notes#2 HTTP/1.1\r\n\r\n",
    "a length of no bytes": b"GET /notes HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
    "a length with zeros": CREATE + b"Content-Length: 0%d\r\n\r\n" % len(NOTE) + NOTE,
    "a world": b"GET /_world/w1/notes HTTP/1.1\r\n" + HOST + b"\r\n",
    "no world": b"GET /_world/-/notes HTTP/1.1\r\n" + HOST + b"\r\n",
    "an absolute target": b"GET http://desk/notes?limit=1 HTTP/1.1\r\n" + HOST + b"\r\n",
    "the last of its connection": b"GET /notes HTTP/1.1\r\nConnection: close\r\n\r\n",
    "HTTP/1.0": b"GET /notes HTTP/1.0\r\n\r\n",
    "health": b"GET /_mock/health HTTP/1.1\r\n" + HOST + b"\r\n",
    "a preflight": b"OPTIONS /notes HTTP/1.1\r\nOrigin: https://a\r\nAccess-Control-Request-Method: POST\r\n\r\n",
}
MALFORMED = {
    "a value in two lines": b"GET /notes HTTP/1.1\r\nX-Trace: a\r\n b\r\n\r\n",
    "a value below its name": b"GET /notes HTTP/1.1\r\nX-Trace:\r\n\tb\r\n\r\n",
    "lines of a line feed alone": b"GET /notes HTTP/1.1\r\nX-Trace: a\nX-Other: b\r\n\r\n",
    "a carriage return in a value": b"GET /notes HTTP/1.1\r\nX-Trace: a\rb\r\n\r\n",
    "a blank before a colon": b"GET /notes HTTP/1.1\r\nX-Trace : a\r\n\r\n",
    "a blank before the first name": b"GET /notes HTTP/1.1\r\n X-Trace: a\r\n\r\n",
    "a header without a colon": b"GET /notes HTTP/1.1\r\nX-Trace\r\n\r\n",
    "a zero byte": b"GET /notes HTTP/1.1\r\nX-Trace: a\0\r\n\r\n",
    "two lengths": CREATE + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
    "a length that is no number": CREATE + b"Content-Length: +2\r\n\r\n{}",
    "a length of digits that are none": CREATE + b"Content-Length: \xb2\r\n\r\n{}",
    "a length of too many digits": CREATE + b"Content-Length: " + b"9" * 5_000 + b"\r\n\r\n{}",
    "two framings": CREATE + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
    "a path of other bytes": b"GET /notes\xff HTTP/1.1\r\n\r\n",
}
"""What is refused with 400, however it comes."""
WAITING = ("an upgrade", "an expectation", "health", "too much")
"""What ASGI answers, however it comes."""


def pieces(raw: bytes, size: int) -> Iterator[bytes]:
    return (raw[at : at + size] for at in range(0, len(raw), size))


def fresh() -> tuple[MockApp, list[Exchange]]:
    seen: list[Exchange] = []
    return served(observers=[seen.append], body_limit=100), seen


def told(exchange: Exchange) -> tuple[Any, ...]:
    """All that the journal has of an exchange but for its times."""
    response = exchange.response
    assert response is not None
    head = (exchange.world, exchange.method, exchange.target, exchange.api, exchange.operation_id, exchange.route)
    kind = exchange.rejection and exchange.rejection.kind
    sides = [(list(each.headers), each.body, each.size) for each in (exchange.request, response)]
    return (*head, exchange.status, str(exchange.answered_by), kind, *sides)


@pytest.mark.parametrize("raw", REQUESTS.values(), ids=REQUESTS)
@pytest.mark.parametrize("size", [1_000, 40, 7, 1])
def test_no_one_can_tell_how_it_was_answered(raw: bytes, size: int) -> None:
    """In one piece or in many, with ASGI or without: the answer and the entry of the journal are alike."""

    async def answered(app: Any) -> tuple[list[bytes], bytes, bool]:
        protocol, line = connected(app)
        for piece in pieces(raw, size):
            protocol.data_received(piece)
            await asyncio.sleep(0)
        sent = await settled(line, 1 + raw.count(b"100-"))
        head, _, body = sent.replace(b"HTTP/1.1 100 Continue\r\n\r\n", b"").partition(b"\r\n\r\n")
        return sorted(head.split(b"\r\n")), body, line.closed

    (prompt, seen), (other, expected) = fresh(), fresh()

    assert on_a_loop(lambda: answered(prompt)) == on_a_loop(lambda: answered(ByMessages(other)))
    assert [told(each) for each in seen] == [told(each) for each in expected]


@pytest.mark.parametrize("name", REQUESTS)
def test_a_whole_request_is_answered_at_once(name: str) -> None:
    """Before the loop gets its turn, and without a task; unless something has to be waited for."""

    async def sent_at_once() -> tuple[bytes, int]:
        protocol, line = connected(fresh()[0])
        protocol.data_received(REQUESTS[name])
        sent, tasks = line.sent, len(protocol.tasks)
        await settled(line)
        return sent, tasks

    sent, tasks = on_a_loop(sent_at_once)

    assert (sent.startswith(b"HTTP/1.1 "), tasks) == ((False, 1) if name in WAITING else (True, 0))


@pytest.mark.parametrize(
    ("rule", "at_once"),
    [
        (Rule("r", RequestPattern(operation_id="get_note"), delay=Delay("fixed", 9.0), damage="drip"), True),
        (Rule("r", nth=2, delay=Delay("fixed", 9.0)), True),
        (Rule("r", times=0, damage="reset"), True),
        (Rule("r", reply=Reply("respond", 418)), True),
        (Rule("r", reply=Reply("too_many_requests")), True),
        (Rule("r", reply=Reply("fuzz")), True),
        (Rule("r"), True),
        (Rule("r", delay=Delay("fixed", 0.01), reply=Reply("fuzz")), False),
        (Rule("r", damage="truncate"), False),
        (Rule("r", damage="reset"), False),
    ],
    ids=["of another", "later", "used up", "respond", "429", "fuzz", "counts", "delay", "truncate", "reset"],
)
def test_only_a_fault_that_takes_time_or_the_connection_makes_wait(rule: Rule, at_once: bool) -> None:
    """A world with rules is as quick as one without, where none of them has to wait."""

    async def asked() -> tuple[bool, int]:
        app = served(desk())
        app.worlds.default.faults = (rule,)
        protocol, line = connected(app)
        protocol.data_received(REQUESTS["a read"])
        answered, tasks = bool(line.sent), len(protocol.tasks)
        await settled(line)
        protocol.connection_lost(None)
        return answered, tasks

    assert timers.run(asked()) == ((True, 0) if at_once else (False, 1))


@pytest.mark.parametrize("name", ["a read", "a world"])
def test_a_request_that_waits_occupies_its_world(name: str) -> None:
    """For as long as it waits, so that the world is not evicted; a server that stops cuts it off without a word."""

    async def asked() -> tuple[int, int, int]:
        app = fresh()[0]
        default = app.worlds.default
        default.faults = (Rule("slow", delay=Delay("fixed", 60.0)),)
        default.origin = default.snapshot()
        protocol, _ = connected(app)
        world = default if name == "a read" else app.worlds.get("w1")
        before = world.busy
        protocol.data_received(REQUESTS[name])
        await asyncio.sleep(1)
        during, (task,) = world.busy, protocol.tasks
        task.cancel(STOPPING)
        await task
        return before, during, world.busy

    assert timers.run(asked()) == (0, 1, 0)


@pytest.mark.parametrize("name", ["a read", "a write", "a world", "health"])
def test_a_whole_request_that_waits_is_read_once(name: str) -> None:
    """The parser of its connection never sees it; whoever goes on with it is told what it says."""

    async def asked() -> tuple[bytes, int]:
        app = fresh()[0]
        app.worlds.default.faults = (Rule("slow", delay=Delay("fixed", 0.01)),)
        app.worlds.default.origin = app.worlds.default.snapshot()
        protocol, line = connected(app)
        protocol.parser = protocol._reader = None  # type: ignore[assignment]  # nothing can be fed to it
        protocol.data_received(REQUESTS[name])
        tasks = len(protocol.tasks)
        return (await settled(line)).split(b"\r\n")[0], tasks

    assert timers.run(asked()) == (b"HTTP/1.1 201 Created" if name == "a write" else b"HTTP/1.1 200 OK", 1)


@pytest.mark.parametrize("raw", MALFORMED.values(), ids=MALFORMED)
@pytest.mark.parametrize("size", [1_000, 7])
def test_what_is_malformed_is_refused_however_it_comes(raw: bytes, size: int) -> None:
    """Nothing of it reaches the application, and the next connection is served as ever."""

    async def sent() -> tuple[bytes, bytes, list[Exchange]]:
        app, seen = fresh()
        protocol, line = connected(app)
        for piece in pieces(raw, size):
            protocol.data_received(piece)
        other, next_line = connected(app)
        other.server_state.judge = protocol.server_state.judge
        other.data_received(REQUESTS["a read"])
        return line.sent, next_line.sent, seen

    refusal, answer, seen = on_a_loop(sent)

    assert refusal.startswith(b"HTTP/1.1 400 ")
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert [each.path for each in seen] == ["/notes"]


@pytest.mark.parametrize(
    "odd",
    [
        b"",
        b"GET /notes HTTP/1.1\r\n",
        b"POST /notes HTTP/1.1\r\nContent-Length: 9\r\n\r\n{}",
        b"GET /notes HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
        b"\0",
    ],
    ids=["nothing", "half a head", "half a body", "an upgrade", "noise"],
)
def test_a_judge_keeps_nothing_of_what_it_turns_down(odd: bytes) -> None:
    """All connections share it: what one sends must not be taken for a part of what another does."""
    judge = Judge()

    assert [judge.takes(each) for each in (REQUESTS["a read"], odd, REQUESTS["a read"])] == [True, False, True]


@pytest.mark.parametrize("size", [1_000, 7])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_how_the_connection_is_secured_is_known(scheme: Literal["http", "https"], size: int) -> None:
    """Links that lead out of an answer begin with the scheme by which the client came."""

    async def asked() -> str:
        app, seen = fresh()
        protocol, line = connected(app)
        protocol.scheme = scheme
        for piece in pieces(REQUESTS["a read"], size):
            protocol.data_received(piece)
        await settled(line)
        return seen[0].scheme

    assert on_a_loop(asked) == scheme


@pytest.mark.parametrize("size", [1_000, 7])
def test_headers_are_those_of_each_request(size: int) -> None:
    """A client may write others with every request on a connection, or the same ones with another line before them."""
    echo = b"GET /echo/1 HTTP/1.1\r\nX-Trace: %b\r\n\r\n"
    requests = [echo % b"a", echo % b"a", echo % b"b", CREATE + b"Content-Length: 2\r\n\r\n{}", REQUESTS["a read"]]

    async def asked() -> list[list[tuple[bytes, bytes]]]:
        app, seen = fresh()
        protocol, line = connected(app)
        for number, raw in enumerate(requests, 1):
            for piece in pieces(raw, size):
                protocol.data_received(piece)
            await settled(line, number)
        return [list(each.request.headers) for each in seen]

    expected = [raw.partition(b"\r\n\r\n")[0].split(b"\r\n")[1:] for raw in requests]
    assert [[b": ".join(each).lower() for each in headers] for headers in on_a_loop(asked)] == [
        [line.lower() for line in lines] for lines in expected
    ]


@pytest.mark.parametrize("place", ["path", "query"])
def test_any_character_is_judged_alike_below_the_same_headers(place: str) -> None:
    """Whether the headers have been judged before or not: each is taken, or refused, as the parser does."""
    before = {"path": b"/notes", "query": b"/notes?limit=1&a="}[place]
    lines = [b"GET " + before + bytes([each]) + b"b HTTP/1.1\r\nX-Trace: a\r\n\r\n" for each in range(256)]

    async def statuses(raw: bytes, first: list[bytes]) -> list[bytes]:
        protocol, line = connected(fresh()[0])
        for each in first:
            protocol.data_received(each)
        before = len(line.sent)
        protocol.data_received(raw)
        await asyncio.sleep(0)
        return re.findall(rb"HTTP/1.1 (\d+)", line.sent[before:])

    async def all_of(first: list[bytes]) -> list[list[bytes]]:
        return [await statuses(raw, first) for raw in lines]

    found = on_a_loop(lambda: all_of([lines[ord("a")]]))

    assert found == on_a_loop(lambda: all_of([]))
    assert {each for answers in found for each in answers} >= {b"400", {"path": b"404", "query": b"200"}[place]}


@pytest.mark.parametrize("cut", [1, len(NOTE) - 1, len(NOTE)])
def test_a_body_that_is_sent_apart_from_its_head_waits_for_no_task(cut: int) -> None:
    """As http.client, httpx and many others write it; the next request may stand in one piece with it."""
    raw, read = REQUESTS["a write"], REQUESTS["a read"]

    async def asked() -> tuple[bytes, int, bytes, list[bytes]]:
        app, seen = fresh()
        protocol, line = connected(app)
        protocol.data_received(raw[:-cut])
        before, tasks = line.sent, len(protocol.tasks)
        protocol.data_received(raw[-cut:] + read)
        return before, tasks, line.sent, [each.request.body for each in seen]

    before, tasks, sent, bodies = on_a_loop(asked)

    assert (before, tasks) == (b"", 0)
    assert re.findall(rb"HTTP/1.1 (\d+)", sent) == [b"201", b"200"]
    assert bodies == [NOTE, b""]


def test_the_rest_of_a_long_body_is_waited_for_by_asgi() -> None:
    """Which keeps no more of it than it must."""

    async def asked() -> int:
        protocol, _ = connected(fresh()[0])
        protocol.data_received(CREATE + b"Content-Length: %d\r\n\r\n" % (KEPT + 1))
        return len(protocol.tasks)

    assert on_a_loop(asked) == 1


def test_a_request_that_is_half_there_is_answered_though_the_server_stops() -> None:
    """It is not idle; its answer is the last on its connection."""

    async def asked() -> tuple[bool, bytes, bool]:
        protocol, line = connected(fresh()[0])
        protocol.data_received(REQUESTS["a write"][:-5])
        protocol.server_state.draining = True
        protocol.shutdown()
        idle = protocol.is_idle or line.closed
        protocol.data_received(REQUESTS["a write"][-5:])
        return idle, line.sent, line.closed

    idle, sent, closed = on_a_loop(asked)

    assert (idle, closed) == (False, True)
    assert sent.startswith(b"HTTP/1.1 201 Created\r\n")
    assert b"connection: close\r\n" in sent


def test_of_a_request_that_never_comes_whole_nothing_is_left() -> None:
    """Its client has gone."""

    async def asked() -> tuple[bytes, list[Exchange]]:
        app, seen = fresh()
        protocol, line = connected(app)
        protocol.data_received(REQUESTS["a write"][:-5])
        protocol.connection_lost(None)
        await asyncio.sleep(0)
        return line.sent, seen

    assert on_a_loop(asked) == (b"", [])


def test_a_client_that_has_ceased_to_read_is_waited_for_where_its_body_comes_apart() -> None:
    """As one whose request comes whole is."""

    async def slow() -> tuple[bytes, int]:
        protocol, line = connected(fresh()[0])
        protocol.data_received(REQUESTS["a write"][:-5])
        protocol.pause_writing()
        protocol.data_received(REQUESTS["a write"][-5:])
        sent, tasks = line.sent, len(protocol.tasks)
        protocol.resume_writing()
        await settled(line)
        return sent, tasks

    assert on_a_loop(slow) == (b"", 1)


def beside(protocol: PromptProtocol) -> tuple[PromptProtocol, Line]:
    """Another connection to the same server."""
    other, line = PromptProtocol(protocol.config, protocol.server_state, {}), Line()
    other.connection_made(line)
    return other, line


def test_requests_that_came_together_are_answered_together() -> None:
    """In one burst, once all that has come is read; more than a few do not wait for one another."""

    async def asked(connections: int) -> tuple[list[int], list[int]]:
        first, line = connected(fresh()[0])
        open_ones = [(first, line), *(beside(first) for _ in range(connections - 1))]
        for protocol, _ in open_ones:
            protocol.data_received(REQUESTS["a read"])
        before = [line.sent.count(b"HTTP/1.1 200") for _, line in open_ones]
        await asyncio.sleep(0)
        return before, [line.sent.count(b"HTTP/1.1 200") for _, line in open_ones]

    assert on_a_loop(lambda: asked(3)) == ([0, 0, 0], [1, 1, 1])
    assert on_a_loop(lambda: asked(TOGETHER + 1)) == ([*[1] * TOGETHER, 0], [1] * (TOGETHER + 1))


def test_what_waits_to_be_sent_is_sent_before_anything_else() -> None:
    """A refusal of what comes next on the connection, and its end, follow the answer."""

    async def asked() -> tuple[bytes, bool]:
        first, line = connected(fresh()[0])
        beside(first)
        first.data_received(REQUESTS["a read"])
        assert line.sent == b""
        first.data_received(b"\0 noise\r\n\r\n")
        return line.sent, line.closed

    sent, closed = on_a_loop(asked)

    assert (re.findall(rb"HTTP/1.1 (\d+)", sent), closed) == ([b"200", b"400"], True)


def test_a_client_that_says_no_more_gets_its_answer() -> None:
    """Also where its request and the end of what it sends come together: the loop closes the connection behind that."""

    async def asked() -> bytes:
        first, line = connected(fresh()[0])
        beside(first)
        first.data_received(REQUESTS["a read"])
        first.eof_received()
        return line.sent[:15]

    assert on_a_loop(asked) == b"HTTP/1.1 200 OK"


def test_nothing_is_sent_to_a_client_that_has_gone() -> None:
    """Those that wait beside it get their answers."""

    async def asked() -> tuple[bytes, bytes]:
        first, line = connected(fresh()[0])
        other, next_line = beside(first)
        for each in (first, other):
            each.data_received(REQUESTS["a read"])
        line.close()
        await asyncio.sleep(0)
        return line.sent, next_line.sent[:15]

    assert on_a_loop(asked) == (b"", b"HTTP/1.1 200 OK")


def test_pipelined_requests_are_answered_in_order() -> None:
    """Those behind one that waits wait for it; the others do not."""
    app, seen = fresh()
    app.worlds.default.faults = (Rule("slow", RequestPattern(path="/notes/2"), delay=Delay("fixed", 0.01)),)
    world = b"GET /_world/quick/notes/%d HTTP/1.1\r\n\r\n"
    slow = b"GET /notes/2 HTTP/1.1\r\n\r\n"

    async def pipelined() -> bytes:
        protocol, line = connected(app)
        protocol.data_received(world % 1 + world % 3 + slow + world % 1 + world % 9)
        assert line.sent.count(b"HTTP/1.1 200") == 2
        return await settled(line, 5)

    sent = on_a_loop(pipelined)

    assert re.findall(rb'HTTP/1.1 (\d+)|"text":"([a-z ]+)"', sent) == [
        *((b"200", b""), (b"", b"call home"), (b"200", b""), (b"", b"sleep")),
        *((b"200", b""), (b"", b"buy milk"), (b"200", b""), (b"", b"call home"), (b"404", b"")),
    ]
    assert [each.path for each in seen] == ["/notes/1", "/notes/3", "/notes/2", "/notes/1", "/notes/9"]


def test_noise_behind_a_request_ends_the_connection() -> None:
    """In one piece with it nobody waits for an answer to it; in the next it is refused."""

    async def noisy(*parts: bytes) -> tuple[bytes, bool]:
        protocol, line = connected(fresh()[0])
        for part in parts:
            protocol.data_received(part)
        return line.sent, line.closed

    together, over = on_a_loop(lambda: noisy(REQUESTS["a read"] + b"\0 noise\r\n\r\n"))
    apart, over_too = on_a_loop(lambda: noisy(REQUESTS["a read"], b"\0 noise\r\n\r\n"))

    assert (together.count(b"HTTP/1.1 "), over) == (1, True)
    assert (re.findall(rb"HTTP/1.1 (\d+)", apart), over_too) == ([b"200", b"400"], True)


def test_a_client_that_reads_slowly_is_waited_for() -> None:
    """Its answers do not pile up in the memory: ASGI sends no more than it takes."""

    async def slow() -> tuple[bytes, int]:
        protocol, line = connected(fresh()[0])
        protocol.pause_writing()
        protocol.data_received(REQUESTS["a read"])
        sent, tasks = line.sent, len(protocol.tasks)
        protocol.resume_writing()
        await settled(line)
        return sent, tasks

    assert on_a_loop(slow) == (b"", 1)


def test_an_idle_connection_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one on which ASGI never answered."""

    async def idle() -> bool:
        protocol, line = connected(fresh()[0])
        protocol.timeout_keep_alive = 0.01  # type: ignore[assignment]  # a fraction of a second
        protocol.data_received(REQUESTS["a read"])
        async with asyncio.timeout(PATIENCE):
            while not line.closed:
                await line.changed()
        return line.closed

    assert on_a_loop(idle)


def test_a_defect_outside_the_stages_is_a_clean_answer(caplog: pytest.LogCaptureFixture) -> None:
    """As uvicorn gives one for an application that fails."""

    async def failing() -> bytes:
        app = fresh()[0]
        app.worlds.default.journal.add = None  # type: ignore[assignment, method-assign]  # a defect
        protocol, line = connected(app)
        protocol.data_received(REQUESTS["a read"])
        return line.sent

    assert on_a_loop(failing).startswith(b"HTTP/1.1 500 Internal Server Error\r\ndate: today\r\n")
    assert "GET failed" in caplog.text


@pytest.mark.parametrize(("added", "expected"), [(0, BODY_KEPT), (1, BODY_KEPT), (-1, BODY_KEPT - 1)])
def test_of_a_raw_message_as_much_is_kept_as_of_any(added: int, expected: int) -> None:
    """And no more than that is held in memory."""
    body = b"x" * (BODY_KEPT + added)
    raw = RawMessage(b"POST / HTTP/1.1\r\nA: 1\r\n\r\n" + body, 17, 25)

    assert (len(raw.body), raw.size) == (expected, len(body))
    assert raw == Message.of([(b"a", b"1")], body)
    assert raw.weigh() < 1_000 + BODY_KEPT
    assert (raw == 1) is False
    assert repr(raw).startswith("<RawMessage [(b'a', b'1')] b'xxx")


def test_an_unregistered_status_has_no_reason() -> None:
    """A fault may answer by any number."""

    async def asked() -> bytes:
        app = served(desk())
        app.worlds.default.faults = (Rule("r", reply=Reply("respond", 299, body="odd")),)
        protocol, line = connected(app)
        protocol.data_received(REQUESTS["a read"])
        return await settled(line)

    assert on_a_loop(asked).startswith(b"HTTP/1.1 299 \r\n")
