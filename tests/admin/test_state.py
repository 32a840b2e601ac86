"""A world's state as JSON, over the workshop's collections and all five APIs."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Any

import pytest

from mockserver.admin import clock, exports
from mockserver.admin import records as state
from mockserver.admin.apis import Apis
from mockserver.apis import crm, workshop
from mockserver.catalog import load_apis
from mockserver.contract.bodies import read_json, write_json
from mockserver.errors import StateError
from mockserver.runtime.faults import Delay, Limit, Reply, Rule
from mockserver.runtime.pattern import RequestPattern
from mockserver.seeding import seed_world
from mockserver.world import World
from mockserver.world.merging import merged

Json = dict[str, Any]

LISTS, MEMBERSHIPS = "workshop.lists", "workshop.memberships"
FIRST = "3d4e06a3-544b-4cc7-924e-e077ef133cf6"
ABSENT = "00000000-0000-4000-8000-000000000000"
RULES = (
    Rule("slow", RequestPattern(api="workshop", method="GET", path="/v1/*"), delay=Delay("fixed", 0.5)),
    Rule(
        "jitter", RequestPattern(operation_id="list_lists", headers={"x": "y"}), nth=2, delay=Delay("uniform", 0.1, 0.2)
    ),
    Rule("tail", probability=0.25, times=3, delay=Delay("lognormal", 0.1, 0.5), damage="reset"),
    Rule("limit", limit=Limit(5, 60.0), reply=Reply("too_many_requests", retry_after=7)),
    Rule("known", reply=Reply("documented", 404, example="unknown")),
    Rule("odd", reply=Reply("respond", 418, headers={"x-teapot": "yes"}, body={"short": True}), damage="truncate"),
    Rule("drop", damage="drip", rate=10),
)


@pytest.fixture(scope="module")
def apis() -> Apis:
    return Apis(load_apis(["workshop"]))


@pytest.fixture
def world(apis: Apis) -> World:
    return seed_world(apis, seed=7)


@pytest.fixture
def lists(world: World) -> list[Json]:
    return records(world)[LISTS]


def records(world: World) -> dict[str, list[Json]]:
    """Everything the world holds, as it would be sent."""
    return {each.name: copied(list(world[each])) for each in (*workshop.COLLECTIONS,)}


def copied(value: Any) -> Any:
    copy, _ = read_json(write_json(value))
    return copy


def flaws(error: pytest.ExceptionInfo[StateError]) -> dict[str, str]:
    return {flaw.pointer: flaw.message for flaw in error.value.flaws}


def test_collections_are_named_after_their_api(apis: Apis) -> None:
    """Every collection is known by its name, credentials too."""
    assert set(apis.collections) == {LISTS, MEMBERSHIPS, "workshop.contacts", "workshop.credentials"}


def test_read_answers_copies(world: World) -> None:
    """A record that was read can be changed without changing the world."""
    found: Any = state.read(world, workshop.LISTS)

    found[0]["title"] = "changed"

    assert records(world)[LISTS][0]["title"] != "changed"
    assert len(found) == len(world[workshop.LISTS])


def test_replace_puts_whole_collections(world: World, apis: Apis, lists: list[Json]) -> None:
    """The collections named hold the records given in their order, the others what they held."""
    before = records(world)

    state.replace(world, apis, {LISTS: lists[::-1]})

    assert records(world) == {**before, LISTS: before[LISTS][::-1]}


def test_what_was_put_cannot_be_changed_from_outside(world: World, apis: Apis, lists: list[Json]) -> None:
    """A record that was given and is changed afterwards stays in the world as it was given."""
    state.replace(world, apis, {LISTS: lists})

    lists[0]["title"] = "changed"

    assert records(world)[LISTS][0]["title"] != "changed"


def test_a_collection_that_is_needed_cannot_be_emptied() -> None:
    """Neither whole nor record by record: somebody has to be the caller of an API without credentials."""
    apis = Apis(load_apis(["crm"]))
    world = seed_world(apis)
    everybody, lists = (dict.fromkeys(map(itemgetter("id"), world[kept])) for kept in (crm.USERS, crm.LISTS))

    with pytest.raises(StateError) as replaced:
        state.replace(world, apis, {"crm.users": [], "crm.lists": []})
    with pytest.raises(StateError) as patched:
        state.patch(world, apis, {"crm.lists": lists, "crm.users": everybody})

    assert flaws(replaced) == flaws(patched) == {"/crm.users": "must have at least 1 record, would have 0"}
    assert len(world[crm.USERS]) == len(everybody)


def _unknown_collection(_: list[Json]) -> Json:
    return {"workshop.shelves": []}


def _three_flaws(lists: list[Json]) -> Json:
    return {LISTS: [lists[0] | {"title": 1}, lists[1], {**lists[2], "colour": "red", "id": 5}]}


def _same_key(lists: list[Json]) -> Json:
    return {LISTS: [*lists, lists[0]]}


def _no_lists(_: list[Json]) -> Json:
    return {LISTS: [], MEMBERSHIPS: [{"id": ABSENT, "list_id": FIRST, "contact_id": ABSENT, "contact_name": "A"}]}


def _not_json(_: list[Json]) -> Json:
    return {LISTS: [{1, 2}]}


def _surrogate(_: list[Json]) -> Json:
    return {LISTS: [{"title": "\ud800"}]}


def _deep(_: list[Json]) -> Json:
    nested: Json = {}
    for _level in range(200):
        nested = {"a": nested}
    return {LISTS: [nested]}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (_unknown_collection, {"/workshop.shelves": "is not the name of a collection"}),
        (
            lambda lists: {"workshop.shelves": [], LISTS: [lists[0] | {"title": 1}]},
            {
                "/workshop.shelves": "is not the name of a collection",
                "/workshop.lists/0/title": "must be of type string, got 1",
            },
        ),
        (
            _three_flaws,
            {
                "/workshop.lists/0/title": "must be of type string, got 1",
                "/workshop.lists/2/id": "must be of type string, got 5",
                "/workshop.lists/2/colour": "is not an allowed property",
            },
        ),
        (_same_key, {"/workshop.lists/22": "is already taken by an earlier record"}),
        (
            _no_lists,
            {
                "/workshop.memberships/0/list_id": "is not the key of any record in workshop.lists",
                "/workshop.memberships/0/contact_id": "is not the key of any record in workshop.contacts",
            },
        ),
        (_not_json, {"/workshop.lists/0": "must be JSON, got {1, 2}"}),
        (_surrogate, {"/workshop.lists/0/title": "must be JSON, got "}),
        (_deep, {"": "must not nest deeper than 100 levels"}),
    ],
)
def test_replace_refuses_flaws(
    world: World, apis: Apis, lists: list[Json], given: Callable[[list[Json]], Json], expected: dict[str, str]
) -> None:
    """Every flaw is named by its place, and nothing has changed."""
    before = exports.export(world, apis)

    with pytest.raises(StateError) as error:
        state.replace(world, apis, given(lists))

    found = flaws(error)
    assert found.keys() == expected.keys()
    assert all(message in found[pointer] for pointer, message in expected.items())
    assert exports.export(world, apis) == before


def test_what_is_written_in_parts_is_the_exported_world(world: World, apis: Apis) -> None:
    """However many collections there are."""
    whole, alone = b"".join(exports.written(world, apis)), b"".join(exports.written(world, Apis([])))

    assert read_json(whole)[0] == exports.export(world, apis)
    assert read_json(alone)[0] == exports.export(world, Apis([]))


def test_replace_finds_references_of_other_collections(world: World, apis: Apis) -> None:
    """A record that others refer to cannot go with its collection; the message names who refers to it."""
    with pytest.raises(StateError) as error:
        state.replace(world, apis, {LISTS: []})

    assert str(error.value).startswith(
        f'workshop.lists: workshop.memberships: record 1: list_id: "{FIRST}" is not the key of any record in '
        "workshop.lists (and at least 99 more)"
    )


def test_replace_is_bounded(world: World, apis: Apis, monkeypatch: pytest.MonkeyPatch) -> None:
    """More records than a world takes at once are refused before any is looked at."""
    monkeypatch.setattr(state, "RECORDS", 2)

    with pytest.raises(StateError, match="at most 2 records"):
        state.replace(world, apis, {LISTS: [{}, {}], MEMBERSHIPS: [{}]})


def test_a_whole_world_is_not_bounded(world: World, apis: Apis, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may have grown larger, in pieces, than what it takes at once, and is exported and loaded all the same."""
    monkeypatch.setattr(state, "RECORDS", 2)
    exported = exports.export(world, apis)

    exports.load(world, apis, exported)

    assert exports.export(world, apis) == exported


def test_a_clock_that_has_run_on_beyond_its_reach_survives(world: World, apis: Apis) -> None:
    """It was put a moment before the latest time, and time went on."""
    clock.put(world, {"now": "2999-12-31T23:59:59Z"})
    world.clock = world.clock.advance(timedelta(seconds=2))
    other = seed_world(apis)

    exports.load(other, apis, exports.export(world, apis))

    assert other.now().year == 3000


def test_patch_merges_creates_and_deletes(world: World, apis: Apis, lists: list[Json]) -> None:
    """Fields given change, the record keeps its place; a new key is added and None removes one."""
    new = {**lists[0], "id": ABSENT, "external_id": "new-1"}
    membership = records(world)[MEMBERSHIPS][0]["id"]

    state.patch(
        world,
        apis,
        {LISTS: {lists[1]["id"]: {"title": "Renamed"}, ABSENT: new}, MEMBERSHIPS: {membership: None}},
    )

    after = records(world)
    assert after[LISTS] == [lists[0], {**lists[1], "title": "Renamed"}, *lists[2:], new]
    assert membership not in {each["id"] for each in after[MEMBERSHIPS]}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"workshop.shelves": {}}, {"/workshop.shelves": "is not the name of a collection"}),
        ({LISTS: {FIRST: {"title": None}}}, {f"/{LISTS}/{FIRST}/title": "is required"}),
        ({LISTS: {FIRST: 5}}, {f"/{LISTS}/{FIRST}": "must be of type null, object, got 5"}),
        ({LISTS: {FIRST: {"id": ABSENT}}}, {f"/{LISTS}/{FIRST}": f'the record\'s own key is "{ABSENT}"'}),
        ({LISTS: {ABSENT: None}}, {f"/{LISTS}/{ABSENT}": "no record has this key"}),
        (
            {MEMBERSHIPS: {"80d43a50-e9a8-41ea-8aa2-7d361292f0d9": {"list_id": ABSENT}}},
            {f"/{MEMBERSHIPS}/80d43a50-e9a8-41ea-8aa2-7d361292f0d9/list_id": "is not the key of any record in"},
        ),
    ],
)
def test_patch_refuses_flaws(world: World, apis: Apis, changes: Json, expected: dict[str, str]) -> None:
    """Every flaw is named by its place, and nothing has changed: not what was sound beside it either."""
    before = exports.export(world, apis)
    sound = {"workshop.contacts": {records(world)["workshop.contacts"][0]["id"]: {"name": "Sound"}}}

    with pytest.raises(StateError) as error:
        state.patch(world, apis, {**sound, **changes})

    found = flaws(error)
    assert found.keys() == expected.keys()
    assert all(message in found[pointer] for pointer, message in expected.items())
    assert exports.export(world, apis) == before


def test_patch_refuses_a_taken_value(world: World, apis: Apis, lists: list[Json]) -> None:
    """A unique value that another record has is refused."""
    with pytest.raises(StateError, match=r"external_id: .+ is already taken"):
        state.patch(world, apis, {LISTS: {lists[0]["id"]: {"external_id": lists[1]["external_id"]}}})


def test_patch_refuses_to_delete_what_others_refer_to(world: World, apis: Apis) -> None:
    """A record that others refer to cannot be deleted; the message names who refers to it."""
    with pytest.raises(StateError, match=rf"{FIRST}: workshop.memberships: record 1: list_id still refers to it"):
        state.patch(world, apis, {LISTS: {FIRST: None}})


def test_patch_deletes_together_what_belongs_together(world: World, apis: Apis) -> None:
    """A record can go along with all that refer to it."""
    memberships = {each["id"]: None for each in records(world)[MEMBERSHIPS] if each["list_id"] == FIRST}

    state.patch(world, apis, {LISTS: {FIRST: None}, MEMBERSHIPS: memberships})

    assert FIRST not in {each["id"] for each in records(world)[LISTS]}
    assert len(records(world)[MEMBERSHIPS]) == 513 - len(memberships)


@pytest.mark.parametrize(
    ("record", "change", "expected"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        ({"a": "foo"}, "bar", "bar"),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
        (None, {"a": 1}, {"a": 1}),
    ],
)
def test_merged_as_rfc_7396_has_it(record: Any, change: Any, expected: Any) -> None:
    """The RFC's own examples hold, and neither side is changed."""
    before = copy.deepcopy((record, change))

    assert merged(record, change) == expected
    assert (record, change) == before


def test_an_export_loads_into_another_world(apis: Apis, world: World) -> None:
    """Records, clock, seed, drawn ids and fault rules survive as JSON, so both worlds go on alike."""
    world.clock = world.clock.freeze(datetime(2026, 4, 22, 10, 30, tzinfo=UTC))
    world.faults = RULES
    world.ids.uuid()
    state.patch(world, apis, {LISTS: {FIRST: {"title": "Exported"}}})
    other = seed_world(apis, seed=1)

    exports.load(other, apis, copied(exports.export(world, apis)))

    assert exports.export(other, apis) == exports.export(world, apis)
    assert other.faults == RULES
    assert other.clock == world.clock
    assert other.ids.uuid() == world.ids.uuid()
    assert other.request_id() == world.request_id()


def test_a_loaded_world_resets_to_where_it_began(apis: Apis, world: World) -> None:
    """Loading is one more change: reset undoes it, seed included."""
    began = exports.export(world, apis)
    other = seed_world(apis, seed=1)
    other.ids.uuid()
    exports.load(world, apis, exports.export(other, apis))

    world.reset()

    assert exports.export(world, apis) == began


def test_a_running_clock_keeps_its_offset(apis: Apis, world: World) -> None:
    """A clock that is ahead of real time is as much ahead once loaded."""
    world.clock = world.clock.advance(timedelta(hours=1, microseconds=5))
    other = seed_world(apis)

    exports.load(other, apis, exports.export(world, apis))

    assert other.clock == world.clock


def test_all_five_apis_survive(apis: Apis) -> None:
    """What all five APIs are seeded with is exported and loaded unchanged."""
    five = Apis(load_apis())
    exported = exports.export(seed_world(five), five)
    other = seed_world(five, seed=3)

    exports.load(other, five, copied(exported))

    assert exports.export(other, five) == exported


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"version": 2}, {"/version": "expected 1, got 2"}),
        ({"version": None}, {"/version": "expected 1, got null"}),
        (
            {"seed": "x", "ids": {"drawn": -1}, "more": 1},
            {
                "/seed": "must be of type integer",
                "/ids/drawn": "must be at least 0",
                "/ids/requests": "is required",
                "/more": "is not an allowed property",
            },
        ),
        ({"clock": {"frozenAt": "noon", "offset": 0}}, {"/clock/frozenAt": "must be in the format date-time"}),
        ({"clock": {"frozenAt": "0001-01-01T00:00:00+10:00", "offset": 0}}, {"/clock": "1970 and 3000"}),
        ({"clock": {"frozenAt": "3000-01-01T00:00:00Z", "offset": 0}}, {"/clock": "1970 and 3000"}),
        ({"clock": {"frozenAt": None, "offset": -1e11}}, {"/clock": "1970 and 3000"}),
        ({"faults": [{"id": "x"}]}, {"/faults/0": "must have at least one of delay, reply, damage, rateLimit"}),
        ({"faults": [{"id": "x", "delay": {"kind": "fixed"}}]}, {"/faults/0/delay/seconds": "is required"}),
        (
            {"faults": [{"id": "x", "damage": {"kind": "close"}}, {"id": "x", "damage": {"kind": "reset"}}]},
            {"/faults/1/id": '"x" is already taken by an earlier rule'},
        ),
        ({"collections": {}}, {"/collections": "is the state of no API, but workshop are served"}),
        (
            {"collections": {"crm.lists": [], LISTS: []}},
            {"/collections": "is the state of crm, workshop, but workshop are served"},
        ),
        (
            {"collections": {LISTS: [], MEMBERSHIPS: [], "workshop.contacts": [], "workshop.shelves": []}},
            {
                "/collections/workshop.credentials": "is required: an export has every collection",
                "/collections/workshop.shelves": "is not the name of a collection",
            },
        ),
    ],
)
def test_load_refuses_flaws(world: World, apis: Apis, change: Json, expected: dict[str, str]) -> None:
    """Whatever is wrong with an export is named by its place, and nothing has changed."""
    exported = exports.export(world, apis)

    with pytest.raises(StateError) as error:
        exports.load(world, apis, {**exported, **change})

    found = flaws(error)
    assert found.keys() == expected.keys()
    assert all(message in found[pointer] for pointer, message in expected.items())
    assert exports.export(world, apis) == exported


@pytest.mark.parametrize("exported", [None, [], "x"])
def test_load_refuses_what_is_no_export(world: World, apis: Apis, exported: Any) -> None:
    """JSON that is no object is no export."""
    with pytest.raises(StateError, match="version: expected 1, got null"):
        exports.load(world, apis, exported)


def test_load_names_the_record(world: World, apis: Apis) -> None:
    """A record's flaw is worded as a person counts."""
    exported = exports.export(world, apis)
    exported["collections"][LISTS][2]["title"] = 5

    with pytest.raises(
        StateError, match=r"^collections: workshop\.lists: record 3: title: must be of type string, got 5$"
    ):
        exports.load(world, apis, exported)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-04-22T10:30:00Z", datetime(2026, 4, 22, 10, 30, tzinfo=UTC)),
        ("2026-04-22t10:30:00.5z", datetime(2026, 4, 22, 10, 30, 0, 500000, tzinfo=UTC)),
        ("2026-04-22T10:30:00+02:00", datetime(2026, 4, 22, 8, 30, tzinfo=UTC)),
        ("2016-12-31T23:59:60Z", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_read_time(text: str, expected: datetime) -> None:
    """RFC 3339 in all its forms is read, in UTC."""
    assert clock.read_time(text) == expected
