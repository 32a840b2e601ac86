"""Documents: what is read, what is refused and in which words, and where references lead."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mockserver.contract.document import Document
from mockserver.errors import DocumentError
from tests.contract.specimen import NO_ANSWER, document

HEAD = "openapi: 3.0.3\ninfo: {title: Specimen, version: '1'}\npaths: {}\n"
ANSWERS = {"responses": NO_ANSWER}


def load(folder: Path, text: str | bytes) -> Document:
    path = folder / "specimen.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return Document.load(path)


@pytest.mark.parametrize(("version", "is_3_0"), [("3.0.0", True), ("3.0.3", True), ("3.1.0", False), ("3.1.1", False)])
def test_versions_3_0_and_3_1_are_read(version: str, is_3_0: bool) -> None:
    """A document of OpenAPI 3.0 or 3.1 is valid, and knows which of the two it is."""
    read = document(version=version)

    read.validate()

    assert read.is_3_0 is is_3_0


@pytest.mark.parametrize(
    ("text", "got"),
    [
        ("openapi: 4.0.3", "got openapi: '4.0.3'"),
        ("openapi: 3.0", "got openapi: 3.0"),
        ("- openapi: 3.0.3", "got no `openapi` key"),
        ("just words", "got no `openapi` key"),
        ("", "got no `openapi` key"),
    ],
)
def test_another_version_is_refused(tmp_path: Path, text: str, got: str) -> None:
    """A document of another version, or none at all, is refused with what was expected and what came."""
    with pytest.raises(DocumentError) as refused:
        load(tmp_path, text)

    assert f"expected an OpenAPI document of version 3.0, 3.1, 3.2 or Swagger 2.0, {got}." in str(refused.value)
    assert str(tmp_path / "specimen.yaml") in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        "openapi: [",
        "\topenapi: 3.0.3",
        '{"openapi": "3.0.3",',
        b"\xff\xff\x00",
        "openapi: !!python/object/apply:os.getcwd []",
        "openapi: !!int three",
        "[" * 10_000,
    ],
)
def test_what_is_neither_yaml_nor_json_is_refused(tmp_path: Path, text: str | bytes) -> None:
    """A file that does not parse, or asks for Python objects, is refused by name."""
    with pytest.raises(DocumentError, match=r"specimen\.yaml: expected YAML or JSON, but it does not parse: "):
        load(tmp_path, text)


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """A path without a file, and a folder, are refused with the reason and the way out."""
    with pytest.raises(DocumentError) as missing:
        Document.load(tmp_path / "none.yaml")
    with pytest.raises(DocumentError) as folder:
        Document.load(tmp_path)

    assert str(missing.value) == (
        f"{tmp_path / 'none.yaml'}: the document cannot be read: No such file or directory. Check the path."
    )
    assert str(folder.value) == f"{tmp_path}: the document cannot be read: Is a directory. Check the path."


def test_json_is_read_too(tmp_path: Path) -> None:
    """A document in JSON is the document it would be in YAML."""
    raw = dict(document({"/things": {"get": ANSWERS}}).raw)

    loaded = load(tmp_path, f"\n  {json.dumps(raw)}")

    assert loaded.raw == raw
    assert loaded.source == str(tmp_path / "specimen.yaml")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-04-22", "2026-04-22"),
        ("2026-04-22T10:00:00Z", "2026-04-22T10:00:00Z"),
        ("no", "no"),
        ("on", "on"),
        ("y", "y"),
        ("12:30", "12:30"),
        ("0644", "0644"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("=", "="),
        (".inf", ".inf"),
        ("3.0.3", "3.0.3"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("0", 0),
        ("-12", -12),
        ("123456789012345678901", 123456789012345678901),
        ("1.50", 1.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("'1'", "1"),
        ("!!str 1", "1"),
        ("!!int '7'", 7),
    ],
)
def test_yaml_values_are_those_of_json(tmp_path: Path, written: str, read: Any) -> None:
    """A plain word is a number, a boolean or null only where it looks like one in JSON."""
    loaded = load(tmp_path, f"{HEAD}x-value: {written}\n")

    assert loaded.raw["x-value"] == read
    assert type(loaded.raw["x-value"]) is type(read)


@pytest.mark.parametrize("key", ["200", "0644", "1.10", "no", "null", "2026-04-22", "true"])
def test_yaml_keys_are_the_text_they_are(tmp_path: Path, key: str) -> None:
    """A key is a string, spelled as it stands in the file."""
    loaded = load(tmp_path, f"{HEAD}x-keys: {{{key}: here}}\n")

    assert loaded.raw["x-keys"] == {key: "here"}


def test_yaml_keys_that_are_no_scalars_become_text(tmp_path: Path) -> None:
    """A list as a key is no reason to stumble."""
    loaded = load(tmp_path, f"{HEAD}x-keys: {{? [a, 1] : here}}\n")

    assert loaded.raw["x-keys"] == {"['a', 1]": "here"}


def test_yaml_anchors_and_merge_keys_are_followed(tmp_path: Path) -> None:
    """What a document says once under an anchor it may use again, and add to."""
    loaded = load(tmp_path, f"{HEAD}x-a: &a {{one: 1}}\nx-b: {{<<: *a, two: 2}}\nx-c: *a\n")

    assert loaded.raw["x-b"] == {"one": 1, "two": 2}
    assert loaded.raw["x-c"] == {"one": 1}


@pytest.mark.parametrize(
    ("broken", "flaw"),
    [
        ({"paths": {"things": {}}}, "things"),
        ({"paths": {"/things": {"get": {}}}}, "'responses' is a required property"),
        ({"paths": {"/things/{id}": {"get": ANSWERS}}}, "Path parameter 'id'"),
        ({"paths": True}, "#/paths: true is not of type 'object'"),
        (
            {"paths": {"/things": {"get": {**ANSWERS, "parameters": [{"$ref": "#/nowhere"}]}}}},
            "#/nowhere cannot be resolved",
        ),
        (
            {"paths": {"/things": {"get": {**ANSWERS, "parameters": [{"$ref": "other.yaml"}]}}}},
            "other.yaml cannot be resolved",
        ),
        ({"components": {"schemas": {"A": {"$ref": "#/components/schemas/A"}}}}, "a reference refers back to itself"),
        ({"components": True}, "#/components: true is not of type"),
        (
            {"paths": {"/things": {"get": {"responses": {"200": {"description": "", "content": [None]}}}}}},
            "#/paths/~1things/get/responses/200: ",
        ),
    ],
)
def test_an_invalid_document_is_refused(broken: dict[str, Any], flaw: str) -> None:
    """Whatever is wrong with a document, the refusal names it; nothing else ever comes out."""
    with pytest.raises(DocumentError) as refused:
        document(**broken).validate()

    assert str(refused.value).startswith("specimen.yaml: not a valid OpenAPI document:\n  ")
    assert flaw in str(refused.value).replace('"', "'")


def test_every_flaw_is_listed() -> None:
    """A document with two flaws hears of both at once, each on a line of bearable length."""
    long = {"get": {"responses": {}, "tags": ["t" * 1000, 1]}}

    with pytest.raises(DocumentError) as refused:
        document({"/one": long, "/two": {"post": {}}}).validate()

    lines = str(refused.value).splitlines()
    assert len(lines) >= 3
    assert all(len(line) < 320 for line in lines)


def test_references_are_followed_to_the_end() -> None:
    """A reference to a reference gives what stands at the end; anything else is itself."""
    read = document(components={"parameters": {"a": {"$ref": "#/components/parameters/b"}, "b": {"name": "b"}}})

    followed = read.resolve({"$ref": "#/components/parameters/a"})

    assert followed == {"name": "b"}
    assert read.resolve(None) is None
    assert read.resolve({"name": "b"}) == {"name": "b"}


@pytest.mark.parametrize(
    ("reference", "there"),
    [
        ("#/paths/~1things~1{id}/get", {"operationId": "a"}),
        ("#/paths/~1things~1%7Bid%7D/get", {"operationId": "a"}),
        ("#/tags/1/name", "second"),
        ("#/x-~0tilde", 1),
    ],
)
def test_a_reference_is_a_json_pointer_in_a_fragment(reference: str, there: Any) -> None:
    """Escapes, percent-encoding and positions in arrays are understood."""
    members: dict[str, Any] = {"tags": [{"name": "first"}, {"name": "second"}], "x-~tilde": 1}
    read = document({"/things/{id}": {"get": {"operationId": "a"}}}, **members)

    assert read.at(reference) == there


@pytest.mark.parametrize("reference", ["#/nope", "#/tags/9", "#/tags/x", "#/openapi/x", "#anchor", "#/info/title/0/x"])
def test_a_dangling_reference_is_refused(reference: str) -> None:
    """A reference that leads nowhere is named."""
    with pytest.raises(DocumentError) as refused:
        document(tags=[]).at(reference)

    assert str(refused.value) == f"specimen.yaml: {reference} cannot be resolved. Correct the reference."


def test_a_reference_out_of_the_document_is_refused() -> None:
    """Another file is not read; the refusal says to bundle."""
    with pytest.raises(
        DocumentError, match=r"other\.yaml#/a refers to another file\. Bundle the document into one file first\."
    ):
        document().at("other.yaml#/a")


def test_a_circle_of_references_is_refused() -> None:
    """References that only lead to one another are refused rather than followed for ever."""
    circle = {"a": {"$ref": "#/components/parameters/b"}, "b": {"$ref": "#/components/parameters/a"}}

    with pytest.raises(DocumentError, match=r"#/components/parameters/\w refers to itself\. Remove the cycle\."):
        document(components={"parameters": circle}).resolve(circle["a"])


def test_operations_are_listed_with_path_and_method() -> None:
    """Every operation is listed once, also below a path item that is a reference; other keys of a path item are not."""
    item = {"summary": "Things", "parameters": [], "get": {"operationId": "a"}, "patch": {"operationId": "b"}}
    read = document({"/things": item, "/same": {"$ref": "#/paths/~1things"}})

    listed = [(path, method, each["operationId"]) for path, method, each in read.operations()]

    assert listed == [
        ("/things", "get", "a"),
        ("/things", "patch", "b"),
        ("/same", "get", "a"),
        ("/same", "patch", "b"),
    ]


def test_a_document_without_paths_has_no_operations() -> None:
    """OpenAPI 3.1 allows a document of components only."""
    read = Document({"openapi": "3.1.0", "info": {"title": "Specimen", "version": "1"}, "components": {}})
    read.validate()

    assert list(read.operations()) == []


def test_an_operations_own_parameter_counts_before_the_paths() -> None:
    """A parameter of the path item holds for every operation that has none of that name and place itself."""
    shared = [{"name": "a", "in": "query"}, {"name": "b", "in": "query"}]
    own = [
        {"name": "a", "in": "query", "required": True},
        {"name": "a", "in": "header"},
        {"$ref": "#/components/parameters/c"},
    ]
    read = document(
        {"/things": {"parameters": shared, "get": {"parameters": own}, "put": {}}},
        {"parameters": {"c": {"name": "c", "in": "cookie"}}},
    )

    of_get = read.parameters("/things", read.raw["paths"]["/things"]["get"])
    of_put = read.parameters("/things", read.raw["paths"]["/things"]["put"])

    assert [(each["name"], each["in"], each.get("required")) for each in of_get] == [
        ("a", "query", True),
        ("b", "query", None),
        ("a", "header", None),
        ("c", "cookie", None),
    ]
    assert of_put == shared


def test_security_schemes_are_followed() -> None:
    """A security scheme may be a reference."""
    schemes = {"a": {"$ref": "#/components/securitySchemes/b"}, "b": {"type": "http", "scheme": "bearer"}}

    assert document(components={"securitySchemes": schemes}).security_schemes["a"] == schemes["b"]


BEHIND = {
    "openapi": "3.1.0",
    "paths": {
        "/a": {"$ref": "#/x-items/a"},
        "/b": {"$ref": "#/paths/~1a"},
        "/c": {"$ref": "#/paths/~1c/get"},
        "/d": {"$ref": "#/paths/~1e/get"},
        "/e": {"$ref": "#/paths/~1d/get"},
    },
    "x-items": {"a": {"get": {"responses": {"200": {"description": "One."}}}}},
}


@pytest.mark.parametrize("path", ["~1a", "~1b"])
def test_a_part_is_found_behind_a_reference(path: str) -> None:
    """Where an operation stands is a pointer through its path, wherever its path item is kept."""
    assert Document(BEHIND).at(f"#/paths/{path}/get/responses/200/description") == "One."


@pytest.mark.parametrize("path", ["~1c", "~1d"])
def test_references_that_lead_into_each_other_end(path: str) -> None:
    """However long each is on the way."""
    with pytest.raises(DocumentError, match="refers to itself"):
        Document(BEHIND).at(f"#/paths/{path}/get/responses")
