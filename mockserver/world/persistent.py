"""Two persistent containers: a map and a sorted list whose copies are free.

Both are shallow trees of small pieces. A write copies the pieces on the way to the one it touches, so an old version
stays valid beside the new one and a fork costs nothing, for ten items or a million. Writes that name the same `edit`
(any object; a transaction's) copy a piece once and then change that copy in place.
HAMT packages were measured first: they load a million items several times slower, and the fastest has no wheels for
newer Pythons.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator
from itertools import accumulate, chain
from operator import itemgetter
from typing import Any, Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")

NARROWEST = 8
PIECE = 1024

last_of = itemgetter(-1)


class PersistentMap(Generic[K, V]):
    """Keys to values; `set` and `remove` answer a new map and leave this one as it is, unless it is `edit`'s own.

    Three levels by hash: a list of lists of dicts, each about as wide as the cube root of the number of items.
    """

    __slots__ = ("_count", "_edit", "_low", "_mask", "_own", "_shift", "_tree")

    def __init__(self, items: Iterable[tuple[K, V]] = ()) -> None:
        self._edit: object | None = None
        self._own: set[int] = set()
        self._plant(dict(items))

    def _plant(self, whole: dict[K, V]) -> None:
        width = NARROWEST
        while width**3 < len(whole):
            width *= 2
        leaves: list[dict[K, V]] = [{} for _ in range(width * width)]
        mask = width * width - 1
        for key, value in whole.items():
            leaves[hash(key) & mask][key] = value
        self._count = len(whole)
        self._mask = mask
        self._shift = width.bit_length() - 1
        self._low = width - 1
        self._tree = [leaves[start : start + width] for start in range(0, width * width, width)]

    def __len__(self) -> int:
        return self._count

    def get(self, key: K) -> V | None:
        at = hash(key) & self._mask
        return self._tree[at >> self._shift][at & self._low].get(key)

    def __contains__(self, key: K) -> bool:
        at = hash(key) & self._mask
        return key in self._tree[at >> self._shift][at & self._low]

    def items(self) -> Iterator[tuple[K, V]]:
        """All pairs, in no order that means anything."""
        return chain.from_iterable(leaf.items() for branch in self._tree for leaf in branch)

    def set(self, key: K, value: V, edit: object | None = None) -> PersistentMap[K, V]:
        made, leaf = self._editable(edit, key)
        made._count += key not in leaf
        leaf[key] = value
        if made._count > 64 * (made._mask + 1):
            made._plant(dict(made.items()))
            made._own = set()
        return made

    def remove(self, key: K, edit: object | None = None) -> PersistentMap[K, V]:
        made, leaf = self._editable(edit, key)
        del leaf[key]
        made._count -= 1
        return made

    def _editable(self, edit: object | None, key: K) -> tuple[PersistentMap[K, V], dict[K, V]]:
        """The map to change, this one if it is the edit's own, and the key's leaf, free to be changed in place."""
        made = self if edit is not None and self._edit is edit else self._copy(edit)
        at = hash(key) & made._mask
        upper, lower = at >> made._shift, at & made._low
        if ~upper not in made._own:
            made._tree[upper] = made._tree[upper].copy()
            made._own.add(~upper)
        branch = made._tree[upper]
        if at not in made._own:
            branch[lower] = branch[lower].copy()
            made._own.add(at)
        return made, branch[lower]

    def _copy(self, edit: object | None) -> PersistentMap[K, V]:
        made: PersistentMap[K, V] = PersistentMap.__new__(PersistentMap)
        made._tree = self._tree.copy()
        made._count, made._mask, made._shift, made._low = self._count, self._mask, self._shift, self._low
        made._edit = edit
        made._own = set()
        return made


class PersistentSortedList:
    """Distinct comparable items in order; `add` and `remove` answer a new list, or this one if it is `edit`'s own."""

    __slots__ = ("_count", "_edit", "_ends", "_own", "_pieces")

    def __init__(self, items: Iterable[Any] = ()) -> None:
        whole = sorted(items)
        self._count = len(whole)
        self._pieces = [whole[start : start + PIECE] for start in range(0, len(whole), PIECE)]
        self._ends: list[int] | None = None
        self._edit: object | None = None
        self._own: list[bool] = [False] * len(self._pieces)

    def __len__(self) -> int:
        return self._count

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
        at = min(bisect_left(self._pieces, item, key=last_of), len(self._pieces) - 1)
        made, piece = self._editable(edit, at)
        insort(piece, item)
        if len(piece) > 2 * PIECE:
            made._replace(at, [piece[:PIECE], piece[PIECE:]])
        made._count += 1
        return made

    def remove(self, item: Any, edit: object | None = None) -> PersistentSortedList:
        at = bisect_left(self._pieces, item, key=last_of)
        made, piece = self._editable(edit, at)
        del piece[bisect_left(piece, item)]
        if not piece:
            made._replace(at, [])
        made._count -= 1
        return made

    def _replace(self, at: int, parts: list[list[Any]]) -> None:
        self._pieces[at : at + 1] = parts
        self._own[at : at + 1] = [True] * len(parts)

    def _editable(self, edit: object | None, at: int) -> tuple[PersistentSortedList, list[Any]]:
        """The list to change, this one if it is the edit's own, and its piece `at`, free to be changed in place."""
        made = self
        if edit is None or self._edit is not edit:
            made = PersistentSortedList.__new__(PersistentSortedList)
            made._pieces = self._pieces.copy()
            made._count = self._count
            made._edit = edit
            made._own = [False] * len(made._pieces)
        made._ends = None
        if not made._own[at]:
            made._pieces[at] = made._pieces[at].copy()
            made._own[at] = True
        return made, made._pieces[at]

    def slice(self, offset: int, limit: int | None) -> list[Any]:
        """Up to `limit` items from position `offset`."""
        if offset >= self._count:
            return []
        at = 0
        if offset >= len(self._pieces[0]):
            if self._ends is None:
                self._ends = list(accumulate(map(len, self._pieces)))
            at = bisect_right(self._ends, offset)
            offset -= self._ends[at - 1]
        return self._take(at, offset, limit)

    def after(self, item: Any, limit: int | None) -> list[Any]:
        """Up to `limit` items that sort strictly behind `item`, which need not be in the list."""
        at = bisect_right(self._pieces, item, key=last_of)
        if at == len(self._pieces):
            return []
        return self._take(at, bisect_right(self._pieces[at], item), limit)

    def _take(self, at: int, start: int, limit: int | None) -> list[Any]:
        limit = self._count if limit is None else limit
        taken = self._pieces[at][start : start + limit]
        while len(taken) < limit and at + 1 < len(self._pieces):
            at += 1
            taken += self._pieces[at][: limit - len(taken)]
        return taken
