"""Runtime expressions: their parts, and texts that have some embedded."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.contract.expressions import Expression, evaluated
from mockserver.contract.violations import ABSENT
from tests.patience import bounded

VALUES: dict[str, Any] = {"$url": "http://h/", "$request.body#/id": 7}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("$url", ("$url", "", "", "")),
        ("$request.query.limit", ("$request", "query", "limit", "")),
        ("$request.header.X-A.b", ("$request", "header", "X-A.b", "")),
        ("$response.body#/data/0/id", ("$response", "body", "", "/data/0/id")),
        ("$response.body", ("$response", "body", "", "")),
    ],
)
def test_an_expression_has_parts(text: str, parts: tuple[str, ...]) -> None:
    """Source, place, name and pointer."""
    assert Expression.of(text) == parts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$request.body#/id", 7),
        ("{$url}hooks/{$request.body#/id}", "http://h/hooks/7"),
        ("plain", "plain"),
        ("$method", ABSENT),
        ("{$url}{$method}", ABSENT),
    ],
)
def test_an_expression_is_evaluated_alone_or_in_a_text(text: str, expected: Any) -> None:
    """A text of which one part has no value has none either."""
    found = evaluated(text, lambda each: VALUES.get(each, ABSENT))

    assert found is expected or found == expected


def test_expressions_that_never_end_are_text() -> None:
    """However many of them begin."""
    text = "{$request.path" * 20_000

    with bounded():
        found = evaluated(text, lambda _: "v")

    assert found == text
