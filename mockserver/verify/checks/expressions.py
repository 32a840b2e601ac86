"""OpenAPI runtime expressions (`$response.body#/data/0/id`), evaluated on an exchange."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from mockserver.contract.expressions import Expression, evaluated
from mockserver.contract.pointers import value_at
from mockserver.contract.violations import ABSENT


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
    return evaluated(expression, partial(_value, happened)) if isinstance(expression, str) else expression


def _value(happened: Happened, text: str) -> Any:
    source, place, name, pointer = Expression.of(text)
    if source not in ("$request", "$response"):
        return ABSENT
    if place == "body":
        return value_at(happened.response if source == "$response" else happened.request, pointer)
    if source == "$response":
        return happened.headers.get(name.lower(), ABSENT) if place == "header" else ABSENT
    return {"path": happened.path, "query": happened.query}.get(place, {}).get(name, ABSENT)
