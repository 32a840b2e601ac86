"""Two persistent containers: a map and a sorted list whose copies are free.

Both hold their items in about √n pieces; a write copies the one piece it touches and the list of pieces,
so an old version stays valid beside the new one and a fork costs nothing, for ten items or a million.
HAMT packages were measured first: they load a million items five to ten times slower and buy nothing here.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator
from itertools import accumulate, chain
from typing import Any, Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")

SMALLEST = 32
PIECE = 512


class PersistentMap(Generic[K, V]):
    """Keys to values; `set` and `remove` answer a new map and leave this one as it is."""

    __slots__ = ("_count", "_pieces")

    def __init__(self, items: Iterable[tuple[K, V]] = ()) -> None:
        whole = dict(items)
        self._count = len(whole)
        self._pieces = _scatter(whole, SMALLEST)

    @classmethod
    def _made_of(cls, pieces: list[dict[K, V]], count: int) -> PersistentMap[K, V]:
        made = cls.__new__(cls)
        made._pieces = pieces
        made._count = count
        return made

    def __len__(self) -> int:
        return self._count

    def get(self, key: K) -> V | None:
        return self._pieces[hash(key) & (len(self._pieces) - 1)].get(key)

    def __contains__(self, key: K) -> bool:
        return key in self._pieces[hash(key) & (len(self._pieces) - 1)]

    def items(self) -> Iterator[tuple[K, V]]:
        """All pairs, in no order that means anything."""
        return chain.from_iterable(piece.items() for piece in self._pieces)

    def set(self, key: K, value: V) -> PersistentMap[K, V]:
        at = hash(key) & (len(self._pieces) - 1)
        piece = self._pieces[at].copy()
        count = self._count + (key not in piece)
        piece[key] = value
        pieces = self._pieces.copy()
        pieces[at] = piece
        if count > 16 * len(pieces) ** 2:
            pieces = _scatter(dict(chain.from_iterable(p.items() for p in pieces)), 4 * len(pieces))
        return self._made_of(pieces, count)

    def remove(self, key: K) -> PersistentMap[K, V]:
        at = hash(key) & (len(self._pieces) - 1)
        piece = self._pieces[at].copy()
        del piece[key]
        pieces = self._pieces.copy()
        pieces[at] = piece
        return self._made_of(pieces, self._count - 1)


def _scatter(whole: dict[K, V], smallest: int) -> list[dict[K, V]]:
    number = smallest
    while number * number < len(whole):
        number *= 2
    pieces: list[dict[K, V]] = [{} for _ in range(number)]
    mask = number - 1
    for key, value in whole.items():
        pieces[hash(key) & mask][key] = value
    return pieces


class PersistentSortedList:
    """Distinct comparable items in order; `add` and `remove` answer a new list and leave this one as it is."""

    __slots__ = ("_count", "_ends", "_last", "_pieces")

    def __init__(self, items: Iterable[Any] = ()) -> None:
        whole = sorted(items)
        self._ends: list[int] | None = None
        self._count = len(whole)
        self._pieces = [whole[start : start + PIECE] for start in range(0, len(whole), PIECE)]
        self._last = [piece[-1] for piece in self._pieces]

    @classmethod
    def _made_of(cls, pieces: list[list[Any]], last: list[Any], count: int) -> PersistentSortedList:
        made = cls.__new__(cls)
        made._pieces = pieces
        made._last = last
        made._count = count
        made._ends = None
        return made

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Any]:
        return chain.from_iterable(self._pieces)

    def __contains__(self, item: Any) -> bool:
        at = bisect_left(self._last, item)
        if at == len(self._pieces):
            return False
        piece = self._pieces[at]
        return bool(piece[bisect_left(piece, item)] == item)

    def add(self, item: Any) -> PersistentSortedList:
        if not self._pieces:
            return self._made_of([[item]], [item], 1)
        at = min(bisect_left(self._last, item), len(self._pieces) - 1)
        piece = self._pieces[at].copy()
        insort(piece, item)
        half = len(piece) // 2
        parts = [piece] if len(piece) <= 2 * PIECE else [piece[:half], piece[half:]]
        return self._with(at, parts, self._count + 1)

    def remove(self, item: Any) -> PersistentSortedList:
        at = bisect_left(self._last, item)
        piece = self._pieces[at].copy()
        del piece[bisect_left(piece, item)]
        return self._with(at, [piece] if piece else [], self._count - 1)

    def _with(self, at: int, parts: list[list[Any]], count: int) -> PersistentSortedList:
        pieces = self._pieces.copy()
        last = self._last.copy()
        pieces[at : at + 1] = parts
        last[at : at + 1] = [part[-1] for part in parts]
        return self._made_of(pieces, last, count)

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
        at = bisect_right(self._last, item)
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
