"""Documents with very many collections, long paths or schemas in circles: inference takes a bounded time for each."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mockserver.contract.contract import Contract
from mockserver.contract.document import Document
from mockserver.inference import Inference
from mockserver.inference.extensions import extensions_of
from mockserver.inference.resources import LONGEST
from tests.patience import bounded

Json = dict[str, Any]
PET: Json = {"$ref": "#/components/schemas/Pet"}
PETS: Json = {"type": "array", "items": PET}
OTHERS: Json = {"type": "array", "items": {"type": "object", "properties": {"x": {}, "y": {}}}}
SCHEMAS: Json = {"Pet": {"type": "object", "properties": {"id": {"type": "string"}, "name": {"type": "string"}}}}


def body(schema: Json) -> Json:
    return {"content": {"application/json": {"schema": schema}}}


def operation(answer: Json, *names: str, sent: Json | None = None, **more: Json) -> Json:
    """One whose path has these parameters."""
    parameters = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]
    found: Json = {"parameters": parameters, "responses": {"200": {"description": "d", **body(answer)}}, **more}
    return found if sent is None else {**found, "requestBody": body(sent)}


def contract(paths: Json, schemas: Json = SCHEMAS) -> Contract:
    raw = {"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": paths}
    return Contract(Document.parse(json.dumps({**raw, "components": {"schemas": schemas}}).encode(), "t.json"))


def sharing(number: int) -> Json:
    """So many collections whose items have one path in common, and as many actions on such an item."""
    paths: Json = {"/v1/{name}": {"get": operation(PET, "name")}}
    for at in range(number):
        paths[f"/v1/{{parent}}/c{at}"] = {
            "get": operation(PETS, "parent"),
            "post": operation(PET, "parent", sent=PET),
        }
        paths[f"/v1/{{name}}:do{at}"] = {"post": operation(PET, "name")}
    return paths


def called_alike(number: int) -> Json:
    """So many collections that are called `items`, and as many lists of something else that are called so."""
    paths: Json = {}
    for at in range(number):
        paths[f"/w{at}/{{a}}/items"] = {"get": operation(PETS, "a"), "post": operation(PET, "a", sent=PET)}
        paths[f"/w{at}/{{a}}/items/{{id}}"] = {"get": operation(PET, "a", "id"), "put": operation(PET, "a", "id")}
        paths[f"/v{at}/items"] = {"get": operation(OTHERS)}
    return paths


@pytest.mark.parametrize("paths", [sharing(350), called_alike(500)], ids=["at one path", "called alike"])
def test_roles_are_found_among_very_many_collections(paths: Json) -> None:
    """Each operation of each is looked at, and not each with each other."""
    found = contract(paths)
    inference = Inference(found, "t")

    with bounded():
        roles = {inference.roles.of(each).role for each in found.operations}

    assert roles >= {"list", "create", "read"}


def test_a_longer_path_leads_to_nothing_that_is_kept() -> None:
    """The places on the way of one with ten thousand segments would fill a gigabyte."""
    paths = {f"{'/a' * length}/{{id}}": {"put": operation(PET, "id", sent=PET)} for length in (LONGEST - 1, LONGEST)}
    found = contract(paths)
    roles = [Inference(found, "t").roles.of(each) for each in found.operations]

    assert [each.role for each in roles] == ["create_or_replace", "stateless"]
    assert roles[1].reason == "its path has conditions only, or more than 100 segments"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"key": "id"}, "`key` is 'id', which is no field of the item; expected one of p0, p1,"),
        ({"envelope": "/p1/p2/p3"}, None),
        ({"envelope": "/p1/none"}, "`envelope` is '/p1/none', which no answer here has; expected one of /p0, /p0/p0,"),
        ({"references": {"p1": "x", "p9": "y"}}, None),
        ({"seeds": [{"p0": {}, "id": 3}]}, None),
    ],
)
def test_what_is_said_of_schemas_in_circles_is_checked(said: Json, told: str | None) -> None:
    """Of forty objects each has all others within it: a million ways lead to the fourth level."""
    properties = {f"p{at}": {"$ref": f"#/components/schemas/s{at}"} for at in range(40)}
    schemas = {f"s{at}": {"type": "object", "properties": properties} for at in range(40)}
    paths = {"/a": {"get": operation({"$ref": "#/components/schemas/s0"}), "x-mock": said}}

    with bounded():
        flaws = extensions_of(contract(paths, schemas)).flaws

    assert [each.message[: len(told or "")] for each in flaws] == ([] if told is None else [told])
