"""A codec for a schema in a test."""

from __future__ import annotations

from typing import Any

from mockserver.contract.bodies import Codec
from mockserver.contract.codecs import codec_of
from mockserver.contract.violations import Violation
from tests.contract.specimen import document

FORM = "application/x-www-form-urlencoded"
EVERYTHING: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "size": {"type": "integer"},
        "price": {"type": "number"},
        "active": {"type": "boolean"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "sizes": {"type": "array", "items": {"type": "integer"}},
        "address": {"type": "object", "properties": {"city": {"type": "string"}, "floor": {"type": "integer"}}},
        "lines": {
            "type": "array",
            "items": {"type": "object", "properties": {"sku": {"type": "string"}, "count": {"type": "integer"}}},
        },
        "metadata": {"type": "object", "additionalProperties": {"type": "string"}},
        "files[]": {"type": "array", "items": {"type": "string"}},
        "anything": {},
    },
}


def codec(media: str, schema: Any = EVERYTHING, /, encoding: Any = None, **schemas: Any) -> Codec:
    described = document(components={"schemas": schemas})
    return codec_of(media, described, schema, {} if encoding is None else {"encoding": encoding})


def read(codec: Codec, text: bytes | str, content_type: str = "") -> Any:
    """The value; a text that is refused is a failed test."""
    value, flaw = codec.read(text.encode() if isinstance(text, str) else text, content_type)
    assert flaw is None, flaw
    return value


def refused(codec: Codec, text: bytes | str, content_type: str = "") -> Violation:
    """What is wrong with the text."""
    _, flaw = codec.read(text.encode() if isinstance(text, str) else text, content_type)
    assert flaw is not None
    return flaw
