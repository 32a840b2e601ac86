"""Worlds against a naive model that copies everything, under any sequence of writes, failures, forks and returns.

The persistent containers are made to split after a few items, so that short sequences reach every part of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from mockserver.world import Clock, Collection, Duplicate, Ids, Index, Snapshot, Table, World, persistent
from mockserver.world.store import TableState

NOW = datetime(2026, 1, 10, 9, tzinfo=UTC)
Row = dict[str, Any]

PEOPLE = Collection(
    "people",
    unique={"email": lambda person: person["email"], "badge": lambda person: (person["team"], person["badge"])},
    indexes={
        "of_team": Index(
            partition=lambda person: (person["team"],), order=lambda person: (person["name"], person["id"])
        ),
        "tagged": Index(partition=lambda person: tuple(person["tags"])),
    },
)
TEAMS = Collection("teams", key=lambda team: (team["region"], team["id"]))
COLLECTIONS = (PEOPLE, TEAMS)


class Failure(Exception):
    """What a handler raises to be undone."""


@dataclass
class Model:
    """All of a world in the plainest containers: rows by key with the place in which they came, and the rest."""

    seed: int
    rows: dict[str, dict[Any, tuple[int, Row]]] = field(default_factory=lambda: {each.name: {} for each in COLLECTIONS})
    places: dict[str, int] = field(default_factory=lambda: {each.name: 0 for each in COLLECTIONS})
    clock: Clock = field(default_factory=Clock)
    ids: int = 0
    request_ids: int = 0
    faults: tuple[str, ...] = ()

    def records(self, collection: Collection) -> list[Row]:
        return [row for _, row in sorted(self.rows[collection.name].values(), key=lambda each: each[0])]

    def put(self, collection: Collection, record: Row) -> None:
        key, rows = collection.key(record), self.rows[collection.name]
        for name, value_of in collection.unique.items():
            value = value_of(record)
            if value is not None and any(value_of(row) == value for at, (_, row) in rows.items() if at != key):
                raise Duplicate(collection.name, name, value)
        if key not in rows:
            self.places[collection.name] += 1
        rows[key] = (rows[key][0] if key in rows else self.places[collection.name], record)

    def delete(self, collection: Collection, key: Any) -> Row | None:
        row = self.rows[collection.name].pop(key, None)
        return None if row is None else row[1]

    def become(self, other: Model) -> None:
        vars(self).update(vars(deepcopy(other)))


@dataclass(eq=False)
class Pair:
    """A world and what it must be, now and after a reset; `taken` are snapshots and what each of them must be."""

    world: World
    model: Model
    origin: Model
    taken: list[tuple[Snapshot, Model]]


Step = Callable[[Pair], None]


def put(collection: Collection, record: Row) -> Step:
    """Both take the record, or both refuse it for the same reason."""

    def step(pair: Pair) -> None:
        expected = refusal(lambda: pair.model.put(collection, deepcopy(record)))

        assert refusal(lambda: pair.world[collection].put(record)) == expected

    return step


def refusal(act: Callable[[], object]) -> tuple[str, Any] | None:
    try:
        act()
    except Duplicate as duplicate:
        return duplicate.constraint, duplicate.value
    return None


def delete(collection: Collection, key: Any) -> Step:
    def step(pair: Pair) -> None:
        assert pair.world[collection].delete(key) == pair.model.delete(collection, key)

    return step


def draw(pair: Pair) -> None:
    """Ids come from the sequence of the seed, from wherever the world has got to in it."""
    expected = Ids(pair.model.seed, "ids", pair.model.ids).uuid()
    pair.model.ids += 1

    assert pair.world.ids.uuid() == expected


def set_clock(by: timedelta) -> Step:
    def step(pair: Pair) -> None:
        pair.world.clock = pair.model.clock = pair.world.clock.freeze(NOW).advance(by)

    return step


def set_faults(names: tuple[str, ...]) -> Step:
    def step(pair: Pair) -> None:
        pair.world.faults = pair.model.faults = names

    return step


def go_back(pair: Pair) -> None:
    pair.world.reset()
    pair.model.become(pair.origin)


def peek(pair: Pair) -> None:
    """A snapshot is what the world was when it was taken, also in the middle of a transaction."""
    pair.taken.append((pair.world.snapshot(), deepcopy(pair.model)))


def transaction(steps: list[Step], *, fails: bool) -> Step:
    def step(pair: Pair) -> None:
        before = deepcopy(pair.model)
        with suppress(Failure), pair.world.transaction():
            for each in steps:
                each(pair)
            if fails:
                pair.model.become(before)
                raise Failure

    return step


keys = st.integers(0, 11)
people = st.fixed_dictionaries(
    {
        "id": keys,
        "email": st.none() | st.sampled_from("abcdef"),
        "team": st.sampled_from("xy"),
        "badge": st.integers(0, 5),
        "name": st.sampled_from(["Ann", "Bo", "Cy"]),
        "tags": st.lists(st.sampled_from("pqr"), unique=True),
    }
)
teams = st.fixed_dictionaries({"region": st.sampled_from("ns"), "id": st.integers(0, 3), "size": st.integers(0, 9)})
writes = st.one_of(
    st.builds(put, st.just(PEOPLE), people),
    st.builds(delete, st.just(PEOPLE), keys),
    st.builds(put, st.just(TEAMS), teams),
    st.builds(delete, st.just(TEAMS), st.tuples(st.sampled_from("ns"), st.integers(0, 3))),
)
others = st.one_of(
    st.just(draw),
    st.just(go_back),
    st.builds(set_clock, st.timedeltas(timedelta(), timedelta(days=9))),
    st.builds(set_faults, st.lists(st.sampled_from("fgh"), max_size=2).map(tuple)),
)
steps = st.one_of(writes, writes, writes, st.just(peek), others)
flat = st.builds(transaction, st.lists(steps, min_size=1, max_size=6), fails=st.booleans())
peeked = st.just(peek) | st.builds(
    lambda before: transaction([*before, peek], fails=False), st.lists(writes, max_size=2)
)
in_between = st.builds(
    lambda before, step, after, fails: transaction([*before, step, *after], fails=fails),
    st.lists(writes, min_size=1, max_size=4),
    peeked | flat,
    st.lists(writes, min_size=1, max_size=4),
    st.booleans(),
)
nested = st.builds(transaction, st.lists(st.one_of(steps, in_between), min_size=2, max_size=6), fails=st.booleans())


class Worlds(RuleBasedStateMachine):
    """Any number of worlds and snapshots, each of which must stay what it is whatever happens to the others."""

    pairs = Bundle("pairs")

    def __init__(self) -> None:
        super().__init__()
        self.all: list[Pair] = []
        self.taken: list[tuple[Snapshot, Model]] = []
        self.numbers = count()

    def _keep(self, world: World, model: Model) -> Pair:
        self.all.append(Pair(world, deepcopy(model), deepcopy(model), self.taken))
        return self.all[-1]

    def _name(self) -> str:
        return f"w{next(self.numbers)}"

    @initialize(target=pairs, records=st.lists(people, max_size=12), seed=st.integers(0, 3))
    def load(self, records: list[Row], seed: int) -> Pair:
        """A world begins with records that were loaded at once."""
        model = Model(seed)
        for record in records:
            with suppress(Duplicate):
                model.put(PEOPLE, record)
        states = {each.name: TableState.load(each, deepcopy(model.records(each))) for each in COLLECTIONS}
        return self._keep(World(self._name(), Snapshot(states, Clock(), 0, 0, seed=seed)), model)

    @rule(pair=pairs, steps=st.lists(writes, min_size=1, max_size=4))
    def write(self, pair: Pair, steps: list[Step]) -> None:
        """Writes outside of any transaction, each for itself."""
        for step in steps:
            step(pair)

    @rule(pair=pairs, step=in_between | nested)
    def transact(self, pair: Pair, step: Step) -> None:
        """Several writes, whole or undone."""
        step(pair)

    @rule(pair=pairs, step=others | st.just(peek))
    def adjust(self, pair: Pair, step: Step) -> None:
        """Ids, clock, faults; a snapshot, a reset."""
        step(pair)

    @rule(pair=pairs)
    def refuse(self, pair: Pair) -> None:
        """The ids of refusals are a sequence of their own."""
        expected = Ids(pair.model.seed, "requests", pair.model.request_ids).uuid()
        pair.model.request_ids += 1

        assert pair.world.request_id() == expected

    @rule(target=pairs, pair=pairs)
    def fork(self, pair: Pair) -> Pair:
        """A fork begins where the world stands, and resets to that."""
        return self._keep(World(self._name(), pair.world.snapshot()), pair.model)

    @rule(target=pairs, pair=pairs, at=st.integers(0))
    def begin(self, pair: Pair, at: int) -> Pair:
        """A world can begin as any snapshot says."""
        peek(pair)
        snapshot, model = self.taken[at % len(self.taken)]
        return self._keep(World(self._name(), snapshot), model)

    @rule(pair=pairs, at=st.integers(0))
    def restore(self, pair: Pair, at: int) -> None:
        """Any world can become what any world was."""
        peek(pair)
        snapshot, model = self.taken[at % len(self.taken)]
        pair.world.restore(snapshot)
        pair.model.become(model)

    @invariant()
    def every_world_is_what_it_must_be(self) -> None:
        for pair in self.all:
            check(pair.world, pair.model)

    @invariant()
    def every_snapshot_stays_what_it_was(self) -> None:
        for snapshot, model in self.taken:
            check(World("probe", snapshot), model)


def check(world: World, model: Model) -> None:
    """The world is what the model says, by every way there is to read it."""
    assert (world.clock, world.ids.count, world.faults, world.seed) == (
        model.clock,
        model.ids,
        model.faults,
        model.seed,
    )
    for collection in COLLECTIONS:
        check_table(world[collection], collection, model.records(collection))


def check_table(table: Table, collection: Collection, records: list[Row]) -> None:
    assert list(table) == records
    assert len(table) == table.count("inserted") == len(records)
    for key in range(12) if collection is PEOPLE else ():
        assert table.get(key) == next((record for record in records if record["id"] == key), None)
    for name, values in UNIQUE_VALUES.items() if collection is PEOPLE else ():
        taken = {collection.unique[name](record): record for record in records}
        assert [table.find(name, value) for value in values] == [taken.get(value) for value in values]
    for name, index in collection.indexes.items():
        for partition, expected in partitions(index, records).items():
            check_partition(table, name, partition, expected)


UNIQUE_VALUES: Mapping[str, list[Any]] = {
    "email": [*"abcdef"],
    "badge": [(team, badge) for team in "xy" for badge in range(6)],
}


def partitions(index: Index, records: list[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {name: [] for name in ("xy" if index.order else "pqr")}
    for record in sorted(records, key=index.order) if index.order else records:
        for name in index.partition(record):
            found[str(name)].append(record)
    return found


def check_partition(table: Table, index: str, partition: str, expected: list[Row]) -> None:
    assert table.count(index, partition) == len(expected)
    assert table.slice(index, partition) == expected
    assert table.slice(index, partition, 1, 2) == expected[1:3]
    assert all(table.contains(index, partition, record["id"]) for record in expected)
    for at, record in enumerate(expected if index == "of_team" else ()):
        assert table.after(index, partition, (record["name"], record["id"]), 2) == expected[at + 1 : at + 3]


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(persistent, "PIECE", 2)
    monkeypatch.setattr(persistent, "FEW", 2)
    monkeypatch.setattr(persistent, "NARROWEST", 2)


@pytest.mark.hypothesis  # as the plugin marks other tests of Hypothesis
@pytest.mark.usefixtures("small_pieces")
def test_worlds_are_what_a_copying_model_says() -> None:
    """No write, failure, fork or return of one world is ever seen in another, or in a snapshot."""
    run_state_machine_as_test(
        Worlds,
        settings=settings(max_examples=100, stateful_step_count=25),
    )
