"""`Prefer`: a documented answer on demand, and what is not understood is as if it had not been said."""

from __future__ import annotations

import pytest

from mockserver.runtime.application import MockApp
from mockserver.runtime.request import Request
from tests.patience import bounded
from tests.runtime.desk import NOTES, ask, served


@pytest.fixture
def app() -> MockApp:
    return served()


@pytest.mark.parametrize(
    ("method", "target", "prefer", "status", "applied"),
    [
        ("GET", "/notes/1", "code=404", 404, "code=404"),
        ("GET", "/notes/99", "code=200", 200, "code=200"),
        ("GET", "/notes/x", "code=200", 200, "code=200"),
        ("GET", "/notes/1", 'code="404"', 404, "code=404"),
        ("GET", "/notes/1", "CODE=404", 404, "code=404"),
        ("GET", "/notes/1", "respond-async, code=404; x=1, wait=5", 404, "code=404"),
        ("GET", "/notes/1", "code=404, code=200", 404, "code=404"),
        ("GET", "/notes/1", "example=first", 200, 'example="first"'),
        ("GET", "/notes/1", 'code=200, example="first"', 200, 'code=200, example="first"'),
        ("GET", "/notes/1", 'example="a \\"quoted\\" one"', 200, 'example="a \\"quoted\\" one"'),
        ("GET", "/notes/1", "code=404, example=first", 404, "code=404"),
        ("HEAD", "/notes/1", "code=404", 404, "code=404"),
        ("POST", "/notes", "code=409", 409, "code=409"),
        ("DELETE", "/notes/1", "code=204", 204, "code=204"),
    ],
)
def test_a_documented_answer_comes_on_demand(
    app: MockApp, method: str, target: str, prefer: str, status: int, applied: str
) -> None:
    """Whatever else is wrong with the request, and nothing is done; what was heeded is said."""
    reply = ask(app, method, target, prefer=prefer)

    assert reply.status == status
    assert reply.headers["preference-applied"] == applied
    assert len(app.worlds.default[NOTES]) == 3


def test_the_answer_is_the_documents_example(app: MockApp) -> None:
    """The named one, or the first; its headers too."""
    first = ask(app, "GET", "/notes/1", prefer="code=200")
    named = ask(app, "GET", "/notes/1", prefer='example="a \\"quoted\\" one"')
    created = ask(app, "POST", "/notes", prefer="code=201")

    assert first.json() == {"id": 1, "text": "call home"}
    assert named.json() == {"id": 2, "text": "quoted"}
    assert created.headers["location"] == "/notes/9"
    assert created.content_type == "application/json"


@pytest.mark.parametrize(
    "prefer",
    [
        "",
        "code",
        "code=",
        "code=418",
        "code=4XX",
        "code=default",
        "code=two hundred",
        "code=٤٠٤".encode().decode("latin-1"),
        "example=nope",
        "example=",
        "respond-async",
        "wait=code=404",
        'x="code=404"',
        'x=", code=404',
        "=404",
        ",,,",
        ";code=404",
    ],
)
def test_what_is_not_documented_is_ignored(app: MockApp, prefer: str) -> None:
    """The request is answered as if nothing had been preferred."""
    reply = ask(app, "GET", "/notes/1", prefer=prefer)

    assert reply.status == 200
    assert reply.json() == {"id": 1, "text": "call home"}
    assert "preference-applied" not in reply.headers


def test_an_answer_without_an_example_cannot_be_had(app: MockApp) -> None:
    """Nothing is made up."""
    reply = ask(app, "GET", "/notes/latest", prefer="code=503")

    assert reply.status == 200
    assert "preference-applied" not in reply.headers


def preferences(*headers: str) -> dict[str, str]:
    raw = [(b"prefer", header.encode("latin-1")) for header in headers]
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": raw}
    return Request.of(scope).preferences


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        ([], {}),
        (["a=1, b = 2 ,c"], {"a": "1", "b": "2", "c": ""}),
        (["a=1", "A=2, b=3"], {"a": "1", "b": "3"}),
        (['a="x, y; z", b="\\\\ \\""'], {"a": "x, y; z", "b": '\\ "'}),
        (["a=1; p=2, b"], {"a": "1", "b": ""}),
        (['a="open, b=2'], {"a": ""}),
        (['a=""'], {"a": ""}),
        (["=1, !x, a"], {"a": ""}),
        (['a="\\'], {"a": ""}),
    ],
)
def test_preferences_are_read_by_rfc_7240(headers: list[str], found: dict[str, str]) -> None:
    """Names without case, quoted values, several headers as one; of one given twice the first counts."""
    assert preferences(*headers) == found


@pytest.mark.parametrize("unit", [" ", "!", "a", "=", '"', "\\", '"\\', "a =", ',"', '"" '])
def test_a_hundred_thousand_characters_are_read_in_no_time(unit: str) -> None:
    """Whatever they are: the header is a client's to write."""
    text = f"a,{unit * (100_000 // len(unit))}?"

    with bounded():
        preferences(text)
