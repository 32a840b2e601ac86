"""Operations that are told apart by what stands behind the `#` of their paths, as Amazon's documents have it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mockserver import MockServer
from mockserver.inference import Inference
from mockserver.mock import Mock

Json = dict[str, Any]
THING: Json = {"type": "object", "properties": {"id": {"type": "string"}, "title": {"type": "string"}}}
TAGS: Json = {"type": "object", "properties": {"tags": {"type": "object", "additionalProperties": {"type": "string"}}}}
RULES: Json = {"type": "object", "properties": {"days": {"type": "integer"}}}
CALLER: Json = {"name": "x-caller", "in": "header", "required": True, "schema": {"type": "string"}}
KEYS: Json = {
    "name": "tagKeys",
    "in": "query",
    "required": True,
    "schema": {"type": "array", "items": {"type": "string"}},
}
FLAG: Json = {"name": "rules", "in": "query", "required": True, "schema": {"type": "boolean", "enum": [True]}}
ID: Json = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
HEADERS = {"x-caller": "arn:aws:iam::1:user/ann"}


def body(schema: Json) -> Json:
    return {"content": {"application/json": {"schema": schema}}}


def operation(answer: Json | None, *parameters: Json, sent: Json | None = None) -> Json:
    found: Json = {"parameters": [*parameters], "responses": {"200": {"description": "d"}, "404": {"description": "n"}}}
    if answer is not None:
        found["responses"]["200"] |= body(answer)
    return found if sent is None else {**found, "requestBody": {"required": True, **body(sent)}}


PATHS: Json = {
    "/things#x-caller": {
        "get": operation({"type": "object", "properties": {"items": {"type": "array", "items": THING}}}, CALLER),
        "post": operation(THING, CALLER, sent=THING),
    },
    "/things#mode=import&x-caller": {"post": operation(RULES, CALLER, sent={"type": "object"})},
    "/things/{id}#x-caller": {
        "get": operation(THING, CALLER, ID),
        "put": operation(THING, CALLER, ID, sent=THING),
        "delete": operation(None, CALLER, ID),
    },
    "/things/{id}#rules": {
        "get": operation(RULES, FLAG, ID),
        "put": operation(RULES, FLAG, ID, sent=RULES),
        "delete": operation(None, FLAG, ID),
    },
    "/tags/{id}": {"get": operation(TAGS, ID), "post": operation(None, ID, sent=TAGS)},
    "/tags/{id}#tagKeys": {"delete": operation(None, KEYS, ID)},
}


@pytest.fixture
def mock(tmp_path: Path) -> Mock:
    file = tmp_path / "things.json"
    document = {"openapi": "3.0.3", "info": {"title": "Things", "version": "1"}, "paths": PATHS}
    file.write_text(json.dumps(document))
    return MockServer([str(file)]).mock()


def test_what_requests_bring_anyway_is_no_part_of_a_place(mock: Mock) -> None:
    """A collection and its item work as without it."""
    client = mock.client
    made = client.post("/things", json={"title": "A"}, headers=HEADERS).json()
    path = f"/things/{made['id']}"

    assert made["title"] == "A"
    assert client.get(path, headers=HEADERS).json() == made
    assert made in client.get("/things", headers=HEADERS).json()["items"]
    assert client.put(path, json={"title": "B"}, headers=HEADERS).json() == {**made, "title": "B"}
    assert client.delete(path, headers=HEADERS).status_code == 200
    assert client.get(path, headers=HEADERS).status_code == 404


def test_a_flag_leads_to_a_part_of_what_the_path_leads_to(mock: Mock) -> None:
    """Which goes with it, and is not it."""
    client = mock.client
    path = f"/things/{client.post('/things', json={'title': 'A'}, headers=HEADERS).json()['id']}"
    client.put(path, params={"rules": "true"}, json={"days": 7})

    assert client.get(path, params={"rules": "true"}).json() == {"days": 7}
    assert client.delete(path, params={"rules": "true"}).status_code == 200
    assert client.get(path, params={"rules": "true"}).status_code == 404
    assert client.get(path, headers=HEADERS).status_code == 200


def test_a_value_of_the_documents_own_is_an_action(mock: Mock) -> None:
    """It makes nothing where the usual operation makes something."""
    before = len(mock.state["things.things"])
    answer = mock.client.post("/things", params={"mode": "import"}, json={"title": "A"}, headers=HEADERS)

    assert answer.status_code == 200
    assert len(mock.state["things.things"]) == before


def test_tags_are_added_and_taken_away_by_name(mock: Mock) -> None:
    """What alone is written by POST comes to be by the first, and each adds to it."""
    client = mock.client
    client.post("/tags/arn:1", json={"tags": {"a": "1", "b": "2"}})
    client.post("/tags/arn:1", json={"tags": {"c": "3"}})
    client.delete("/tags/arn:1", params={"tagKeys": ["a", "c"]})

    assert client.get("/tags/arn:1").json() == {"tags": {"b": "2"}}
    assert client.delete("/tags/arn:2", params={"tagKeys": ["a"]}).status_code == 404


@pytest.mark.parametrize(
    ("tags", "name", "kept"),
    [
        ({"type": "array", "items": {"type": "string"}}, "tagKeys", (["a", "b"], ["b"])),
        (
            {"type": "array", "items": {"type": "object", "properties": {"Key": {"type": "string"}}}},
            "tagKeys",
            ([{"Key": "a"}, {"Key": "b"}], [{"Key": "b"}]),
        ),
        ({"type": "object"}, "names", ({"a": 1, "b": 2}, {"b": 2})),
        ({"type": "string"}, "tagKeys", ("a", "a")),
    ],
)
def test_what_is_taken_away_may_be_in_a_list(tmp_path: Path, tags: Json, name: str, kept: tuple[Any, Any]) -> None:
    """A value of it, or an object with that key; the only member is meant, whatever it is called."""
    item = {"type": "object", "properties": {"tags": tags}}
    paths = {
        "/tags/{id}": {"get": operation(item, ID), "post": operation(None, ID, sent=item)},
        f"/tags/{{id}}#{name}": {"delete": operation(None, {**KEYS, "name": name}, ID)},
    }
    file = tmp_path / "tags.json"
    file.write_text(json.dumps({"openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "paths": paths}))
    client = MockServer([str(file)]).mock().client
    client.post("/tags/1", json={"tags": kept[0]})
    client.delete("/tags/1", params={name: ["a"]})

    assert client.get("/tags/1").json() == {"tags": kept[1]}


def test_an_operation_that_answers_otherwise_than_the_usual_one_has_no_state(tmp_path: Path) -> None:
    """One that answers the same is the same: which of them a request is for changes nothing."""
    search: Json = {"name": "q", "in": "query", "required": True, "schema": {"type": "string"}}
    other: Json = {"name": "v", "in": "query", "required": True, "schema": {"type": "string"}}
    path = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    paths = {
        "/things": PATHS["/things#x-caller"],
        "/things#q": {"get": operation(PATHS["/things#x-caller"]["get"]["responses"]["200"]["content"], search)},
        "/things/{id}": {"get": operation(THING, path), "delete": operation(None, path)},
        "/things/{id}#q": {"get": operation(THING, search, path)},
        "/things/{id}#v": {"get": operation(RULES, other, path)},
    }
    file = tmp_path / "things.json"
    file.write_text(json.dumps({"openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "paths": paths}))
    inferred = MockServer([str(file)]).apis["things"].inferred
    assert isinstance(inferred, Inference)
    roles = {
        each.path: inferred.plan(n).role for n, each in inferred.contract.operations.items() if each.method == "GET"
    }

    assert roles["/things/{id}"] == roles["/things/{id}#q"] == "read"
    assert roles["/things/{id}#v"] == roles["/things#q"] == "stateless"
