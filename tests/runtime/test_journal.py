"""What the journal keeps of an exchange: who answered and why, what was sent, and no more of it than it counts."""

from __future__ import annotations

import asyncio
import gc
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

from mockserver.contract.violations import Rejection, Violation
from mockserver.runtime.application import MockApp
from mockserver.runtime.exchange import TEXT_KEPT, Exchange, kept
from mockserver.runtime.faults import Reply, Rule
from mockserver.runtime.message import BODY_KEPT, Message
from mockserver.runtime.pattern import RequestPattern
from mockserver.world.journal import Journal
from tests.runtime.desk import ask, desk, exchange, scope, served

WRITER = {"authorization": "Bearer writer"}
DRAFT = {"text": "draft"}


@pytest.fixture
def app() -> MockApp:
    return served(body_limit=50_000)


def entries(app: MockApp, world: str = "default") -> list[Exchange]:
    found: list[Exchange] = app.worlds.get(world).journal.entries()
    return found


def asked(app: MockApp, method: str, target: str, **more: Any) -> Exchange:
    """The entry of one request."""
    ask(app, method, target, **more)
    return entries(app)[-1]


def test_an_entry_holds_the_request_and_its_answer(app: MockApp) -> None:
    """Which operation of which API it was for, and all that was sent either way."""
    before = time.time()
    reply = ask(app, "POST", "/notes?draft=1&a=%20", body=DRAFT, **WRITER)
    (entry,) = entries(app)

    assert (entry.number, entry.world, entry.api, entry.operation_id) == (1, "default", "desk", "create_note")
    assert (entry.method, entry.target, entry.path) == ("POST", "/notes?draft=1&a=%20", "/notes")
    assert (entry.route, str(entry.answered_by), entry.status) == ("/notes", "handler", 201)
    assert (entry.rejection, entry.faults, entry.breach) == (None, (), False)
    assert entry.request.json() == DRAFT
    assert entry.request.header("Authorization") == "Bearer writer"
    assert entry.response is not None
    assert (entry.response.body, entry.response.header("location")) == (reply.body, "/notes/4")
    assert before <= entry.started_at <= time.time()
    assert 0 < entry.seconds <= time.time() - before


@pytest.mark.parametrize(
    ("method", "target", "more", "answered_by", "status", "operation", "kind"),
    [
        ("GET", "/notes", {}, "handler", 200, "list_notes", None),
        ("GET", "/notes/9", {}, "handler", 404, "get_note", None),
        ("POST", "/notes", {"body": {"text": "taken"}, **WRITER}, "handler", 409, "create_note", None),
        ("POST", "/notes", {"body": {"text": "breach"}, **WRITER}, "handler", 500, "create_note", None),
        ("POST", "/notes", {"body": {"text": "crash"}, **WRITER}, "handler", 500, "create_note", None),
        ("GET", "/notes/x", {}, "runtime", 400, "get_note", "invalid"),
        ("POST", "/notes", {"body": b"{", **WRITER}, "runtime", 400, "create_note", "invalid"),
        ("POST", "/notes", {"body": DRAFT}, "runtime", 401, "create_note", "unauthorized"),
        (
            "POST",
            "/notes",
            {"body": DRAFT, "authorization": "Bearer nobody"},
            "runtime",
            403,
            "create_note",
            "forbidden",
        ),
        ("POST", "/notes", {"body": b"x" * 60_000, **WRITER}, "runtime", 413, "create_note", "too_large"),
        ("PATCH", "/notes", {}, "runtime", 405, None, "method_not_allowed"),
        ("GET", "/notes/1/more", {}, "runtime", 404, None, "not_found"),
        ("GET", "/nowhere", {}, "runtime", 404, None, "not_found"),
        ("GET", "/notes/1", {"prefer": "code=200"}, "prefer", 200, "get_note", None),
        ("GET", "/notes/1", {"prefer": "code=418"}, "handler", 200, "get_note", None),
        (
            "OPTIONS",
            "/notes",
            {"origin": "https://a.example", "access_control_request_method": "POST"},
            "preflight",
            204,
            None,
            None,
        ),
        ("OPTIONS", "/notes", {}, "runtime", 405, None, "method_not_allowed"),
        ("HEAD", "/notes", {}, "handler", 200, "list_notes", None),
    ],
)
def test_an_entry_says_who_answered_and_why(
    app: MockApp,
    method: str,
    target: str,
    more: dict[str, Any],
    answered_by: str,
    status: int,
    operation: str | None,
    kind: str | None,
) -> None:
    """The handler, the document's examples, or the server itself, then with what it objected to."""
    entry = asked(app, method, target, **more)

    assert (str(entry.answered_by), entry.status, entry.operation_id) == (answered_by, status, operation)
    assert (entry.rejection and entry.rejection.kind) == kind
    assert entry.method == method


def test_an_entry_names_every_violation(app: MockApp) -> None:
    """Each with its place, the rule and what came."""
    entry = asked(app, "POST", "/notes", body={"text": "", "id": "one"}, **WRITER)
    assert entry.rejection is not None
    violations = {(each.pointer, each.keyword, each.received) for each in entry.rejection.violations}

    assert violations == {("/text", "minLength", ""), ("/id", "type", "one")}


def test_the_server_of_a_broken_answer_shows_the_problem_it_sent_instead(app: MockApp) -> None:
    """The answer that was held back is not in the journal, the reason is."""
    entry = asked(app, "POST", "/notes", body={"text": "breach"}, **WRITER)

    assert entry.response is not None
    assert entry.response.header("content-type") == "application/problem+json"
    assert entry.response.json()["pointer"] == "/id"


@pytest.mark.parametrize(
    ("rule", "answered_by", "status", "breach"),
    [
        (Rule("f", reply=Reply("documented", 404)), "fault f", 404, False),
        (Rule("f", reply=Reply("documented", 418)), "fault f", 418, True),
        (Rule("f", reply=Reply("respond", 200, body="oops")), "fault f", 200, True),
        (Rule("f", reply=Reply("too_many_requests")), "fault f", 429, True),
        (Rule("f", damage="malformed"), "handler", 200, True),
        (Rule("f"), "handler", 200, False),
        (Rule("f", match=RequestPattern(method="POST"), damage="malformed"), "handler", 200, None),
    ],
)
def test_an_entry_says_which_fault_rules_fired(
    app: MockApp, rule: Rule, answered_by: str, status: int, breach: bool | None
) -> None:
    """And whether one of them broke the contract, which nobody then takes for a defect."""
    app.worlds.default.faults = (rule, Rule("other", match=RequestPattern(path="/elsewhere")))
    entry = asked(app, "GET", "/notes/1")

    assert (str(entry.answered_by), entry.status) == (answered_by, status)
    assert (list(entry.faults), entry.breach) == (([], False) if breach is None else (["f"], breach))


@pytest.mark.parametrize(
    ("method", "damage", "cut"),
    [
        ("GET", None, lambda body: body),
        ("HEAD", None, lambda _: b""),
        ("HEAD", "malformed", lambda _: b""),
        ("GET", "malformed", lambda body: body[:-1] + b","),
        ("GET", "truncate", lambda body: body[: len(body) // 2]),
        ("GET", "drip", lambda body: body),
    ],
)
def test_an_answer_is_kept_as_it_was_sent(
    app: MockApp, method: str, damage: Any, cut: Callable[[bytes], bytes]
) -> None:
    """Without a body if the request was HEAD, and as damaged as it left."""
    whole = ask(app, "GET", "/notes/1").body
    if damage:
        app.worlds.default.faults = (Rule("f", damage=damage, rate=10_000),)
    reply = ask(app, method, "/notes/1")
    sent = entries(app)[-1].response
    assert sent is not None

    assert sent.body == reply.body == cut(whole)
    assert sent.size == len(sent.body)


@pytest.mark.parametrize("length", [0, 1, BODY_KEPT - 1, BODY_KEPT, BODY_KEPT + 1, 40_000])
def test_the_beginning_of_a_long_body_is_kept(app: MockApp, length: int) -> None:
    """16 KiB of each, and how long it was."""
    text = b'"' + b"x" * max(0, length - 2) + b'"' if length > 1 else b"7" * length
    reply = ask(app, "PUT", "/echo/1", body=text, content_type="application/json")
    (entry,) = entries(app)
    assert entry.response is not None

    assert (entry.request.body, entry.request.size) == (text[:16_384], length)
    assert (entry.response.body, entry.response.size) == (reply.body[:16_384], len(reply.body))


def test_of_a_body_that_is_too_large_nothing_is_kept_but_its_size(app: MockApp) -> None:
    """As it was announced, or as far as it was read."""
    announced = asked(app, "POST", "/notes", body=b"x", content_length="70000000", expect="100-continue", **WRITER)
    read = asked(app, "POST", "/notes", body=b"x" * 60_000, **WRITER)
    chunked = asked(app, "POST", "/notes", chunks=[b"x" * 30_000] * 2, **WRITER)

    assert [entry.request.body for entry in (announced, read, chunked)] == [b"", b"", b""]
    assert [entry.request.size for entry in (announced, read, chunked)] == [70_000_000, 60_000, 60_000]


def test_a_request_whose_client_goes_away_is_not_kept(app: MockApp) -> None:
    """It was never whole."""
    head = scope("POST", "/notes", content_length="9", **WRITER)
    asyncio.run(exchange(app, head, [b"{"], vanish=True))

    assert entries(app) == []


@pytest.mark.parametrize("target", ["/_mock", "/_mock/health", "/_mock/worlds"])
def test_what_is_asked_of_the_control_plane_is_not_kept(app: MockApp, target: str) -> None:
    """The journal is about the APIs."""
    ask(app, "GET", target, host="127.0.0.1")

    assert entries(app) == []


def test_every_world_has_its_own_journal(app: MockApp) -> None:
    """Paths are those below the base URL of a world; entries count from 1 in each."""
    ask(app, "GET", "/notes")
    ask(app, "GET", "/_world/t1/notes?limit=1")
    ask(app, "GET", "/notes/2", x_mock_world="t1")
    ask(app, "GET", "/notes", x_mock_world="not a name")

    assert [(each.number, each.target) for each in entries(app)] == [(1, "/notes")]
    assert [(each.number, each.target, each.path) for each in entries(app, "t1")] == [
        (1, "/notes?limit=1", "/notes"),
        (2, "/notes/2", "/notes/2"),
    ]
    assert {each.world for each in entries(app, "t1")} == {"t1"}


def test_a_reset_empties_the_journal_and_a_restore_does_not(app: MockApp) -> None:
    """A reset world begins anew; a restored one has its requests behind it."""
    world = app.worlds.default
    before = world.snapshot()
    ask(app, "GET", "/notes")
    world.restore(before)
    restored = len(world.journal)
    world.reset()

    assert (restored, len(world.journal), world.journal.added) == (1, 0, 0)


def test_without_entries_nothing_is_kept_and_observers_still_see_everything() -> None:
    """A journal can be switched off."""
    seen: list[Exchange] = []
    app = served(observers=[seen.append])
    app.worlds.default.journal = Journal(entries=0)
    ask(app, "GET", "/notes")
    ask(app, "GET", "/notes/1")

    assert entries(app) == []
    assert [each.number for each in seen] == [1, 2]


def test_long_texts_of_a_rejection_are_cut() -> None:
    """The body is there to be read, as far as it is kept; a violation need not repeat it."""
    long = "x" * 5_000
    violation = Violation("body", f"/{long}", "maxLength", ValueError(long), long, long)
    (short,) = kept(Rejection("invalid", long, "op", (violation,))).violations
    message = kept(Rejection("invalid", long)).message

    assert message == short.message == short.received == short.expected == f"{'x' * TEXT_KEPT}..."
    assert short.pointer == f"/{'x' * (TEXT_KEPT - 1)}..."


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        (None, None),
        (7, 7),
        ("text", "text"),
        ([], []),
        ({"a": [1, {"b": "x" * 900}]}, {"a": [1, {"b": "x" * 900}]}),
        (["x" * 2_000], "an array of 1"),
        ({"a": {"b": ["x" * 2_000]}}, "an object of 1"),
        ({"x" * 2_000: 1}, "an object of 1"),
        ([0] * 5_000, "an array of 5000"),
        ([[0] * 700, [0] * 700], "an array of 2"),
        ({str(number): number for number in range(5_000)}, "an object of 5000"),
    ],
)
def test_of_large_arrays_and_objects_only_their_sizes_are_kept(received: Any, expected: Any) -> None:
    """A violation would otherwise keep all of a body that the journal has cut."""
    violation = Violation("body", "", "type", "string", received, "must be of type string")
    (short,) = kept(Rejection("invalid", "message", "op", (violation,))).violations

    assert short.received == expected


def test_the_api_words_its_refusal_before_anything_is_cut() -> None:
    """What a client reads is whole."""
    seen: list[Rejection] = []

    def refuse(_: Any, rejection: Rejection) -> tuple[Any, int]:
        seen.append(rejection)
        return {"kind": rejection.kind, "message": ""}, 400

    app = served(desk(refuse=refuse))
    entry = asked(app, "POST", "/notes", body={"text": ["x" * 5_000]}, **WRITER)
    assert entry.rejection is not None

    assert seen[0].violations[0].received == ["x" * 5_000]
    assert entry.rejection.violations[0].received == "an array of 1"


SMALL = {f"h{number}": "" for number in range(300)}


@pytest.mark.parametrize(
    ("method", "target", "more"),
    [
        ("GET", "/notes", {}),
        ("GET", f"/notes?{'x' * 3_000}", {}),
        ("GET", "/nowhere", SMALL),
        ("GET", "/notes", {"h": "x" * 5_000}),
        ("PUT", "/echo/1", {"body": "x" * 30_000, "content_type": "application/json"}),
        ("POST", "/notes", {"body": {"text": [list(range(4_000))]}, **WRITER}),
        ("POST", "/notes", {"body": {"text": "", "id": "x" * 3_000}, **WRITER}),
    ],
)
def test_an_entry_takes_no_more_memory_than_it_counts(
    app: MockApp, method: str, target: str, more: dict[str, Any]
) -> None:
    """The bounds of the journal are bounds of memory, whatever the requests look like."""
    times = 40
    ask(app, method, target, **more)

    def measured() -> tuple[int, int]:
        app.worlds.default.journal.clear()
        gc.collect()
        tracemalloc.start()
        try:
            before = tracemalloc.get_traced_memory()[0]
            for _ in range(times):
                ask(app, method, target, **more)
            gc.collect()
            return tracemalloc.get_traced_memory()[0] - before, sum(entry.size for entry in entries(app))
        finally:
            tracemalloc.stop()

    # again if need be: what another thread allocates meanwhile, as it imports something, is counted as well
    found = (measured() for _ in range(3))

    assert any(taken < 1.2 * counted and counted < 3 * taken for taken, counted in found)


def test_a_message_shares_nothing_with_the_body_it_is_of() -> None:
    """The writer of JSON hands out more memory than the text needs, which must not stay as long as the entry."""
    body = b"x" * 100
    message = Message.of([], body)

    assert message.body == body
    assert message.body is not body
