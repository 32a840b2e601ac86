"""The records of a world, as a mapping from the name of a collection to what it holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mockserver import state
from mockserver.catalog import Api
from mockserver.errors import StateError
from mockserver.world import Record, World


class State(Mapping[str, list[Record]]):
    """Reading answers copies; every change is checked like fixtures and made whole or not at all (StateError)."""

    def __init__(self, world: World, apis: Sequence[Api]) -> None:
        self._world = world
        self._apis = apis
        self._collections = state.collections(apis)

    def __getitem__(self, name: str) -> list[Record]:
        """The records of a collection such as `workshop.lists`, in the order they were inserted."""
        if name not in self._collections:
            raise StateError(f"no collection is called {name!r}; expected one of {', '.join(self._collections)}.")
        return state.read(self._world, self._collections[name])

    def __setitem__(self, name: str, records: Sequence[Record]) -> None:
        self.replace({name: records})

    def __iter__(self) -> Iterator[str]:
        return iter(self._collections)

    def __len__(self) -> int:
        return len(self._collections)

    def replace(self, records: Mapping[str, Sequence[Record]]) -> None:
        """Put whole collections in the place of those of the same names."""
        state.replace(self._world, self._apis, {name: list(each) for name, each in records.items()})

    def patch(self, changes: Mapping[str, Mapping[str, Record | None]]) -> None:
        """Merge changes (RFC 7396) into records by their keys; None deletes a record, an unknown key creates one."""
        state.patch(self._world, self._apis, changes)

    def export(self) -> dict[str, Any]:
        """The whole world as JSON, as `mockserver serve --state` takes it."""
        return state.export(self._world, self._apis)

    def load(self, exported: Any) -> None:
        """Make the world what was exported."""
        state.load(self._world, self._apis, exported)
