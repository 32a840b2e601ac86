"""The engine's run against one target: what is sent, in which order, what becomes of silence and interruptions."""

from __future__ import annotations

import copy
import threading
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest
import requests
from schemathesis.checks import CHECKS
from schemathesis.core.transport import Response
from schemathesis.engine import events as engine
from schemathesis.engine.recorder import ScenarioRecorder
from schemathesis.engine.run import PhaseName
from schemathesis.hooks import GLOBAL_HOOK_DISPATCHER
from schemathesis.openapi.checks import MissingHeaderNotRejected, UseAfterFree
from starlette.types import Receive, Scope, Send
from urllib3.exceptions import ReadTimeoutError

from mockserver.contract.contract import Contract
from mockserver.errors import VerifyError
from mockserver.runtime.listening import bind
from mockserver.runtime.transport import close, transport_of
from mockserver.verify import campaign as campaign_module
from mockserver.verify import events
from mockserver.verify import reach as reach_module
from mockserver.verify.campaign import Campaign, failures_of_threads, share, stumbled, translated, verify
from mockserver.verify.checks.probe import Case
from mockserver.verify.citations import Citations
from mockserver.verify.plan import Plan
from mockserver.verify.reach import reach
from mockserver.verify.recording import Recording
from mockserver.verify.registration import Pulse, guard, is_emptied_collection, is_told_as_server_error
from mockserver.verify.scoreboard import Scoreboard
from mockserver.verify.targets import SAFE, Given, Target, mock_target, url_target
from mockserver.verify.wire import Wire
from tests.patience import PATIENCE
from tests.verify.broken.shelf import Record, Shelf
from tests.verify.flaws import CONTRACT, flaws, shelf_target
from tests.verify.serving import serving

GIVEN = Given(auth=("reader-and-writer",), other=("neighbour",))


def provider(url: str, *, writes: bool = False) -> Target:
    return url_target(str(CONTRACT), url, GIVEN, writes=writes)


def run(target: Target, plan: Plan, seconds: int | None = None) -> Scoreboard:
    board = Scoreboard(plan.seed)
    for event in verify(target, plan, Pulse(), seconds):
        board.on_event(event)
    return board


def sent(target: Target, plan: Plan) -> list[tuple[str, str, bytes | None]]:
    return [
        (case.exchange.method, case.exchange.url, case.exchange.request_body)
        for event in verify(target, plan, Pulse())
        if isinstance(event, events.ScenarioFinished)
        for case in event.cases
    ]


def test_only_safe_methods_go_to_a_provider() -> None:
    """Not one request of another method leaves, whatever the phase or the check."""
    with serving(Shelf()) as served:
        board = run(provider(served.url), Plan(seed=1, max_examples=10))

    assert {method for method, _ in served.requests} <= set(SAFE)
    assert len(served.requests) > 100
    assert [each.operation_id for each in board.apis[0].unsent] == ["create_book", "replace_book", "delete_book"]
    assert board.verdict == "clean"


def test_writes_go_to_a_provider_that_allows_them() -> None:
    """With --allow-writes everything is verified, stateful sequences and other accounts included."""
    with serving(Shelf()) as served:
        board = run(provider(served.url, writes=True), Plan(seed=1, max_examples=10))

    assert {"POST", "PUT", "DELETE"} <= {method for method, _ in served.requests}
    assert {"Bearer reader-and-writer", "Bearer neighbour"} <= {each.get("authorization") for each in served.headers}
    assert board.verdict == "clean", [each.message for each in board.findings]


@pytest.mark.parametrize(("check", "key"), [("foreign_write", "Bearer neighbour"), ("ignored_scope", "Bearer reader")])
@pytest.mark.parametrize("asked", [True, False])
def test_a_check_that_is_left_out_sends_nothing(check: str, key: str, asked: bool) -> None:
    """Nobody writes by another's credential who has not been asked to."""
    unchecked = {} if asked else {check: "not wanted"}
    with serving(Shelf()) as served:
        target = replace(provider(served.url, writes=True), weaker=shelf_target(Shelf()).weaker)
        run(target, Plan(seed=1, max_examples=2, phases=("examples",), unchecked=unchecked))
    writes = {
        headers.get("authorization")
        for (method, _), headers in zip(served.requests, served.headers, strict=True)
        if method in ("PUT", "DELETE")
    }

    assert (key in writes) is asked
    assert "Bearer reader-and-writer" in writes


def test_an_unsafe_request_is_stopped_at_the_last_moment() -> None:
    """Should one ever be generated, it is an error and not a request."""
    case = cast("Case", SimpleNamespace(method="DELETE", path="/books/b1"))

    with pytest.raises(VerifyError, match=r"DELETE /books/b1 must not be sent without --allow-writes"):
        guard(provider("http://127.0.0.1:1"), case)


def test_a_seed_repeats_a_run() -> None:
    """Same seed, same requests in the same order; another seed, others."""
    plan = Plan(seed=5, max_examples=2)

    first, again, other = (sent(shelf_target(Shelf()), each) for each in (plan, plan, Plan(seed=6, max_examples=2)))

    assert first == again
    assert first != other


def test_a_run_leaves_nothing_behind() -> None:
    """Our checks and hooks are known to Schemathesis only while a run goes on."""
    before = CHECKS.get_all_names()

    run(shelf_target(Shelf()), Plan(seed=1, max_examples=1, phases=("examples",)))

    assert CHECKS.get_all_names() == before
    assert not any(GLOBAL_HOOK_DISPATCHER.get_all_by_name("before_call"))


def test_only_what_was_asked_for_is_sent() -> None:
    """One phase, one operation: nothing of the others."""
    plan = Plan(seed=1, max_examples=3, phases=("fuzzing", "stateful"), operations=("list_books",))

    board = run(shelf_target(Shelf()), plan)

    assert list(board.apis[0].operations) == ["GET /books"]
    assert board.apis[0].cases > 0
    assert board.apis[0].remarks() == [
        "Phase stateful sent nothing: no OpenAPI link connects the operations that are verified."
    ]
    assert board.verdict == "clean"


def test_several_workers_do_not_compare_answers() -> None:
    """Requests that overtake each other would make liars of the checks that hold one answer against another."""
    board = run(shelf_target(Shelf()), Plan(seed=1, max_examples=3, workers=2))

    checks = {name for score in board.apis[0].operations.values() for name in score.checks}
    assert board.verdict == "clean", board.apis[0].remarks()
    assert not checks & {"paging", "lost_update"}
    assert "With several workers" in board.apis[0].notes[0]


def test_what_the_interpreter_stumbled_on_is_done_again_by_one_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """CPython 3.11 fails now and then when several threads generate; nothing is left out for it."""
    target, plan = shelf_target(Shelf()), Plan(seed=1, max_examples=1, phases=("examples",), workers=2)
    campaign = Campaign(target, plan, Citations(Contract(target.document)), Pulse(), Wire())
    fallen = failure(SystemError("AST"))
    monkeypatch.setattr(
        campaign_module,
        "stumbled",
        lambda event: stumbled(fallen if isinstance(event, engine.PhaseFinished) else event),
    )

    happened = list(campaign.run(plan.sent(target), None))

    assert [type(each).__name__ for each in happened].count("PhaseStarted") == 2
    assert {each.operation for each in happened if isinstance(each, events.Trouble)} == set()
    assert stumbled(failure(SystemError("AST"))) == "GET /books"
    assert stumbled(failure(ValueError())) is None


class Busy(Shelf):
    """Somebody else puts a book on the shelf whenever it is looked at."""

    def page(self, books: list[Record], limit: int, offset: int) -> Record:
        self.add("ann", {"title": "new"})
        return super().page(books[::-1], limit, offset)


def test_pages_that_others_change_prove_nothing() -> None:
    """What differs between two looks may be somebody else's doing."""
    board = run(shelf_target(Busy()), Plan(seed=1, max_examples=5))

    assert not [each for each in board.findings if each.check == "paging"]


class Bare(Shelf):
    """Begins with a single book."""

    def __init__(self) -> None:
        super().__init__()
        self.books = dict(list(self.books.items())[:1])


def test_a_single_item_makes_no_pages() -> None:
    """A list of one says nothing of paging."""
    plan = Plan(seed=1, max_examples=3, phases=("fuzzing",), operations=("list_books",))

    board = run(shelf_target(Bare()), plan)

    assert board.verdict == "clean"
    assert "paging" not in board.apis[0].operations["GET /books"].checks


def test_the_time_is_spent_and_not_more() -> None:
    """A limit in seconds ends the run, which is then still a whole one."""
    board = run(shelf_target(Shelf()), Plan(seed=1, max_examples=5, max_time=2), seconds=2)

    assert board.apis[0].stopped == "time"
    assert 1.5 < board.apis[0].seconds < PATIENCE
    assert board.verdict == "clean"


@pytest.mark.parametrize(
    ("max_time", "left", "spent", "expected"), [(None, 2, 1.0, None), (60, 3, 0.0, 20), (60, 1, 59.9, 1)]
)
def test_targets_share_the_time(max_time: int | None, left: int, spent: float, expected: int | None) -> None:
    """Each gets an equal part of what is left, a second at least."""
    assert share(Plan(seed=1, max_time=max_time), left, spent) == expected


def test_an_interruption_ends_the_run_with_what_was_found() -> None:
    """Ctrl-C stops the engine, and the last event still comes."""
    stream = verify(shelf_target(Shelf()), Plan(seed=1, max_examples=5), Pulse())
    board = Scoreboard(1)
    for event in stream:
        board.on_event(event)
        if isinstance(event, events.ScenarioFinished):
            break
    board.on_event(stream.throw(KeyboardInterrupt))  # type: ignore[attr-defined]  # a generator is what it is

    assert board.apis[0].stopped == "interrupted"
    assert board.apis[0].cases > 0
    assert board.exit_code == 2


def flawed(name: str) -> Shelf:
    return next(each.app() for each in flaws() if each.name == name)


def test_a_server_error_that_only_a_check_meets_is_a_finding() -> None:
    """Of the operation that failed, after the write that it depends on; what another check reports is told once."""
    plan = Plan(seed=1, max_examples=3, phases=("examples",), operations=("replace_book", "get_book"))
    unchecked = replace(plan, unchecked={"not_a_server_error": "known"})

    later, keyless = (run(shelf_target(flawed(name)), plan) for name in ("error_after_update", "error_without_key"))

    told = [(each.check, each.operation.operation_id, each.status) for each in later.findings]
    assert told == [("not_a_server_error", "get_book", 503)]
    assert [each.method for each in next(later.findings).exchanges] == ["PUT", "GET"]
    assert {each.check for each in keyless.findings} == {"ignored_auth"}
    assert run(shelf_target(flawed("error_after_update")), unchecked).verdict == "clean"


class HangsUp(Shelf):
    """Closes the connection instead of answering a PUT."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        transport = transport_of(scope)
        if scope["type"] == "http" and scope["method"] == "PUT" and transport is not None:
            close(transport)
        else:
            await super().__call__(scope, receive, send)


def test_a_request_without_an_answer_is_a_finding() -> None:
    """A server that hangs up breaks its contract, and the command that makes it do so is told."""
    with serving(HangsUp()) as served:
        board = run(provider(served.url, writes=True), Plan(seed=1, max_examples=3, phases=("coverage",)))

    silences = {each.operation.operation_id: each for each in board.findings if each.check == "no_answer"}
    silence = silences["replace_book"]
    assert silence.status is None
    assert silence.message == "The provider closed the connection instead of sending a response."
    assert silence.curl[0].startswith(f"curl -X PUT {served.url}/books/")
    assert board.exit_code == 1


def test_a_server_that_goes_away_ends_the_run() -> None:
    """Nothing more is sent, and the verification is incomplete."""
    board = Scoreboard(1)
    with serving(Shelf()) as served:
        stream = verify(provider(served.url), Plan(seed=1, max_examples=50), Pulse())
        for event in stream:
            board.on_event(event)
            if isinstance(event, events.ScenarioFinished) and event.cases:
                break
    for event in stream:
        board.on_event(event)

    assert board.apis[0].stopped == "unreachable"
    assert board.verdict == "incomplete", board.findings


def test_nobody_at_the_url_is_told_before_the_run() -> None:
    """No event comes; the message says what to do."""
    with pytest.raises(
        VerifyError, match=r"no server answers at http://127.0.0.1:1: .*Start the server, or correct --url"
    ):
        next(verify(provider("http://127.0.0.1:1"), Plan(seed=1), Pulse()))


def test_who_does_not_answer_in_time_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection alone is no answer; the message says how long was waited."""
    monkeypatch.setattr(reach_module, "TIMEOUT", 0.05)
    with bind("127.0.0.1", 0) as listener:
        listener.listen()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"

        with pytest.raises(VerifyError, match=rf"no server answers at {url}: no answer in 0.05 seconds\. Start"):
            reach(url, Wire())


def test_nothing_is_sent_where_every_operation_asked_for_is_unsafe() -> None:
    """Other targets of the run may have safe ones; this one is only looked at."""
    with serving(Shelf()) as served:
        board = run(provider(served.url), Plan(seed=1, operations=("delete_book",)))

    assert served.requests == [("GET", "/")]
    assert board.apis[0].remarks() == ["Not sent without --allow-writes: delete_book."]


def test_a_case_that_was_never_sent_is_none() -> None:
    """The engine notes a request before it leaves."""
    recorder = SimpleNamespace(cases={"c1": SimpleNamespace()}, interactions={}, checks={})

    assert not list(recording().cases(cast("ScenarioRecorder", recorder)))


class Deep(Shelf):
    """Answers JSON deeper than Python reads."""

    def write(self, payload: Any) -> bytes:
        return super().write(payload) and b"[" * 100_000


def test_what_the_engine_breaks_off_is_not_clean(capsys: pytest.CaptureFixture[str]) -> None:
    """Schemathesis reads such an answer by recursion and loses its thread; the run says so, without a traceback."""
    board = run(shelf_target(Deep()), Plan(seed=1, max_examples=1, phases=("fuzzing",), operations=("list_books",)))

    assert board.exit_code != 0
    assert [each for each in board.apis[0].troubles if "Schemathesis failed in a thread: RecursionError" in each]
    assert "Traceback" not in capsys.readouterr().err


def test_other_threads_fail_as_they_did() -> None:
    """The hook of the process is asked for threads that are not the engine's, and is back in its place afterwards."""
    failed: list[str] = []
    before = threading.excepthook
    threading.excepthook = lambda args: failed.append(str(args.exc_value))
    try:
        with failures_of_threads() as failures:
            thread = threading.Thread(target=[].pop)
            thread.start()
            thread.join()
        ours = threading.excepthook
    finally:
        threading.excepthook = before

    assert failed == ["pop from empty list"]
    assert failures == []
    assert ours is not before


def test_whoever_answers_at_all_is_there() -> None:
    """A refusal at the root is an answer."""
    with serving(Shelf()) as served:
        reach(served.url, Wire())

    assert served.requests == [("GET", "/")]


def test_the_pulse_beats_with_every_answer() -> None:
    """Whoever shows progress knows how many requests were answered, while a scenario still runs."""
    pulse = Pulse()

    for event in verify(shelf_target(Shelf()), Plan(seed=1, max_examples=1, phases=("examples",)), pulse):
        if isinstance(event, events.ApiFinished):
            break

    assert pulse.requests > 3


@pytest.mark.parametrize("name", ["audience", "crm", "prospects", "salesnav", "workshop"])
def test_the_mock_keeps_its_contract(name: str) -> None:
    """The examples and links of each API, in a fresh world, called with its default credential."""
    target = mock_target(name)

    board = run(target, Plan(seed=1, max_examples=3, phases=("examples", "stateful")))

    assert board.verdict == "clean", [(each.check, each.message) for each in board.findings]
    assert board.apis[0].target == "the mock, in this process"


def test_an_error_that_escapes_the_mock_is_a_finding() -> None:
    """What a server would answer 500 to does not stop the run."""
    target = mock_target("crm")

    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        raise ZeroDivisionError(scope["type"])

    target.app._app = broken  # type: ignore[union-attr]  # the wrapped app, for once
    board = run(target, Plan(seed=1, max_examples=1, phases=("examples",)))

    assert {each.check for each in board.findings} >= {"not_a_server_error"}


def test_a_secret_is_in_no_finding() -> None:
    """Neither in the commands nor in the exchanges, where the credential was sent."""
    flaw = next(each for each in flaws() if each.name == "any_key")
    with serving(flaw.app()) as served:
        board = run(provider(served.url), Plan(seed=1, max_examples=3))

    findings = list(board.findings)
    assert findings
    assert "reader-and-writer" not in repr(findings)
    assert any('"$MOCKSERVER_AUTH"' in line for finding in findings for line in finding.curl)


def failure(error: Exception, label: str = "GET /books") -> engine.NonFatalError:
    return engine.NonFatalError(
        error=error, phase=PhaseName.FUZZING, label=label, related_to_operation=True, code_sample=None
    )


def recording() -> Recording:
    target = shelf_target(Shelf())
    return Recording(target, Citations(Contract(target.document)), Wire())


PREPARED = requests.Request("GET", "http://h/books").prepare()


def timeout(seconds: float) -> requests.ReadTimeout:
    message = f"Read timed out. (read timeout={seconds})"
    return requests.ReadTimeout(ReadTimeoutError(cast("Any", None), "/books", message), request=PREPARED)


def test_trouble_is_told_without_secrets() -> None:
    """The engine's own errors quote requests whole, such as the last ones before a server went away."""
    target = provider("http://127.0.0.1:1")
    quoted = ValueError("gone. curl -H 'Authorization: Bearer reader-and-writer' http://127.0.0.1:1/books")
    watched = Recording(target, Citations(target.contract), Wire())

    [trouble] = translated(failure(quoted, "GET /books"), "shelf", watched, ("fuzzing",))
    with pytest.raises(VerifyError) as fatal:
        next(translated(engine.FatalError(exception=quoted), "shelf", watched, ("fuzzing",)))

    assert isinstance(trouble, events.Trouble)
    for told in (trouble.message, str(fatal.value)):
        assert "Authorization: Bearer [secret]' http://127.0.0.1:1/books" in told
        assert "reader-and-writer" not in told


@pytest.mark.parametrize(
    ("error", "label"),
    [
        (ValueError("odd"), "GET /books"),
        (timeout(1.0), "GET /books"),
        (requests.ConnectionError("gone"), "GET /books"),
        (requests.ConnectionError("gone", request=PREPARED), "Stateful tests"),
        (requests.ConnectionError("gone", request=PREPARED), "GET /books"),
    ],
)
def test_what_says_nothing_about_the_api_is_trouble(error: Exception, label: str) -> None:
    """Errors of generation, haste of the engine itself, silence that no operation owns or of a server that is gone."""
    nobody = provider("http://127.0.0.1:1")

    [event] = translated(
        failure(error, label), "shelf", Recording(nobody, Citations(Contract(nobody.document)), Wire()), ("fuzzing",)
    )

    assert isinstance(event, events.Trouble)


def test_silence_after_the_whole_wait_is_a_finding() -> None:
    """Ten seconds are what every server has."""
    [event] = translated(failure(timeout(10)), "shelf", recording(), ("fuzzing",))

    assert isinstance(event, events.Found)
    assert event.finding.curl == ("curl http://127.0.0.1:8080/books",)


def test_an_engine_that_fails_is_told() -> None:
    """A fatal error of Schemathesis is an error of the tool."""
    with pytest.raises(VerifyError, match="shelf: Schemathesis cannot continue: out of order"):
        list(translated(engine.FatalError(exception=ValueError("out of order")), "shelf", recording(), ()))


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("DELETE /lists/{id}/members", b'{"items": []}', True),
        ("DELETE /lists/{id}/members", b'{"name": "x"}', False),
        ("DELETE /lists/{id}", b'{"items": []}', False),
    ],
)
def test_an_emptied_collection_still_exists(path: str, body: bytes, expected: bool) -> None:
    """Deleting what is in a collection does not delete the collection."""
    found = UseAfterFree(operation=path, message="", free="", usage="")

    assert is_emptied_collection(found, cast("Response", SimpleNamespace(content=body))) is expected


def test_the_document_is_not_changed() -> None:
    """Schemathesis works on a copy."""
    target = shelf_target(Shelf())
    before = copy.deepcopy(target.document.raw)

    run(target, Plan(seed=1, max_examples=1, phases=("examples",)))

    assert target.document.raw == before


@pytest.mark.parametrize(
    ("status", "unchecked", "told"), [(501, {}, True), (501, {"not_a_server_error": ""}, False), (200, {}, False)]
)
def test_a_server_error_is_told_once(status: int, unchecked: dict[str, str], told: bool) -> None:
    """That it is not documented, or no refusal of a request without a header, is not told beside it."""
    missing = MissingHeaderNotRejected(
        operation="GET /books", header_name="X-Key", status_code=status, expected_statuses=[401], message=""
    )
    response = cast("Response", SimpleNamespace(status_code=status))

    assert is_told_as_server_error(missing, response, Plan(seed=1, unchecked=unchecked)) is told
