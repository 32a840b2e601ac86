"""What differs between two moments of worlds, record by record, at the cost of what differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from mockserver.world.store import Record, TableState


@dataclass(frozen=True)
class Change:
    """A record of a collection before and after; None where there is none."""

    collection: str
    key: Any
    before: Record | None
    after: Record | None

    @property
    def kind(self) -> Literal["added", "gone", "changed"]:
        """What became of the record."""
        if self.before is None:
            return "added"
        return "gone" if self.after is None else "changed"


States = Mapping[str, TableState]


def changes(before: States, after: States) -> Iterator[Change]:
    """Every record that is not the same in both, in the order of the collections, the others in arbitrary order."""
    for name in changed(before, after):
        yield from changes_of(name, before, after)


def changed(before: States, after: States) -> list[str]:
    """Collections of which the two do not share one version."""
    if before is after:
        return []
    names = dict.fromkeys((*before, *after))
    return [name for name in names if before.get(name) is not after.get(name)]


def changes_of(name: str, before: States, after: States) -> Iterator[Change]:
    """The same of one collection, which one of the two may not have."""
    old, new = before.get(name), after.get(name)
    if old is new:
        return
    if old is None or new is None:
        for state, is_gone in ((old, True), (new, False)):
            for key, (_, record) in () if state is None else state.rows.items():
                yield Change(name, key, record if is_gone else None, None if is_gone else record)
        return
    for key, left, right in old.rows.differences(new.rows):
        one, other = None if left is None else left[1], None if right is None else right[1]
        if one is not other and (one is None or other is None or not alike(one, other)):
            yield Change(name, key, one, other)


def alike(one: Any, other: Any) -> bool:
    """Whether two JSON values are the same, true not being 1."""
    if one is other:
        return True
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(alike(value, other[name]) for name, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(alike, one, other))
    # Python has true equal to 1, JSON has not
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)
