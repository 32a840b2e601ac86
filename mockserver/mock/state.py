"""The records of a world, as a mapping from the name of a collection to its records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import methodcaller
from typing import Any

from mockserver.admin import exports, records
from mockserver.admin.apis import Apis
from mockserver.admin.flaws import ValueFlaw
from mockserver.errors import MockServerError, StateError
from mockserver.world import Record, World

__tracebackhide__ = methodcaller("errisinstance", MockServerError)  # pytest shows the line of the test instead

SHOWN = 12
"""Maximum of flaws in the message of an error, which has all of them as `flaws`."""


class State(Mapping[str, list[Record]]):
    """The records of a world by collection, as copies.

    A change is checked like fixtures, and made completely or not at all (StateError).
    """

    def __init__(self, world: World, apis: Apis) -> None:
        self._world = world
        self._apis = apis

    def __getitem__(self, name: str) -> list[Record]:
        """The records of a collection such as `workshop.lists`, in the order they were inserted."""
        return records.read(self._world, self._apis.collection(name))

    def __setitem__(self, name: str, records: Sequence[Record]) -> None:
        self.replace({name: records})

    def __iter__(self) -> Iterator[str]:
        return iter(self._apis.collections)

    def __len__(self) -> int:
        return len(self._apis.collections)

    def replace(self, given: Mapping[str, Iterable[Record]]) -> None:
        """Replace complete collections by name."""
        _told_whole(lambda: records.replace(self._world, self._apis, _listed(given)))

    def patch(self, changes: Mapping[str, Mapping[str, Record | None]]) -> None:
        """Merge changes (RFC 7396) into records by their keys; None deletes a record, an unknown key creates one."""
        _told_whole(lambda: records.patch(self._world, self._apis, changes))

    def export(self, include: Iterable[str] = ()) -> dict[str, Any]:
        """The whole world as JSON, for `mockserver serve --state`.

        Of an API with more than 500 collections it has those that somebody has looked at; `include` names others, or
        has `all`.
        """
        return exports.export(self._world, self._apis, include)

    def load(self, exported: Any) -> None:
        """Replace the world by an exported one."""
        _told_whole(lambda: exports.load(self._world, self._apis, exported))


def _listed(given: Any) -> Any:
    """Collections by name, their records in JSON types, from any containers."""
    if not isinstance(given, Mapping):
        return given
    return {
        name: each if isinstance(each, Mapping | str) or not isinstance(each, Iterable) else list(each)
        for name, each in given.items()
    }


def _told_whole(change: Callable[[], None]) -> None:
    """Make a change. The message of an error has a line for each flaw, so that all can be corrected at once."""
    try:
        change()
    except StateError as error:
        lines = list(dict.fromkeys(map(_line, error.flaws))) or [str(error)]
        told = [f"{len(lines)} flaws:", *lines[:SHOWN]] if len(lines) > 1 else [lines[0].strip()]
        more = [f"  … and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
        raise StateError(error.kind, "\n".join([*told, *more]), error.flaws) from None


def _line(flaw: ValueFlaw) -> str:
    """A flaw on one line; the same for all records with a reference to a record that the change removes."""
    if flaw.source and len(flaw.place) == 1:
        return f"  {flaw.pointer}: {flaw.source[0]} refers to records that are not in it any more. Replace both."
    return f"  {flaw.pointer}: {flaw.message}" if flaw.place else f"  {flaw.message}"
