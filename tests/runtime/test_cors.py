"""Cross-origin requests: what pages may read, and preflights, which are the browser's own and not the client's."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver import MockServer
from mockserver.errors import StartError
from mockserver.runtime.application import MockApp
from mockserver.runtime.cors import Cors
from mockserver.runtime.exchange import Exchange
from mockserver.runtime.faults import Delay, Limit, Reply, Rule
from mockserver.runtime.pattern import RequestPattern, nearest
from mockserver.runtime.tally import tally_of
from tests.runtime.desk import Reply as Answered
from tests.runtime.desk import ask, desk, seeded, served

PAGE = "https://page.example"
PREFLIGHT = {"origin": PAGE, "access_control_request_method": "DELETE"}
OUT = Reply("respond", 503, body="out")


def preflight(app: MockApp, target: str, method: str = "DELETE", origin: str = PAGE, **headers: str) -> Answered:
    return ask(app, "OPTIONS", target, origin=origin, access_control_request_method=method, **headers)


def cors_headers(reply: Answered) -> dict[str, str]:
    """What it says of other origins, the names without what they begin with."""
    start = "access-control-"
    return {name[len(start) :]: value for name, value in reply.headers.items() if name.startswith(start)}


def test_a_preflight_hears_what_may_be_sent() -> None:
    """The path's methods and whatever headers are wanted, without any credential."""
    reply = preflight(served(), "/notes/1", access_control_request_headers="authorization, x-a")

    assert (reply.status, reply.body) == (204, b"")
    assert cors_headers(reply) == {
        "allow-origin": "*",
        "expose-headers": "*",
        "allow-methods": "DELETE, GET, HEAD",
        "allow-headers": "authorization, x-a",
        "max-age": "600",
    }
    assert reply.headers["vary"] == "Access-Control-Request-Method, Access-Control-Request-Headers"
    assert "allow-headers" not in cors_headers(preflight(served(), "/notes/1"))


@pytest.mark.parametrize(
    ("target", "method", "methods"),
    [
        ("/notes/1", "PATCH", "DELETE, GET, HEAD, PATCH"),
        ("/notes/1/more", "PUT", "PUT"),
        ("/nowhere", "DELETE", "DELETE"),
        ("/_world/no%20name/notes", "POST", "POST"),
    ],
    ids=["method", "below a path", "path", "world"],
)
def test_a_preflight_lets_through_what_will_be_refused(target: str, method: str, methods: str) -> None:
    """The page may then read the refusal, which says what is wrong."""
    app = served()

    reply = preflight(app, target, method)
    refused = ask(app, method, target, origin=PAGE)

    assert (reply.status, cors_headers(reply)["allow-methods"]) == (204, methods)
    assert refused.status in (400, 404, 405)
    assert cors_headers(refused)["allow-origin"] == "*"


def test_a_page_of_the_web_may_ask_a_server_at_home() -> None:
    """Private Network Access: what the browser asks for itself is granted, and only then."""
    asked = preflight(served(), "/notes", access_control_request_private_network="true")

    assert cors_headers(asked)["allow-private-network"] == "true"
    assert "allow-private-network" not in cors_headers(preflight(served(), "/notes"))


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [
        ("GET", "/notes/1", 200),
        ("GET", "/notes/9", 404),
        ("DELETE", "/notes/1", 401),
        ("PUT", "/notes", 405),
        ("GET", "/x", 404),
    ],
)
def test_a_page_of_another_origin_may_read_every_answer(method: str, target: str, status: int) -> None:
    """Refusals among them; without an Origin nothing is said about it."""
    app = served()
    across, plain = ask(app, method, target, origin=PAGE), ask(app, method, target)

    assert across.status == plain.status == status
    assert cors_headers(across) == {"allow-origin": "*", "expose-headers": "*"}
    assert not cors_headers(plain)


@pytest.mark.parametrize("headers", [{}, {"origin": PAGE}, {"access_control_request_method": "GET"}])
def test_options_that_is_no_preflight_is_a_method_like_any(headers: dict[str, str]) -> None:
    """It takes both headers to make one."""
    assert ask(served(), "OPTIONS", "/notes", **headers).status == 405


@pytest.mark.parametrize(("target", "status"), [("/notes", 405), ("/nowhere", 404)])
def test_without_cors_nothing_is_allowed(target: str, status: int) -> None:
    """Neither asked nor answered; that a browser asks all the same is no flaw of the client's."""
    seen: list[Exchange] = []
    app = served(cors=False, observers=[seen.append])

    assert ask(app, "OPTIONS", target, **PREFLIGHT).status == status
    assert not cors_headers(ask(app, "GET", "/notes", origin=PAGE))
    assert (str(seen[0].answered_by), seen[0].rejection) == ("preflight", None)


ASKED = {"options": {"operationId": "ask_notes", "responses": {"200": {"description": "What may be sent."}}}}


@pytest.mark.parametrize(("cors", "operation"), [(True, None), (False, "ask_notes")])
def test_a_documented_options_answers_where_we_do_not(cors: bool, operation: str | None) -> None:
    """An API that documents its own preflights gets them when ours are off; else they exercise no operation."""
    seen: list[Exchange] = []
    api = desk(paths={"/notes": ASKED}, ask_notes=lambda _: (None, 200))
    app = served(api, cors=cors, observers=[seen.append])

    ask(app, "OPTIONS", "/notes", **PREFLIGHT)
    ask(app, "OPTIONS", "/notes")

    assert [each.operation_id for each in seen] == [operation, "ask_notes"]
    assert [each.is_preflight for each in seen] == [cors, False]


@pytest.mark.parametrize(
    "rule",
    [
        Rule("r", RequestPattern(), times=1, reply=OUT),
        Rule("r", RequestPattern(path="/notes*"), nth=1, reply=OUT),
        Rule("r", RequestPattern(headers={"origin": "page"}), times=1, damage="malformed"),
        Rule("r", RequestPattern(path="/notes"), limit=Limit(1, 60.0), reply=OUT),
        Rule("r", RequestPattern(method="POST"), times=1, delay=Delay("fixed", 0.0)),
    ],
    ids=["times", "nth", "header", "window", "method"],
)
def test_a_preflight_uses_up_no_fault(rule: Rule) -> None:
    """It is answered before the rules, and counts for none."""
    world = seeded()
    world.faults = (rule,)
    app = served(world=world)

    replies = [preflight(app, "/notes", "POST") for _ in range(3)]

    assert [reply.status for reply in replies] == [204] * 3
    assert (tally_of(world, rule.id).met, len(tally_of(world, rule.id).window)) == (0, 0)


def test_a_rule_may_ask_for_preflights() -> None:
    """By the method OPTIONS; who reads the journal finds which rule it was."""
    seen: list[Exchange] = []
    world = seeded()
    world.faults = (Rule("r", RequestPattern(method="OPTIONS"), times=1, reply=OUT),)
    app = served(world=world, observers=[seen.append])

    first, second = preflight(app, "/notes"), preflight(app, "/notes")

    assert (first.status, second.status) == (503, 204)
    assert [str(each.answered_by) for each in seen] == ["fault r", "preflight"]
    assert all(each.is_preflight for each in seen)


@pytest.mark.parametrize(
    ("asked", "found", "missed"),
    [
        ({}, ["DELETE"], []),
        ({"method": "OPTIONS"}, ["OPTIONS"], ["DELETE"]),
        ({"path": "/notes/1"}, ["DELETE"], []),
        ({"method": "POST"}, [], ["DELETE"]),
    ],
)
def test_patterns_pass_preflights_over(asked: Any, found: list[str], missed: list[str]) -> None:
    """Neither counted nor told as a near miss, unless the pattern asks for the method OPTIONS."""
    seen: list[Exchange] = []
    app = served(observers=[seen.append])
    preflight(app, "/notes/1")
    ask(app, "DELETE", "/notes/1", origin=PAGE)

    pattern = RequestPattern(**asked)

    assert [each.method for each in seen if pattern.matches(each)] == found
    assert [each.method for each, _ in nearest(pattern, seen)] == missed


def test_a_test_does_not_count_preflights() -> None:
    """Neither as requests nor, where no page may call, as breaches of the contract."""
    server = MockServer("workshop", cors=False)
    with server.mock() as mock:
        mock.client.options("/v1/lists", headers={"Origin": PAGE, "Access-Control-Request-Method": "POST"})

        assert mock.requests().count == 0
        assert mock.requests().explanation() == ["no request was sent to this world"]
        assert mock.requests(method="OPTIONS").count == 1


ALLOWED = (PAGE, "http://localhost:*", "HTTPS://Shop.Example:443")


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        (PAGE, True),
        ("http://localhost:5173", True),
        ("https://shop.example", True),
        ("http://page.example", False),
        ("https://page.example:8443", False),
        ("https://localhost:5173", False),
        ("null", False),
    ],
)
def test_named_origins_may_call_with_credentials(origin: str, allowed: bool) -> None:
    """An allowed origin is repeated, with leave to send credentials and the names of the headers; no other is."""
    app = served(cors_origins=ALLOWED)

    asked = cors_headers(preflight(app, "/notes/1", origin=origin))
    created = ask(app, "POST", "/notes", body={"text": "a"}, origin=origin, authorization="Bearer writer")

    leave = {"allow-origin": origin, "allow-credentials": "true"} if allowed else {}
    assert {name: value for name, value in asked.items() if name in ("allow-origin", "allow-credentials")} == leave
    assert cors_headers(created) == (leave | {"expose-headers": "location"} if allowed else {})
    assert created.status == 201


def test_caches_learn_that_the_answer_depends_on_the_origin() -> None:
    """Also where none came, and beside what an answer says itself."""
    app = served(cors_origins=(PAGE,))
    own = {"Vary": "Accept", "Access-Control-Allow-Origin": "https://other.example"}
    app.worlds.default.faults = (Rule("r", RequestPattern(path="/x"), reply=Reply("respond", 200, headers=own)),)

    assert ask(app, "GET", "/notes").headers["vary"] == "Origin"
    assert preflight(app, "/notes").headers["vary"].endswith(", Access-Control-Request-Headers, Origin")
    faulty = ask(app, "GET", "/x", origin=PAGE)
    assert (faulty.headers["vary"], cors_headers(faulty)["allow-origin"]) == ("Accept, Origin", own.popitem()[1])


def test_an_answer_that_varies_by_everything_needs_no_more() -> None:
    """`Vary: *` says it already."""
    app = served(cors_origins=("*",))
    app.worlds.default.faults = (Rule("r", reply=Reply("respond", 200, headers={"Vary": "*"})),)

    reply = ask(app, "GET", "/x", origin="null")

    assert (reply.headers["vary"], cors_headers(reply)["allow-origin"]) == ("*", "null")


@pytest.mark.parametrize(
    "origin", ["localhost:3000", "https://a.example/", "https://a.example/x", "", "http://", "a, b"]
)
def test_what_is_no_origin_is_refused_at_the_start(origin: str) -> None:
    """With an example of one; a path would match nothing, ever."""
    with pytest.raises(StartError, match="expected scheme, host and port"):
        Cors([origin])


def test_a_server_takes_origins_or_no_cors() -> None:
    """Both at once contradict each other; one origin may be given as it is."""
    assert MockServer("crm", cors_origins=PAGE).app.plane.options.cors_origins == (PAGE,)
    with pytest.raises(StartError, match="omit one"):
        MockServer("crm", cors=False, cors_origins=[PAGE])
