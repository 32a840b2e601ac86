"""The text of bodies: to a value and back, by media type; JSON strictly and without loss.

orjson judges and does the work; where an integer is too long for it, the standard library reads and writes the digits.
"""

from __future__ import annotations

import codecs
import json
import re
from dataclasses import dataclass
from typing import Any, Protocol

import orjson

from mockserver.contract.violations import ABSENT, Violation

DEEPEST = 100
"""Levels of arrays and objects that a JSON text may nest."""

LONG_INTEGER = re.compile(rb"[0-9]{19}")


def read_json(text: bytes, deepest: float = DEEPEST) -> tuple[Any, Violation | None]:
    """The value of a JSON text (RFC 8259, UTF-8), or the violation that it is none or nests deeper than `deepest`."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        return ABSENT, Violation("body", "", "json", None, ABSENT, f"must be JSON in UTF-8: {error.msg}")
    if text.count(b"[") + text.count(b"{") > deepest and _depth(value) > deepest:
        message = f"must not nest deeper than {deepest} levels"
        return ABSENT, Violation("body", "", "depth", deepest, ABSENT, message)
    return json.loads(text) if LONG_INTEGER.search(text) else value, None


def _depth(value: Any) -> int:
    depth = 0
    level = [value]
    while level := [each for each in level if isinstance(each, dict | list)]:
        depth += 1
        level = [child for each in level for child in (each.values() if isinstance(each, dict) else each)]
    return depth


def write_json(value: Any) -> bytes:
    """The value as compact JSON in UTF-8."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def media_type(content_type: str) -> str:
    """The media type without its parameters, in lower case."""
    return content_type.partition(";")[0].strip().lower()


def charset(content_type: str) -> str:
    """The charset parameter, in lower case; UTF-8 where none is given."""
    for part in content_type.split(";")[1:]:
        name, _, value = part.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip('"').lower()
    return "utf-8"


def is_json(media: str) -> bool:
    return media == "application/json" or media.endswith("+json")


class Codec(Protocol):
    """Reads and writes the values of some media types."""

    def takes(self, charset: str) -> bool:
        """Whether text in the charset can be read."""

    def read(self, text: bytes, charset: str) -> tuple[Any, Violation | None]:
        """The value of a text in a charset that it takes, or what is wrong with the text."""

    def write(self, value: Any) -> bytes: ...


@dataclass(frozen=True)
class JSONCodec:
    """JSON, always in UTF-8 (RFC 8259, 8.1); US-ASCII is a part of that. It may nest `deepest` levels."""

    deepest: int = DEEPEST

    def takes(self, charset: str) -> bool:
        return charset in ("utf-8", "utf8", "us-ascii")

    def read(self, text: bytes, charset: str) -> tuple[Any, Violation | None]:
        del charset
        return read_json(text, self.deepest)

    def write(self, value: Any) -> bytes:
        return write_json(value)


class TextCodec:
    """Text as it is, in any charset that Python knows; anything but text is written as JSON."""

    def takes(self, charset: str) -> bool:
        try:
            return codecs.lookup(charset)._is_text_encoding
        except LookupError:
            return False

    def read(self, text: bytes, charset: str) -> tuple[Any, Violation | None]:
        try:
            return text.decode(charset), None
        except UnicodeError:
            return ABSENT, Violation("body", "", "encoding", charset, ABSENT, f"must be text in {charset}")

    def write(self, value: Any) -> bytes:
        return value.encode() if isinstance(value, str) else write_json(value)


class BytesCodec:
    """Bytes that are nobody's business but the client's, one character each, so that a value is text and fits JSON."""

    def takes(self, charset: str) -> bool:
        del charset
        return True

    def read(self, text: bytes, charset: str) -> tuple[Any, Violation | None]:
        del charset
        return text.decode("latin-1"), None

    def write(self, value: Any) -> bytes:
        if isinstance(value, bytes):
            return value
        return value.encode("latin-1", "replace") if isinstance(value, str) else write_json(value)


JSON, TEXT, BYTES = JSONCodec(), TextCodec(), BytesCodec()


def codec_of(media: str) -> Codec:
    """The codec of a media type or range, in lower case and without parameters."""
    if is_json(media) or media in ("*/*", "application/*"):
        return JSON
    return TEXT if media.startswith("text/") else BYTES
