"""How often a fault rule has met a request and fired, as values that are replaced and never changed.

So the journal can keep how every counter stood before each request, and chance is not drawn from a generator, whose
state would have to be kept too, but follows from the world's seed, the rule and the number of the request that it met.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from random import Random
from threading import Lock
from typing import Any

from mockserver.world import World

SPARED = 1024
"""Times that have left a window before the rest of them is copied."""

_growing = Lock()


class Window:
    """Times, the oldest first. A copy with one more at the end or fewer at the beginning shares them with this one."""

    __slots__ = ("_end", "_start", "_times")

    def __init__(self, times: list[float], start: int = 0) -> None:
        self._times = times
        self._start = start
        self._end = len(times)

    def __len__(self) -> int:
        return self._end - self._start

    def __iter__(self) -> Iterator[float]:
        return islice(self._times, self._start, self._end)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Window) and [*self] == [*other]

    def __hash__(self) -> int:
        return hash((*self,))

    @property
    def first(self) -> float:
        return self._times[self._start]

    def within(self, seconds: float, now: float) -> Window:
        """Those of the last seconds; the clock may have been set back, which lets the later ones go, too."""
        start = self._start
        while start < self._end and not now - seconds < self._times[start] <= now:
            start += 1
        return self if start == self._start else self._from(start)

    def added(self, time: float) -> Window:
        """These and one more: behind them in the list that they share, unless another has been there first."""
        with _growing:
            # a list that others grow is copied, as is one of which most has gone: it would never get shorter
            mine = len(self._times) == self._end and self._start < max(SPARED, self._end // 2)
            times, start = (self._times, self._start) if mine else (self._times[self._start : self._end], 0)
            times.append(time)
            return Window(times, start)

    def _from(self, start: int) -> Window:
        left = Window.__new__(Window)
        left._times, left._start, left._end = self._times, start, self._end
        return left


@dataclass(frozen=True)
class Tally:
    """Requests that a rule has met, on how many of them it fired, and the times (world's clock) in its window."""

    met: int = 0
    fired: int = 0
    window: Window = Window([])  # noqa: RUF009  # shared by all: whoever finds that another has added to it copies it


NONE = Tally()


def tally_of(world: World, rule: str) -> Tally:
    """The counters of a rule in a world."""
    found: Tally = world.tallies.get(rule, NONE)
    return found


def chance(world: World, rule: str, met: int, what: str) -> Random:
    """What is left to chance when a rule meets its so many-th request."""
    return Random(f"{world.seed}:{rule}:{met}:{what}")  # noqa: S311  # chance, not secrecy


def without(tallies: Mapping[str, Any], rules: Iterable[str]) -> Mapping[str, Any]:
    """The counters but for those of some rules; the mapping given may be the journal's and stays as it is."""
    gone = tallies.keys() & set(rules)
    return {rule: tally for rule, tally in tallies.items() if rule not in gone} if gone else tallies
