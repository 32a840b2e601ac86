"""What was written is looked for where the contract has it, and compared in meaning."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from schemathesis.core.transport import Response

from mockserver.contract.contract import Contract
from mockserver.contract.document import Document
from mockserver.verify.checks.probe import Case, Prober
from mockserver.verify.checks.updates import Reading, losses, readings, record_of, said, same
from mockserver.verify.citations import Citations
from mockserver.verify.events import OperationRef
from mockserver.verify.targets import Target


@pytest.mark.parametrize(
    ("written", "found"),
    [
        (1, 1.0),
        (None, ""),
        ([], None),
        ({}, []),
        (" A  b", "a B"),
        ("2026-01-01T12:00:00Z", "2026-01-01T12:00:00.000+00:00"),
        ("2026 was good", "2026  was GOOD"),
        ({"a": 1}, {"a": 1, "id": "x"}),
        ({"a": 1, "unknown": 2}, {"a": 1}),
        ([{"a": 1}, {"b": 2}], [{"b": 2, "id": 1}, {"a": 1, "id": 2}]),
        (True, True),
        (880, "880"),
        ([1.5], ["1.5"]),
    ],
)
def test_the_same_may_be_said_otherwise(written: Any, found: Any) -> None:
    """More properties, other order, spacing or letter case, another form of a number or instant are no loss."""
    assert same(written, found)


@pytest.mark.parametrize(
    ("written", "found"),
    [
        (1, 2),
        (True, 1),
        (880, "88"),
        (None, "null"),
        (True, "True"),
        ("a", "b"),
        ([1, 2], [1]),
        ([1], [2]),
        ({"a": 1}, {"a": 2}),
        ("", "x"),
    ],
)
def test_another_value_is_a_loss(written: Any, found: Any) -> None:
    """A different number, kind, text, length or property is told apart."""
    assert not same(written, found)


def test_a_loss_is_told_with_both_values() -> None:
    """The message has what was written and what was read, cut short."""
    found = dict(losses({"name": "a", "kept": 1, "notes": "x" * 99}, {"name": "b", "kept": 1, "notes": "y"}))

    assert found["name"] == 'name was written as "a", and then read as "b"'
    assert set(found) == {"name", "notes"}
    assert len(found["notes"]) < 150


LONG = "the same beginning of a long text, " * 4


@pytest.mark.parametrize(
    ("written", "found", "told"),
    [
        ({"city": "a", "zip": "1"}, {"city": "a", "zip": "2"}, 'x.zip was written as "1", and then read as "2"'),
        ([1, {"a": [2, 3]}], [{"a": [2, 4]}, 1], "x[1].a[1] was written as 3, and then read as 4"),
        ([1, 2], [1], "x was written as [1,2], and then read as [1]"),
        ([1, 2], [3, 4], "x was written as [1,2], and then read as [3,4]"),
        (
            f"{LONG}A and more",
            f"{LONG}B",
            'x was written as ...ing of a long text, A and more", and then read as ...ing of a long text, B"',
        ),
        (f"{LONG}{LONG}", "other", f'x was written as "{LONG[:79]}..., and then read as "other"'),
        (LONG, f"{LONG}x", 'x was written as ...ing of a long text, ", and then read as ...ing of a long text, x"'),
    ],
)
def test_two_values_are_shown_where_they_part(written: Any, found: Any, told: str) -> None:
    """Of objects and arrays the place and its values; of a long text what stands around the difference."""
    [(_, message)] = losses({"x": written}, {"x": found})

    assert message == told


@pytest.mark.parametrize(
    ("body", "identity", "expected"),
    [
        ({"id": 1, "name": "a"}, None, {"id": 1, "name": "a"}),
        ({"code": "OK", "data": {"name": "a"}}, None, {"name": "a"}),
        ({"data": [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]}, 2, {"id": 2, "name": "b"}),
        ([{"id": 1, "name": "a"}], 3, None),
        ({"data": [{"name": "a"}]}, None, None),
        ({"title": "a"}, None, None),
    ],
)
def test_the_record_is_found_in_its_answer(body: Any, identity: Any, expected: Any) -> None:
    """In an envelope, or in a list by its id; a list without an id tells nothing."""
    record = record_of(body, {"name": "x"}, identity)

    assert record == expected


NAMES = ("path", "query")
GETS = {
    "/lists": OperationRef("t", "list_lists", "GET", "/lists", ()),
    "/lists/{id}": OperationRef("t", "get_list", "GET", "/lists/{id}", ()),
}
POST = OperationRef("t", "create_list", "POST", "/lists", ())
PUT = OperationRef("t", "replace_list", "PUT", "/lists/{id}", ())
ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}


def prober(gets: list[str], links: dict[str, Any], status: str = "200") -> Prober:
    answer = {"description": "", "links": links}
    write = {"operationId": "w", "responses": {status: answer}}
    query = {"name": "id", "in": "query", "schema": {"type": "string"}}
    paths = {
        "/lists": {"get": {"parameters": [query], "responses": {}}, "post": write},
        "/lists/{id}": {"parameters": [ID], "get": {"responses": {}}, "put": write},
    }
    document = Document({"openapi": "3.1.0", "paths": paths})
    return Prober(
        Target("t", document, ""), Citations(Contract(document)), tuple(GETS[path] for path in gets), alone=True
    )


def answered(body: bytes, status: int = 200) -> Response:
    return cast("Response", SimpleNamespace(status_code=status, content=body))


def case(**path: str) -> Case:
    return cast("Case", SimpleNamespace(path_parameters=path, query={}, body={"name": "x"}))


LINK = {"get": {"operationId": "get_list", "parameters": {"id": "$response.body#/id"}}}
FILTER = {"find": {"operationId": "list_lists", "parameters": {"id": "$response.body#/id"}}}


@pytest.mark.parametrize(
    ("gets", "links", "operation", "expected"),
    [
        (["/lists/{id}"], LINK, POST, [Reading(GETS["/lists/{id}"], {"id": "l1"}, {})]),
        (["/lists"], {}, POST, [Reading(GETS["/lists"], {}, {}, "l1")]),
        (
            ["/lists"],
            FILTER,
            POST,
            [Reading(GETS["/lists"], {}, {"id": "l1"}, "l1"), Reading(GETS["/lists"], {}, {}, "l1")],
        ),
        (["/lists/{id}"], {}, POST, []),
        (["/lists/{id}"], {"get": {"operationId": "get_list"}}, POST, []),
        (["/lists/{id}"], {"get": {"operationId": "get_list", "parameters": {"id": "$response.body#/no"}}}, POST, []),
        (["/lists"], {"all": {"operationId": "list_lists"}}, POST, [Reading(GETS["/lists"], {}, {}, "l1")]),
        ([], {"ref": {"operationRef": "#/x"}}, POST, []),
    ],
)
def test_the_contract_says_which_read_shows_a_creation(
    gets: list[str], links: dict[str, Any], operation: OperationRef, expected: list[Reading]
) -> None:
    """A link that has all it needs goes first, then the collection that was posted to."""
    found = list(readings(prober(gets, links), operation, answered(b'{"id": "l1"}'), case()))

    assert found == expected


@pytest.mark.parametrize(
    ("gets", "expected"),
    [
        (["/lists/{id}"], [Reading(GETS["/lists/{id}"], {"id": "l1"}, {})]),
        (["/lists"], [Reading(GETS["/lists"], {"id": "l1"}, {}, "l1")]),
        ([], []),
    ],
)
def test_the_contract_says_which_read_shows_a_change(gets: list[str], expected: list[Reading]) -> None:
    """The same path, or the collection above it."""
    found = list(readings(prober(gets, {}, "2XX"), PUT, answered(b""), case(id="l1")))

    assert found == expected


def test_an_answer_without_an_id_shows_nothing() -> None:
    """Who does not know what was created cannot look for it in a list."""
    found = list(readings(prober(["/lists"], {}), POST, answered(b"{}"), case()))

    assert found == []


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("POST", "/books", {"title": "a", "about": {"pages": 1}, "tags": [None]}),
        ("POST", "/books/{id}", {"title": "a", "kind": None, "about": {"pages": 1, "place": None}, "tags": [None]}),
        ("PATCH", "/books/{id}", {"title": "a", "kind": None, "about": {"pages": 1, "place": None}, "tags": [None]}),
    ],
)
def test_null_in_a_creation_says_nothing(method: str, path: str, expected: Any) -> None:
    """The provider may put a default in its place; a change to null is a change."""
    body = {"title": "a", "kind": None, "about": {"pages": 1, "place": None}, "tags": [None]}

    assert said(OperationRef("shelf", "write", method, path, ("200",)), body) == expected
