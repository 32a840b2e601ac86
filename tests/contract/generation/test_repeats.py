"""The items of a long list share the kinds of their parts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mockserver.contract.generation.draft import VALUES
from mockserver.contract.generation.making import PART
from mockserver.contract.generation.repeats import KINDS
from tests.contract.generation.made import Sample, value

OWNER = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer", "minimum": 1, "maximum": 9**9}}}
ITEM = {
    "type": "object",
    "required": ["id", "owner", "owners"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "owner": OWNER,
        "owners": {"type": "array", "items": OWNER, "minItems": 1},
    },
}


def items(count: int, **more: Any) -> Any:
    return value({"type": "array", "items": ITEM, "minItems": count, "maxItems": count, **more}, style="fresh")


def kinds(made: list[dict[str, Any]], name: str) -> int:
    return len({json.dumps(each[name]) for each in made})


def test_the_parts_of_many_items_come_in_a_few_kinds() -> None:
    """The items themselves are all different, and no part is that of two items."""
    made = items(25)

    assert kinds(made, "id") == 25
    assert (kinds(made, "owner"), kinds(made, "owners")) == (KINDS, KINDS)
    assert len({id(each["owner"]) for each in made}) == 25
    assert len({id(owner) for each in made for owner in each["owners"]}) == sum(len(each["owners"]) for each in made)


def test_the_parts_of_a_few_items_are_all_their_own() -> None:
    """As are those of a list whose items must be unique, however many it has."""
    assert kinds(items(KINDS), "owner") == KINDS
    assert kinds(items(25, uniqueItems=True), "owner") == 25


def test_a_list_of_items_in_a_wrapper_has_different_items() -> None:
    """What repeats is the parts of items, never the items."""
    page = {"type": "array", "items": ITEM, "minItems": 25, "maxItems": 25}
    made = value({"type": "object", "required": ["data"], "properties": {"data": page}}, style="fresh")

    assert kinds(made["data"], "id") == 25


@pytest.mark.parametrize("count", [20, 100])
def test_every_item_of_a_long_list_has_its_share(count: int) -> None:
    """None takes all that the others may hold, and what stands behind the list has something left."""
    deep: dict[str, Any] = {
        f"s{at}": {
            "type": "object",
            "properties": {f"p{n}": {"$ref": f"#/components/schemas/s{at + 1}"} for n in range(4)},
        }
        for at in range(5)
    }
    page = {"type": "array", "items": {"$ref": "#/components/schemas/s0"}, "minItems": count, "maxItems": count}
    schema = {"type": "object", "required": ["page", "rest"], "properties": {"page": page, "rest": deep["s0"]}}

    made = Sample(**deep, s5={"type": "object"}).value(schema, style="fresh")

    sizes = [_objects(each) for each in made["page"]]
    assert max(sizes) <= 4 * PART
    assert min(sizes) > 1
    assert sum(sizes) <= 4 * VALUES
    assert _objects(made["rest"]) > 1


def _objects(made: Any) -> int:
    return 1 + sum(map(_objects, made.values()))
