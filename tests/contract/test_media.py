"""Request bodies by media type: what is taken, what is refused and why."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.contract.media import RequestBody, compile_body
from mockserver.contract.schemas import SchemaCompiler
from mockserver.contract.violations import ABSENT, Violation
from mockserver.errors import DocumentError
from tests.contract.specimen import document

NAMED = {"type": "object", "required": ["name"], "properties": {"size": {"type": "integer"}}}


def body(required: bool = True, *media: str, schema: Any = NAMED) -> RequestBody:
    return taking({name: {"schema": schema} for name in media or ("application/json",)}, required)


def taking(content: dict[str, Any], required: bool = True) -> RequestBody:
    described = document(components={"requestBodies": {"a": {"required": required, "content": content}}})
    operation = {"requestBody": {"$ref": "#/components/requestBodies/a"}}
    compiled = compile_body(described, SchemaCompiler(described), operation, "#")
    assert compiled is not None
    return compiled


def decode(compiled: RequestBody, content_type: str | None, text: bytes) -> tuple[Any, list[tuple[str, str]]]:
    violations: list[Violation] = []
    value = compiled.decode(content_type, text, violations)
    assert all(each.where == "body" for each in violations)
    return value, [(each.keyword, each.pointer) for each in violations]


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "application/json",
        "APPLICATION/JSON",
        "application/json; charset=utf-8",
        "application/json; charset=UTF8",
        "application/json; charset=us-ascii",
    ],
)
def test_a_json_body_is_taken(content_type: str | None) -> None:
    """The documented media type in UTF-8, and a body without any content type, are read as JSON."""
    assert decode(body(), content_type, b'{"name": "a"}') == ({"name": "a"}, [])


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/merge-patch+json",
        "application/json; charset=utf-16",
        "application/json; charset=klingon",
        "application/json; charset=",
        "*/*",
        "\x00",
        "application/json, application/json",
    ],
)
def test_another_media_type_is_refused(content_type: str) -> None:
    """A body of another type or charset is not read at all; the refusal names the type wanted and the one that came."""
    violations: list[Violation] = []

    value = body().decode(content_type, b'{"name": "a"}', violations)

    assert value is ABSENT
    assert violations == [
        Violation(
            "body",
            "",
            "contentType",
            ["application/json"],
            content_type,
            f"must be application/json in UTF-8, got {content_type!r}",
        )
    ]


def test_an_operation_may_take_several_json_types() -> None:
    """Each is taken, by its name without parameters; a refusal names them all."""
    compiled = body(True, "application/json; charset=utf-8", "Application/Merge-Patch+JSON")
    violations: list[Violation] = []

    compiled.decode("text/plain", b"{}", violations)

    assert decode(compiled, "application/json", b'{"name": 1}') == ({"name": 1}, [])
    assert decode(compiled, "application/merge-patch+json", b'{"name": 1}') == ({"name": 1}, [])
    assert "application/json or application/merge-patch+json" in violations[0].message


@pytest.mark.parametrize("content_type", [None, "application/json", "text/plain"])
def test_a_required_body_must_come(content_type: str | None) -> None:
    """No bytes are no body, whatever type they claim."""
    assert decode(body(), content_type, b"") == (ABSENT, [("required", "")])


@pytest.mark.parametrize(
    ("content_type", "schema", "value"),
    [
        ("application/x-www-form-urlencoded", {"type": "object"}, {}),
        ("text/plain", {"type": "string"}, ""),
        ("application/octet-stream", {"type": "string", "format": "binary"}, ""),
        ("application/x-ndjson", {"type": "object"}, []),
    ],
)
def test_no_bytes_may_be_a_value(content_type: str, schema: Any, value: Any) -> None:
    """Of a type that can say nothing in no bytes, as a form without fields, where a body is required and has it."""
    assert decode(body(True, content_type, schema=schema), content_type, b"") == (value, [])
    assert decode(body(True, content_type, schema=schema), None, b"") == (ABSENT, [("required", "")])
    assert decode(body(False, content_type, schema=schema), content_type, b"") == (ABSENT, [])


def test_a_form_without_fields_lacks_those_that_are_required() -> None:
    """It is judged as what it is."""
    form = "application/x-www-form-urlencoded"
    assert decode(body(True, form), form, b"") == ({}, [("required", "/name")])


def test_an_optional_body_may_be_absent() -> None:
    """Nothing that came is no violation there, but what comes is checked."""
    assert decode(body(required=False), None, b"") == (ABSENT, [])
    assert decode(body(required=False), None, b"1") == (1, [("type", "")])


@pytest.mark.parametrize(
    ("text", "violations"),
    [
        (b"null", [("type", "")]),
        (b"{}", [("required", "/name")]),
        (b'{"size": "3"}', [("required", "/name"), ("type", "/size")]),
        (b"{", [("json", "")]),
        (b"[" * 101 + b"]" * 101, [("depth", "")]),
    ],
)
def test_every_violation_of_a_body_is_collected(text: bytes, violations: list[tuple[str, str]]) -> None:
    """A body that is JSON hears of every rule it breaks."""
    assert sorted(decode(body(), None, text)[1]) == violations


def test_an_operation_without_a_request_body_takes_none() -> None:
    """There is nothing to decode then."""
    described = document()

    assert compile_body(described, SchemaCompiler(described), {}, "#") is None


@pytest.mark.parametrize("described", [{}, {"content": {}}])
def test_a_request_body_has_a_media_type(described: dict[str, Any]) -> None:
    """One of none cannot be sent."""
    read = document()

    with pytest.raises(DocumentError, match=r"specimen\.yaml: its request body has no media type; expected one in"):
        compile_body(read, SchemaCompiler(read), {"requestBody": described}, "#")


@pytest.mark.parametrize(
    ("content_type", "text", "value"),
    [
        ("application/json", b"5", 5),
        ("application/merge-patch+json", b"5", 5),
        ("application/pdf", b"\xff5", "\xff5"),
        ("text/plain", b"5", "5"),
        ("text/csv; charset=latin-1", b"\xe9", "é"),
        ("image/png", b"\x89PNG", "\x89PNG"),
        (None, b"5", 5),
    ],
)
def test_a_range_takes_each_type_as_what_it_is(content_type: str | None, text: bytes, value: Any) -> None:
    """`*/*` takes whatever comes, read by the type that it comes as; without one, as JSON."""
    assert decode(body(True, "*/*", schema={}), content_type, text) == (value, [])


def test_the_narrowest_type_counts() -> None:
    """A type before the range it is in, whatever their order; each has its own schema."""
    content = {
        "*/*": {"schema": {"type": "integer"}},
        "text/*": {"schema": {"type": "string", "maxLength": 1}},
        "text/csv": {"schema": {"type": "string", "maxLength": 2}},
    }
    compiled = taking(content)

    assert decode(compiled, "application/json", b'"a"') == ("a", [("type", "")])
    assert decode(compiled, "text/plain", b"ab") == ("ab", [("maxLength", "")])
    assert decode(compiled, "text/csv", b"ab") == ("ab", [])
    assert decode(compiled, "text", b"ab") == (ABSENT, [("contentType", "")])


@pytest.mark.parametrize(
    ("content_type", "text", "violations"),
    [
        ("text/plain", b"\xff", [("encoding", "")]),
        ("text/plain; charset=klingon", b"a", [("contentType", "")]),
        ("text/plain; charset=base64", b"a", [("contentType", "")]),
        ("application/json", b"1", [("contentType", "")]),
    ],
)
def test_text_is_text_in_its_charset(content_type: str, text: bytes, violations: list[tuple[str, str]]) -> None:
    """UTF-8 where none is named."""
    compiled = body(True, "text/plain", schema={"type": "string"})

    assert decode(compiled, content_type, text) == (ABSENT, violations)


def test_bytes_are_not_held_against_a_schema() -> None:
    """It describes them, but not as a value that could be looked at."""
    compiled = body(True, "application/pdf", schema={"type": "object"})

    assert decode(compiled, "application/pdf", b"%PDF") == ("%PDF", [])


def test_a_body_without_a_schema_is_any_json() -> None:
    """A media type that describes nothing takes everything that is JSON."""
    described = document()
    operation: dict[str, Any] = {"requestBody": {"content": {"application/json": {}}}}

    compiled = compile_body(described, SchemaCompiler(described), operation, "#")

    assert compiled is not None
    assert decode(compiled, None, b"[1]") == ([1], [])
