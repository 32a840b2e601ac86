"""What is judged is what the provider sent: the client follows, keeps, decodes and repeats nothing on its own account.

Providers of a few lines on a socket, each with something that a friendly client would put right.
"""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import requests
from schemathesis.python import asgi
from schemathesis.transport import requests as network

from mockserver.contract.document import Document
from mockserver.verify.campaign import verify
from mockserver.verify.plan import Plan
from mockserver.verify.registration import Pulse
from mockserver.verify.scoreboard import Scoreboard
from mockserver.verify.targets import Target
from mockserver.verify.wire import Wire, is_dropped, wired
from tests.patience import PATIENCE
from tests.sockets import Heard, Reply, listening

CASE = "X-Schemathesis-TestCaseId"
BODY = b'{"id": 1}'
SHORT = gzip.compress(BODY, mtime=0)[:-4]


def document(method: str = "get", **responses: Any) -> Document:
    """One operation at /one, which answers an object with a number."""
    number = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}}
    described = {
        "operationId": "one",
        "parameters": [{"name": "n", "in": "query", "schema": {"type": "integer"}}],
        "responses": {
            "200": {"description": "One.", "content": {"application/json": {"schema": number}}},
            "400": {"description": "Not so."},
            **responses,
        },
    }
    info = {"title": "One", "version": "1"}
    return Document({"openapi": "3.1.0", "info": info, "paths": {"/one": {method: described}}})


def reply(status: str = "200 OK", body: bytes = BODY, **headers: str) -> bytes:
    named = {"Content-Type": "application/json", "Content-Length": str(len(body))} | headers
    lines = [f"HTTP/1.1 {status}", *(f"{name.replace('_', '-')}: {value}" for name, value in named.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


def answering(answer: Callable[[bytes, int], bytes | None], method: bytes = b"GET", **headers: str) -> Reply:
    """Answers what is documented; everything else is 404 or 405 as it should be, a wrong number 400."""

    def decide(head: bytes, number: int) -> bytes | None:
        used, target, _ = head.split(b"\r\n")[0].split(b" ")
        path, _, query = target.partition(b"?")
        if path != b"/one":
            return reply("404 Not Found", b"{}", **headers)
        if used != method:
            return reply("405 Method Not Allowed", b"", Allow=method.decode(), **headers)
        value = query.removeprefix(b"n=")
        if query and not (query.startswith(b"n=") and value.removeprefix(b"-").isdigit()):
            return reply("400 Bad Request", b"{}", **headers)
        return answer(head, number)

    return decide


def verified(provider: Heard, contract: Document, **plan: Any) -> Scoreboard:
    target = Target("one", contract, provider.url)
    board = Scoreboard(1)
    given = {"seed": 1, "max_examples": 10, "phases": ("fuzzing",), **plan}
    for event in verify(target, Plan(**given), Pulse()):
        board.on_event(event)
    return board


def findings(board: Scoreboard) -> set[tuple[str, int | None]]:
    return {(each.check, each.status) for each in board.findings}


def cases(provider: Heard) -> Counter[str]:
    """How often the request of each case came."""
    return Counter(each for each in provider.header(CASE) if each)


def test_a_redirect_is_the_answer() -> None:
    """An undocumented one is a finding, wherever it leads, and nobody goes there."""
    moved = reply("301 Moved Permanently", b"", Location="/two")
    with listening(answering(lambda *_: moved)) as provider:
        board = verified(provider, document())

    assert findings(board) == {("status_code_conformance", 301)}
    assert not any(b" /two" in each for each in provider.requests)


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Again", "308 For Good"])
def test_a_documented_redirect_is_kept_to(status: str) -> None:
    """It is no refusal; a POST stays one, and is sent once."""
    moved = reply(status, b"", Location="/two", Content_Type="text/plain")
    contract = document("post", **{status[:3]: {"description": "Elsewhere."}})
    with listening(answering(lambda *_: moved, b"POST")) as provider:
        board = verified(provider, contract)

    assert board.verdict == "clean", board.apis[0].remarks()
    assert not any(b" /two" in each for each in provider.requests)
    assert {each.split()[0] for each in provider.requests if CASE.encode() in each} == {b"POST"}


def test_no_cookie_joins_one_case_to_the_next() -> None:
    """What one answer sets, no later request brings, whatever phase or check sends it."""
    with listening(answering(lambda *_: reply(Set_Cookie="state=1; Path=/"))) as provider:
        board = verified(provider, document(), phases=("examples", "coverage", "fuzzing", "stateful"))

    assert board.verdict == "clean", [each.message for each in board.findings]
    assert set(provider.header("Cookie")) == {""}


@pytest.mark.parametrize(
    ("body", "coding", "message"),
    [
        (BODY, "gzip", "Content-Encoding says gzip, but the body is not"),
        (SHORT, "gzip", "Content-Encoding says gzip, but the body is not: it ends too early"),
        (BODY, "utf-8", "Content-Encoding: utf-8 was not asked for (Accept-Encoding: gzip, deflate)"),
        (b"\x0b\x04\x80" + BODY + b"\x03", "br", "Content-Encoding: br was not asked for"),
    ],
)
def test_a_wrong_content_encoding_is_one_finding(body: bytes, coding: str, message: str) -> None:
    """Told as what it is, and not as whatever follows from it."""
    with listening(answering(lambda *_: reply(body=body, Content_Encoding=coding))) as provider:
        board = verified(provider, document())

    [finding] = board.findings
    assert (finding.check, finding.title) == ("content_encoding", "Body does not have the stated content coding")
    assert finding.message.startswith(message)
    assert board.apis[0].troubles == []


def test_a_right_content_encoding_is_undone() -> None:
    """What is judged is the body; the same codings are asked for wherever the run takes place."""
    with listening(answering(lambda *_: reply(body=gzip.compress(BODY), Content_Encoding="gzip"))) as provider:
        board = verified(provider, document())

    assert board.verdict == "clean", [each.message for each in board.findings]
    assert {each for each in provider.header("Accept-Encoding") if each} == {"gzip, deflate"}
    assert "content_encoding" in board.apis[0].operations["GET /one"].kept


def test_an_answer_that_does_not_come_is_not_asked_for_again() -> None:
    """A provider that hangs up on every third request is found out, and sees each request once."""

    def lonely(_: bytes, number: int) -> bytes | None:
        return reply(Connection="close") if number % 3 else None

    with listening(answering(lonely, Connection="close")) as provider:
        board = verified(provider, document())

    assert ("no_answer", None) in findings(board)
    assert max(cases(provider).values()) == 1


def test_a_kept_alive_connection_that_closes_is_no_finding() -> None:
    """A server may do so at any time: one request goes out again, which is said, and from then on each has its own."""
    seen: list[int] = []

    def silent_once(_: bytes, number: int) -> bytes | None:
        seen.append(number)
        return None if len(seen) == 3 else reply()

    with listening(answering(silent_once)) as provider:
        board = verified(provider, document())

    assert board.verdict == "clean", [each.message for each in board.findings]
    assert sorted(cases(provider).values())[-2:] == [1, 2]
    assert [each for each in board.apis[0].remarks() if "closed a kept-alive connection" in each]


def test_a_429_is_waited_for() -> None:
    """As long as it says; it is no finding, though the document does not have it, and the run is whole."""

    def busy(_: bytes, number: int) -> bytes:
        return reply("429 Too Many Requests", b"slow", Retry_After="0") if number % 3 == 0 else reply()

    with listening(answering(busy)) as provider:
        board = verified(provider, document())

    [remark] = [each for each in board.apis[0].remarks() if "429" in each]
    assert board.verdict == "clean", [each.message for each in board.findings]
    assert 429 not in board.apis[0].operations["GET /one"].statuses
    assert remark.startswith("The provider answered 429 (too many requests)")
    assert "--rate-limit" in remark


def test_who_asks_for_too_long_a_wait_is_left_alone() -> None:
    """Nothing more is sent; that is no broken contract, and no kept one."""
    late = reply("429 Too Many Requests", b"slow", Retry_After="3600")
    with listening(answering(lambda *_: late)) as provider:
        board = verified(provider, document(), max_examples=200)

    assert (board.verdict, board.exit_code) == ("incomplete", 2)
    assert board.apis[0].stopped == "throttled"
    assert any("a wait of 3600 seconds" in each for each in board.apis[0].remarks()), board.apis[0].remarks()
    assert len(cases(provider)) < 10
    assert board.apis[0].operations["GET /one"].kept == []


def test_no_more_is_sent_than_is_allowed() -> None:
    """So many requests take at least so long."""
    with listening(answering(lambda *_: reply())) as provider:
        board = verified(provider, document(), rate=100.0)

    assert board.verdict == "clean"
    assert board.apis[0].seconds >= (len(provider.requests) - 2) / 100


def test_schemathesis_has_its_sessions_back() -> None:
    """After a run, and within it each of them is ours."""
    before = network.SameHostRedirectsSession, network.ManagedCookiesSession, asgi.ASGIClient, requests.get

    with wired(Wire()):
        within = network.SameHostRedirectsSession, network.ManagedCookiesSession, asgi.ASGIClient, requests.get

    assert not {*before} & {*within}
    assert before == (network.SameHostRedirectsSession, network.ManagedCookiesSession, asgi.ASGIClient, requests.get)


def test_what_a_document_refers_to_is_fetched_by_the_same_policy() -> None:
    """Without cookies, redirects and the environment."""
    with listening(lambda *_: reply("302 Found", Location="/two")) as provider, wired(Wire()):
        answer = requests.get(provider.url, timeout=PATIENCE)

    assert answer.status_code == 302
    assert len(provider.requests) == 1


def test_which_errors_are_a_dropped_connection() -> None:
    """Only those by which nothing of an answer came."""
    assert not is_dropped(requests.ConnectionError())
    assert not is_dropped(requests.ConnectionError(ValueError("x")))
