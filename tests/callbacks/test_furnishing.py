"""What callbacks and webhooks have: bodies of other types than JSON, parameters, credentials; and where they go."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from mockserver import MockServer
from mockserver.api import Api
from mockserver.callbacks.expressions import evaluated
from mockserver.mock import Mock
from mockserver.runtime.exchange import Exchange
from mockserver.runtime.message import Message
from tests.callbacks.receiver import receiving

Json = dict[str, Any]

DOCUMENT = Path(__file__).with_name("sends.yaml")


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    with MockServer([str(DOCUMENT)]) as server:
        yield server


@pytest.fixture
def mock(server: MockServer) -> Iterator[Mock]:
    with server.mock() as opened:
        yield opened


def sent(mock: Mock, name: str, query: str = "") -> tuple[str, dict[str, str], bytes]:
    """Path, headers and body of a webhook as they are received."""
    with receiving() as receiver:
        told = mock.client.post(f"/_mock/webhooks/{name}", json={"url": f"{receiver.url}/in{query}"}).json()

    assert (told["status"], told["flaw"]) == (200, "")
    (found,) = receiver.received
    return found


def test_a_body_is_written_as_its_media_type(mock: Mock) -> None:
    """A form, XML, text, and one of JSON where anything goes."""
    found = {name: sent(mock, name) for name in ("form", "xml", "text", "any", "oauth")}
    bodies = {name: (headers.get("Content-Type"), body) for name, (_, headers, body) in found.items()}

    assert bodies["form"][0] == "application/x-www-form-urlencoded"
    assert parse_qs(bodies["form"][1].decode()) == {"a": ["x y"], "b": ["1", "1"]}
    assert bodies["xml"][0] == "application/xml"
    assert bodies["xml"][1].endswith(b"<done><state>paid</state></done>")
    assert bodies["text"] == ("text/plain", b"hello")
    assert bodies["any"] == ("application/json", b"1")
    assert bodies["oauth"] == (None, b"")


def test_parameters_that_are_required_or_have_an_example_are_sent(mock: Mock) -> None:
    """Valid ones; the operation's own win over those of its path, and what the URL has stays as it is."""
    path, headers, _ = sent(mock, "form", "?own=kept")

    assert path == "/in?own=kept&attempt=1"
    assert headers["X-Event"] == "form.sent"
    assert headers["X-Signature"].startswith("sha256=")
    assert headers["Cookie"] == "session=s%201"
    assert "X-Optional" not in headers


CREDENTIALS: dict[str, dict[str, str]] = {
    "form": {"Authorization": "Bearer mock"},
    "xml": {"Authorization": f"Basic {base64.b64encode(b'mock:mock').decode()}", "X-Key": "mock"},
    "oauth": {"Authorization": "Bearer mock"},
    "text": {},
}


@pytest.mark.parametrize(("name", "expected"), CREDENTIALS.items(), ids=CREDENTIALS)
def test_the_credential_is_that_of_the_first_requirement(mock: Mock, name: str, expected: dict[str, str]) -> None:
    """Of all of its schemes; none where none is asked for."""
    _, headers, _ = sent(mock, name)

    assert {key: value for key, value in headers.items() if key in ("Authorization", "X-Key")} == expected


def exchange(request: bytes, kind: str = "application/json", response: bytes = b"", status: int = 200) -> Exchange:
    """POST /things/7?to=a%20b, answered."""
    answered = "application/xml" if status == 201 else "application/json"
    return Exchange(
        world="w",
        method="POST",
        target="/things/7?to=a%20b&to=c",
        path="/things/7",
        request=Message.of([(b"host", b"api.test:81"), (b"x-to", b"there"), (b"content-type", kind.encode())], request),
        started_at=0,
        operation_id="change",
        route="/things/{id}",
        status=status,
        response=Message.of([(b"location", b"/x"), (b"content-type", answered.encode())], response),
        prefix="/_world/w",
    )


BODY = b'{"url": "http://h.test/a", "n": 2, "yes": true, "no": null, "of": {"a/b": ["c"]}}'
PLAIN = exchange(BODY, response=b'{"url": "http://h.test/r"}')
EXPRESSIONS: dict[str, tuple[str, Exchange, str | None]] = {
    "the URL": ("$url", PLAIN, "http://api.test:81/_world/w/things/7?to=a%20b&to=c"),
    "the method": ("$method", PLAIN, "POST"),
    "the status": ("$statusCode", PLAIN, "200"),
    "a header": ("$request.header.X-To", PLAIN, "there"),
    "a query parameter": ("$request.query.to", PLAIN, "a b"),
    "a path parameter": ("$request.path.id", PLAIN, "7"),
    "a member of the body": ("$request.body#/url", PLAIN, "http://h.test/a"),
    "a member below": ("$request.body#/of/a~1b/0", PLAIN, "c"),
    "a number": ("$request.body#/n", PLAIN, "2"),
    "a boolean": ("$request.body#/yes", PLAIN, "true"),
    "null": ("$request.body#/no", PLAIN, None),
    "an object": ("$request.body#/of", PLAIN, None),
    "a text as the body": ("$request.body", exchange(b'"http://h.test/t"'), "http://h.test/t"),
    "a header of the answer": ("$response.header.Location", PLAIN, "/x"),
    "a member of the answer": ("$response.body#/url", PLAIN, "http://h.test/r"),
    "a query of the answer": ("$response.query.to", PLAIN, None),
    "nothing known": ("$request.cookie.a", PLAIN, None),
    "no source": ("$else.body", PLAIN, None),
    "embedded": ("{$request.body#/url}/{$request.path.id}?s={$statusCode}", PLAIN, "http://h.test/a/7?s=200"),
    "embedded, one absent": ("{$request.body#/url}/{$request.path.no}", PLAIN, None),
    "no expression": ("http://h.test/fixed", PLAIN, "http://h.test/fixed"),
    "a form": (
        "$request.body#/url",
        exchange(b"url=http%3A%2F%2Fh.test%2Ff&n=2", "application/x-www-form-urlencoded"),
        "http://h.test/f",
    ),
    "XML": ("$request.body#/url", exchange(b"<thing><url>u</url></thing>", "application/xml; charset=utf-8"), "u"),
    "XML of the answer": (
        "$response.body#/url",
        exchange(b"", response=b"<thing><url>u</url></thing>", status=201),
        "u",
    ),
    "broken": ("$request.body#/url", exchange(b"{"), None),
    "a type that nobody knows": ("$request.body#/url", exchange(b"x", "image/png"), None),
}


@pytest.mark.parametrize(("expression", "given", "text"), EXPRESSIONS.values(), ids=EXPRESSIONS)
def test_an_expression_stands_for_a_text(
    server: MockServer, expression: str, given: Exchange, text: str | None
) -> None:
    """Whatever part of the exchange it names; None where that is not there, or has no text."""
    api: Api = server.apis["sends"]

    assert evaluated(expression, given, api) == text
