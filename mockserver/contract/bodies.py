"""Bodies, compiled: JSON text to a value and back, strictly and without loss.

orjson judges and does the work; where an integer is too long for it, the standard library reads and writes the digits.
What is no JSON is looked at once more, to say what it is: clients send NaN, half characters and other encodings.
"""

from __future__ import annotations

import json
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from mockserver.contract.document import Document
from mockserver.contract.schemas import SchemaCompiler, Validator
from mockserver.contract.violations import ABSENT, Violation
from mockserver.errors import DocumentError

DEEPEST = 100
"""Levels of arrays and objects that a JSON text may nest."""

CHARSETS = ("utf-8", "utf8", "us-ascii", "ascii")
"""Names of the encoding of JSON, and of the one that is a part of it."""

PARAMETER = re.compile(r';\s*+([^\s=;"]*+)\s*+(?:=\s*+("(?:[^"\\]|\\.)*+"?+|[^;]*+))?+')
"""One parameter of a media type (RFC 9110, 5.6.6): its name, and its value with the quotes."""

WORD = re.compile(r"-?[A-Za-z_]+")
ESCAPE = re.compile(
    r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u([dD][89a-fA-F][0-9a-fA-F]{2})|\\."
)
"""One escape of a string: a surrogate pair, half of one, or any other."""

WIDE = {BOM_UTF16_LE: "UTF-16", BOM_UTF16_BE: "UTF-16"}
"""Other encodings by the mark that a text in them begins with."""

LONG_INTEGER = re.compile(rb"[0-9]{19}")


def read_json(text: bytes) -> tuple[Any, Violation | None]:
    """The value of a JSON text (RFC 8259, UTF-8), or the violation that it is none.

    A byte order mark before it is passed over.
    """
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        if text.startswith(BOM_UTF8) and not text.startswith(BOM_UTF8 * 2):
            return read_json(text[len(BOM_UTF8) :])
        return ABSENT, Violation("body", "", "json", None, ABSENT, f"must be JSON in UTF-8: {_reason(text, error)}")
    if text.count(b"[") + text.count(b"{") > DEEPEST and _depth(value) > DEEPEST:
        message = f"must not nest deeper than {DEEPEST} levels"
        return ABSENT, Violation("body", "", "depth", DEEPEST, ABSENT, message)
    return json.loads(text) if LONG_INTEGER.search(text) else value, None


def _reason(text: bytes, error: orjson.JSONDecodeError) -> str:
    """Why the text is no JSON: what stands there, where that has a name, else what the parser misses."""
    wide = "UTF-16 or UTF-32" if b"\0" in text[:2] else WIDE.get(text[:2])
    if wide is not None:
        return f"it is in {wide}"
    try:
        decoded = text.decode()
    except UnicodeDecodeError as flaw:
        return _invalid_byte(text, flaw.start)
    place = f"(line {error.lineno}, column {error.colno})"
    if error.msg.endswith("surrogate in string"):
        half = next((found[2] for found in ESCAPE.finditer(decoded, error.pos) if found[2]), "d800")
        return f"\\u{half} is half of a surrogate pair, which is no character {place}"
    start = error.pos - (decoded[max(0, error.pos - 1) : error.pos] == "-")
    word = WORD.match(decoded, start)
    if word is None or not error.msg.startswith(("unexpected character, expected a JSON value", "no digit")):
        return error.msg
    advice = "; send a number or null" if word[0].lstrip("-") in ("NaN", "Infinity") else ""
    return f"{word[0]:.40} is no JSON value{advice} {place}"


def _invalid_byte(text: bytes, at: int) -> str:
    """Why the text is no UTF-8, which it ceases to be at a byte."""
    if text[at] == 0xED and text[at + 1 : at + 2] >= b"\xa0":  # noqa: PLR2004  # U+D800 to U+DFFF as three bytes
        return f"half of a surrogate pair, which is no character, at byte {at + 1}"
    return f"byte {at + 1} is 0x{text[at]:02x}, which is no UTF-8 there"


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
    for parameter in PARAMETER.finditer(content_type):
        if parameter[1].lower() == "charset":
            return (parameter[2] or "").strip().strip('"').lower()
    return "utf-8"


def is_json(media: str) -> bool:
    return media == "application/json" or media.endswith("+json")


@dataclass(frozen=True)
class RequestBody:
    """What an operation takes as its body: JSON of one schema under one or more media types."""

    required: bool
    media: tuple[str, ...]
    validator: Validator

    def decode(self, content_type: str | None, text: bytes, violations: list[Violation]) -> Any:
        """The value that came or ABSENT; what is wrong with it is added to `violations`.

        A body without a content type is read as JSON.
        """
        if not text:
            if self.required:
                violations.append(
                    Violation("body", "", "required", True, ABSENT, "a JSON body is required, but none came")
                )
            return ABSENT
        if content_type is not None and not self._takes(content_type):
            message = f"must be {' or '.join(self.media)} in UTF-8, got {content_type!r:.80}"
            violations.append(Violation("body", "", "contentType", list(self.media), content_type, message))
            return ABSENT
        value, flaw = read_json(text)
        if flaw is not None:
            violations.append(flaw)
        elif not self.validator.accepts(value):
            violations.extend(self.validator.violations(value, "body"))
        return value

    def _takes(self, content_type: str) -> bool:
        return media_type(content_type) in self.media and charset(content_type) in CHARSETS


def compile_body(document: Document, compiler: SchemaCompiler, operation: Mapping[str, Any]) -> RequestBody | None:
    """The operation's request body, ready to decode; DocumentError if it takes anything but JSON."""
    body = document.resolve(operation.get("requestBody"))
    if body is None:
        return None
    content: Mapping[str, Any] = body["content"]
    media = tuple(media_type(name) for name in content if is_json(media_type(name)))
    if not media or len(media) < len(content):
        others = ", ".join(name for name in content if not is_json(media_type(name)))
        raise DocumentError(
            f"{document.source}: {operation.get('operationId')}: request bodies of type {others or 'none'} "
            "cannot be served; expected application/json."
        )
    schema = next(iter(content.values())).get("schema", {})
    return RequestBody(body.get("required", False), media, compiler.compile(schema, "request"))
