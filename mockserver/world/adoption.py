"""Worlds that go on although what is served has been read anew: they keep the records that somebody has changed.

A collection of which nobody has changed anything becomes what the new fixtures say. Any other is indexed anew, as its
new definition wants it; where its records cannot be, it begins anew, too. What the entries of a journal keep is changed
when somebody goes back to one of them: there are many, and most are never asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from mockserver.world.registry import Worlds
from mockserver.world.store import Collection, Duplicate, TableState
from mockserver.world.worlds import Snapshot, World, begun

States = Mapping[str, TableState]


class Adoption:
    """What was served and what is served now: `collections` by name, and the seed's `states` that fixtures fill."""

    def __init__(
        self, before: Iterable[Collection], old: States, collections: Iterable[Collection], new: States
    ) -> None:
        self._before = {each.name: each for each in before}
        self._old = old
        self._collections = {each.name: each for each in collections}
        self._new = new
        self._known: dict[tuple[str, int], tuple[TableState, TableState | None]] = {}

    def adopt(self, worlds: Worlds) -> None:
        """Change every world and named snapshot; nothing else may change them meanwhile."""
        for world in worlds:
            self._adopt(world)
        for taken in worlds.snapshots():
            worlds.replace_snapshot(replace(taken, snapshot=self.snapshot(taken.snapshot)))
        self._known = {}  # the versions of entries would stay for as long as the entries, and twice

    def _adopt(self, world: World) -> None:
        with world.lock:
            world.origin = self.snapshot(world.origin)
            world.adopt(self._states(world.snapshot().states))
            journal, oldest = world.journal, world.journal.oldest or 0
            needed = (each for each in world.adoptions if each[0] == journal.epoch and each[1] >= oldest)
            world.adoptions = (*needed, (journal.epoch, journal.added, self.snapshot))

    def snapshot(self, snapshot: Snapshot) -> Snapshot:
        """A moment from before, with the versions that what is served now needs."""
        return replace(snapshot, states=self._states(snapshot.states))

    def _states(self, states: States) -> dict[str, TableState]:
        found = {name: now for name, state in states.items() if (now := self._state(name, state)) is not None}
        return {**self._new, **found}

    def _state(self, name: str, state: TableState) -> TableState | None:
        """The version that takes the place of another; None for the one that the collection begins with."""
        key = name, id(state)
        if key not in self._known:  # worlds share most of them, and go on sharing
            self._known[key] = state, self._changed(name, state)
        return self._known[key][1]

    def _changed(self, name: str, state: TableState) -> TableState | None:
        collection, before = self._collections.get(name), self._before.get(name)
        if collection is None or before is collection:
            return state if state is not self._old.get(name) else self._new.get(name, state)
        if before is not None and _is_pristine(before, state, self._old):
            return None
        try:
            return TableState.load(collection, state.records())
        except (Duplicate, LookupError, TypeError):
            return None  # they are records of something else now


def _is_pristine(collection: Collection, state: TableState, old: States) -> bool:
    if collection.name in old:
        return state is old[collection.name]
    return collection.begin is not None and state.records() == begun(collection).records()
