"""A run as events: two operations of one API, one of them broken and one unsafe one not sent; an API that is clean."""

from __future__ import annotations

from dataclasses import replace

from mockserver.verify import events
from mockserver.verify.events import CaseRun, Event, Exchange, Finding, OperationRef
from mockserver.verify.scoreboard import Scoreboard

LIST = OperationRef("shelf", "list_books", "GET", "/books", ("200", "400", "413"))
GET = OperationRef("shelf", "get_book", "GET", "/books/{id}", ("200", "default"))
DELETE = OperationRef("shelf", "delete_book", "DELETE", "/books/{id}", ("204",))
PING = OperationRef("ping", "ping", "GET", "/ping", ("200",))
STARTED = 1_767_268_800.0

GOOD = Exchange(
    method="GET",
    url="https://shelf.example/books?limit=1&limit=2",
    request_headers=[("Accept", "*/*")],
    request_body=None,
    started_at=STARTED,
    status=200,
    reason="OK",
    response_headers=[("Content-Type", "application/json")],
    response_body=b'{"items": []}',
    seconds=0.012,
)
BAD = Exchange(
    method="POST",
    url="https://shelf.example/books/b1",
    request_headers=[("Content-Type", "application/json")],
    request_body=b'{"title": "<b>"}',
    started_at=STARTED,
    status=500,
    reason="Internal Server Error",
    response_headers=[("Content-Type", "image/png"), ("Location", "/x")],
    response_body=b"\xff\x00<script>",
    seconds=0.5,
)
SILENT = Exchange("GET", "https://shelf.example/books", [], None, STARTED)


def finding(
    exchange: Exchange = BAD,
    message: str = "it broke\x00 <here>",
    curl: tuple[str, ...] = (),
    phase: str = "fuzzing",
    check: str = "not_a_server_error",
    status: int | None = None,
    operation: OperationRef | None = None,
) -> Finding:
    return Finding(
        operation=operation or (GET if status is None else replace(GET, statuses=("200", str(status)))),
        check=check,
        title="Server error",
        message=message,
        rule="#/paths/~1books~1{id}/get/responses",
        quote="'200':\n  description: The book.",
        phase=phase,
        exchanges=(exchange if status is None else replace(exchange, status=status),),
        curl=curl or ("curl https://shelf.example/books/b1", "curl -X POST https://shelf.example/books/b1"),
    )


RUN: tuple[Event, ...] = (
    events.ApiStarted(
        "shelf",
        title="Shelf",
        target="https://shelf.example",
        operations=(LIST, GET),
        phases=("examples", "fuzzing"),
        seed=7,
        unsent=(DELETE,),
        notes=("Only GET is sent.",),
    ),
    events.PhaseStarted("shelf", "examples"),
    events.PhaseFinished("shelf", "examples", "nothing to test"),
    events.PhaseStarted("shelf", "fuzzing"),
    events.ScenarioStarted("shelf", "fuzzing", LIST),
    events.ScenarioFinished("shelf", "fuzzing", LIST, (CaseRun(LIST, GOOD, ("a", "b")), CaseRun(LIST, SILENT))),
    events.ScenarioStarted("shelf", "fuzzing", GET),
    events.ScenarioFinished("shelf", "fuzzing", GET, (CaseRun(GET, BAD, ("a",), ("not_a_server_error",)),)),
    events.Found("shelf", finding()),
    events.Found("shelf", finding(curl=("curl x",))),
    events.Found("shelf", finding(curl=("curl longer",))),
    events.Trouble("shelf", GET, "too slow"),
    events.Trouble("shelf", GET, "too slow"),
    events.Trouble("shelf", None, "odd\x00"),
    events.PhaseFinished("shelf", "fuzzing"),
    events.ApiFinished("shelf", 1.5, "unreachable"),
    events.ApiStarted("ping", "Ping", "the mock, in this process", (PING,), ("stateful",), 7),
    events.ScenarioStarted("ping", "stateful", None),
    events.ScenarioFinished("ping", "stateful", None, (CaseRun(PING, GOOD, ("a",)),)),
    events.ApiFinished("ping", 0.5, "completed"),
)


def board(*happened: Event) -> Scoreboard:
    """What those events, or the whole run, come to."""
    board = Scoreboard(7, "mockserver verify shelf ping --seed 7")
    for event in happened or RUN:
        board.on_event(event)
    return board
