"""`in: querystring`: the query as one value of a media type."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.contract.request import RawRequest
from mockserver.contract.violations import Violation
from tests.contract.specimen import one_operation

FILTER = {
    "type": "object",
    "required": ["a"],
    "properties": {"a": {"type": "integer"}, "b": {"type": "array", "items": {"type": "string"}}},
}


def decoded(query: str, content: Any, *, required: bool = False) -> tuple[dict[Any, Any], list[Violation]]:
    parameter = {"name": "filter", "in": "querystring", "required": required, "content": content}
    operation = one_operation(parameters=[{key: value for key, value in parameter.items() if value is not None}])
    return operation.decode(RawRequest(f"/things?{query}"), {}, None)


@pytest.mark.parametrize(
    ("media", "query", "value"),
    [
        ("application/x-www-form-urlencoded", "a=1&b=x&b=y%20z", {"a": 1, "b": ["x", "y z"]}),
        ("application/json", "%7B%22a%22%3A1%2C%22b%22%3A%5B%22x%3D%26%22%5D%7D", {"a": 1, "b": ["x=&"]}),
        ("application/json", '{"a":1}', {"a": 1}),
    ],
)
def test_the_query_is_one_value(media: str, query: str, value: Any) -> None:
    """Read as a body of the media type would be, and validated."""
    values, violations = decoded(query, {media: {"schema": FILTER}})

    assert values == {("query", "filter"): value}
    assert violations == []


def test_without_content_it_is_a_form_of_anything() -> None:
    """Whatever came is there by name."""
    values, _ = decoded("a=1", None)

    assert values == {("query", "filter"): {"a": "1"}}


@pytest.mark.parametrize(
    ("media", "query", "keyword"),
    [
        ("application/x-www-form-urlencoded", "b=x", "required"),
        ("application/x-www-form-urlencoded", "a=x", "type"),
        ("application/json", "a=1", "json"),
        ("application/json", "", "required"),
    ],
)
def test_what_breaks_the_schema_is_named(media: str, query: str, keyword: str) -> None:
    """As a violation of the query."""
    _, [violation] = decoded(query, {media: {"schema": FILTER}}, required=True)

    assert (violation.where, violation.keyword) == ("query", keyword)


def test_nothing_may_come_where_nothing_is_required() -> None:
    """An empty query is no value."""
    assert decoded("", {"application/json": {"schema": FILTER}}) == ({}, [])
