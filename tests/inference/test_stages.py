"""The stages of inference that are functions of plain data: places, keys, patches, mending, paging."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from mockserver.contract.contract import Contract
from mockserver.contract.document import Document
from mockserver.contract.generation import Generator
from mockserver.inference.cursors import read_cursor, write_cursor
from mockserver.inference.filters import selected
from mockserver.inference.keys import KeyMaker, key_field, text_of
from mockserver.inference.looks import Looks
from mockserver.inference.mending import Mender, overlaid
from mockserver.inference.patches import patched
from mockserver.inference.paths import one_of, place_of, shown, spelled, steps_of
from mockserver.inference.records import joined
from mockserver.inference.telling import link
from mockserver.world import Clock, Snapshot, World
from mockserver.world.merging import merged

NOW = datetime(2026, 4, 22, tzinfo=UTC)
DOCUMENT = Document({"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {}})


@pytest.mark.parametrize(
    ("template", "place"),
    [
        ("/pets/{petId}", "/pets/{}"),
        ("/pets/{id}.json", "/pets/{}"),
        ("/pets.json", "/pets"),
        ("/Pets({id})", "/Pets/{}"),
        ("/pets/{id}:cancel", "/pets/{}/:cancel"),
        ("/pets:search", "/pets/:search"),
        ("/v{version}/pets/", "/v{}/pets"),
        ("/pets#action=x", "/pets"),
    ],
)
def test_templates_are_places(template: str, place: str) -> None:
    """Text around a parameter belongs to its segment."""
    assert shown(place_of(steps_of(template))) == place


def test_names_are_spelled_without_case_and_separators() -> None:
    """And one of a plural is known."""
    assert spelled("petId") == spelled("Pet-ID") == spelled("pet_id") == "petid"
    assert (one_of("list_states"), one_of("companies"), one_of("ä")) == ("liststate", "company", "ä")


@pytest.mark.parametrize(
    ("properties", "parameter", "kinds", "field"),
    [
        ({"id": "integer", "petId": "integer"}, "petId", "integer", ("petId",)),
        ({"id": "integer"}, "pet_id", "integer", ("id",)),
        ({"id": "integer", "login": "string"}, "username", "string", ("login",)),
        ({"metadata": {"name": "string"}}, "name", "string", ("metadata", "name")),
        ({"meta": {"id": "string"}}, "thing", "string", ("meta", "id")),
        ({"ruleName": "string", "id": "integer"}, "other", "string", ("ruleName",)),
        ({"color": "string"}, "thing", "string", None),
        ({"uuid": "string"}, None, "", ("uuid",)),
    ],
)
def test_a_path_parameter_names_a_field(
    properties: dict[str, Any], parameter: str | None, kinds: str, field: tuple[str, ...] | None
) -> None:
    """Of the same name, of what is left of it, nested, or the usual one of its type."""
    looks = Looks(DOCUMENT)
    one = "rule" if "ruleName" in properties else "pet"
    found, why = key_field(looks, typed(properties), parameter, {"type": kinds} if kinds else {}, one)

    assert found == field
    assert why


def typed(properties: dict[str, Any]) -> dict[str, Any]:
    named = {name: typed(each) if isinstance(each, dict) else {"type": each} for name, each in properties.items()}
    return {"type": "object", "properties": named}


@pytest.mark.parametrize(
    ("schema", "exemplar", "pattern"),
    [
        ({"type": "integer"}, 1, "7"),
        ({"type": "string"}, "12345", "7"),
        ({"type": "string"}, "cus_NffrFeUfNV2Hib", "cus_[0-9a-z]{14}"),
        ({"type": "string"}, None, "[0-9a-f-]{36}"),
        ({"type": "string"}, "A name", "[0-9a-z]{16}"),
        ({"type": "string", "maxLength": 3}, None, "7"),
        ({"type": "string", "pattern": "^SM[0-9a-f]{4}$"}, None, "SM[0-9a-f]{4}"),
        ({"type": "string", "enum": ["a", "b"]}, None, "b"),
    ],
)
def test_new_keys_have_the_form_of_their_field(schema: dict[str, Any], exemplar: Any, pattern: str) -> None:
    """Numbers count on, prefixes stay, patterns hold; what is taken is passed over."""
    contract = Contract(DOCUMENT)
    judge = contract.validator(schema)
    maker = KeyMaker(schema, judge, (schema, judge), Generator(DOCUMENT), exemplar, "id")
    world = World("w", Snapshot({}, Clock(NOW), 0, 0))
    key = maker.make(world, 5, lambda each: str(each) in ("5", "6", "a"))

    assert re.fullmatch(pattern, text_of(key)), key


def test_texts_of_keys_are_those_of_paths() -> None:
    """Whatever their type; a slash inside one is encoded where there are several."""
    assert [text_of(each) for each in ("a", 1, 2.0, True)] == ["a", "1", "2", "true"]
    assert (joined(["a/b"]), joined(["a/b", "c"])) == ("a/b", "a%2Fb/c")


@pytest.mark.parametrize(
    ("value", "mended"),
    [
        ({"id": 1, "name": "a"}, {"id": 1, "name": "a"}),
        ({"id": 1, "name": "a", "more": 1}, {"id": 1, "name": "a"}),
        ({"id": "x", "name": "a"}, {"id": 7, "name": "a"}),
        ({"name": "a", "tags": ["a", 1]}, {"id": 7, "name": "a", "tags": ["a", "t"]}),
        ({"name": "a", "size": "big"}, {"id": 7, "name": "a"}),
        ("no object", {"id": 7, "name": "b", "tags": ["t"]}),
    ],
)
def test_a_value_is_mended_where_it_breaks_its_schema_only(value: Any, mended: Any) -> None:
    """By what the value before it has there."""
    schema = {
        "type": "object",
        "required": ["id", "name"],
        "additionalProperties": False,
        "properties": {
            "id": {"type": "integer"},
            "name": {"type": "string"},
            "size": {"type": "integer"},
            "tags": {"type": "array", "items": {"type": "string"}},
        },
    }
    judge = Contract(DOCUMENT).validator(schema)
    before = {"id": 7, "name": "b", "tags": ["t"]}

    assert Mender(Generator(DOCUMENT), schema, judge, "x").mended(value, "seed", NOW, before) == mended


def test_a_value_is_made_where_there_is_none_before_it() -> None:
    """And as much of what was given is kept as can be, where alternatives are in the way."""
    schema = {
        "type": "object",
        "properties": {"kind": {"type": "string"}, "size": {"type": "integer"}},
        "required": ["kind", "size"],
        "oneOf": [{"properties": {"kind": {"const": "a"}}}, {"properties": {"kind": {"const": "b"}}}],
    }
    judge = Contract(DOCUMENT).validator(schema)
    found = Mender(Generator(DOCUMENT), schema, judge, "x").mended({"kind": "c", "size": 3}, "seed", NOW)

    assert judge.accepts(found)


class Choosy:
    """Refuses objects with certain members, and counts what it is asked."""

    def __init__(self, refused: set[str]) -> None:
        self.refused, self.asked = refused, 0

    def accepts(self, instance: Any) -> bool:
        self.asked += 1
        return self.refused.isdisjoint(instance)

    def first_error(self, instance: Any) -> Any:
        """Nobody asks for it."""


@pytest.mark.parametrize("refused", [set(), {"f0"}, {"f5", "f6", "f1999"}])
def test_an_object_gets_those_of_many_fields_that_it_can_have(refused: set[str]) -> None:
    """It is judged a few times, and not once for each of them."""
    judge, given = Choosy(refused), {f"f{number}": number for number in range(2000)}
    found = overlaid({"id": 7, "f3": "made"}, given, judge.accepts)

    assert found == {"id": 7, **{name: value for name, value in given.items() if name not in refused}}
    assert list(found)[:2] == ["id", "f3"]
    assert judge.asked < 100


def test_an_object_is_judged_so_often_and_then_has_what_it_has() -> None:
    """Where it can have every second one of very many fields."""
    given = {f"f{number}": number for number in range(50_000)}
    judge = Choosy(set(list(given)[::2]))
    found = overlaid({"id": 7}, given, judge.accepts)

    assert found["id"] == 7
    assert judge.refused.isdisjoint(found)
    assert judge.asked < 10_000


@pytest.mark.parametrize(
    ("patch", "result"),
    [
        ([{"op": "add", "path": "/tags/-", "value": "c"}], {"a": 1, "tags": ["b", "c"]}),
        ([{"op": "add", "path": "/tags/0", "value": "c"}], {"a": 1, "tags": ["c", "b"]}),
        ([{"op": "add", "path": "/tags/9", "value": "c"}], None),
        ([{"op": "remove", "path": "/tags/0"}], {"a": 1, "tags": []}),
        ([{"op": "replace", "path": "", "value": 3}], 3),
        ([{"op": "add", "path": 3}], None),
    ],
)
def test_json_patches(patch: list[dict[str, Any]], result: Any) -> None:
    """The document is never changed in place."""
    document = {"a": 1, "tags": ["b"]}
    found, flaw = patched(document, patch)

    assert (found, flaw is None) == ((document, False) if result is None else (result, True))
    assert document == {"a": 1, "tags": ["b"]}


def test_merge_patches() -> None:
    """Null removes, objects merge, the rest replaces."""
    assert merged({"a": 1, "b": {"c": 1}}, {"a": None, "b": {"d": 2}}) == {"b": {"c": 1, "d": 2}}
    assert merged(1, {"a": 1}) == {"a": 1}
    assert merged({"a": 1}, 2) == 2


@pytest.mark.parametrize(("text", "place"), [(write_cursor(12), 12), ("12", 12), (12, 12), ("x", None), ("äö", None)])
def test_cursors_are_places(text: Any, place: int | None) -> None:
    """Opaque, or a plain number; anything else is none."""
    assert read_cursor(text) == place


def test_links_carry_the_query() -> None:
    """Each value of a list is a pair of its own."""
    assert link("/a", {"b": [1, 2], "c": True, "d": None, "e": {}}) == "/a?b=1&b=2&c=true&d="
    assert link("/a", {}) == "/a"


def test_chosen_fields_that_do_not_exist_choose_nothing() -> None:
    """The item stays whole."""
    assert selected({"id": 1, "name": "a"}, "nothing") == {"id": 1, "name": "a"}
    assert selected({"id": 1, "name": "a"}, ["name"]) == {"name": "a"}
