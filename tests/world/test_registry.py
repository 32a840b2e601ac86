"""The worlds of a server by name: made when first named, forgotten when idle and too many; and named snapshots."""

from __future__ import annotations

import gc
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest

from mockserver.errors import WorldError
from mockserver.limits import WORLDS
from mockserver.world import DEFAULT, World, registry
from mockserver.world.registry import SNAPSHOTS, Worlds
from tests.patience import PATIENCE
from tests.world.library import BOOKS, book, ids, library

NOON = datetime(2026, 4, 22, 12, tzinfo=UTC)


@dataclass
class Note:
    size: int = 10
    number: int = 0


@pytest.fixture
def worlds() -> Worlds:
    """Room for three worlds beside the default one, which has two books."""
    return Worlds(library(book("d"), book("e"), seed=7), limit=3)


@pytest.fixture
def often() -> Iterator[None]:
    """Threads take turns as often as can be, so that what can go wrong between two steps does."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def names(worlds: Worlds) -> list[str]:
    return [world.name for world in worlds if world is not worlds.default]


def refused(act: Callable[..., Any], *arguments: Any) -> str:
    """The kind of the error."""
    with pytest.raises(WorldError) as caught:
        act(*arguments)
    return caught.value.kind


def test_a_world_that_is_named_first_begins_as_the_seed(worlds: Worlds) -> None:
    """Whatever has happened in the default world meanwhile."""
    worlds.default[BOOKS].put(book("n"))
    worlds.default.ids.uuid()

    made = worlds.get("t1")

    assert ids(made[BOOKS]) == ["d", "e"]
    assert (made.name, made.seed, made.ids.count, made.journal.added) == ("t1", 7, 0, 0)
    assert (worlds.get("t1"), worlds.find("t1")) == (made, made)


def test_the_default_world_has_a_name_too(worlds: Worlds) -> None:
    """It is there from the start and does not count as one of the others."""
    assert worlds.get(DEFAULT) is worlds.find(DEFAULT) is worlds.default
    assert (list(worlds), len(worlds)) == ([worlds.default], 1)


@pytest.mark.parametrize("name", ["a", "0", "T-1_x.y", "a" * 64, "9.", "default2"])
def test_a_name_has_letters_digits_dots_dashes_and_underscores(worlds: Worlds, name: str) -> None:
    """Up to 64 of them, of a world and of a snapshot alike."""
    assert worlds.get(name).name == name
    assert worlds.take(name, worlds.default).name == name


@pytest.mark.parametrize("name", ["", ".", "..", "-a", "_a", "a b", "a/b", "é", "a" * 65, "a\n", "\x00", "%41", "a:b"])
def test_anything_else_cannot_name_a_world_or_a_snapshot(worlds: Worlds, name: str) -> None:
    """And nothing is made or thrown out for its sake."""
    worlds.limit = 1
    worlds.get("t1")

    assert [refused(act, name) for act in (worlds.get, worlds.enter, worlds.create)] == ["invalid"] * 3
    assert refused(worlds.take, name, worlds.default) == "invalid"
    assert (names(worlds), worlds.snapshots()) == (["t1"], [])


def test_an_error_repeats_no_more_of_a_name_than_is_readable(worlds: Worlds) -> None:
    """A name of a megabyte does not come back as one."""
    with pytest.raises(WorldError, match="expected 1 to 64 letters") as caught:
        worlds.get("x" * 2**20)

    assert len(str(caught.value)) < 250


def test_a_world_can_begin_as_a_snapshot_says(worlds: Worlds) -> None:
    """And resets to that."""
    other = worlds.get("t1")
    other[BOOKS].put(book("n"))
    made = worlds.create("t2", other.snapshot())
    made[BOOKS].delete("d")
    seen = ids(made[BOOKS])
    made.reset()

    assert (seen, ids(made[BOOKS])) == (["e", "n"], ["d", "e", "n"])


def test_what_exists_cannot_be_created_and_what_does_not_cannot_be_found(worlds: Worlds) -> None:
    """The default world exists always."""
    worlds.create("t1")

    assert [refused(worlds.create, name) for name in ("t1", DEFAULT)] == ["taken", "taken"]
    assert [refused(act, "t2") for act in (worlds.find, worlds.delete)] == ["unknown", "unknown"]
    assert (refused(worlds.delete, DEFAULT), names(worlds)) == ("conflict", ["t1"])


def test_a_deleted_world_is_forgotten(worlds: Worlds) -> None:
    """Its name then stands for a new one, and what a request still under way journals is not kept."""
    gone = worlds.get("t1")
    gone[BOOKS].put(book("n"))
    gone.journal.add(Note())

    worlds.delete("t1")
    gone.journal.add(Note())

    assert (names(worlds), len(gone.journal), worlds.budget.spent) == ([], 0, 0)
    assert ids(worlds.get("t1")[BOOKS]) == ["d", "e"]


def test_the_world_longest_unused_goes_when_there_are_too_many(worlds: Worlds) -> None:
    """Naming a world is using it; finding or listing it is not."""
    for name in ("t1", "t2", "t3", "t1"):
        worlds.get(name)
    worlds.find("t2")

    worlds.get("t4")
    worlds.create("t5")

    assert names(worlds) == ["t1", "t4", "t5"]
    assert len(worlds) == 4


def test_who_went_is_told_and_remembered(worlds: Worlds) -> None:
    """When, and how many requests it had answered; whoever looks for it hears what became of it."""
    for name in ("t1", "t2", "t3"):
        worlds.get(name).journal.add(Note())
    before = datetime.now(UTC)
    worlds.get("t4")
    (eviction,) = worlds.evictions

    assert (eviction.world, eviction.requests) == ("t1", 1)
    assert before <= eviction.at <= datetime.now(UTC)
    with pytest.raises(WorldError, match=r"no world is called 't1': it was evicted at \d"):
        worlds.find("t1")
    with pytest.raises(WorldError, match=r"no world is called 't9'\. Create it"):
        worlds.find("t9")


def test_only_so_many_evictions_are_remembered(worlds: Worlds) -> None:
    """The latest."""
    for number in range(registry.EVICTIONS + 10):
        worlds.get(f"t{number}")

    assert len(worlds.evictions) == registry.EVICTIONS
    assert worlds.evictions[-1].world == f"t{registry.EVICTIONS + 6}"


def test_an_evicted_world_leaves_nothing_behind(worlds: Worlds) -> None:
    """Neither itself nor its journal nor what the journal took of the budget."""
    for number in range(20):
        worlds.get(f"t{number}").journal.add(Note())
    gone = weakref.ref(worlds.find("t17"))
    for number in range(20, 23):
        worlds.get(f"t{number}").journal.add(Note())
    gc.collect()

    assert gone() is None
    assert worlds.budget.spent == 30


@pytest.mark.parametrize("way", ["delete", "evict"])
def test_a_forgotten_world_is_gone_at_once(worlds: Worlds, way: str) -> None:
    """It is in no circle of references, so no memory waits for the garbage collector."""
    gc.disable()
    try:
        world = worlds.get("t1")
        with world.transaction():
            world[BOOKS].put(book("n"))
        World("t2", world.snapshot())
        gone = weakref.ref(world)
        del world
        for name in ("t1",) if way == "delete" else ():
            worlds.delete(name)
        for name in ("a", "b", "c") if way == "evict" else ():
            worlds.get(name)

        assert gone() is None
    finally:
        gc.enable()


def test_a_busy_world_is_never_evicted(worlds: Worlds) -> None:
    """The longest unused of the idle ones goes instead."""
    first = worlds.enter("t1")
    for name in ("t2", "t3", "t4"):
        worlds.get(name)
    while_busy = names(worlds)
    worlds.leave(first)
    worlds.get("t5")

    assert while_busy == ["t1", "t3", "t4"]
    assert names(worlds) == ["t3", "t4", "t5"]


def test_when_all_worlds_are_busy_there_is_no_room_for_another(worlds: Worlds) -> None:
    """A world is busy until the last who entered it has left."""
    entered = [worlds.enter(name) for name in ("t1", "t2", "t3", "t1")]
    full = [refused(act, "t4") for act in (worlds.get, worlds.create, worlds.enter)]
    worlds.leave(entered[0])
    still = refused(worlds.get, "t4")
    worlds.leave(entered[3])

    assert (full, still) == (["full"] * 3, "full")
    assert (worlds.get("t4").name, names(worlds)) == ("t4", ["t2", "t3", "t4"])


def test_there_may_be_no_room_for_any_world_but_the_default_one() -> None:
    """A limit of none."""
    worlds = Worlds(library(), limit=0)

    assert refused(worlds.get, "t1") == "full"
    assert worlds.enter(DEFAULT) is worlds.default


def test_all_journals_draw_on_one_budget(worlds: Worlds) -> None:
    """Those of named worlds and that of the default one; with no entries to keep, none of them keeps any."""
    worlds.budget.limit = 25
    for world in (worlds.default, worlds.get("t1"), worlds.get("t2")):
        world.journal.add(Note())
    silent = Worlds(library(), entries=0)
    for world in (silent.default, silent.get("t1")):
        world.journal.add(Note())

    assert [len(world.journal) for world in worlds] == [0, 1, 1]
    assert [(len(world.journal), world.journal.added) for world in silent] == [(0, 1), (0, 1)]


def test_the_limits_are_those_that_are_documented() -> None:
    """A thousand worlds beside the default one, and as many snapshots."""
    assert (Worlds(library()).limit, WORLDS, SNAPSHOTS) == (1000, 1000, 1000)


def test_a_snapshot_has_a_name_its_world_and_its_time(worlds: Worlds) -> None:
    """The time is that of the world."""
    world = worlds.get("t1")
    world.clock = world.clock.freeze(NOON)
    world[BOOKS].put(book("n"))

    taken = worlds.take("s1", world)
    world[BOOKS].delete("n")
    world.clock = world.clock.advance(timedelta(hours=1))

    assert (taken.name, taken.world, taken.taken_at) == ("s1", "t1", NOON)
    assert worlds.snapshots() == [taken]
    assert worlds.snapshot("s1") is taken
    assert ids(worlds.create("t2", taken.snapshot)[BOOKS]) == ["d", "e", "n"]


def test_a_snapshot_outlives_its_world(worlds: Worlds) -> None:
    """It needs nothing of it."""
    worlds.take("s1", worlds.get("t1"))
    worlds.delete("t1")

    assert worlds.snapshot("s1").world == "t1"


def test_a_snapshot_is_taken_once_and_forgotten_once(worlds: Worlds) -> None:
    """A second one of that name would hide the first."""
    worlds.take("s1", worlds.default)
    taken = refused(worlds.take, "s1", worlds.get("t1"))
    first = worlds.snapshot("s1").world
    worlds.forget("s1")

    assert (taken, first) == ("taken", worlds.default.name)
    assert [refused(act, "s1") for act in (worlds.snapshot, worlds.forget)] == ["unknown", "unknown"]
    assert worlds.snapshots() == []


def test_only_so_many_snapshots_are_kept(worlds: Worlds, monkeypatch: pytest.MonkeyPatch) -> None:
    """None is thrown out for another, since somebody named it."""
    monkeypatch.setattr(registry, "SNAPSHOTS", 2)
    for name in ("s1", "s2"):
        worlds.take(name, worlds.default)
    full = refused(worlds.take, "s3", worlds.default)
    worlds.forget("s1")
    worlds.take("s3", worlds.default)

    assert full == "full"
    assert [taken.name for taken in worlds.snapshots()] == ["s2", "s3"]


def test_a_world_that_is_held_up_holds_up_no_other(worlds: Worlds) -> None:
    """While a snapshot waits for a long transaction of its world, the other worlds are to be had."""
    entered, leave = threading.Event(), threading.Event()
    held, found = worlds.get("t1"), threading.Event()

    def hold() -> None:
        with held.transaction():
            entered.set()
            leave.wait(PATIENCE)

    def find() -> None:
        worlds.get("t2")
        found.set()

    threads = [threading.Thread(target=hold)]
    threads[0].start()
    entered.wait(PATIENCE)
    threads.append(threading.Thread(target=lambda: worlds.take("s1", held)))
    threads.append(threading.Thread(target=find))
    for thread in threads[1:]:
        thread.start()
    in_time = found.wait(PATIENCE / 2)
    leave.set()
    for thread in threads:
        thread.join(PATIENCE)

    assert in_time
    assert worlds.snapshot("s1").world == "t1"


@pytest.mark.usefixtures("often")
def test_threads_that_name_one_world_get_one_world(worlds: Worlds) -> None:
    """It is made once, and every one of them is counted in and out."""
    start = Barrier(8)

    def name(_: int) -> set[int]:
        start.wait()
        seen = set()
        for _ in range(500):
            world = worlds.enter("t1")
            seen.add(id(world))
            worlds.leave(world)
        return seen

    with ThreadPoolExecutor(8) as pool:
        seen = set().union(*pool.map(name, range(8)))

    assert seen == {id(worlds.find("t1"))}
    assert worlds.find("t1").busy == 0


@pytest.mark.usefixtures("often")
def test_threads_that_crowd_the_room_never_lose_a_world_they_are_in(worlds: Worlds) -> None:
    """Three worlds at most, two threads and twelve names: whoever is in a world finds it there as long as it stays."""
    start, lost = Barrier(2), list[str]()

    def crowd(thread: int) -> None:
        start.wait()
        for number in range(600):
            name = f"t{(number * 5 + thread) % 12}"
            world = worlds.enter(name)
            for other in ("a", "b"):
                worlds.get(f"{other}{number % 7}")
            if worlds.find(name) is not world:
                lost.append(name)
            worlds.leave(world)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(crowd, range(2)))

    assert lost == []
    assert len(names(worlds)) == 3
    assert all(not world.busy for world in worlds)
