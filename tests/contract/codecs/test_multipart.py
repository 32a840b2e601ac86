"""Multipart bodies as curl, browsers and requests write them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.codecs.written import codec, read, refused
from tests.patience import bounded

TYPE = "multipart/form-data; boundary=xx"
FORM = "multipart/form-data"


def body(*parts: str, end: str = "--xx--\r\n") -> bytes:
    return ("".join(f"--xx\r\n{part}\r\n" for part in parts) + end).encode("latin-1")


def part(name: str, data: str, *headers: str, file: str | None = None) -> str:
    named = f'Content-Disposition: form-data; name="{name}"' + (f'; filename="{file}"' if file else "")
    return "\r\n".join([named, *headers, "", data])


@pytest.mark.parametrize(
    ("parts", "value"),
    [
        ([part("name", "a")], {"name": "a"}),
        ([part("size", "3"), part("active", "true")], {"size": 3, "active": True}),
        ([part("tags", "a"), part("tags", "b")], {"tags": ["a", "b"]}),
        ([part("tags[]", "a")], {"tags": ["a"]}),
        ([part("files[]", "a")], {"files[]": ["a"]}),
        ([part("address[city]", "Ulm")], {"address": {"city": "Ulm"}}),
        ([part("address", '{"floor": 2}', "Content-Type: application/json")], {"address": {"floor": 2}}),
        ([part("address", '{"floor": 2}')], {"address": {"floor": 2}}),
        ([part("name", "\xff\x00\r\n--x", "Content-Type: image/png", file="a.png")], {"name": "\xff\x00\r\n--x"}),
        ([part("name", "\xe9", "Content-Type: text/plain; charset=iso-8859-1")], {"name": "é"}),
        ([part("name", "a-b", "Content-Type: text/plain; charset=punycode")], {"name": "a-b"}),
        ([], {}),
    ],
)
def test_parts_are_read_in_the_types_of_their_schema(parts: list[str], value: Any) -> None:
    """A file is its bytes, one character each."""
    assert read(codec(FORM), body(*parts), TYPE) == value


def test_a_boundary_may_be_quoted() -> None:
    """As some clients do."""
    assert read(codec(FORM), body(part("name", "a")), 'multipart/form-data; boundary="xx"') == {"name": "a"}


def test_a_boundary_is_found_among_very_many_semicolons() -> None:
    """Each would be compared with all quotes before it."""
    with bounded():
        flaw = refused(codec(FORM), body(part("name", "a")), f'multipart/form-data; a="{";" * 300_000}')

    assert flaw.keyword == "contentType"


def test_other_multipart_types_may_have_parts_without_names() -> None:
    """They are a list then."""
    mixed = codec("multipart/mixed", {"type": "array"})

    assert read(mixed, body("\r\na", "Content-Type: application/json\r\n\r\n[1]"), "multipart/mixed; boundary=xx") == [
        "a",
        [1],
    ]


@pytest.mark.parametrize(
    ("text", "content_type", "keyword"),
    [
        (body(part("name", "a")), FORM, "contentType"),
        (b"nothing of the kind", TYPE, "multipart"),
        (body(part("name", "a"), end=""), TYPE, "multipart"),
        (body("Content-Disposition: form-data\r\n\r\na"), TYPE, "multipart"),
        (body(part("address", "{", "Content-Type: application/json")), TYPE, "encoding"),
        (body(part("name", "\xe9", "Content-Type: text/plain")), TYPE, "encoding"),
        (b"--xx\r\nContent-Disposition form-data\r\n\r\na\r\n--xx--", TYPE, "multipart"),
        (body(*["\r\n"] * 10_001), TYPE, "multipart"),
    ],
)
def test_what_is_no_multipart_body_is_refused(
    text: bytes, content_type: str, keyword: str, caplog: pytest.LogCaptureFixture
) -> None:
    """No boundary, no end, no name, too many parts, or a part that is not what it says; nothing is logged of it."""
    assert refused(codec(FORM), text, content_type).keyword == keyword
    assert not caplog.records


@pytest.mark.parametrize(
    ("encoding", "headers", "wrong"),
    [
        ({"contentType": "image/png, image/jpeg"}, ["Content-Type: image/png"], None),
        ({"contentType": "image/*"}, ["Content-Type: image/gif"], None),
        ({"contentType": "image/png"}, [], None),
        ({"contentType": "image/png"}, ["Content-Type: text/plain"], ("contentType", "/name")),
        ({"headers": {"X-Sum": {"required": True}}}, ["X-Sum: 1"], None),
        ({"headers": {"X-Sum": {"required": True}}}, [], ("required", "/name")),
        ({"headers": {"X-Sum": {}}}, [], None),
    ],
)
def test_a_part_keeps_its_encoding(encoding: Any, headers: list[str], wrong: tuple[str, str] | None) -> None:
    """Its type, where it names one, and the headers that it must have."""
    _, flaw = codec(FORM, encoding={"name": encoding}).read(body(part("name", "a", *headers)), TYPE)

    assert (None if flaw is None else (flaw.keyword, flaw.pointer)) == wrong
