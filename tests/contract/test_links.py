"""Links inside answers: where a schema has them, and how they come to lead elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.contract.links import compile_links, rebased
from tests.contract.specimen import document

LINK = {"type": "string", "format": "uri-reference"}
LEAF: dict[str, Any] = {}
COMPONENTS = {
    "schemas": {
        "Link": LINK,
        "Tree": {"properties": {"self": LINK, "below": {"items": {"$ref": "#/components/schemas/Tree"}}}},
    }
}


@pytest.mark.parametrize(
    ("schema", "places"),
    [
        (LINK, LEAF),
        ({"$ref": "#/components/schemas/Link"}, LEAF),
        ({"type": "string", "format": "uri"}, None),
        (None, None),
        (True, None),
        ({"properties": {"a": {"type": "string"}}}, None),
        ({"properties": {"a": LINK, "b": {}}}, {"a": LEAF}),
        ({"items": LINK}, {"*": LEAF}),
        ({"properties": {"a": {"items": {"properties": {"b": LINK}}}}}, {"a": {"*": {"b": LEAF}}}),
        ({"anyOf": [LINK, {"type": "null"}]}, LEAF),
        ({"oneOf": [{"type": "null"}, LINK]}, LEAF),
        ({"allOf": [{"properties": {"a": LINK}}, {"properties": {"b": LINK}}]}, {"a": LEAF, "b": LEAF}),
        (
            {
                "properties": {"a": {"properties": {"b": LINK}}},
                "allOf": [{"properties": {"a": {"properties": {"c": LINK}}}}],
            },
            {"a": {"b": LEAF, "c": LEAF}},
        ),
        ({"anyOf": [{"properties": {"a": LINK}}, {"properties": {"a": {"type": "null"}}}]}, {"a": LEAF}),
        ({"$ref": "#/components/schemas/Tree"}, {"self": LEAF}),
    ],
)
def test_links_are_found_by_their_format(schema: Any, places: Any) -> None:
    """Every `uri-reference` is found, through references and combinations; a recursive schema is followed once."""
    assert compile_links(document(components=COMPONENTS), schema) == places


@pytest.mark.parametrize(
    ("value", "places", "led"),
    [
        ("/v1/lists", LEAF, "/_world/t1/v1/lists"),
        ("https://example.com/v1", LEAF, "https://example.com/v1"),
        ("v1", LEAF, "v1"),
        (None, LEAF, None),
        ({"next": "/a", "other": "/b"}, {"next": LEAF}, {"next": "/_world/t1/a", "other": "/b"}),
        ({"other": "/b"}, {"next": LEAF}, {"other": "/b"}),
        (["/a", None], {"*": LEAF}, ["/_world/t1/a", None]),
        ({"data": [{"url": "/a"}, {}]}, {"data": {"*": {"url": LEAF}}}, {"data": [{"url": "/_world/t1/a"}, {}]}),
        (["/a"], {"next": LEAF}, ["/a"]),
        ("/a", {"next": LEAF}, "/a"),
    ],
)
def test_root_relative_links_are_rebased(value: Any, places: Any, led: Any) -> None:
    """A link from the root gets the prefix; every other value is as it was."""
    assert rebased(value, places, "/_world/t1") == led


def test_rebasing_changes_nothing_in_place() -> None:
    """The store's own records stay as they are."""
    record = {"data": [{"url": "/a"}]}

    rebased(record, {"data": {"*": {"url": LEAF}}}, "/_world/t1")

    assert record == {"data": [{"url": "/a"}]}
