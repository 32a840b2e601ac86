"""Test data from people: found in the document by its name, converted by its schema, checked, and sent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from mockserver.cli import main
from mockserver.contract.contract import Contract
from mockserver.contract.document import Document
from mockserver.errors import VerifyError
from mockserver.verify.data import NONE, Values, given, values, with_values
from mockserver.verify.targets import VARIABLES
from tests.verify.broken.shelf import Request, Shelf
from tests.verify.flaws import CONTRACT
from tests.verify.serving import serving

OWNER = {"type": "object", "properties": {"name": {"type": "string"}, "a b": {"type": "string"}}}
ZONE = {
    "type": "object",
    "properties": {
        "kind": {"type": "string", "enum": ["Native", "Slave"]},
        "serial": {"type": ["integer", "null"]},
        "owner": {"$ref": "#/components/schemas/Owner"},
        "limit": {"type": "integer"},
        "any": {},
        "bad": {"type": "string", "pattern": "(?<=x"},
    },
}
ID = {"name": "zone_id", "in": "path", "required": True, "schema": {"type": "string"}}
LIMIT = {"name": "limit", "in": "query", "schema": {"type": "integer"}, "examples": {"a": {"value": 1}}}
BODY = {
    "content": {
        "application/json": {
            "schema": ZONE,
            "examples": {"one": {"value": {"kind": "Slave", "owner": {"name": "x"}}}, "odd": {"value": 1}},
        }
    }
}
RAW: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "t", "version": "1"},
    "paths": {
        "/zones/{zone_id}": {
            "parameters": [ID],
            "get": {"operationId": "zones.get", "parameters": [LIMIT], "responses": {}},
            "put": {"operationId": "put_zone", "parameters": [LIMIT], "requestBody": BODY, "responses": {}},
        },
        "/zones": {"get": {"responses": {}}},
    },
    "components": {"schemas": {"Owner": OWNER}},
}
GET, PUT = "GET /zones/{zone_id}", "PUT /zones/{zone_id}"


def found(*options: str, file: Path | None = None) -> dict[str, Any]:
    contracts = {"t": Contract(Document(RAW))}
    return {label: dict(each) for label, each in values(contracts, given(options, file))["t"].by_label.items()}


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ("zones.get.zone_id=example.org.", {GET: {"path.zone_id": "example.org."}}),
        ("zones.get.path.zone_id=7", {GET: {"path.zone_id": "7"}}),
        (f"{GET}.limit=7", {GET: {"query.limit": 7}}),
        ("*.zone_id=a=b", {GET: {"path.zone_id": "a=b"}, PUT: {"path.zone_id": "a=b"}}),
        ("put_zone.kind=Native", {PUT: {"body.kind": "Native"}}),
        ("put_zone.serial=null", {PUT: {"body.serial": None}}),
        ("put_zone.query.limit=3", {PUT: {"query.limit": 3}}),
        ("put_zone./owner/name=ann", {PUT: {"body.owner.name": "ann"}}),
        ('put_zone.owner={"name": "ann"}', {PUT: {"body.owner": {"name": "ann"}}}),
        ("put_zone.any=[1", {PUT: {"body.any": "[1"}}),
        ("put_zone.bad=z", {PUT: {"body.bad": "z"}}),
    ],
)
def test_an_option_is_a_value_of_the_document(option: str, expected: dict[str, Any]) -> None:
    """By the name of an operation, or all, and of a parameter or property; by a pointer; in the type of its schema."""
    assert found(option) == expected


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("zone_id", "--set must be OPERATION.NAME=VALUE, such as get_zone.zone_id=example.org, got 'zone_id'."),
        ("zone_id=1", "--set must be OPERATION.NAME=VALUE"),
        ("put_zon.kind=Native", "no operation is called 'put_zon'. Did you mean put_zone or get_zones?"),
        ("q.kind=Native", "no operation is called 'q'. `mockserver routes` lists them."),
        ("put_zone.kin=x", "put_zone has no parameter or body property 'kin'. Did you mean body.kind?"),
        ("zones.get.q=x", "zones.get has no parameter or body property 'q'. It has path.zone_id, query.limit."),
        ("*.zoneid=x", "no operation has a parameter or body property 'zoneid'. Did you mean path.zone_id?"),
        ("put_zone./owner/nam=x", "put_zone has no parameter or body property '/owner/nam'."),
        ("put_zone./owner/a b=x", "a property that is called 'a b' cannot be set by its pointer."),
        ("put_zone.limit=1", "put_zone has limit in several places. Say query.limit or body.limit."),
        ("put_zone.kind=Odd", "put_zone.body.kind must be one of"),
        ("zones.get.limit=many", 'zones.get.query.limit must be of type integer, got "many". Give a value'),
    ],
)
def test_a_slip_is_told_with_what_there_is(option: str, message: str) -> None:
    """Before anything is sent, with the nearest names."""
    with pytest.raises(VerifyError) as error:
        found(option)

    assert message in str(error.value)


FILES = {
    "d.yaml": "put_zone:\n  kind: Native\n  /owner/name: ann\n'*': {zone_id: z}\n",
    "d.json": '{"put_zone": {"kind": "Native", "/owner/name": "ann"}, "*": {"zone_id": "z"}}',
    "d.toml": '["put_zone"]\nkind = "Native"\n"/owner/name" = "ann"\n["*"]\nzone_id = "z"\n',
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_has_the_same(name: str, tmp_path: Path) -> None:
    """As YAML, JSON or TOML; an option counts more than the file."""
    file = tmp_path / name
    file.write_text(FILES[name])

    told = found("put_zone.kind=Slave", file=file)

    assert told == {
        GET: {"path.zone_id": "z"},
        PUT: {"body.kind": "Slave", "body.owner.name": "ann", "path.zone_id": "z"},
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "it cannot be read (No such file or directory)."),
        ("{", "it cannot be read (while parsing"),
        ("- a", "expected operations, each with its names and values."),
        ("put_zone: 3", "expected operations, each with its names and values."),
        ("put_zone: {limits: 3}", "put_zone has no parameter or body property 'limits'."),
        ("zones.get: {limit: x}", "must be of type integer"),
    ],
)
def test_a_bad_file_is_one_message(text: str | None, message: str, tmp_path: Path) -> None:
    """It names the file, and what was expected of it."""
    file = tmp_path / "d.yaml"
    if text is not None:
        file.write_text(text)
    with pytest.raises(VerifyError) as error:
        found(file=file)

    assert str(error.value).startswith(f"--data {file}: ")
    assert message in str(error.value)


def test_examples_have_the_values() -> None:
    """So that what is sent by the document's examples has them, too; the document itself is not changed."""
    document = Document(RAW)
    known = {"path.zone_id": "z", "body.owner.name": "ann", "body.kind": "Native"}
    changed = with_values(document, Values({PUT: known}))
    put = changed["paths"]["/zones/{zone_id}"]["put"]
    examples = put["requestBody"]["content"]["application/json"]["examples"]

    assert put["parameters"][0] == {**ID, "example": "z"}
    assert examples == {"one": {"value": {"kind": "Native", "owner": {"name": "ann"}}}, "odd": {"value": 1}}
    assert document.raw == RAW
    assert with_values(document, NONE) == RAW


def test_a_method_that_openapi_has_no_keyword_for_has_its_values_as_well() -> None:
    """It stands among the additional operations of its path."""
    to = {"name": "to", "in": "query", "schema": {"type": "string"}}
    copying: dict[str, Any] = {"parameters": [to], "responses": {}}
    raw = {
        "openapi": "3.2.0",
        "info": {"title": "A", "version": "1"},
        "paths": {"/a": {"get": {"responses": {}}, "additionalOperations": {"COPY": copying}}},
    }
    changed = with_values(Document(raw), Values({"COPY /a": {"query.to": "z"}}))

    assert changed["paths"]["/a"]["additionalOperations"]["COPY"]["parameters"][0]["example"] == "z"
    assert "example" not in copying["parameters"][0]


class Seen(Shelf):
    """Notes what is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.titles: list[str] = []
        self.limits: list[str] = []

    def check_book(self, given: Any) -> None:
        super().check_book(given)
        self.titles.append(given["title"])

    def whole(self, request: Request, name: str, default: int, least: int, most: int) -> int:
        self.limits += [value for key, value in request.query if key == "limit"]
        return super().whole(request, name, default, least, most)


def call(*words: str) -> Result:
    environment = {**dict.fromkeys(VARIABLES.values()), "MOCKSERVER_AUTH": "reader-and-writer"}
    return CliRunner(env=environment).invoke(main, ["verify", str(CONTRACT), *words])


def test_what_is_given_is_sent() -> None:
    """In paths only where no link says what it is: a book that was created is asked for by its own id."""
    app = Seen()
    given = ["get_book.id=b3", "create_book.title=Emma", "list_books.limit=7"]
    words = [word for each in given for word in ("--set", each)]
    with serving(app) as served:
        result = call("--url", served.url, "--allow-writes", "--max-examples", "5", "--seed", "1", *words)

    got = [path for method, path in served.requests if method == "GET" and path.startswith("/books/")]
    assert result.exit_code == 0, result.output
    assert got.count("/books/b3") > 10
    assert "/books/b10" in got
    assert "Emma" in app.titles
    assert app.limits.count("7") > len(app.limits) / 2
    assert "--set get_book.id=b3 --set create_book.title=Emma --set list_books.limit=7" in result.output


TOML = """
max-time = 5

[headers]
X-Api-Key = "${SECRET_OF_TEST}"

[checks]
unsupported_method.enabled = false
status_code_conformance.enabled = false
negative_data_rejection.expected-statuses = ["400"]

[generation]
max-examples = 3
mode = "positive"

[[operations]]
include-operation-id = "get_book"
enabled = false
parameters = { "path.id" = "b4" }

[[operations]]
include-operation-id = "list_books"
enabled = true
"""


def test_a_schemathesis_file_is_read_where_it_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What says how requests are made and judged counts, unless an option says otherwise; the rest is told."""
    (tmp_path / "schemathesis.toml").write_text(TOML)
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    monkeypatch.setenv("SECRET_OF_TEST", "hush-hush-hush")
    with serving(Shelf()) as served:
        result = call("--url", served.url, "--check", "status_code_conformance", "--seed", "1", "--allow-writes")
        json_result = call("--url", served.url, "--max-examples", "1", "--format", "json")

    asked = [path for _, path in served.requests if path.startswith("/books/")]
    [api] = json.loads(json_result.stdout)["apis"]
    assert result.exit_code == 0, result.output
    told = "schemathesis.toml is read; of it max-time, generation.mode, operations.enabled do not count here."
    assert told in result.output
    assert "--max-examples 3" in result.output
    assert "hush-hush-hush" not in result.output
    assert "/books/b4" in asked
    campaign = [each for each in served.headers if "x-schemathesis-testcaseid" in each]
    assert {each["x-api-key"] for each in campaign} == {"hush-hush-hush"}
    assert set(api["unchecked"]) == {"unsupported_method", "status_code_conformance"}


@pytest.mark.parametrize(
    ("text", "message"),
    [("x = ", "schemathesis.toml: "), ("nothing = 1", "schemathesis.toml: "), ("workers = 'x'", "schemathesis.toml: ")],
)
def test_a_schemathesis_file_that_cannot_be_is_refused(
    text: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Schemathesis would."""
    (tmp_path / "schemathesis.toml").write_text(text)
    monkeypatch.chdir(tmp_path)
    result = call("--url", "http://127.0.0.1:1")

    assert result.exit_code == 2
    assert message in result.stderr


def test_no_file_is_looked_for_above_the_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that has .git is where the search ends; one that cannot be read is told."""
    (tmp_path / "schemathesis.toml").mkdir()
    (tmp_path / "a" / ".git").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "a")
    result = call("--url", "http://127.0.0.1:1")

    assert "no server answers at http://127.0.0.1:1" in result.stderr
