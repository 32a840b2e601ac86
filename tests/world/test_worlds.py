"""Worlds: what is shared is never seen to be, and a transaction that fails leaves no trace."""

from __future__ import annotations

import sys
import threading
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mockserver.world import World
from tests.world.library import AUTHORS, BOOKS, book, ids, library

NOON = datetime(2026, 4, 22, 12, tzinfo=UTC)


class Failure(Exception):
    """What ends a transaction here."""


@pytest.fixture
def world() -> World:
    made = library(book("d"), book("e"), seed=7)
    made.clock = made.clock.freeze(NOON)
    return made


def trace(world: World) -> tuple[Any, ...]:
    """All that a request can change."""
    return ids(world[BOOKS]), list(world[AUTHORS]), world.ids.count, world.now(), world.faults, world.stubs


def fail(world: World, act: Callable[[], Any], error: type[BaseException] = Failure) -> None:
    """A transaction that acts and fails, seen from outside."""
    with pytest.raises(error):
        attempt(world, act, error)


def attempt(world: World, act: Callable[[], Any], error: type[BaseException]) -> None:
    with world.transaction():
        act()
        raise error


def change(world: World) -> None:
    """Change everything there is."""
    world[BOOKS].put(book("n", isbn=world.ids.uuid()))
    world[BOOKS].delete("d")
    world[AUTHORS].put({"name": "Frank"})
    world.clock = world.clock.advance(timedelta(hours=1))


def test_a_transaction_that_succeeds_stays(world: World) -> None:
    """Writes, ids drawn and the clock."""
    with world.transaction() as inside:
        change(inside)

    assert inside is world
    assert trace(world) == (["e", "n"], [{"name": "Frank"}], 1, NOON + timedelta(hours=1), (), ())


@pytest.mark.parametrize("error", [Failure, KeyboardInterrupt])
def test_a_transaction_that_fails_leaves_no_trace(world: World, error: type[BaseException]) -> None:
    """Whatever ended it; the error goes on, and the next ids are those that would have come."""
    before = trace(world)

    fail(world, lambda: change(world), error)

    assert trace(world) == before
    assert world.ids.uuid() == library(seed=7).ids.uuid()
    with world.transaction():
        change(world)
    assert ids(world[BOOKS]) == ["e", "n"]


def test_an_inner_transaction_fails_alone(world: World) -> None:
    """What was done before it in the outer one stays, and what comes after is added to that."""
    with world.transaction():
        world[BOOKS].put(book("o"))
        fail(world, lambda: change(world))
        world[BOOKS].put(book("p"))

    assert ids(world[BOOKS]) == ["d", "e", "o", "p"]


def test_an_outer_transaction_takes_an_inner_one_back(world: World) -> None:
    """All of it, in whatever order the writes came."""
    before = trace(world)

    def act() -> None:
        world[BOOKS].put(book("o"))
        with world.transaction():
            change(world)
        world[BOOKS].put(book("p"))

    fail(world, act)

    assert trace(world) == before


def test_request_ids_are_not_taken_back(world: World) -> None:
    """Two refused requests have different ones."""
    first: list[str] = []
    for _ in range(2):
        fail(world, lambda: first.append(world.request_id()))

    assert first[0] != first[1]


def test_a_snapshot_can_be_restored(world: World) -> None:
    """As often as one likes, however the world went on."""
    before, taken = trace(world), world.snapshot()
    drawn = world.ids.uuid(), world.request_id()

    for _ in range(2):
        change(world)
        world.faults = ("a rule",)
        world.stubs = ("a stub",)
        world.restore(taken)

        assert trace(world) == before
        assert (world.ids.uuid(), world.request_id()) == drawn


def test_a_snapshot_inside_a_transaction_holds_what_was_written_so_far(world: World) -> None:
    """Later writes of the same transaction do not reach it."""
    with world.transaction():
        world[BOOKS].put(book("o"))
        world[BOOKS].put(book("p"))
        taken = world.snapshot()
        fork = World("fork", world.snapshot())
        world[BOOKS].put(book("q"))
        world[BOOKS].delete("d")
    outside = ids(world[BOOKS])

    world.restore(taken)

    assert outside == ["e", "o", "p", "q"]
    assert ids(world[BOOKS]) == ids(fork[BOOKS]) == ["d", "e", "o", "p"]


def test_restoring_inside_a_transaction_that_fails_is_undone_too(world: World) -> None:
    """The world is as it was before the transaction, not as the snapshot has it."""
    empty = library().snapshot()

    def act() -> None:
        world[BOOKS].put(book("o"))
        world.restore(empty)
        world[BOOKS].put(book("p"))

    fail(world, act)

    assert ids(world[BOOKS]) == ["d", "e"]
    assert ids(World("x", library().snapshot())[BOOKS]) == []


def test_reset_goes_back_to_where_the_world_began(world: World) -> None:
    """To the seed data, the running clock and the first id."""
    change(world)
    world.tallies = {"rule": 1}

    world.reset()

    assert ids(world[BOOKS]) == ["d", "e"]
    assert list(world[AUTHORS]) == []
    assert world.clock.frozen_at is None
    assert world.ids.uuid() == library(seed=7).ids.uuid()
    assert world.tallies == {}


def test_forks_are_isolated(world: World) -> None:
    """Neither sees what the other does, whoever writes first; both go on from the same ids."""
    world[BOOKS].put(book("o", isbn=world.ids.uuid()))
    fork = World("fork", world.snapshot())
    other = World("other", fork.snapshot())

    change(world)
    fork[BOOKS].delete("e")

    assert ids(fork[BOOKS]) == ["d", "o"]
    assert ids(other[BOOKS]) == ["d", "e", "o"]
    assert ids(world[BOOKS]) == ["e", "o", "n"]
    assert other.ids.uuid() == fork.ids.uuid()
    assert (fork.name, fork.seed) == ("fork", 7)


def test_a_fork_resets_to_where_it_was_forked(world: World) -> None:
    """Not to where its parent began."""
    world[BOOKS].put(book("o"))
    fork = World("fork", world.snapshot())
    change(fork)

    fork.reset()
    world.reset()

    assert ids(fork[BOOKS]) == ["d", "e", "o"]
    assert ids(world[BOOKS]) == ["d", "e"]


@pytest.mark.parametrize(
    "act",
    [
        lambda world: World("fork", world.snapshot()),
        World.snapshot,
        World.reset,
        lambda world: world.transaction().__enter__(),
    ],
)
def test_forking_and_the_like_cost_the_same_for_ten_records_and_many(act: Callable[[World], Any]) -> None:
    """What is shared is not copied, however much it is."""
    small, large = library(*map(book, map(str, range(10)))), library(*map(book, map(str, range(20_000))))

    def effort(world: World) -> tuple[int, int]:
        """How much memory it takes at most, and how many functions it calls."""
        calls: list[str] = []
        tracemalloc.start()
        try:
            act(world)
            taken = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        sys.setprofile(lambda _, event, __: calls.append(event))
        try:
            act(world)
        finally:
            sys.setprofile(None)
        return taken, len(calls)

    few, many = effort(small), effort(large)

    assert many[0] < few[0] + 10_000
    assert many[1] < few[1] + 100


def test_a_transaction_keeps_other_threads_out(world: World) -> None:
    """A world has one lock, which a transaction holds and another thread waits for."""
    order = []

    def other() -> None:
        with world.transaction():
            order.append("other")

    with world.transaction():
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(0.05)
        order.append("first")
    thread.join()

    assert order == ["first", "other"]


@pytest.mark.parametrize(
    ("timespec", "written"), [("seconds", "2026-04-22T10:00:00Z"), ("milliseconds", "2026-04-22T10:00:00.999Z")]
)
def test_a_timestamp_is_cut_and_not_rounded(world: World, timespec: str, written: str) -> None:
    """The world's own time, in UTC."""
    world.clock = world.clock.freeze(datetime(2026, 4, 22, 10, 0, 0, 999_999, tzinfo=UTC))

    assert world.timestamp(timespec) == written
