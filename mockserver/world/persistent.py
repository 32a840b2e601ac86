"""Two persistent containers, a map and a sorted list: copies cost nothing, and a write changes no other version.

Both are shallow trees of small pieces. A write copies the pieces on the path to the one that it changes, so a fork
costs the same for ten items and for a million. Writes with the same `edit` (any object; that of a transaction) copy a
piece once and then change the copy in place.
HAMT packages were measured first: they load a million items several times slower, and the fastest has no wheels for
newer Pythons.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator
from itertools import accumulate, chain
from math import isqrt
from operator import itemgetter
from typing import Any, Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")

FEW = 32
"""Items of a map up to which it is one dict: to copy that costs less than the pieces of a tree."""

NARROWEST = 8
"""Branches of the smallest map; always a power of two, so that a mask and a shift find the piece of a hash."""

CROWDED = 64
"""Items per leaf at which a map is built anew with more leaves."""

POINTER, ITEM, LEAF = 8, 32, 512
"""Approximate bytes of a reference, of an item of a dict, and of a dict with an item that is new."""

PIECE = 64
"""Items per piece of a short sorted list; a long one has about as many in each as it has pieces.

A write copies one piece, and a pointer to each of the others, which together is least where both are as many.
"""

last_of = itemgetter(-1)


class PersistentMap(Generic[K, V]):
    """Keys to values; `set` and `remove` return a new map and leave this one unchanged, unless it belongs to `edit`.

    Three levels by hash: a list of lists of dicts, each about as wide as the cube root of the number of items, so that
    a write copies three short containers instead of a long one. A map that has never had many items is one dict.
    """

    __slots__ = ("_count", "_edit", "_few", "_low", "_mask", "_own", "_shift", "_tree")

    def __init__(self, items: Iterable[tuple[K, V]] = ()) -> None:
        self._edit: object | None = None
        whole = dict(items)
        self._count = len(whole)
        self._few: dict[K, V] | None = whole
        if len(whole) > FEW:
            self._plant(whole)

    def _plant(self, whole: dict[K, V]) -> None:
        width = NARROWEST
        # three levels of n^(1/3): fewer would copy more for each write, and more would take longer to look up
        while width**3 < len(whole):
            width *= 2
        leaves: list[dict[K, V]] = [{} for _ in range(width * width)]
        mask = width * width - 1
        for key, value in whole.items():
            # low bits are enough: the hash of text is random in all of them, and that of a small integer is the integer
            leaves[hash(key) & mask][key] = value
        self._own: set[int] = set()
        self._mask = mask
        self._shift = width.bit_length() - 1
        self._low = width - 1
        self._tree = [leaves[start : start + width] for start in range(0, width * width, width)]
        self._few = None  # last: until then, whoever reads it in another thread goes on with what it was

    def __len__(self) -> int:
        return self._count

    @property
    def edit(self) -> object | None:
        """The edit that made this version."""
        return self._edit

    def get(self, key: K) -> V | None:
        few = self._few
        if few is not None:
            return few.get(key)
        at = hash(key) & self._mask
        return self._tree[at >> self._shift][at & self._low].get(key)

    def values(self, keys: Iterable[K]) -> list[V | None]:
        """What `get` gives for each of the keys, in half the time."""
        if self._few is not None:
            return [*map(self._few.get, keys)]
        tree, mask, shift, low = self._tree, self._mask, self._shift, self._low
        return [tree[(at := hash(key) & mask) >> shift][at & low].get(key) for key in keys]

    def __contains__(self, key: K) -> bool:
        if self._few is not None:
            return key in self._few
        at = hash(key) & self._mask
        return key in self._tree[at >> self._shift][at & self._low]

    def items(self) -> Iterator[tuple[K, V]]:
        """All pairs, in arbitrary order."""
        if self._few is not None:
            return iter(self._few.items())
        return chain.from_iterable(leaf.items() for branch in self._tree for leaf in branch)

    def differences(self, other: PersistentMap[K, V]) -> Iterator[tuple[K, V | None, V | None]]:
        """Keys under which the two have not the same object, with what each has, None for nothing.

        Pieces that both share are passed over, so this costs as much as was written since one became the other; only
        if one has more leaves than the other, every item is looked at.
        """
        few, fewer = self._few, other._few
        if few is not None or fewer is not None or self._mask != other._mask:
            yield from _apart(
                dict(self.items()) if few is None else few, dict(other.items()) if fewer is None else fewer
            )
            return
        for mine, theirs in zip(self._tree, other._tree, strict=True):
            # what no write has touched is one object in both versions
            if mine is not theirs:
                for one, another in zip(mine, theirs, strict=True):
                    if one is not another:
                        yield from _apart(one, another)

    def weight(self, edit: object | None, value: int = 0) -> int:
        """Approximate bytes that the edit has copied to make this version, 0 if another has made it.

        value: bytes of a value in it.
        """
        if self._edit is not edit:
            return 0
        if self._few is not None:
            return LEAF + ITEM * self._count + value
        pieces = (len(self._own) + 1) // 2  # half of them leaves, half of them branches, or nearly
        leaf = LEAF + ITEM * self._count // (self._mask + 1) + value
        return POINTER * (self._low + 1) * (1 + pieces) + leaf * pieces

    def set(self, key: K, value: V, edit: object | None = None) -> PersistentMap[K, V]:
        made, leaf = self._editable(edit, key)
        if key not in leaf:
            made._count += 1
            # it never shrinks again: empty leaves cost little, and building anew costs every item
            if made._count > (FEW if made._few is not None else CROWDED * (made._mask + 1)):
                made._plant({**dict(made.items()), key: value})
                return made
        leaf[key] = value
        return made

    def remove(self, key: K, edit: object | None = None) -> PersistentMap[K, V]:
        made, leaf = self._editable(edit, key)
        del leaf[key]
        made._count -= 1
        return made

    def _editable(self, edit: object | None, key: K) -> tuple[PersistentMap[K, V], dict[K, V]]:
        """The map to change, this one if it belongs to the edit, and the key's leaf, which may be changed in place.

        `_own` has the pieces that this edit has copied: leaves by their number, branches by the complement of theirs,
        which is negative. One set for both is one object less to make for every write.
        """
        if edit is None or self._edit is not edit:
            return self._copy(edit, key)
        if self._few is not None:
            return self, self._few
        at = hash(key) & self._mask
        upper, lower = at >> self._shift, at & self._low
        # a piece that the edit has copied once is nobody else's, and is changed in place
        if ~upper not in self._own:
            self._tree[upper] = self._tree[upper].copy()
            self._own.add(~upper)
        branch = self._tree[upper]
        if at not in self._own:
            branch[lower] = branch[lower].copy()
            self._own.add(at)
        return self, branch[lower]

    def _copy(self, edit: object | None, key: K) -> tuple[PersistentMap[K, V], dict[K, V]]:
        """A map for the edit in which the pieces on the path to the key are its own, and the key's leaf."""
        made: PersistentMap[K, V] = PersistentMap.__new__(PersistentMap)
        made._edit, made._count = edit, self._count
        if self._few is not None:
            made._few = leaf = self._few.copy()
            return made, leaf
        made._few, made._mask, made._shift, made._low = None, self._mask, self._shift, self._low
        at = hash(key) & made._mask
        upper, lower = at >> made._shift, at & made._low
        # the copied list of branches is its own as well, of which nothing need be noted
        made._own = {~upper, at}
        made._tree = self._tree.copy()
        branch = made._tree[upper] = made._tree[upper].copy()
        leaf = branch[lower] = branch[lower].copy()
        return made, leaf


def _apart(mine: dict[K, V], theirs: dict[K, V]) -> Iterator[tuple[K, V | None, V | None]]:
    for key, value in mine.items():
        other = theirs.get(key)
        if other is not value:
            yield key, value, other
    for key, value in theirs.items():
        if key not in mine:
            yield key, None, value


class PersistentSortedList:
    """Distinct comparable items in order; `add` and `remove` return a new list, or this one if it belongs to `edit`.

    `count` is how many there are.
    """

    __slots__ = ("_edit", "_ends", "_own", "_pieces", "count")

    def __init__(self, items: Iterable[Any] = ()) -> None:
        whole = sorted(items)
        self.count = len(whole)
        size = max(PIECE, isqrt(len(whole)))
        self._pieces = [whole[start : start + size] for start in range(0, len(whole), size)]
        self._ends: list[int] | None = None  # where each piece ends; computed when an offset asks for it
        self._edit: object | None = None
        self._own: set[int] = set()

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[Any]:
        return chain.from_iterable(self._pieces)

    def __contains__(self, item: Any) -> bool:
        at = bisect_left(self._pieces, item, key=last_of)
        if at == len(self._pieces):
            return False
        piece = self._pieces[at]
        return bool(piece[bisect_left(piece, item)] == item)

    def add(self, item: Any, edit: object | None = None) -> PersistentSortedList:
        if not self._pieces:
            return PersistentSortedList([item])
        # what sorts after everything goes into the last piece
        at = min(bisect_left(self._pieces, item, key=last_of), len(self._pieces) - 1)
        made, piece = self._editable(edit, at)
        insort(piece, item)
        if len(piece) > 2 * max(PIECE, len(made._pieces)):  # each half is then far from being split again
            half = len(piece) // 2
            made._replace(at, [piece[:half], piece[half:]])
        made.count += 1
        return made

    def remove(self, item: Any, edit: object | None = None) -> PersistentSortedList:
        at = bisect_left(self._pieces, item, key=last_of)
        made, piece = self._editable(edit, at)
        del piece[bisect_left(piece, item)]
        if not piece:  # an empty piece has no last item, which the search compares
            made._replace(at, [])
        made.count -= 1
        return made

    def _replace(self, at: int, parts: list[list[Any]]) -> None:
        self._pieces[at : at + 1] = parts
        more = len(parts) - 1
        # pieces behind the place have other numbers now
        others = {each if each < at else each + more for each in self._own if each != at}
        self._own = others.union(range(at, at + len(parts)))

    def _editable(self, edit: object | None, at: int) -> tuple[PersistentSortedList, list[Any]]:
        """The list to change, this one if it belongs to the edit, and its piece `at`, which may be changed in place."""
        made = self
        if edit is None or self._edit is not edit:
            made = PersistentSortedList.__new__(PersistentSortedList)
            made._pieces = self._pieces.copy()
            made.count = self.count
            made._edit = edit
            made._own = set()
        # each write moves the ends of all pieces behind it
        made._ends = None
        if at not in made._own:
            made._pieces[at] = made._pieces[at].copy()
            made._own.add(at)
        return made, made._pieces[at]

    def slice(self, offset: int, limit: int | None) -> list[Any]:
        """Up to `limit` items from position `offset`."""
        if offset >= self.count:
            return []
        at = 0
        if offset >= len(self._pieces[0]):  # the first pages, which are asked for most, need no sums
            if self._ends is None:
                self._ends = list(accumulate(map(len, self._pieces)))
            at = bisect_right(self._ends, offset)
            offset -= self._ends[at - 1]
        return self._take(at, offset, limit)

    def after(self, item: Any, limit: int | None) -> list[Any]:
        """Up to `limit` items that sort after `item`, which need not be in the list."""
        at = bisect_right(self._pieces, item, key=last_of)
        if at == len(self._pieces):
            return []
        return self._take(at, bisect_right(self._pieces[at], item), limit)

    def _take(self, at: int, start: int, limit: int | None) -> list[Any]:
        limit = self.count if limit is None else limit
        taken = self._pieces[at][start : start + limit]
        # a page may begin in one piece and end in another
        while len(taken) < limit and at + 1 < len(self._pieces):
            at += 1
            taken += self._pieces[at][: limit - len(taken)]
        return taken


def sorted_weight(count: int) -> int:
    """Approximate bytes that a write copies of a sorted list of so many items."""
    return LEAF + POINTER * (count if count < PIECE else 3 * max(PIECE, isqrt(count)))
