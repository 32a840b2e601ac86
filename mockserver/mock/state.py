"""The records of a world, as a mapping from the name of a collection to what it holds."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import methodcaller
from typing import Any

from mockserver import state
from mockserver.catalog import Api
from mockserver.errors import MockServerError, StateError
from mockserver.world import Record, World

__tracebackhide__ = methodcaller("errisinstance", MockServerError)  # pytest shows the line of the test instead

DANGLING = re.compile(r"(?P<other>[\w-]+\.[\w-]+): record \d+: .* is not the key of any record in .*", re.DOTALL)
"""How a flaw is worded that another collection has once one is replaced."""

SHOWN = 12
"""Flaws that an error tells; it keeps them all."""


class State(Mapping[str, list[Record]]):
    """Reading answers copies; every change is checked like fixtures and made whole or not at all (StateError)."""

    def __init__(self, world: World, apis: Sequence[Api]) -> None:
        self._world = world
        self._apis = apis
        self._collections = state.collections(apis)

    def __getitem__(self, name: str) -> list[Record]:
        """The records of a collection such as `workshop.lists`, in the order they were inserted."""
        self._check(name)
        return state.read(self._world, self._collections[name])

    def __setitem__(self, name: str, records: Sequence[Record]) -> None:
        self.replace({name: records})

    def __iter__(self) -> Iterator[str]:
        return iter(self._collections)

    def __len__(self) -> int:
        return len(self._collections)

    def replace(self, records: Mapping[str, Sequence[Record]]) -> None:
        """Put whole collections in the place of those of the same names."""
        for name, each in records.items():
            self._check(name)
            if isinstance(each, Mapping | str) or not isinstance(each, Iterable):
                raise StateError(f"{name}: expected a list of records, got {each!r:.80}.")
        listed = {name: list(each) for name, each in records.items()}
        _told_whole(lambda: state.replace(self._world, self._apis, listed))

    def patch(self, changes: Mapping[str, Mapping[str, Record | None]]) -> None:
        """Merge changes (RFC 7396) into records by their keys; None deletes a record, an unknown key creates one."""
        for name in changes:
            self._check(name)
        _told_whole(lambda: state.patch(self._world, self._apis, changes))

    def export(self) -> dict[str, Any]:
        """The whole world as JSON, as `mockserver serve --state` takes it."""
        return state.export(self._world, self._apis)

    def load(self, exported: Any) -> None:
        """Make the world what was exported."""
        _told_whole(lambda: state.load(self._world, self._apis, exported))

    def _check(self, name: str) -> None:
        if name not in self._collections:
            close = difflib.get_close_matches(name, self._collections, n=3, cutoff=0.75)
            expected = f"did you mean {' or '.join(close)}?" if close else f"expected {', '.join(self._collections)}."
            raise StateError(f"no collection is called {name!r}; {expected}")


def _told_whole(change: Callable[[], None]) -> None:
    """Change; of an error every flaw has a line of its own: who writes a record by hand wants them all at once."""
    try:
        change()
    except StateError as error:
        lines = list(dict.fromkeys(map(_line, error.flaws))) or [str(error)]
        told = [f"{len(lines)} flaws:", *lines[:SHOWN]] if len(lines) > 1 else [lines[0].strip()]
        more = [f"  … and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
        raise StateError("\n".join([*told, *more]), error.flaws) from None


def _line(flaw: tuple[str, str]) -> str:
    """A flaw in a line; alike for all records that refer to what a replaced collection no longer has."""
    pointer, message = flaw
    dangling = DANGLING.fullmatch(message)
    if dangling is None:
        return f"  {pointer}: {message}"
    return f"  {pointer}: {dangling['other']} refers to records that are not in it any more. Replace both."
