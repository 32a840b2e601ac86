"""The items of a long list share the kinds of their parts."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest

from mockserver.contract.generation.arrays import PART
from mockserver.contract.generation.draft import VALUES
from mockserver.contract.generation.repeats import KINDS, WIDE
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


def items(count: int, *, shared: bool = False, **more: Any) -> Any:
    schema = {"type": "array", "items": ITEM, "minItems": count, "maxItems": count, **more}
    return value(schema, style="fresh", shared=shared)


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


def test_the_items_of_a_page_that_is_only_written_share_their_parts() -> None:
    """So that a part is made and kept once, however many items have it."""
    made = items(25, shared=True)

    assert len({id(each["owner"]) for each in made}) == kinds(made, "owner") == KINDS


def test_the_parts_of_one_component_are_the_same_few_wherever_they_stand() -> None:
    """A page of issues has a few users, be they who opened or who closed them."""
    user = {"$ref": "#/components/schemas/user"}
    issue = {"type": "object", "required": ["opener", "closer"], "properties": {"opener": user, "closer": user}}
    made = Sample(user=OWNER).value({"type": "array", "items": issue, "minItems": 25}, style="fresh")

    assert len({each[name]["id"] for each in made for name in ("opener", "closer")}) == KINDS


def test_items_that_are_large_by_what_they_require_repeat_their_parts_as_well() -> None:
    """The share of an item is used up by its first parts; what follows is of few kinds, and not made for each item."""
    names = [f"part{at}" for at in range(PART * 2)]
    item = {"type": "object", "required": names, "properties": dict.fromkeys(names, OWNER)}
    made = value({"type": "array", "items": item, "minItems": 25}, style="fresh")

    assert max(kinds(made, name) for name in names) <= KINDS


def test_wide_items_are_like_others_but_for_what_tells_them_apart() -> None:
    """Keys, names and times, which agree with one another; a narrow item is made whole."""
    texts = {f"remark{at}": {"type": "string", "pattern": "^[a-z]{9}$"} for at in range(WIDE)}
    properties = {**texts, "id": {"type": "string"}, "name": {"type": "string"}, "email": {"type": "string"}}

    def made(names: Iterable[str]) -> Any:
        item = {"type": "object", "required": [*names], "properties": {name: properties[name] for name in names}}
        user = Sample(user=item)
        return user.value({"type": "array", "items": {"$ref": "#/components/schemas/user"}, "minItems": 25})

    wide, narrow = made(properties), made(["remark1", "id"])

    assert kinds(wide, "id") == kinds(narrow, "id") == kinds(narrow, "remark1") == 25
    assert kinds(wide, "remark1") == KINDS
    told = [each["name"].lower().replace(" ", ".").replace("'", "") for each in wide]
    assert [each["email"] for each in wide] == [f"{each}@example.com" for each in told]


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
