"""What is turned down before any handler runs, in which order, and in whose words."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from mockserver.runtime.application import MockApp
from tests.runtime.desk import NOTES, PATHS, Reply, ask, desk, exchange, scope, seeded, served

WRITER = {"authorization": "Bearer writer"}
READER = {"authorization": "Bearer reader"}
UNREADABLE = b'{"text": '


@pytest.fixture
def app() -> MockApp:
    return served(body_limit=100)


def told(reply: Reply) -> tuple[int, str]:
    """Status and kind of a refusal in the API's own words."""
    assert reply.content_type == "application/json"
    assert reply.headers["content-length"] == str(len(reply.body))
    return reply.status, reply.json()["kind"]


@pytest.mark.parametrize(
    ("method", "target", "headers", "body", "refusal"),
    [
        ("POST", "/notes/1/pages", {}, UNREADABLE, (404, "not_found")),
        ("PATCH", "/notes", {}, UNREADABLE, (405, "method_not_allowed")),
        ("POST", "/notes", {}, UNREADABLE, (401, "unauthorized")),
        ("POST", "/notes", {}, b"x" * 101, (401, "unauthorized")),
        ("POST", "/notes", READER, UNREADABLE, (403, "forbidden")),
        ("POST", "/notes", READER, b"x" * 101, (403, "forbidden")),
        ("POST", "/notes", WRITER, b"x" * 101, (413, "too_large")),
        ("POST", "/notes", WRITER, UNREADABLE, (400, "invalid")),
        ("POST", "/notes", WRITER, b'{"text": "taken"}', (409, "taken")),
        ("DELETE", "/notes/x", {}, None, (401, "unauthorized")),
        ("DELETE", "/notes/x", READER, None, (403, "forbidden")),
        ("DELETE", "/notes/x", WRITER, None, (400, "invalid")),
        ("DELETE", "/notes/9", WRITER, None, (404, "no_note")),
    ],
)
def test_the_first_reason_counts(
    app: MockApp, method: str, target: str, headers: dict[str, str], body: bytes | None, refusal: tuple[int, str]
) -> None:
    """Path, method, credential, scope, size, then body and parameters, and the state last."""
    before = app.worlds.default.snapshot()

    reply = ask(app, method, target, body=body, **headers)

    assert told(reply) == refusal
    assert app.worlds.default.snapshot() == before


def test_every_violation_is_in_one_refusal(app: MockApp) -> None:
    """Of parameters and body alike; the message says each in a sentence."""
    reply = ask(
        app, "PUT", "/echo/%ff?pageSize=x&unused=1&unused=2", body=b"{", x_trace="a", cookie="session=1; session=2"
    )

    assert reply.status == 400
    assert reply.json()["fields"] == [
        "path id encoding",
        "query pageSize type",
        "query unused repeated",
        "cookie session repeated",
        "body  json",
    ]
    assert 'query pageSize: must be of type integer, got "x"; ' in reply.json()["message"]
    assert reply.json()["operation"] == "echo"


@pytest.mark.parametrize(
    ("authorization", "words"),
    [
        (None, "no credential was sent; send one of the demo credentials"),
        ("Bearer stranger", "the credential is unknown; send one of the demo credentials"),
        ("Basic writer", "no credential was sent; send one of the demo credentials"),
    ],
)
def test_a_caller_nobody_knows_is_challenged(app: MockApp, authorization: str | None, words: str) -> None:
    """With the scheme that is wanted."""
    headers = {} if authorization is None else {"authorization": authorization}

    reply = ask(app, "DELETE", "/notes/1", **headers)

    assert told(reply) == (401, "unauthorized")
    assert reply.headers["www-authenticate"] == 'Bearer realm="desk"'
    assert reply.json()["message"] == words


def test_a_caller_without_the_scope_hears_which(app: MockApp) -> None:
    """What it needs and what it has; nobody is challenged for that."""
    reply = ask(app, "DELETE", "/notes/1", **READER)

    assert reply.json()["scopes"] == [["write"], ["read"]]
    assert reply.json()["message"] == "the credential lacks the scope write; send one that has it"
    assert "www-authenticate" not in reply.headers


@pytest.mark.parametrize(
    ("headers", "status", "caller"),
    [
        ({"authorization": "Bearer reader", "x_key": "nobody"}, 200, "reader"),
        ({"authorization": "Bearer nobody", "x_key": "reader"}, 200, "nobody"),
        ({"x_key": "writer"}, 200, "writer"),
        ({"authorization": "Bearer stranger", "x_key": "writer"}, 200, "writer"),
        ({"authorization": "Bearer nobody", "x_key": "writer"}, 200, "writer"),
        ({"authorization": "Bearer reader", "x_key": "stranger"}, 401, None),
        ({"authorization": "Bearer reader"}, 401, None),
        ({"x_key": "nobody"}, 403, None),
        ({"authorization": "Bearer nobody", "x_key": "nobody"}, 403, None),
    ],
)
def test_any_one_alternative_is_enough(app: MockApp, headers: dict[str, str], status: int, caller: str | None) -> None:
    """Credentials of one alternative must all be known and grant its scopes between them; another may do instead."""
    reply = ask(app, "GET", "/pairs", **headers)

    assert reply.status == status
    assert caller is None or reply.json() == caller


@pytest.mark.parametrize(
    ("authorization", "user"), [(None, None), ("Bearer writer", "writer's"), ("Bearer stranger", None)]
)
def test_where_no_credential_is_needed_one_that_is_known_still_counts(
    app: MockApp, authorization: str | None, user: str | None
) -> None:
    """Whoever is known is told to the handler, whoever is not is nobody."""
    headers = {} if authorization is None else {"authorization": authorization}

    assert ask(app, "PUT", "/echo/1", **headers).json()["user"] == user


@pytest.mark.parametrize(
    "headers", [{}, {"authorization": "Bearer stranger"}, {"authorization": "nonsense"}, WRITER, READER]
)
def test_with_any_credential_everybody_is_the_default_caller(headers: dict[str, str]) -> None:
    """Whatever comes, even the credential of an account that may do less."""
    app = served(any_credential=True)

    assert ask(app, "DELETE", "/notes/1", **headers).status == 204


def test_without_credentials_of_its_own_an_api_takes_any_of_the_right_kind() -> None:
    """Whoever sends one is the default account with every scope; whoever sends none is refused."""
    api = replace(desk(), credentials=None)

    assert ask(served(api), "GET", "/pairs", x_key="whatever").status == 200
    assert ask(served(api), "GET", "/pairs").status == 401
    assert ask(served(api, any_credential=True), "PUT", "/echo/1").json()["user"] is None


@pytest.mark.parametrize("method", ["PUT", "OPTIONS", "TRACE", "CONNECT", "BREW", "get"])
def test_an_undocumented_method_hears_which_there_are(app: MockApp, method: str) -> None:
    """In the API's words, with `Allow`; HEAD is there wherever GET is."""
    reply = ask(app, method, "/notes")

    assert told(reply) == (405, "method_not_allowed")
    assert reply.headers["allow"] == "GET, HEAD, POST"
    assert reply.json()["message"] == f"{method} is not documented for /notes; expected GET, HEAD, POST"


def test_a_literal_path_lends_nothing_to_a_template(app: MockApp) -> None:
    """`DELETE /notes/latest` is no deletion of a note called latest."""
    reply = ask(app, "DELETE", "/notes/latest", **WRITER)

    assert told(reply) == (405, "method_not_allowed")
    assert reply.headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize("target", ["/notes/", "/notes/1/", "/notes/latest/x", "/notes/1//", "/notes//1"])
def test_an_unknown_path_below_a_documented_one_is_in_the_apis_words(app: MockApp, target: str) -> None:
    """It names no operation."""
    reply = ask(app, "GET", target)

    assert told(reply) == (404, "not_found")
    assert reply.json()["message"] == f"no documented path matches {target}"
    assert reply.json()["operation"] is None


@pytest.mark.parametrize(
    "target", ["/", "", "//notes", "/note", "/Notes", "/%ff", "*", "/notes%2F1", "/echo", "/_mocks"]
)
def test_an_unknown_path_is_a_problem_that_names_the_nearest(app: MockApp, target: str) -> None:
    """RFC 9457, in the server's own name."""
    reply = ask(app, "GET", target)

    problem = reply.json()
    assert (reply.status, reply.content_type) == (404, "application/problem+json")
    assert (problem["type"], problem["title"], problem["status"]) == ("about:blank", "Not Found", 404)
    assert len(problem["nearest"]) == 3
    assert set(problem["nearest"]) <= set(PATHS)
    assert problem["detail"] == (
        f"No documented path matches {target}. The nearest are: {', '.join(problem['nearest'])}."
    )


def test_the_nearest_path_comes_first(app: MockApp) -> None:
    """As one would have typed it."""
    assert ask(app, "GET", "/noets").json()["nearest"][0] == "/notes"
    assert ask(app, "GET", "/pars").json()["nearest"][0] == "/pairs"


def test_a_path_of_a_million_characters_is_not_repeated(app: MockApp) -> None:
    """Nor is it compared at length with every path there is."""
    reply = ask(app, "GET", "/" + "x" * 1_000_000)

    assert reply.status == 404
    assert len(reply.body) < 1_000


@pytest.mark.parametrize(("size", "status"), [(100, 201), (101, 413), (10_000, 413)])
def test_a_body_has_its_limit(app: MockApp, size: int, status: int) -> None:
    """By its Content-Length, or counted as it comes; the connection is not used any further."""
    text = b'{"text": "' + b"x" * (size - 12) + b'"}'

    whole = ask(app, "POST", "/notes", body=text, **WRITER)
    chunked = ask(app, "POST", "/notes", chunks=[text[at : at + 40] for at in range(0, size, 40)], **WRITER)

    assert (whole.status, chunked.status) == (status, status)
    for reply in (whole, chunked):
        assert reply.headers.get("connection") == ("close" if status == 413 else None)
    if status == 413:
        assert whole.json()["message"] == "the body must have at most 100 bytes; send less"


@pytest.mark.parametrize(
    "headers", [{"content_length": str(10**15)}, {"content_length": "101", "expect": "100-continue"}]
)
def test_a_body_is_not_waited_for_if_it_is_far_too_long_or_held_back(app: MockApp, headers: dict[str, str]) -> None:
    """The answer comes before the first byte of it; otherwise a client that sends first gets to read it, too."""
    (reply,) = asyncio.run(exchange(app, scope("POST", "/notes", **WRITER, **headers), []))

    assert told(reply) == (413, "too_large")


def test_a_body_without_end_is_not_read_to_it(app: MockApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """So much is thrown away and no more."""
    monkeypatch.setattr("mockserver.runtime.body.DRAINED", 1_000)
    endless = [b"x" * 100] * 1_000

    (reply,) = asyncio.run(exchange(app, scope("POST", "/notes", **WRITER, transfer_encoding="chunked"), endless))

    assert told(reply) == (413, "too_large")
    assert len(endless) > 900


def test_a_body_that_nobody_asked_for_is_passed_over(app: MockApp) -> None:
    """A GET with one is answered as without, however long it is."""
    assert ask(app, "GET", "/notes/1", body=b"{").status == 200
    too_long = ask(app, "GET", "/notes/1", body=b"x" * 1000)

    assert too_long.status == 200
    assert too_long.headers["connection"] == "close"


def test_a_refusal_must_keep_the_contract_too(caplog: pytest.LogCaptureFixture) -> None:
    """One that the operation does not document never leaves."""
    app = served(desk(refuse=lambda *_: ({"kind": "teapot", "message": ""}, 418)))

    reply = ask(app, "GET", "/notes?limit=x")

    assert (reply.status, reply.content_type) == (500, "application/problem+json")
    assert "status 418 is not documented" in reply.json()["detail"]
    assert "status 418 is not documented" in caplog.text


@pytest.mark.parametrize("target", ["/notes?limit=x", "/notes/1/2", "/notes/1"])
def test_an_api_that_cannot_word_a_refusal_is_a_problem_of_ours(target: str, caplog: pytest.LogCaptureFixture) -> None:
    """The client gets a clean answer, the log the traceback."""

    def crash(*_: Any) -> Any:
        raise RuntimeError("secret detail")

    method = "PATCH" if target == "/notes/1" else "GET"

    reply = ask(served(desk(refuse=crash)), method, target)

    assert (reply.status, reply.content_type) == (500, "application/problem+json")
    assert "secret" not in reply.body.decode()
    assert "secret detail" in caplog.text


def test_nothing_is_stored_for_a_request_that_was_refused(app: MockApp) -> None:
    """Also not by the handler that refused it half way."""
    reply = ask(app, "POST", "/notes", body={"text": "taken"}, **WRITER)

    assert reply.status == 409
    assert reply.headers["x-taken"] == "yes"
    assert reply.json() == {"kind": "taken", "message": "writer's"}
    assert len(app.worlds.default[NOTES]) == len(seeded()[NOTES])
    assert app.worlds.default.ids.count == 0
