"""Paths whose values have another form than the keys of what there is, or are several keys, or are none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from mockserver import MockServer
from mockserver.inference import Inference
from mockserver.inference.patches import malformed, patched
from mockserver.mock import Mock

Json = dict[str, Any]
LETTERS: Json = {"type": "string", "pattern": "^[a-z]{26}$"}
UUID: Json = {"type": "string", "format": "uuid"}
THING: Json = {"type": "object", "properties": {"id": {"type": "string"}, "title": {"type": "string"}}}
REFERENCE: Json = {"$ref": "#/components/schemas/Numbered"}
NUMBERED: Json = {"type": "object", "properties": {"id": {"type": "integer"}, "title": {"type": "string"}}}


def body(schema: Json) -> Json:
    return {"content": {"application/json": {"schema": schema}}}


def operation(answer: Json, sent: Json | None = None, **keys: Json) -> Json:
    """One with these path parameters."""
    parameters = [{"name": name, "in": "path", "required": True, "schema": schema} for name, schema in keys.items()]
    found: Json = {"parameters": parameters, "responses": {"200": {"description": "d", **body(answer)}}}
    found["responses"]["404"] = {"description": "n"}
    return found if sent is None else {**found, "requestBody": {"required": True, **body(sent)}}


def listing(item: Json, **keys: Json) -> Json:
    return operation({"type": "object", "properties": {"data": {"type": "array", "items": item}}}, **keys)


def serve(folder: Path, paths: Json) -> httpx.Client:
    return mocked(folder, paths).client


def mocked(folder: Path, paths: Json) -> Mock:
    file = folder / "things.json"
    raw = {"openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "paths": paths}
    file.write_text(json.dumps({**raw, "components": {"schemas": {"Numbered": NUMBERED}}}))
    return MockServer([str(file)]).mock()


def test_a_path_that_can_name_nothing_there_is_is_answered_without_state(tmp_path: Path) -> None:
    """Its parent is a UUID there, and 26 letters everywhere else; what can be named is still refused if it is none."""
    thing = {"type": "object", "properties": {"id": LETTERS, "title": {"type": "string"}}}
    client = serve(
        tmp_path,
        {
            "/things": {"get": listing(thing), "post": operation(thing, thing)},
            "/things/{id}": {"get": operation(thing, id=LETTERS), "delete": operation(thing, id=LETTERS)},
            "/things/{id}/parts": {"get": listing(THING, id=UUID)},
            "/things/{id}/parts/{part}": {
                "get": operation(THING, id=UUID, part={"type": "string"}),
                "delete": operation(THING, id=UUID, part={"type": "string"}),
            },
        },
    )
    uuid = "3d4e06a3-544b-4cc7-924e-e077ef133cf6"

    assert client.get(f"/things/{uuid}/parts").status_code == 200
    assert client.get(f"/things/{uuid}/parts/p").status_code == 200
    assert client.get(f"/things/{'a' * 26}").status_code == 404


def test_text_in_one_path_and_a_number_in_the_next_is_a_number(tmp_path: Path) -> None:
    """However far below that is; a number that no record has is refused."""
    below = {f"/things/{{id}}/a{number}": {"get": listing(THING, id={"type": "string"})} for number in range(40)}
    client = serve(
        tmp_path,
        {
            "/things": {"get": listing(THING), "post": operation(THING, THING)},
            "/things/{id}": {"get": operation(THING, id={"type": "string"}), "delete": operation(THING, id=UUID | {})},
            **below,
            "/things/{id}/z": {"get": listing(THING, id={"type": "integer"})},
        },
    )
    made = client.post("/things", json={"title": "A"}).json()["id"]

    assert made.isdecimal()
    assert client.get(f"/things/{made}/z").status_code == 200
    assert client.get("/things/987654/z").status_code == 404


def test_a_path_may_name_several_items(tmp_path: Path) -> None:
    """The answer lists them, each is changed or deleted, once if it is named twice; one that is none costs all."""
    several = {"type": "array", "items": {"type": "integer"}, "maxItems": 9}
    client = serve(
        tmp_path,
        {
            "/things": {"get": listing(NUMBERED), "post": operation(NUMBERED, NUMBERED)},
            "/things/{id}": {
                "get": listing(NUMBERED, id=several),
                "patch": listing(NUMBERED, id=several) | {"requestBody": body(NUMBERED)},
                "delete": listing(NUMBERED, id=several),
            },
        },
    )
    made = [client.post("/things", json={"title": each}).json() for each in "AB"]
    path = f"/things/{made[0]['id']},{made[1]['id']}"

    assert client.get(path).json()["data"] == made
    assert client.get(f"/things/{made[1]['id']}").json()["data"] == [made[1]]
    assert [each["title"] for each in client.patch(path, json={"title": "C"}).json()["data"]] == ["C", "C"]
    assert client.delete(f"{path},999").status_code == 404
    assert client.delete(f"{path},{made[0]['id']}").json()["data"] == [{**each, "title": "C"} for each in made]
    assert [client.get(f"/things/{each['id']}").status_code for each in made] == [404, 404]


def test_what_lies_below_something_without_records_begins_below_a_value_of_the_path(tmp_path: Path) -> None:
    """And so it can be asked for: of the form that the item's own path has."""
    text, date = {"type": "string"}, {"type": "string", "format": "date", "example": "2026-04-22"}
    mock = mocked(
        tmp_path,
        {
            "/rooms": {"post": operation(text, text)},
            "/rooms/{room}": {"put": operation(text, text, room=text)},
            "/rooms/{room}/things": {"post": operation(THING, THING, room=text)},
            "/rooms/{room}/things/{id}": {"delete": operation(THING, room=text, id=text)},
            "/days/{id}": {"get": listing(THING, id={"type": "integer"})},
            "/days/{date}/{id}": {
                "get": operation(THING, date=date, id=text),
                "delete": operation(THING, date=date, id=text),
            },
        },
    )
    inferred = mock.server.apis["things"].inferred
    assert isinstance(inferred, Inference)
    for name, described in inferred.contract.operations.items():
        if described.method == "DELETE":
            path = described.path
            for parameter, value in inferred.known(mock.world, name).items():
                path = path.replace(f"{{{parameter}}}", value)
            assert mock.client.delete(path).status_code == 200, path


def test_what_is_seen_below_something_without_records_begins_with_some(tmp_path: Path) -> None:
    """Comments that are made below an issue, where nothing is known of issues."""
    paths: Json = {
        "/issues": {"get": listing({"type": "object"})},
        "/issues/{number}": {"get": operation({"type": "object"}, number={"type": "integer"})},
        "/issues/{number}/comments": {
            "get": listing(REFERENCE, number={"type": "integer"}),
            "post": operation(REFERENCE, REFERENCE, number={"type": "integer"}),
        },
        "/issues/comments": {"get": listing(REFERENCE)},
        "/issues/comments/{id}": {"get": operation(REFERENCE, id={"type": "integer"})},
    }

    assert len(mocked(tmp_path, paths).state["things.comments"]) == 3


@pytest.mark.parametrize("word", ["user", "users"])
def test_a_value_that_is_called_after_the_word_before_it_is_no_key_of_the_item(tmp_path: Path, word: str) -> None:
    """`POST /things/user/{user_id}` acts on no thing; `POST /things/close/{id}` does."""
    integer = {"type": "integer"}
    client = serve(
        tmp_path,
        {
            "/things": {"get": listing(NUMBERED), "post": operation(NUMBERED, NUMBERED)},
            "/things/{id}": {"get": operation(NUMBERED, id=integer)},
            f"/things/{word}/{{user_id}}": {"post": operation(NUMBERED, NUMBERED, user_id=integer)},
            "/things/close/{id}": {"post": operation(NUMBERED, id=integer)},
        },
    )

    assert client.post(f"/things/{word}/987654", json={"title": "A"}).status_code == 200
    assert client.post("/things/close/987654").status_code == 404


def test_operations_of_a_patch_are_known_in_any_case() -> None:
    """Documents that are made from .NET have them so in their examples."""
    patch = [{"op": "Replace", "path": "/a", "value": 1}, {"op": "ADD", "path": "/b", "value": 2}]

    assert malformed(patch) is None
    assert patched({"a": 0}, patch) == ({"a": 1, "b": 2}, None)
    assert "got 'change'" in str(malformed([{"op": "Change", "path": "/a", "value": 1}]))
