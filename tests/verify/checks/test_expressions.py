"""Runtime expressions of links have the values that OpenAPI gives them."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.contract.violations import ABSENT
from mockserver.verify.checks.expressions import Happened, evaluate

HAPPENED = Happened(
    response={"data": [{"id": 7, "a/b": {"~": 1}}]},
    request={"name": "x"},
    path={"id": "l1"},
    query={"page": 2},
    headers={"location": "/x/1"},
)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("$response.body#/data/0/id", 7),
        ("$response.body#/data/0/a~1b/~0", 1),
        ("$response.body", HAPPENED.response),
        ("$request.body#/name", "x"),
        ("$request.path.id", "l1"),
        ("$request.query.page", 2),
        ("$response.header.Location", "/x/1"),
        ("/x/{$request.path.id}?p={$request.query.page}", "/x/l1?p=2"),
        ("plain", "plain"),
        (5, 5),
        ("$response.body#/data/1/id", ABSENT),
        ("$response.body#/data/x", ABSENT),
        ("$request.header.accept", ABSENT),
        ("$response.query.page", ABSENT),
        ("$url", ABSENT),
        ("of {$response.body#/none}", ABSENT),
    ],
)
def test_an_expression_has_its_value(expression: Any, expected: Any) -> None:
    """What the exchange does not have is absent, which null would not be."""
    value = evaluate(expression, HAPPENED)

    assert value == expected
