"""Persistent containers, held against a dict and a sorted list: every version stays what it was."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from mockserver.world import persistent
from mockserver.world.persistent import NARROWEST, PIECE, PersistentMap, PersistentSortedList

KEYS = some.integers(0, 60) | some.text(max_size=2) | some.none() | some.tuples(some.integers(0, 3), some.text("ab"))
NUMBERS = some.integers(-60, 60)
EDITS = some.sampled_from(["none", "same", "new"])


class Clash:
    """Keys that all fall into one leaf."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __hash__(self) -> int:
        return 7

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Clash) and other.name == self.name


class Mapped(RuleBasedStateMachine):
    """Any sequence of writes, inside transactions and outside, with versions set aside on the way."""

    def __init__(self) -> None:
        super().__init__()
        self.map: PersistentMap[Any, Any] = PersistentMap()
        self.model: dict[Any, Any] = {}
        self.edit: object | None = None
        self.kept: list[tuple[PersistentMap[Any, Any], dict[Any, Any]]] = []

    def chosen(self, edit: str) -> object | None:
        """No transaction, the one under way, or a new one; the version before a new one must stay."""
        if edit != "same":
            self.kept.append((self.map, dict(self.model)))
            self.edit = object() if edit == "new" else None
        return self.edit

    @rule(key=KEYS, value=NUMBERS, edit=EDITS)
    def set(self, key: Any, value: int, edit: str) -> None:
        self.map = self.map.set(key, value, self.chosen(edit))
        self.model[key] = value

    @rule(data=some.data(), edit=EDITS)
    def remove(self, data: some.DataObject, edit: str) -> None:
        if self.model:
            key = data.draw(some.sampled_from(list(self.model)))
            self.map = self.map.remove(key, self.chosen(edit))
            del self.model[key]

    @invariant()
    def stands_as_the_model(self) -> None:
        for kept, model in [*self.kept, (self.map, self.model)]:
            assert dict(kept.items()) == model
            assert len(kept) == len(model)
            assert all(key in kept and kept.get(key) == value for key, value in model.items())


class Sorted(RuleBasedStateMachine):
    """The same for the sorted list, read from any position; its pieces are small, so that they split and empty."""

    def __init__(self) -> None:
        super().__init__()
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(persistent, "PIECE", 4)
        self.list = PersistentSortedList()
        self.model: list[int] = []
        self.edit: object | None = None
        self.kept: list[tuple[PersistentSortedList, list[int]]] = []

    def chosen(self, edit: str) -> object | None:
        if edit != "same":
            self.kept.append((self.list, list(self.model)))
            self.edit = object() if edit == "new" else None
        return self.edit

    def teardown(self) -> None:
        self.patch.undo()

    @rule(item=NUMBERS, edit=EDITS)
    def add(self, item: int, edit: str) -> None:
        if item not in self.model:
            self.list = self.list.add(item, self.chosen(edit))
            self.model = sorted([*self.model, item])

    @rule(data=some.data(), edit=EDITS)
    def remove(self, data: some.DataObject, edit: str) -> None:
        if self.model:
            item = data.draw(some.sampled_from(self.model))
            self.list = self.list.remove(item, self.chosen(edit))
            self.model = [each for each in self.model if each != item]

    @rule(offset=some.integers(0, 70), limit=some.none() | some.integers(0, 70))
    def slice(self, offset: int, limit: int | None) -> None:
        end = None if limit is None else offset + limit
        for kept, model in [*self.kept, (self.list, self.model)]:
            assert kept.slice(offset, limit) == model[offset:end]

    @rule(item=NUMBERS, limit=some.none() | some.integers(0, 70))
    def after(self, item: int, limit: int | None) -> None:
        for kept, model in [*self.kept, (self.list, self.model)]:
            at = bisect_right(model, item)
            assert kept.after(item, limit) == model[at : None if limit is None else at + limit]

    @invariant()
    def stands_as_the_model(self) -> None:
        for kept, model in [*self.kept, (self.list, self.model)]:
            assert list(kept) == model
            assert len(kept) == len(model)
            assert [each for each in range(-60, 61) if each in kept] == model


TestMapped = Mapped.TestCase


TestSorted = Sorted.TestCase


@given(some.dictionaries(KEYS, NUMBERS))
def test_a_map_holds_what_it_was_made_of(whole: dict[Any, int]) -> None:
    """Made of pairs, the map has them all and nothing else."""
    made = PersistentMap(whole.items())

    assert dict(made.items()) == whole
    assert len(made) == len(whole)
    assert made.get("no such key") is None
    assert "no such key" not in made


def test_of_a_key_given_twice_the_last_value_counts() -> None:
    """As in a dict."""
    assert dict(PersistentMap([("a", 1), ("a", 2)]).items()) == {"a": 2}


def test_keys_of_one_hash_are_kept_apart() -> None:
    """A leaf is a dict, so equal hashes are no equal keys."""
    made: PersistentMap[Clash, int] = PersistentMap((Clash(str(each)), each) for each in range(100))

    changed = made.remove(Clash("5")).set(Clash("6"), 66)

    assert [changed.get(Clash(str(each))) for each in (4, 5, 6)] == [4, None, 66]
    assert made.get(Clash("5")) == 5


@pytest.mark.parametrize("edit", [None, object()])
def test_a_map_grows_wider_as_it_fills(edit: object | None) -> None:
    """Past so many items a leaf the whole is planted anew, and the version before is as it was."""
    full = 64 * NARROWEST**2
    made: PersistentMap[int, int] = PersistentMap((each, each) for each in range(NARROWEST**3))
    for each in range(NARROWEST**3, full):
        made = made.set(each, each, edit)

    wider = made.set(full, full, edit).set(full + 1, full + 1, edit).remove(0, edit)

    assert len(wider) == full + 1
    assert sorted(key for key, _ in wider.items()) == list(range(1, full + 2))
    if edit is None:
        assert sorted(key for key, _ in made.items()) == list(range(full))


def test_removing_what_is_not_there_is_an_error() -> None:
    """As in a dict, and the map is as it was."""
    made = PersistentMap([("a", 1)])

    with pytest.raises(KeyError):
        made.remove("b", object())

    assert dict(made.items()) == {"a": 1}


@pytest.mark.parametrize("count", [0, 1, PIECE, PIECE + 1, 5 * PIECE])
def test_a_sorted_list_is_read_from_anywhere(count: int) -> None:
    """Slices and what lies behind an item, across pieces."""
    made = PersistentSortedList(reversed(range(count)))

    assert list(made) == list(range(count))
    for offset in (0, 1, PIECE - 1, PIECE, 3 * PIECE + 5, count, count + 1):
        for limit in (0, 1, PIECE + 1, None):
            end = None if limit is None else offset + limit
            assert made.slice(offset, limit) == list(range(count))[offset:end]
            assert made.after(offset - 1, limit) == list(range(count))[offset:end]


def test_a_piece_that_overflows_is_split() -> None:
    """Adding in order, far past one piece, keeps the order."""
    made = PersistentSortedList([0])
    edit = object()
    for each in range(1, 3 * PIECE):
        made = made.add(each, edit)

    assert list(made) == list(range(3 * PIECE))
    assert made.slice(2 * PIECE + 1, 2) == [2 * PIECE + 1, 2 * PIECE + 2]
