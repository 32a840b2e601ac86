"""Which codec reads and writes which media type."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.contract.bodies import BYTES, JSON, TEXT, Codec
from tests.contract.codecs.written import EVERYTHING, FORM, codec, read


@pytest.mark.parametrize(
    ("media", "expected"),
    [
        ("application/json", JSON),
        ("application/problem+json", JSON),
        ("application/*", JSON),
        ("*/*", JSON),
        ("text/plain", TEXT),
        ("text/*", TEXT),
        ("image/*", BYTES),
        ("application/pdf", BYTES),
    ],
)
def test_every_type_has_a_codec(media: str, expected: Codec) -> None:
    """Of a range it is that of the type that an answer of it is sent as."""
    assert codec(media, {"type": "string"}) is expected


def test_text_of_which_the_schema_is_an_object_is_json() -> None:
    """It can mean nothing else."""
    assert codec("text/plain", EVERYTHING) is JSON


VALUE = {
    "name": "Zoë & co.",
    "size": 3,
    "price": 2.5,
    "active": True,
    "tags": ["a", "b"],
    "address": {"city": "Ulm", "floor": 2},
    "lines": [{"sku": "x", "count": 1}, {"sku": "y", "count": 2}],
}


@pytest.mark.parametrize(
    ("media", "schema", "value"),
    [
        (FORM, EVERYTHING, VALUE),
        ("multipart/form-data", EVERYTHING, VALUE),
        ("application/xml", EVERYTHING, VALUE),
        ("application/x-ndjson", {"type": "array", "items": {}}, [1, {"a": None}, "é"]),
        ("application/json-seq", {"type": "array", "items": {}}, [1, {"a": None}, "é"]),
        (
            "text/csv",
            {"type": "array", "items": EVERYTHING},
            [{"name": 'a "b"', "size": 1}, {"name": "c,d", "size": 2}],
        ),
        ("text/csv", {"type": "string"}, "a,b\n1,2\n"),
        (
            "text/tab-separated-values",
            {"type": "array", "items": EVERYTHING},
            [{"name": "a\tb", "size": 1}, {"name": "c,d", "size": 2}],
        ),
        ("text/event-stream", {"type": "array", "items": {}}, [{"event": "tick", "id": "1", "data": "a\nb"}]),
    ],
)
def test_what_is_written_reads_back(media: str, schema: Any, value: Any) -> None:
    """In the types of its schema."""
    of_type = codec(media, schema)

    assert read(of_type, of_type.write(value), getattr(of_type, "label", media)) == value
