"""Patterns of requests: what they ask for, how an exchange differs from them, and which come nearest."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.runtime.exchange import Exchange
from mockserver.runtime.message import BODY_KEPT, Message
from mockserver.runtime.pattern import RequestPattern, nearest

HEADERS = [
    (b"content-type", b"application/json"),
    (b"X-Trace", b"one"),
    (b"x-trace", b"two"),
    (b"x-latin", "é".encode("latin-1")),
]


def exchange(body: bytes = b"", query: str = "", number: int = 1, **others: Any) -> Exchange:
    """A request to create a list, unless told otherwise."""
    made = Exchange(
        **{
            "world": "t1",
            "method": "POST",
            "path": "/v1/lists",
            "target": f"/v1/lists?{query}" if query else "/v1/lists",
            "request": Message.of(HEADERS, body),
            "started_at": 0.0,
            "api": "workshop",
            "operation_id": "create_list",
            "status": 201,
            **others,
        }
    )
    made.number = number
    return made


def test_a_pattern_that_asks_for_nothing_matches_everything() -> None:
    """Also a request that no operation is documented for, and one that had no answer."""
    pattern = RequestPattern()

    assert pattern.matches(exchange(b"{"))
    assert pattern.matches(exchange(api=None, operation_id=None, status=None))


@pytest.mark.parametrize(
    ("asked", "difference"),
    [
        ({"api": "workshop"}, None),
        ({"api": "crm"}, "api: expected crm, got workshop"),
        ({"operation_id": "create_list"}, None),
        ({"operation_id": "get_list"}, "operationId: expected get_list, got create_list"),
        ({"method": "POST"}, None),
        ({"method": "GET"}, "method: expected GET, got POST"),
        ({"path": "/v1/lists"}, None),
        ({"path": "/v1"}, "path: expected /v1, got /v1/lists"),
        ({"path": "/v1/*"}, None),
        ({"path": "/v?/l*"}, None),
        ({"path": "/v1/?"}, "path: expected /v1/?, got /v1/lists"),
        ({"path": "/[uvw]1/lists"}, "path: expected /[uvw]1/lists, got /v1/lists"),
        ({"status": 201}, None),
        ({"status": 200}, "status: expected 200, got 201"),
    ],
)
def test_what_a_request_was_must_be_equal(asked: dict[str, Any], difference: str | None) -> None:
    """API, operation, method, path and status; the path is that without the query."""
    pattern = RequestPattern(**asked)
    came = exchange(query="a=1")

    assert pattern.difference(came) == [each for each in (difference,) if each]
    assert pattern.matches(came) is (difference is None)


def test_what_has_no_operation_differs_from_one() -> None:
    """A request that no path matches, and one that was never answered."""
    pattern = RequestPattern(operation_id="create_list", status=201)

    assert pattern.difference(exchange(api=None, operation_id=None, status=None)) == [
        "operationId: expected create_list, got nothing",
        "status: expected 201, got nothing",
    ]


@pytest.mark.parametrize(
    ("query", "asked", "difference"),
    [
        ("limit=25", {"limit": "25"}, None),
        ("limit=25", {"limit": "2"}, None),
        ("limit=25", {"limit": ""}, None),
        ("a=1&a=2", {"a": "2"}, None),
        ("name=caf%C3%A9+au%20lait", {"name": "café au lait"}, None),
        ("n%61me=x", {"name": "x"}, None),
        ("name=%FF", {"name": "%FF"}, None),
        ("name", {"name": ""}, None),
        ("a=1&a=2", {"a": "3"}, "query a: expected '3' in it, got '1', '2'"),
        ("a=1", {"b": "1"}, "query b: expected '1' in it, got nothing"),
        ("", {"b": ""}, "query b: expected '' in it, got nothing"),
        ("Name=x", {"name": "x"}, "query name: expected 'x' in it, got nothing"),
        (f"a={'x' * 200}", {"a": "y"}, f"query a: expected 'y' in it, got '{'x' * 77}...'"),
    ],
)
def test_a_query_parameter_must_contain_the_text(query: str, asked: dict[str, str], difference: str | None) -> None:
    """Decoded, any one of its values; what is long is cut short in the difference."""
    differences = RequestPattern(query=asked).difference(exchange(query=query))

    assert differences == [each for each in (difference,) if each]


@pytest.mark.parametrize(
    ("asked", "difference"),
    [
        ({"Content-Type": "json"}, None),
        ({"x-TRACE": "tw"}, None),
        ({"x-latin": "é"}, None),
        ({"x-trace": "three"}, "header x-trace: expected 'three' in it, got 'one', 'two'"),
        ({"X-None": ""}, "header X-None: expected '' in it, got nothing"),
    ],
)
def test_a_header_must_contain_the_text(asked: dict[str, str], difference: str | None) -> None:
    """Names are the same in any case, values are not; any of several values will do."""
    differences = RequestPattern(headers=asked).difference(exchange())

    assert differences == [each for each in (difference,) if each]


@pytest.mark.parametrize(
    ("body", "asked", "differences"),
    [
        (b'{"a": 1, "b": 2}', {"a": 1}, []),
        (b'{"a": {"b": {"c": 1, "d": 2}}}', {"a": {"b": {"c": 1}}}, []),
        (b'{"a": 1}', {}, []),
        (b'{"a": 1.0}', {"a": 1}, []),
        (b'{"a": null}', {"a": None}, []),
        (b"[1, 2]", [1, 2], []),
        (b"null", None, []),
        (b'"text"', "text", []),
        (b'{"b": 2}', {"a": 1}, ["body.a: expected 1, got nothing"]),
        (b'{"a": null}', {"a": 1}, ["body.a: expected 1, got null"]),
        (b'{"a": "1"}', {"a": 1}, ['body.a: expected 1, got "1"']),
        (
            b'{"a": {"b": 1}}',
            {"a": {"b": 2, "c": 3}},
            ["body.a.b: expected 2, got 1", "body.a.c: expected 3, got nothing"],
        ),
        (b'{"a": [1, 2]}', {"a": [1]}, ["body.a: expected [1], got [1,2]"]),
        (b'{"a": [{"b": 1, "c": 2}]}', {"a": [{"b": 1}]}, ['body.a: expected [{"b":1}], got [{"b":1,"c":2}]']),
        (b'{"a": [{"c": 2, "b": [1]}]}', {"a": [{"b": [1], "c": 2}]}, []),
        (b'{"a": 1}', [], ['body: expected [], got {"a":1}']),
        (b'{"a": 1}', {"a": {"b": 1}}, ['body.a: expected {"b":1}, got 1']),
        (b'{"a": true}', {"a": 1}, ["body.a: expected 1, got true"]),
        (b'{"a": 0}', {"a": False}, ["body.a: expected false, got 0"]),
        (b'{"a": [1]}', {"a": [True]}, ["body.a: expected [true], got [1]"]),
        (b'{"a": [{"b": 0}]}', {"a": [{"b": False}]}, ['body.a: expected [{"b":false}], got [{"b":0}]']),
        (b"123456789012345678901", 123456789012345678901, []),
        (b"name=Ada&x=1", "name=Ada", []),
        (b"name=Ada", "name=Bo", ["""body: expected "name=Bo", got 'name=Ada'"""]),
        (b"name=Ada", {"name": "Ada"}, ["""body: expected {"name":"Ada"}, got 'name=Ada'"""]),
        (b"", {"a": 1}, ['body: expected {"a":1}, got nothing']),
        (b"", "", []),
        (b"\xff<", "<", []),
        (b'"' + b"x" * 200 + b'"', "y", [f'body: expected "y", got "{"x" * 76}...']),
        (b"x" * 200, "y", [f"""body: expected "y", got '{"x" * 77}...'"""]),
    ],
)
def test_a_body_must_contain_the_json_or_the_text(body: bytes, asked: Any, differences: list[str]) -> None:
    """Objects may have more properties, everything else must be equal; a body that is no JSON is text."""
    assert RequestPattern(body=asked).difference(exchange(body)) == differences


@pytest.mark.parametrize(
    ("asked", "got"),
    [
        ("xxx", None),
        ("end", "'xxx"),
        ({"a": 1}, "'xxx"),
    ],
)
def test_of_a_body_that_was_cut_only_text_can_be_found(asked: Any, got: str | None) -> None:
    """The difference says how much of it is kept, so that nobody looks for the mistake elsewhere."""
    differences = RequestPattern(body=asked).difference(exchange(b"x" * BODY_KEPT + b"end"))

    assert bool(differences) is (got is not None)
    assert all(each.endswith(f"(only {BODY_KEPT} of its {BODY_KEPT + 3} bytes are kept)") for each in differences)


def test_a_number_that_was_cut_is_not_taken_for_the_whole() -> None:
    """Half a number is a number too."""
    cut = exchange(b"1" * (BODY_KEPT + 1))

    assert not RequestPattern(body=int("1" * 4000)).matches(cut)
    assert "bytes are kept" in RequestPattern(body=1).difference(cut)[0]


def test_every_difference_is_told() -> None:
    """In the order of the pattern's own parts."""
    pattern = RequestPattern(
        api="crm", method="GET", status=200, query={"q": "x"}, headers={"h": "y"}, body={"a": 1, "b": 2}
    )

    assert [each.partition(":")[0] for each in pattern.difference(exchange(b"{}"))] == [
        "api",
        "method",
        "status",
        "query q",
        "header h",
        "body.a",
        "body.b",
    ]


def test_the_nearest_have_the_fewest_differences_and_are_the_latest() -> None:
    """What matches is no miss; of two equally near, the later one comes first."""
    pattern = RequestPattern(body={"a": 1, "b": 2, "c": 3})
    bodies = [b'{"a":1,"b":2,"c":3}', b'{"a":1}', b'{"a":1,"b":2}', b"{}", b'{"a":1,"c":3}']
    exchanges = [exchange(body, number=number) for number, body in enumerate(bodies, start=1)]

    found = nearest(pattern, exchanges)

    assert [(each.number, len(differences)) for each, differences in found] == [(5, 1), (3, 1), (2, 2)]
    assert found[0][1] == ["body.b: expected 2, got nothing"]
    assert [each.number for each, _ in nearest(pattern, exchanges, most=1)] == [5]
    assert nearest(RequestPattern(), exchanges) == []


def test_a_request_of_the_operation_is_nearer_than_any_other() -> None:
    """Whoever asks for an operation wants to hear of its requests first, however much they differ."""
    pattern = RequestPattern(operation_id="create_list", body={"a": 1, "b": 2})
    same, other = exchange(b"{}", number=1), exchange(b'{"a":1,"b":2}', number=2, operation_id="update_list")

    assert [each.number for each, _ in nearest(pattern, [same, other])] == [1, 2]
