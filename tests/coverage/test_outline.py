"""What a contract consists of, and which parts an exchange exercises."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.coverage.counting.outline import KINDS, Item, Key, Outline
from mockserver.runtime.answered import PREFER, AnsweredBy
from tests.coverage.specimen import DOCUMENT, api, exchange, named, outline

FAULT = AnsweredBy("fault", "f")
BEARER = {"Authorization": "Bearer t"}
REACHED = {"operation put_thing", "status 200", "parameter path id"}


def items(kind: str, operation: str = "put_thing") -> dict[str, str]:
    return {
        item.key.name: item.pointer
        for item in outline().items()
        if item.key.kind == kind and item.key.operation == operation
    }


def test_operations_and_statuses_are_parts() -> None:
    """Ranges and the default among them."""
    put = "#/paths/~1things~1{id}/put"

    assert items("operation") == {"put_thing": put}
    assert items("status") == {name: f"{put}/responses/{name}" for name in ("200", "4XX", "default")}


def test_parameters_are_parts_but_for_those_openapi_ignores() -> None:
    """Shared by the path, referred to, or the operation's own; each is found where it is written."""
    put = "#/paths/~1things~1{id}/put/parameters"

    assert items("parameter") == {
        "path id": "#/paths/~1things~1{id}/parameters/0",
        "query mode": "#/components/parameters/mode",
        "header X-Trace": f"{put}/1",
        "cookie seen": f"{put}/2",
        "query tags": f"{put}/4",
        "query sort": f"{put}/5",
        "query where": f"{put}/6",
    }


def test_what_cannot_be_served_is_no_part() -> None:
    """No request could ever exercise it."""
    broken = DOCUMENT.replace("operationId: list_things", "operationId: list_things\n      requestBody: {}\n", 1)

    operations = {item.key.operation for item in Outline([api(broken)]).items()}

    assert operations == {"put_thing", ""}


def test_properties_are_parts_wherever_they_nest() -> None:
    """Through references and combinations, a recursive one once; what only answers carry is none."""
    thing = "#/components/schemas/Thing/allOf/1/properties"

    assert items("property") == {
        "name": "#/components/schemas/Named/properties/name",
        "size": f"{thing}/size",
        "parts": f"{thing}/parts",
        "note": f"{thing}/note",
        "colour": f"{thing}/colour",
    }


def test_enum_values_are_parts() -> None:
    """Of parameters and properties; text is told from other JSON where it could be mistaken."""
    thing = "#/components/schemas/Thing/allOf/1/properties"

    assert items("value") == {
        "query mode=fast": "#/components/parameters/mode/schema/enum/0",
        "query mode=slow": "#/components/parameters/mode/schema/enum/1",
        "query tags[]=red": "#/paths/~1things~1{id}/put/parameters/4/schema/items/enum/0",
        "query tags[]=blue": "#/paths/~1things~1{id}/put/parameters/4/schema/items/enum/1",
        "query sort.by=name": "#/paths/~1things~1{id}/put/parameters/5/schema/properties/by/enum/0",
        "body size=1": f"{thing}/size/enum/0",
        "body size=null": f"{thing}/size/enum/1",
        'body size="1"': f"{thing}/size/enum/2",
        'body size=""': f"{thing}/size/enum/3",
        "body note=short": f"{thing}/note/anyOf/0/enum/0",
        "body colour=red": f"{thing}/colour/oneOf/0/enum/0",
        "body colour=green": f"{thing}/colour/oneOf/1/enum/0",
    }


def test_schemes_and_scopes_are_parts_of_the_api() -> None:
    """Only those that an operation asks for; each is there once."""
    schemes = "#/components/securitySchemes"

    assert items("scheme", "") == {name: f"{schemes}/{name}" for name in ("token", "key", "basic")}
    assert items("scope", "") == {"things:write": "#/paths/~1things~1{id}/put"}


def test_every_part_has_a_key_of_its_own() -> None:
    """And every kind of part has one at least."""
    keys = [item.key for item in outline().items()]

    assert len(keys) == len(set(keys))
    assert {key.kind for key in keys} == set(KINDS)


EXERCISES: dict[str, tuple[dict[str, Any], set[str]]] = {
    "a request and its status": ({}, REACHED),
    "a range of statuses": ({"status": 418}, REACHED - {"status 200"} | {"status 4XX"}),
    "the default status": ({"status": 500}, REACHED - {"status 200"} | {"status default"}),
    "a connection that was ended": (
        {"status": None, "response": None, "answered_by": FAULT, "breach": True},
        {"operation put_thing", "parameter path id"},
    ),
    "a deliberate breach": ({"breach": True}, REACHED - {"status 200"}),
    "parameters of every place": (
        {
            "target": "/things/1?mode=slow&tags=red&tags=blue&where=%7B%7D",
            "headers": {"X-Trace": "a", "Cookie": "seen=b"},
        },
        REACHED
        | {"parameter query mode", "value query mode=slow", "parameter query tags", "value query tags[]=red"}
        | {"value query tags[]=blue", "parameter query where", "parameter header X-Trace", "parameter cookie seen"},
    ),
    "properties and values": (
        {"body": {"name": "a", "size": None, "parts": [{"size": 1}], "colour": "green", "other": 1}},
        REACHED
        | {"property name", "property size", "value body size=null", "property parts"}
        | {"property colour", "value body colour=green"},
    ),
    "a value that only looks like another": (
        {"body": {"size": "1"}},
        REACHED | {"property size", 'value body size="1"'},
    ),
    "what a fault answered": (
        {"answered_by": FAULT, "body": {"name": "a"}},
        REACHED | {"property name"},
    ),
    "what a fault answered though it was invalid": (
        {"answered_by": FAULT, "target": "/things/1?mode=none", "body": {"name": "a"}},
        REACHED - {"parameter path id"},
    ),
    "a parameter of several parts": (
        {"target": "/things/1?sort[by]=name&sort[from]=a"},
        REACHED | {"parameter query sort", "value query sort.by=name"},
    ),
    "a value that the document does not name": (
        {"body": {"note": "long"}},
        REACHED | {"property note"},
    ),
    "a status that is not documented": (
        {"operation_id": "list_things", "target": "/things", "method": "GET", "status": 404},
        {"operation list_things"},
    ),
    "what is no JSON": (
        {"answered_by": FAULT, "body": b"{"},
        REACHED - {"parameter path id"},
    ),
    "a refused request": (
        {"kind": "invalid", "status": 400, "body": {"name": "a"}},
        {"operation put_thing", "status 4XX"},
    ),
    "a body that the journal cut": (
        {"body": {"name": "a" * 20_000}},
        REACHED,
    ),
    "a credential that let in": (
        {"headers": BEARER},
        REACHED | {"scheme token", "scope things:write"},
    ),
    "a credential of an invalid request": (
        {"headers": BEARER, "kind": "invalid", "status": 400},
        {"operation put_thing", "status 4XX", "scheme token", "scope things:write"},
    ),
    "a credential that is not known": (
        {"headers": BEARER, "kind": "unauthorized", "status": 401},
        {"operation put_thing", "status 4XX"},
    ),
    "a credential that nobody looked at": (
        {"headers": BEARER, "answered_by": PREFER},
        REACHED,
    ),
}


@pytest.mark.parametrize("case", EXERCISES)
def test_an_exchange_exercises(case: str) -> None:
    """Exactly the parts that it shows."""
    arguments, expected = EXERCISES[case]

    assert named(outline().exercised(exchange(**arguments))) == expected


@pytest.mark.parametrize(
    ("headers", "target", "schemes"),
    [
        ({}, "/things", set()),
        (BEARER, "/things", {"scheme token"}),
        ({"Authorization": "Basic YTpi"}, "/things?key=k", {"scheme key", "scheme basic"}),
        ({"Authorization": "Basic YTpi"}, "/things", set()),
    ],
)
def test_alternatives_are_told_apart(headers: dict[str, str], target: str, schemes: set[str]) -> None:
    """The schemes of the first alternative that the request carries whole."""
    found = outline().exercised(exchange(target, operation_id="list_things", method="GET", headers=headers))

    assert {name for name in named(found) if name.startswith("scheme")} == schemes


def test_a_request_to_no_operation_exercises_nothing() -> None:
    """Nor one to an operation of another API."""
    contract = outline()

    assert contract.exercised(exchange(operation_id=None, api=None)) == set()
    assert contract.exercised(exchange(api="other")) == set()


def test_what_is_exercised_is_always_a_part() -> None:
    """No exchange counts for what the contract does not list."""
    contract = outline()
    known = {item.key for item in contract.items()}

    for arguments, _ in EXERCISES.values():
        assert contract.exercised(exchange(**arguments)) <= known


def test_an_item_is_a_key_and_a_pointer() -> None:
    """The first item is the first operation."""
    first = outline().items()[0]

    assert first == Item(Key("specimen", "put_thing", "operation", "put_thing"), "#/paths/~1things~1{id}/put")
