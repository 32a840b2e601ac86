"""The journal of a world: its latest requests, bounded in number and in bytes however long the server runs.

All journals of a server share one budget of bytes; when it is exceeded, the least recently used journals lose entries.
"""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from itertools import count
from threading import Lock
from typing import Any, Generic, Protocol, TypeVar

ENTRIES = 1_000
"""Entries that one journal keeps."""

JOURNAL_BYTES = 4 * 1024 * 1024
"""Bytes that the entries of one journal may take."""

BUDGET_BYTES = 32 * 1024 * 1024
"""Bytes that the entries of all journals together may take."""


EPOCHS = count(time.time_ns())
"""Numbers for times at which journals begin, none of which another process has used."""


class Entry(Protocol):
    """`size` is in bytes; `number` is assigned by the journal, from 1."""

    number: int

    @property
    def size(self) -> int: ...


E = TypeVar("E", bound=Entry)


class Budget:
    """The bytes that all journals share, and the lock under which they are changed."""

    def __init__(self, limit: int = BUDGET_BYTES) -> None:
        self.limit = limit
        self.spent = 0
        self.lock = Lock()
        self._journals: OrderedDict[int, Journal[Any]] = OrderedDict()
        self.latest: Journal[Any] | None = None

    def settle(self, journal: Journal[E]) -> None:
        """A journal has spent something; if that is too much, the least recently used ones lose entries."""
        if journal is not self.latest:  # moved to the end, where it stays as long as no other is used
            # by identity: two worlds of one name may follow each other
            self._journals[id(journal)] = self.latest = journal
            self._journals.move_to_end(id(journal))
        # the oldest entries of whichever world has waited longest go first
        while self.spent > self.limit and self._journals:
            oldest = next(iter(self._journals.values()))
            self.spent -= oldest.drop()
            self._forget_if_empty(oldest)

    def refund(self, journal: Journal[E], size: int) -> None:
        """Account for the removal of all entries of a journal."""
        self.spent -= size
        self._forget_if_empty(journal)

    def _forget_if_empty(self, journal: Journal[Any]) -> None:
        if not len(journal):
            self._journals.pop(id(journal), None)
            if self.latest is journal:
                self.latest = None


class Journal(Generic[E]):
    """The latest entries of one world, oldest first. `added` counts all since the last clear; `epoch` is another then.

    entries: the maximum number, 0 for none; limit: the maximum bytes of all entries. The latest entry is kept whatever
    its size, as far as the budget allows.
    """

    def __init__(self, budget: Budget | None = None, entries: int = ENTRIES, limit: int = JOURNAL_BYTES) -> None:
        self._budget = budget or Budget()
        self._most = entries
        self._limit = limit
        self._entries: deque[E] = deque()
        self._sizes: deque[int] = deque()
        self._bytes = 0
        self.added = 0
        self.epoch = next(EPOCHS)

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, entry: E, size: int | None = None) -> None:
        """Keep an entry; `size` is its own unless it is known already."""
        size = entry.size if size is None else size
        budget = self._budget
        lock = budget.lock
        lock.acquire()  # twice as fast as a with block
        try:
            self.added = number = self.added + 1
            entry.number = number
            if self._most:
                entries, sizes = self._entries, self._sizes
                entries.append(entry)
                sizes.append(size)
                held = self._bytes + size
                if len(entries) > self._most:  # one for one, as in every journal that is full
                    entries.popleft()
                    gone = sizes.popleft()
                    held -= gone
                    size -= gone
                self._bytes = held
                if held > self._limit:
                    size -= self._trim()
                budget.spent = spent = budget.spent + size
                if budget.latest is not self or spent > budget.limit:
                    budget.settle(self)
        finally:
            lock.release()

    def _trim(self) -> int:
        """Remove what is too much; returns its bytes."""
        entries, freed = self._entries, 0
        while self._bytes > self._limit and len(entries) > 1:
            freed += self._pop()
        return freed

    def drop(self) -> int:
        """Remove the oldest entry; returns its bytes. Called under the budget's lock."""
        return self._pop()

    def _pop(self) -> int:
        self._entries.popleft()
        size = self._sizes.popleft()
        self._bytes -= size
        return size

    def entries(self) -> list[E]:
        """The current entries, oldest first."""
        with self._budget.lock:
            return list(self._entries)

    def behind(self, number: int, most: int) -> list[E]:
        """The first entries with higher numbers, at most so many."""
        with self._budget.lock:
            start = max(0, min(self._place(number) + 1, len(self._entries)))
            return [self._entries[at] for at in range(start, min(start + most, len(self._entries)))]

    @property
    def latest(self) -> E | None:
        """The latest entry that is kept."""
        with self._budget.lock:
            return self._entries[-1] if self._entries else None

    @property
    def oldest(self) -> int | None:
        """The number of the oldest entry that is kept."""
        with self._budget.lock:
            return self._entries[0].number if self._entries else None

    def get(self, number: int) -> E | None:
        """The entry of this number, if it is kept."""
        with self._budget.lock:
            at = self._place(number)
            return self._entries[at] if 0 <= at < len(self._entries) else None

    def _place(self, number: int) -> int:
        """Where the entry of a number stands, or would: numbers have no gaps, as the oldest entries go first."""
        return len(self._entries) - 1 - (self.added - number)

    def clear(self) -> None:
        """Remove all entries and count from 1 again."""
        with self._budget.lock:
            self.added = 0
            self.epoch = next(EPOCHS)
            self._empty()

    def close(self) -> None:
        """Remove all entries and keep none from now on: the world is deleted."""
        with self._budget.lock:
            # a request that is under way may still add its entry to the journal of a deleted world
            self._most = 0
            self._empty()

    def _empty(self) -> None:
        freed, self._bytes = self._bytes, 0
        self._entries.clear()
        self._sizes.clear()
        self._budget.refund(self, freed)
