"""Links inside answers: where a schema has them, and how they come to lead elsewhere."""

from __future__ import annotations

from copy import deepcopy
from itertools import pairwise
from typing import Any

import pytest

from mockserver.contract.links import Places, compile_links, rebased
from tests.contract.specimen import document
from tests.patience import bounded

LINK = {"type": "string", "format": "uri-reference"}
TEXT = {"type": "string"}
PREFIX = "/_world/t1"
COMPONENTS = {
    "schemas": {
        "Link": LINK,
        "Tree": {"properties": {"self": LINK, "name": TEXT, "below": {"items": {"$ref": "#/components/schemas/Tree"}}}},
        "Chain": {"properties": {"name": TEXT, "next": {"$ref": "#/components/schemas/Chain"}}},
    }
}


def compiled(schema: Any) -> Places | None:
    return compile_links(document(components=COMPONENTS), schema)


def led(schema: Any, value: Any) -> Any:
    places = compiled(schema)
    assert places is not None
    return rebased(value, places, PREFIX)


@pytest.mark.parametrize(
    "schema",
    [
        None,
        True,
        {},
        TEXT,
        {"type": "string", "format": "uri"},
        {"properties": {"a": TEXT, "format": {"enum": ["uri-reference"]}}},
        {"items": TEXT, "additionalProperties": False},
        {"anyOf": [TEXT, {"type": "null"}]},
        {"$ref": "#/components/schemas/Chain"},
    ],
)
def test_a_schema_without_links_compiles_to_nothing(schema: Any) -> None:
    """Most answers hold no link, and cost nothing to look through."""
    assert compiled(schema) is None


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        (LINK, "/v1/lists?limit=1", "/_world/t1/v1/lists?limit=1"),
        ({"$ref": "#/components/schemas/Link"}, "/", "/_world/t1/"),
        ({"properties": {"a": LINK, "b": TEXT}}, {"a": "/a", "b": "/b"}, {"a": "/_world/t1/a", "b": "/b"}),
        ({"properties": {"a": LINK}}, {"b": "/b"}, {"b": "/b"}),
        ({"items": LINK}, ["/a", None, "/b"], ["/_world/t1/a", None, "/_world/t1/b"]),
        (
            {"properties": {"a": {"items": {"properties": {"b": LINK}}}}},
            {"a": [{"b": "/b"}, {}]},
            {"a": [{"b": "/_world/t1/b"}, {}]},
        ),
        ({"additionalProperties": LINK}, {"a": "/a"}, {"a": "/_world/t1/a"}),
        (
            {"properties": {"a": TEXT}, "additionalProperties": LINK},
            {"a": "/a", "b": "/b"},
            {"a": "/a", "b": "/_world/t1/b"},
        ),
        (
            {"properties": {"a": LINK}, "additionalProperties": TEXT},
            {"a": "/a", "b": "/b"},
            {"a": "/_world/t1/a", "b": "/b"},
        ),
    ],
)
def test_root_relative_links_are_rebased_and_nothing_else(schema: Any, value: Any, expected: Any) -> None:
    """The prefix comes before each link, wherever the schema places it; other text with a slash stays as it was."""
    assert led(schema, value) == expected


@pytest.mark.parametrize("value", ["https://example.com/v1", "//example.com/v1", "v1/lists", "?cursor=x", "", None, 7])
def test_a_link_that_does_not_start_at_the_root_stays(value: Any) -> None:
    """Another host, and what is relative to the page itself, lead where they led; so does what is no link at all."""
    assert led(LINK, value) == value


@pytest.mark.parametrize("value", ["/a", ["/a"], None, 7])
def test_a_value_of_another_shape_stays(value: Any) -> None:
    """Where an object with links may stand and something else does, nothing is touched."""
    assert led({"properties": {"a": LINK}}, value) == value


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"a": {"anyOf": [LINK, {"type": "null"}]}}},
        {"properties": {"a": {"oneOf": [{"type": "null"}, LINK]}}},
        {"properties": {"a": {"allOf": [LINK, {"$ref": "#/components/schemas/Link"}]}}},
        {"allOf": [{"properties": {"a": LINK}}, {"properties": {"a": TEXT}}]},
        {"oneOf": [{"properties": {"a": TEXT}}, {"allOf": [{"properties": {"a": LINK}}]}]},
        {"properties": {"a": LINK}, "anyOf": [{"properties": {"a": LINK}}]},
    ],
)
def test_a_link_that_several_schemas_describe_is_rebased_once(schema: Any) -> None:
    """It is enough that one of the schemas that may hold calls it a link."""
    assert led(schema, {"a": "/a"}) == {"a": "/_world/t1/a"}


def test_the_branches_of_a_combination_add_up() -> None:
    """Two branches may each describe a part of one object."""
    schema = {
        "properties": {"urls": {"properties": {"a": LINK}}},
        "allOf": [{"properties": {"urls": {"properties": {"b": LINK}}}}],
    }

    assert led(schema, {"urls": {"a": "/a", "b": "/b"}}) == {"urls": {"a": "/_world/t1/a", "b": "/_world/t1/b"}}


def test_a_recursive_schema_is_followed_as_deep_as_the_value_goes() -> None:
    """Every level of a tree has its links rebased."""
    tree = {"self": "/1", "name": "/", "below": [{"self": "/2", "below": [{"self": "/3"}, {"name": "/x"}]}]}

    rebased_tree = led({"$ref": "#/components/schemas/Tree"}, tree)

    assert rebased_tree == {
        "self": "/_world/t1/1",
        "name": "/",
        "below": [{"self": "/_world/t1/2", "below": [{"self": "/_world/t1/3"}, {"name": "/x"}]}],
    }


def test_rebasing_changes_nothing_in_place() -> None:
    """The store's own records stay as they are, and what holds no link is shared with the answer."""
    record = {"data": [{"url": "/a", "tags": ["x"]}]}
    before = deepcopy(record)

    answer = led({"properties": {"data": {"items": {"properties": {"url": LINK}}}}}, record)

    assert record == before
    assert answer["data"][0]["tags"] is record["data"][0]["tags"]


def test_schemas_may_lead_from_one_to_the_next() -> None:
    """However many of them a link lies behind."""
    schemas = {
        f"S{number}": {"properties": {"next": {"$ref": f"#/components/schemas/S{number + 1}"}}}
        for number in range(3000)
    }
    found = compile_links(
        document(components={"schemas": {**schemas, "S3000": LINK}}), {"$ref": "#/components/schemas/S0"}
    )

    for _ in range(3000):
        assert found is not None
        found = found.properties["next"]
    assert found is not None
    assert found.link


def test_schemas_may_apply_together_in_very_many_ways() -> None:
    """As the states of an automaton that remembers the last thirty letters: the first ones are looked at."""
    names = [f"A{at}" for at in range(31)]
    refer = {name: {"$ref": f"#/components/schemas/{name}"} for name in names}
    schemas: dict[str, Any] = {
        name: {"properties": {"a": refer[following], "b": refer[following]}} for name, following in pairwise(names)
    }
    schemas["A0"] = {"properties": {"a": {"allOf": [refer["A0"], refer["A1"]]}, "b": refer["A0"], "link": LINK}}
    schemas["A30"] = {}

    with bounded():
        places = compile_links(document(components={"schemas": schemas}), refer["A0"])

    assert places is not None
    assert rebased({"b": {"link": "/x"}}, places, "/api") == {"b": {"link": "/api/x"}}
