"""How clients get to a record where the document makes it hard: cursors of a form, keys beside the item, links."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from mockserver import MockServer

Json = dict[str, Any]

TITLE: Json = {"title": {"type": "string"}}
ONE: Json = {"$ref": "#/components/schemas/Thing"}


def body(schema: Json) -> Json:
    return {"content": {"application/json": {"schema": schema}}}


def serve(
    folder: Path,
    thing: Json,
    listed: Json | None = None,
    key: Json | None = None,
    *,
    required: str | None = None,
    example: Json | None = None,
    several: bool = False,
    **more: Any,
) -> httpx.Client:
    """A client of things: their schema, that of an element of the list, that of the key in the path.

    required: a parameter that the list requires. example: of one thing, as it is read. several: are created at once.
    """
    asked = [{"name": required, "in": "query", "required": True, "schema": {"type": "string"}}] if required else []
    one = body(ONE)
    if example is not None:
        one["content"]["application/json"]["example"] = example
    path = {"name": "id", "in": "path", "required": True, "schema": key or {"type": "integer"}}
    page: Json = {"type": "object", "properties": {"data": {"type": "array", "items": listed or ONE}, **more}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Things", "version": "1"},
        "paths": {
            "/things": {
                "get": {
                    "parameters": [
                        *asked,
                        {"name": "limit", "in": "query", "schema": {"type": "integer"}},
                        {"name": "cursor", "in": "query", "schema": {"type": "string", "pattern": "^c_[a-z]{12}$"}},
                    ],
                    "responses": {"200": {"description": "d", **body(page)}},
                },
                "post": {
                    "requestBody": body(page if several else {"type": "object", "properties": TITLE}),
                    "responses": {"201": {"description": "d", **body(page if several else ONE)}},
                },
            },
            "/things/{id}": {
                "parameters": [path],
                "get": {"responses": {"200": {"description": "d", **one}}},
                "put": {"requestBody": body(ONE), "responses": {"200": {"description": "d", **body(ONE)}}},
            },
        },
        "components": {"schemas": {"Thing": {"type": "object", "properties": thing}}},
    }
    file = folder / "things.json"
    file.write_text(json.dumps(document))
    return MockServer([str(file)]).mock().client


def test_pages_follow_cursors_of_the_documents_own_form(tmp_path: Path) -> None:
    """Which can hold no place; one that was never given leads behind everything."""
    client = serve(tmp_path, {"id": {"type": "integer"}, **TITLE}, next_cursor={"type": "string"})
    made = [client.post("/things", json={"title": str(number)}).json()["id"] for number in range(4)]
    query: Json = {"limit": 2}
    seen: list[int] = []
    while query:
        page = client.get("/things", params=query).json()
        seen += [each["id"] for each in page["data"]]
        query = {"limit": 2, "cursor": page["next_cursor"]} if "next_cursor" in page else {}

    assert len(seen) == len(set(seen))
    assert seen[-4:] == made
    assert client.get("/things", params={"cursor": "c_" + "q" * 12}).json()["data"] == []


def test_where_nothing_tells_the_key_the_answer_to_a_creation_says_where_it_is(tmp_path: Path) -> None:
    """In its `Location`, whether or not the document has it."""
    client = serve(tmp_path, TITLE)
    made = client.post("/things", json={"title": "A"})

    assert client.get(made.headers["location"]).json() == {"title": "A"}


@pytest.mark.parametrize(("kind", "cast"), [("integer", int), ("string", str)])
def test_a_list_may_tell_the_key_that_the_item_does_not(tmp_path: Path, kind: str, cast: type) -> None:
    """In the field that is called after it, in the type of that."""
    listed = {"type": "object", "properties": {"thingId": {"type": kind}, **TITLE}}
    client = serve(tmp_path, TITLE, listed)
    key = client.post("/things", json={"title": "A"}).headers["location"].rpartition("/")[2]

    assert {"thingId": cast(key), "title": "A"} in client.get("/things").json()["data"]


@pytest.mark.parametrize(("example", "before"), [("/things/1", ""), ("https://example.com/things/1", "http")])
def test_an_item_that_has_no_key_links_to_itself(tmp_path: Path, example: str, before: str) -> None:
    """Wherever it is shown, without the host where the document's examples have none."""
    client = serve(tmp_path, {"uri": {"type": "string", "example": example, "readOnly": True}, **TITLE})
    made = client.post("/things", json={"title": "A"}).json()

    assert made["uri"].startswith(before or "/")
    assert client.get(made["uri"]).json() == made
    assert made in client.get("/things").json()["data"]


def test_a_field_is_known_by_its_name_after_the_item(tmp_path: Path) -> None:
    """`thingTitle` is the `title` of a thing."""
    client = serve(tmp_path, {"id": {"type": "integer"}, **TITLE})
    made = client.post("/things", json={"thingTitle": "A"}).json()

    assert made["title"] == "A"


def test_a_replacement_begins_with_the_defaults(tmp_path: Path) -> None:
    """As a creation does."""
    state = {"type": "string", "default": "new"}
    client = serve(tmp_path, {"id": {"type": "integer"}, "state": state, **TITLE})
    made = client.post("/things", json={"title": "A"}).json()
    put = client.put(f"/things/{made['id']}", json={"title": "B"}).json()

    assert (made["state"], put) == ("new", {**made, "title": "B"})


def test_an_item_behind_three_keys_in_a_row_is_kept(tmp_path: Path) -> None:
    """The one in the middle is a kind, which has a list of its own; what is only read there stays as documented."""
    names = {each: {"name": each, "in": "path", "required": True, "schema": {"type": "string"}} for each in "abc"}
    record = body({"type": "object", "properties": {"name": {"type": "string"}, "ttl": {"type": "integer"}}})
    page = body({"type": "object", "properties": {"value": {"type": "array", "items": ONE}}})
    answers = {"200": {"description": "d", **record}}
    item = {"get": {"responses": answers}, "put": {"requestBody": record, "responses": answers}}
    item["delete"] = {"responses": {"204": {"description": "d"}}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Zones", "version": "1"},
        "paths": {
            "/zones/{a}": {"parameters": [names["a"]], **item},
            "/zones/{a}/{b}": {
                "parameters": [names["a"], names["b"]],
                "get": {"responses": {"200": {"description": "d", **page}}},
            },
            "/zones/{a}/{b}/{c}": {"parameters": [*names.values()], **item},
            "/reports/{a}/{b}/{c}": {"parameters": [*names.values()], "get": {"responses": answers}},
        },
        "components": {"schemas": {"Thing": record["content"]["application/json"]["schema"]}},
    }
    file = tmp_path / "zones.json"
    file.write_text(json.dumps(document))
    client = MockServer([str(file)]).mock().client
    client.put("/zones/z", json={"name": "z"})
    client.put("/zones/z/MX/www", json={"name": "www", "ttl": 7})

    assert client.get("/zones/z/MX/www").json()["ttl"] == 7
    assert "www" in [each["name"] for each in client.get("/zones/z/MX").json()["value"]]
    assert "www" not in [each["name"] for each in client.get("/zones/z/TXT").json()["value"]]
    assert client.delete("/zones/z/MX/www").status_code == 204
    assert client.get("/zones/z/MX/www").status_code == 404
    assert client.get("/reports/z/MX/www").status_code == 200


def test_a_created_item_has_what_its_list_requires(tmp_path: Path) -> None:
    """A field that a required query parameter of the list names is filled in, or no list would ever have the item."""
    client = serve(tmp_path, {"id": {"type": "integer"}, **TITLE, "ownedBy": {"type": "string"}}, required="owned_by")
    made = client.post("/things", json={"title": "A"}).json()
    listed = client.get("/things", params={"owned_by": made["ownedBy"]}).json()["data"]

    assert made["id"] in [each["id"] for each in listed]


def test_a_key_that_only_examples_have_is_told(tmp_path: Path) -> None:
    """The schema of the item does not name it, and the example of one has `id`."""
    client = serve(tmp_path, TITLE, example={"id": 51, "title": "An example"})
    made = client.post("/things", json={"title": "A"}).json()

    assert client.get(f"/things/{made['id']}").json() == made
    assert made in client.get("/things").json()["data"]


def test_items_in_the_envelope_of_a_list_are_created(tmp_path: Path) -> None:
    """Each of them, and the answer has them in the same place."""
    thing = {"id": {"type": "integer"}, **TITLE, "size": {"type": "integer"}}
    client = serve(tmp_path, thing, several=True)
    sent = [{"title": "A", "size": 1}, {"title": "B", "size": 2}]
    made = client.post("/things", json={"data": sent}).json()["data"]

    assert [{**each, "id": made[number]["id"]} for number, each in enumerate(sent)] == made
    assert client.get(f"/things/{made[1]['id']}").json() == made[1]
    assert all(each in client.get("/things").json()["data"] for each in made)
