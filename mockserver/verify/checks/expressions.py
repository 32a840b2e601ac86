"""OpenAPI runtime expressions (`$response.body#/data/0/id`), evaluated on an exchange."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mockserver.contract.pointers import value_at
from mockserver.contract.violations import ABSENT

EMBEDDED = re.compile(r"\{(\$[^}]+)\}")


@dataclass(frozen=True)
class Happened:
    """The parts of an exchange that expressions can refer to."""

    response: Any = ABSENT
    request: Any = ABSENT
    path: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


def evaluate(expression: Any, happened: Happened) -> Any:
    """The value of an expression, or of a text with embedded ones; ABSENT if there is none. Other values are kept."""
    if not isinstance(expression, str):
        return expression
    if expression.startswith("$"):
        return _value(expression, happened)
    parts = {each: _value(each, happened) for each in EMBEDDED.findall(expression)}
    if ABSENT in parts.values():
        return ABSENT
    return EMBEDDED.sub(lambda match: str(parts[match.group(1)]), expression)


def _value(expression: str, happened: Happened) -> Any:
    where, _, pointer = expression.partition("#")
    source, _, name = where.partition(".")
    if source not in ("$request", "$response"):
        return ABSENT
    if name == "body":
        return value_at(happened.response if source == "$response" else happened.request, pointer)
    place, _, key = name.partition(".")
    if source == "$response":
        return happened.headers.get(key.lower(), ABSENT) if place == "header" else ABSENT
    return {"path": happened.path, "query": happened.query}.get(place, {}).get(key, ABSENT)
