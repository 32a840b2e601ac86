"""Violations of the contract by a request, as values: all are collected, and each API words its own refusal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal

Where = Literal["path", "query", "header", "cookie", "body"]


class Absent(Enum):
    """Stands for a value that was not sent; null is a value."""

    ABSENT = "absent"

    def __repr__(self) -> str:
        return "nothing"


ABSENT = Absent.ABSENT


@dataclass(frozen=True)
class Violation:
    """One rule of the document that a request violates.

    `pointer` is a JSON Pointer (RFC 6901) into the body, or `/<name>[/…]` of a parameter; a missing property is named
    itself. `keyword` is the JSON Schema keyword broken, or `json`, `contentType`, `contentEncoding` (a coding
    that is not known), `coding` (a body that its coding does not decode), `encoding`, `repeated`, `style`, `depth` or
    `element` (what XML is called). `expected` is that keyword's value in the document, `received` the offending value
    or ABSENT.
    """

    where: Where
    pointer: str
    keyword: str
    expected: Any
    received: Any
    message: str

    @property
    def path(self) -> tuple[str, ...]:
        """The pointer's segments, unescaped."""
        return tuple(part.replace("~1", "/").replace("~0", "~") for part in self.pointer.split("/")[1:])

    @property
    def field(self) -> str:
        """The pointer as a dotted path: `filters.countries.0`."""
        return ".".join(self.path)

    def __str__(self) -> str:
        place = f"{self.where} {self.field}".rstrip()
        return f"{place}: {self.message}"


Kind = Literal["not_found", "method_not_allowed", "unauthorized", "forbidden", "invalid", "too_large", "not_acceptable"]

STATUSES: Mapping[Kind, int] = {
    "invalid": 400,
    "unauthorized": 401,
    "forbidden": 403,
    "not_found": 404,
    "method_not_allowed": 405,
    "too_large": 413,
    "not_acceptable": 406,
}
"""What a rejection is sent with where the document leaves it open."""


@dataclass(frozen=True)
class Rejection:
    """A request the runtime turns down before any handler runs; `message` says it in plain English."""

    kind: Kind
    message: str
    operation_id: str | None = None
    violations: tuple[Violation, ...] = ()
    required_scopes: tuple[str, ...] = ()
    granted_scopes: tuple[str, ...] = ()
