"""Bodies, compiled: JSON text to a value and back, strictly and without loss.

orjson judges and does the work; where an integer is too long for it, the standard library reads and writes the digits.
"""

from __future__ import annotations

import json
import re
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

LONG_INTEGER = re.compile(rb"[0-9]{19}")


def read_json(text: bytes) -> tuple[Any, Violation | None]:
    """The value of a JSON text (RFC 8259, UTF-8), or the violation that it is none."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        return ABSENT, Violation("body", "", "json", None, ABSENT, f"must be JSON in UTF-8: {error.msg}")
    if text.count(b"[") + text.count(b"{") > DEEPEST and _depth(value) > DEEPEST:
        message = f"must not nest deeper than {DEEPEST} levels"
        return ABSENT, Violation("body", "", "depth", DEEPEST, ABSENT, message)
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
        return media_type(content_type) in self.media and charset(content_type) in ("utf-8", "utf8", "us-ascii")


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
