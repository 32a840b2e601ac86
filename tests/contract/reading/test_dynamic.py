"""A `$dynamicRef` leads to the outermost resource on the way that has its anchor."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mockserver.contract.contract import Contract
from mockserver.contract.generation import Generator
from mockserver.contract.reading import dynamic
from mockserver.contract.reading.reader import read
from tests.contract.generation.made import NOW

PAGE = {
    "type": "object",
    "required": ["items"],
    "properties": {"items": {"type": "array", "minItems": 1, "items": {"$dynamicRef": "#item"}}},
    "$defs": {"any": {"$dynamicAnchor": "item"}},
}
TREE = {
    "$dynamicAnchor": "node",
    "type": "object",
    "properties": {"data": True, "children": {"type": "array", "items": {"$dynamicRef": "#node"}}},
}
STRICT = {"$dynamicAnchor": "node", "$ref": "tree", "unevaluatedProperties": False}


def bound(kind: str, page: str = "page") -> dict[str, Any]:
    """A page of values of a type."""
    return {"$ref": page, "$defs": {"one": {"$dynamicAnchor": "item", "type": kind}}}


def contract(folder: Path, schema: Any, components: dict[str, Any] | None = None, **files: Any) -> Contract:
    """A document whose operation answers the schema; every component has an `$id` of its name unless it has none."""
    for name, value in files.items():
        (folder / f"{name}.json").write_text(json.dumps(value))
    response = {"description": "", "content": {"application/json": {"schema": schema}}}
    paths = {"/a": {"get": {"operationId": "a", "responses": {"200": response}}}}
    raw = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": paths}
    file = folder / "openapi.json"
    file.write_text(json.dumps({**raw, "components": {"schemas": components or {}}}))
    return Contract(read(file))


def judged(found: Contract, *values: Any) -> list[bool]:
    """Whether the operation may answer each of the values."""
    accepts = found.operation("a").responses["200"].media[0].accepts
    return [accepts(value) for value in values]


IDENTIFIED = {
    "Page": {"$id": "page", **PAGE},
    "Numbers": {"$id": "numbers", **bound("integer")},
    "Texts": {"$id": "texts", **bound("string")},
    "Tree": {"$id": "tree", **TREE},
    "Strict": {"$id": "strict", **STRICT},
    "Outer": {"$id": "outer", "$ref": "numbers", "$defs": {"one": {"$dynamicAnchor": "item", "type": "boolean"}}},
}
PLAIN = {
    "Page": PAGE,
    "Numbers": bound("integer", "#/components/schemas/Page"),
    "Texts": bound("string", "#/components/schemas/Page"),
    "Tree": TREE,
    "Strict": {**STRICT, "$ref": "#/components/schemas/Tree"},
    "Outer": {
        "$ref": "#/components/schemas/Numbers",
        "$defs": {"one": {"$dynamicAnchor": "item", "type": "boolean"}},
    },
}
VALUES = ({"items": [1]}, {"items": ["a"]}, {"items": [True]})
TREES = ({"children": [{"data": 1}]}, {"children": [{"date": 1}]}, {"date": 1})


@pytest.mark.parametrize("components", [IDENTIFIED, PLAIN], ids=["identified", "plain"])
@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("Page", VALUES, [True, True, True]),
        ("Numbers", VALUES, [True, False, False]),
        ("Texts", VALUES, [False, True, False]),
        ("Outer", VALUES, [False, False, True]),
        ("Tree", TREES, [True, True, True]),
        ("Strict", TREES, [True, False, False]),
    ],
)
def test_an_anchor_means_what_the_outermost_schema_says(
    tmp_path: Path, components: dict[str, Any], name: str, values: tuple[Any, ...], expected: list[bool]
) -> None:
    """Each schema that fills a generic one in has its own reading of it, side by side with the others."""
    found = contract(tmp_path, {"$ref": f"#/components/schemas/{name}"}, components)

    assert judged(found, *values) == expected
    assert found.document.flaws == []


def test_the_schemas_may_lie_in_other_files(tmp_path: Path) -> None:
    """As in the file itself: each file is a resource, and so is whatever has an `$id`."""
    strict = {**STRICT, "$ref": "tree.json"}
    schema = {
        "type": "object",
        "properties": {
            "numbers": {"$ref": "numbers.json"},
            "page": {"$ref": "page.json"},
            "tree": {"$ref": "strict.json"},
            "free": {"$ref": "tree.json"},
        },
    }
    files = {"page": PAGE, "numbers": bound("integer", "page.json"), "tree": TREE, "strict": strict}
    found = contract(tmp_path, schema, **files)

    assert judged(found, {"numbers": VALUES[0], "page": VALUES[1], "tree": TREES[0], "free": TREES[1]}) == [True]
    assert judged(found, {"numbers": VALUES[1]}, {"tree": TREES[1]}) == [False, False]


def test_a_schema_of_an_operation_may_fill_one_in(tmp_path: Path) -> None:
    """Where it stands, without a name."""
    found = contract(tmp_path, bound("integer", "#/components/schemas/Page"), PLAIN)

    assert judged(found, *VALUES) == [True, False, False]


def test_a_resource_that_was_left_counts_no_more(tmp_path: Path) -> None:
    """What stands beside the way is not on it."""
    components = {**IDENTIFIED, "Both": {"$id": "both", "allOf": [{"$ref": "numbers"}, {"$ref": "page"}]}}
    found = contract(tmp_path, {"properties": {"a": {"$ref": "#/components/schemas/Numbers"}, "b": IDENTIFIED["Page"]}})
    assert judged(found, {"b": VALUES[1]}) == [True]

    found = contract(tmp_path, {"anyOf": [{"$ref": "#/components/schemas/Both"}]}, components)
    assert judged(found, *VALUES) == [True, False, False]


@pytest.mark.parametrize("reference", ["#/$defs/any", "#plain"])
def test_what_leads_to_no_dynamic_anchor_is_a_plain_reference(tmp_path: Path, reference: str) -> None:
    """A pointer, or the name of an `$anchor`; beside a `$ref` both hold."""
    page = {
        **PAGE,
        "properties": {"items": {"type": "array", "items": {"$dynamicRef": reference, "$ref": "#/$defs/short"}}},
        "$defs": {
            "any": {"$dynamicAnchor": "item", "$anchor": "plain", "type": ["string", "integer"]},
            "short": {"maxLength": 1},
        },
    }
    found = contract(tmp_path, {"$ref": "numbers.json"}, numbers=bound("integer", "page.json"), page=page)

    assert judged(found, {"items": ["a", 1]}, {"items": ["ab"]}, {"items": [True]}) == [True, False, False]


def test_values_are_made_by_what_the_anchor_means(tmp_path: Path) -> None:
    """As they are judged."""
    media = (
        contract(tmp_path, {"$ref": "#/components/schemas/Strict"}, IDENTIFIED).operation("a").responses["200"].media[0]
    )

    made = Generator(media.document).value(media.schema, media.validator, 1, now=NOW)

    assert set(made) <= {"data", "children"}
    assert all(set(child) <= {"data", "children"} for child in made["children"])


def test_a_part_of_a_copy_is_where_its_author_wrote_it(tmp_path: Path) -> None:
    """Copies are nobody's to look for."""
    found = contract(tmp_path, {"$ref": "#/components/schemas/Numbers"}, IDENTIFIED)
    numbers = found.document.schemas["Numbers"]

    [place] = found.document.places([f"{numbers['$ref']}/properties/items"])

    assert numbers["$ref"].startswith(f"#/{dynamic.COPIES}/")
    assert place.pointer == "#/components/schemas/Page/properties/items"


@pytest.mark.parametrize(("bound", "number"), [("MOST_COPIES", 1), ("MOST_NAMES", 0)])
def test_meanings_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bound: str, number: int) -> None:
    """Beyond that a generic schema means what it does by itself, and that is told."""
    monkeypatch.setattr(dynamic, bound, number)
    schema = {"properties": {name: {"$ref": f"#/components/schemas/{name}"} for name in ("Numbers", "Texts")}}
    found = contract(tmp_path, schema, IDENTIFIED)

    [flaw] = found.document.flaws
    assert flaw.kind == "dynamic-reference"
    assert sum(judged(found, {"Numbers": VALUES[2]}, {"Texts": VALUES[2]})) == 2 - number
