"""Answers in every media type that a document has, as the client asks for them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from urllib.parse import parse_qs
from xml.etree import ElementTree

import httpx
import pytest

from mockserver import MockServer
from mockserver.contract.bodies import DEEPEST
from mockserver.mock import Mock

DOCUMENT = Path(__file__).with_name("media.yaml")


@pytest.fixture(scope="module")
def mock() -> Mock:
    """Not closed: some of its requests break the contract, as they must."""
    return MockServer([str(DOCUMENT)]).mock()


def ask(mock: Mock, accept: str | None, path: str = "/things", **headers: str) -> httpx.Response:
    if accept is not None:
        headers["Accept"] = accept
    return mock.client.get(path, headers=headers)


def is_thing(value: object) -> bool:
    return isinstance(value, dict) and isinstance(value["name"], str) and isinstance(value["size"], int)


@pytest.mark.parametrize("accept", [None, "*/*", "application/json", "application/*", "application/json;q=0.1, a/b"])
def test_json_is_what_is_sent_unless_something_else_is_asked_for(mock: Mock, accept: str | None) -> None:
    """Whatever stands first in the document."""
    answer = ask(mock, accept)

    assert answer.headers["content-type"] == "application/json"
    assert all(map(is_thing, answer.json()))


def test_a_type_of_the_same_schema_has_the_same_values(mock: Mock) -> None:
    """XML by the xml object, and CSV by the names of the columns."""
    things = ask(mock, None).json()
    root = ElementTree.fromstring(ask(mock, "application/xml").content)
    rows = list(csv.DictReader(io.StringIO(ask(mock, "text/csv").text)))

    assert root.tag == "things"
    assert [(each.tag, each[0].text, each[1].text) for each in root] == [
        ("thing", each["name"], str(each["size"])) for each in things
    ]
    assert rows == [{"name": each["name"], "size": str(each["size"])} for each in things]


def test_lines_are_a_value_each(mock: Mock) -> None:
    """With a line feed, or after a record separator."""
    lines, sequence = ask(mock, "application/x-ndjson"), ask(mock, "application/json-seq")

    assert lines.headers["content-type"] == "application/x-ndjson"
    assert all(is_thing(json.loads(line)) for line in lines.text.splitlines())
    assert sequence.text.startswith("\x1e")
    assert all(is_thing(json.loads(each)) for each in sequence.text.split("\x1e")[1:])


def test_events_are_sent_one_after_the_other(mock: Mock) -> None:
    """Data that is JSON of a schema is made by it."""
    answer = ask(mock, "text/event-stream")
    blocks = answer.text.removesuffix("\n\n").split("\n\n")

    assert answer.headers["content-type"] == "text/event-stream"
    assert len(blocks) >= 2
    for block in blocks:
        event, data = block.split("\n")
        assert event == "event: thing"
        assert is_thing(json.loads(data.removeprefix("data: ")))


def test_a_type_with_a_schema_of_its_own_has_its_own_value(mock: Mock) -> None:
    """Its example, or one that is made."""
    assert set(ask(mock, "application/hal+json").json()) == {"total"}
    assert ask(mock, "text/html").text == "<p>things</p>"


def test_a_form_has_fields(mock: Mock) -> None:
    """By name."""
    answer = ask(mock, "application/x-www-form-urlencoded")

    assert {name: len(values) for name, values in parse_qs(answer.text).items()} == {"name": 1, "size": 1}


def test_parts_have_the_types_that_their_encoding_says(mock: Mock) -> None:
    """A file has a name and its bytes as they are."""
    answer = ask(mock, "multipart/form-data")
    boundary = answer.headers["content-type"].partition("boundary=")[2].encode()
    _, thing, file, end = answer.content.split(b"--" + boundary)

    assert b'name="thing"\r\nContent-Type: application/json\r\n\r\n{"name":' in thing
    assert b'name="file"; filename="file"\r\nContent-Type: image/png\r\n\r\ncontent of ' in file
    assert end == b"--\r\n"


@pytest.mark.parametrize(
    ("accept", "start"), [("image/*", b"\x89PNG"), ("image/gif", b"GIF89a"), ("image/webp", b"content of ")]
)
def test_binary_content_is_a_small_file_of_its_type(mock: Mock, accept: str, start: bytes) -> None:
    """Of a range the type that was asked for; of a type that nobody has a sample of, any text."""
    answer = ask(mock, accept)

    assert answer.headers["content-type"] == accept.replace("*", "png")
    assert answer.content.startswith(start)


def test_headers_are_made_by_their_schemas(mock: Mock) -> None:
    """Also optional ones; a wrong example is not sent, and neither is what steers clients or belongs to the server."""
    headers = ask(mock, None).headers

    assert int(headers["x-total"]) >= 0
    assert headers["x-names"] in ("a,b", "b,a")
    assert int(headers["x-wrong"]) >= 0
    assert headers["x-object"] == "a=1,b=true"
    assert headers["x-inner"] == '{"a":[1]}'
    assert headers.get_list("content-length") == [str(len(ask(mock, None).content))]
    assert not headers.keys() & {"content-encoding", "link"}
    assert headers.get_list("access-control-allow-origin") == []


def test_what_is_not_accepted_is_refused_where_that_is_documented(mock: Mock) -> None:
    """With the documented 406; else the best that there is comes."""
    refused, other = ask(mock, "image/png", "/strict/1"), ask(mock, "audio/ogg")

    assert refused.status_code == 406
    assert refused.headers["content-type"] == "text/plain"
    assert refused.text == "Accept must take a documented media type, got image/png"
    assert mock.requests("strict", status=406).count == 1
    assert other.headers["content-type"] == "application/json"


def test_prefer_is_answered_in_the_type_that_is_accepted(mock: Mock) -> None:
    """If that has an example, else in one that has."""
    xml = ask(mock, "application/xml", "/strict/1", Prefer="code=200")
    html = ask(mock, "application/json", Prefer="code=200")

    assert (xml.headers["content-type"], ElementTree.fromstring(xml.content).tag) == ("application/xml", "strict")
    assert html.text == "<p>things</p>"


THING = {
    "type": "object",
    "required": ["id"],
    "properties": {"id": {"type": "integer"}, "name": {"type": "string"}, "more": {}},
}
ANSWER = {"description": "d", "content": {"application/json": {"schema": THING}}}
LIST = {"description": "d", "content": {"application/json": {"schema": {"type": "array", "items": THING}}}}
MADE = {
    "requestBody": {"content": {"*/*": {"schema": {"type": "string"}}}},
    "responses": {"201": ANSWER},
}
ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
TOLD = {
    "openapi": "3.1.0",
    "info": {"title": "t", "version": "1"},
    "paths": {
        "/things": {"get": {"responses": {"200": LIST}}, "post": MADE},
        "/things/{id}": {"get": {"parameters": [ID], "responses": {"200": ANSWER}}},
    },
}
DEEP = f"{'[' * DEEPEST}{']' * DEEPEST}"


@pytest.mark.parametrize(
    ("body", "name", "more"),
    [
        ('{"name": "x", "more": [1]}', "x", [1]),
        (f'{{"name": "x", "more": {10**30}}}', "x", 10**30),
        ("name=x&more=y", "x", "y"),
        (f'{{"name": "x", "more": {DEEP}}}', None, None),
        ('{"name": "x"', None, None),
    ],
)
def test_text_of_any_type_says_of_an_item_what_json_or_a_form_would(
    tmp_path: Path, body: str, name: str | None, more: object
) -> None:
    """As long as it could be sent as JSON: a record that nests deeper could not be copied, searched or sent again."""
    file = tmp_path / "things.json"
    file.write_text(json.dumps(TOLD))
    with MockServer([str(file)]).mock() as mock:
        made = mock.client.post("/things", content=body, headers={"Content-Type": "text/plain"}).json()

        assert mock.client.get(f"/things/{made['id']}").json() == made
    assert (made["name"] == "x") is (name == "x")
    assert name is None or made["more"] == more
