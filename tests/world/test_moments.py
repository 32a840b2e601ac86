"""How a world stood before and after a request: shared with what it is now, and never changed by what comes."""

from __future__ import annotations

import pytest

from mockserver.world import Clock, World, persistent
from mockserver.world.persistent import PersistentSortedList
from mockserver.world.store import written
from tests.world.library import BOOKS, book, library


@pytest.fixture
def world() -> World:
    return library(book("d"), book("e"), seed=7)


def test_a_moment_is_one_object_as_long_as_nothing_changes(world: World) -> None:
    """Requests that only read cost no memory."""
    before = world.moment()
    with world.transaction():
        list(world[BOOKS])

    assert world.moment() is before


CHANGES = {
    "a record": lambda world: world[BOOKS].put(book("n")),
    "an id": lambda world: world.ids.uuid(),
    "an id of a refusal": lambda world: world.request_id(),
    "the clock": lambda world: setattr(world, "clock", world.clock.freeze()),
    "the rules": lambda world: setattr(world, "faults", ("rule",)),
    "a counter": lambda world: setattr(world, "tallies", {"rule": 1}),
    "the seed": lambda world: setattr(world, "seed", 8),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_whatever_changes_makes_another_moment(world: World, change: object) -> None:
    """And the world that begins with the former is as it was before."""
    before = world.moment()
    change(world)  # type: ignore[operator]  # each takes a world
    after = world.moment()

    assert after is not before
    assert after != before
    assert World("again", before).moment() == before
    assert World("again", after).moment() == after


def test_a_moment_within_a_transaction_is_left_alone_by_what_follows(world: World) -> None:
    """A request that is answered within somebody's transaction keeps what it found and what it left."""
    with world.transaction():
        world[BOOKS].put(book("o"))
        before = world.begin()
        with world.transaction():
            world[BOOKS].put(book("p"))
        after, _ = world.end()
        world[BOOKS].put(book("q"))
        world[BOOKS].delete("o")

    assert [each["id"] for each in World("then", before)[BOOKS]] == ["d", "e", "o"]
    assert [each["id"] for each in World("then", after)[BOOKS]] == ["d", "e", "o", "p"]


def test_the_clock_is_read_once_for_a_request(world: World) -> None:
    """However often it is asked for; before and behind, it runs."""
    world.begin()
    read = [world.now() for _ in range(100)]
    _, read_at = world.end()

    assert {*read} == {read_at}
    assert world.now() != world.now() or world.now() > read[0]


def test_a_clock_that_is_put_meanwhile_is_read_anew(world: World) -> None:
    """Whoever stops it sees it stand."""
    world.begin()
    world.now()
    world.clock = stopped = Clock().freeze()

    assert world.now() == stopped.frozen_at
    assert world.end()[1] == stopped.frozen_at


def test_a_request_that_does_not_ask_for_the_time_has_no_reading(world: World) -> None:
    """There is nothing to give again."""
    world.begin()

    assert world.end()[1] is None


def test_what_a_write_copies_is_weighed() -> None:
    """More where more is written, nothing where nothing is."""
    world = library()
    before = world.moment()
    with world.transaction():
        world[BOOKS].put(book("n"))
    one = world.moment()
    with world.transaction():
        for number in range(100):
            world[BOOKS].put(book(f"n{number}"))
    many = world.moment()

    assert written(before.states, before.states) == 0
    assert 1_000 < written(before.states, one.states) < 20_000
    assert written(one.states, many.states) > 2 * written(before.states, one.states)


def test_a_list_has_about_as_many_pieces_as_items_in_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """So what a write copies grows as the square root of the list, loaded or filled."""
    monkeypatch.setattr(persistent, "PIECE", 4)
    loaded, filled = PersistentSortedList(range(10_000)), PersistentSortedList()
    edit = object()
    for each in range(10_000):
        filled = filled.add(each * 7919 % 10_007, edit)

    for made in (loaded, filled):
        assert 50 <= len(made._pieces) <= 300
        assert max(map(len, made._pieces)) <= 300
    assert len(filled) == 10_000
