"""Tallies: what an item tells of the records below it, kept true: how many there are, their keys, or they themselves.

`comments_count` of a post, `open_issues` of a repository and the `lines` of an order are worked out from what lies
below each time they are shown, so no change can make them wrong. What is sent in such a list is kept below.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mockserver.inference.keys import text_of
from mockserver.inference.looks import Pointer
from mockserver.inference.making import STATES
from mockserver.inference.paths import one_of, spelled
from mockserver.inference.records import at
from mockserver.inference.replies import placed
from mockserver.world import Record, World

if TYPE_CHECKING:
    from mockserver.inference.lineage import Below, Lineage
    from mockserver.inference.model import Model

HOLDERS = ("counts", "stats", "statistics", "totals", "counters", "summary", "metrics", "meta")
"""Objects of an item that tell of what is below it."""
TOTALS = ("total", "count", "totalcount", "size", "totalitems")
"""What tells, in an object that is called like what is below, how many there are."""
USUAL = ("open", "closed", "active", "pending", "completed", "archived", "failed")
"""States where the document has any text."""
MOST = 100
"""Records that are shown within another at most."""

Told = Callable[[World, tuple[str, ...]], Any]
Many = Callable[[World, Sequence[tuple[str, ...]]], Sequence[Any]]
NUMBERS = (0, 1, 7, 1000, 1_000_000)
"""If a field takes these, it takes any number of records."""


@dataclass(frozen=True)
class Tally:
    """One place of an item and what it tells, of one record or of `many`; `accepts`: None if it takes whatever is told.

    below: of an embedded list, what its elements are records of.
    """

    place: Pointer
    told: Told
    accepts: Callable[[Any], bool] | None
    below: Below | None = None
    many: Many | None = None


class Tallies:
    """What the items of one resource tell of the records below them."""

    def __init__(self, lineage: Lineage, model: Model) -> None:
        self._model = model
        self._looks = model.looks
        operations = (*model.at_list.values(), *model.at_item.values())
        sent = {name for each in operations for name in model.looks.properties(model.looks.sent(each))}
        self._written = sent - model.read_only
        """Fields that clients write: what these count is theirs."""
        self._found: Sequence[Tally] = [
            tally for below in lineage.below(model.resource) for tally in self._of(below, spelled(below.called))
        ]
        self._values = model.placing.values
        self.embedded = [each for each in self._found if each.below is not None]

    def __bool__(self) -> bool:
        return bool(self._found)

    def shown(self, world: World, record: Record) -> Record:
        """The record with what it tells, where it may have it."""
        return self.page(world, [record])[0]

    def page(self, world: World, records: Sequence[Record]) -> Sequence[Record]:
        """The same of several records at once."""
        values = [self._values(each) for each in records]
        for tally in self._found:
            told = tally.many(world, values) if tally.many else [tally.told(world, each) for each in values]
            if tally.accepts is None and len(tally.place) == 1:
                (name,) = tally.place
                records = [{**each, name: value} for each, value in zip(records, told, strict=True)]
            else:
                records = [self._told(each, tally, value) for each, value in zip(records, told, strict=True)]
        return records

    @staticmethod
    def _told(record: Record, tally: Tally, value: Any) -> Record:
        if tally.accepts is not None and not tally.accepts(value):
            return record
        if len(tally.place) == 1:
            return {**record, tally.place[0]: value}
        return placed(record, tally.place, value) if isinstance(at(record, tally.place[:-1]), Mapping) else record

    def _of(self, below: Below, called: str) -> Iterator[Tally]:
        one = one_of(below.called)
        for place, schema in self._places(called):
            kinds, name = self._looks.kinds(schema), spelled(place[-1])
            if kinds & {"integer", "number"} and place[0] not in self._written:
                found = _number(below, name, called, one, within=spelled(place[0]) == called and len(place) > 1)
                if found is not None:
                    yield self._tally(below, place, schema, found)
            elif "array" in kinds and len(place) == 1:
                yield from self._list(below, place, schema, name in (called, f"{one}list"), name == f"{one}ids")

    def _list(self, below: Below, place: Pointer, schema: Any, items: bool, keys: bool) -> Iterator[Tally]:
        inner = self._looks.items(schema)
        if items and self._looks.identity(inner) == below.model.item.identity:
            yield self._tally(below, place, schema, below.items, below)
        elif keys and self._looks.kinds(inner) & {"string", "integer"}:
            yield self._tally(below, place, schema, below.keys)

    def _tally(self, counted: Below, place: Pointer, schema: Any, told: Told, below: Below | None = None) -> Tally:
        accepts = self._model.validator(schema).accepts
        if not self._looks.kinds(schema) & {"integer", "number"}:
            return Tally(place, told, accepts, below)
        # a bound method is another object each time, so that `is` would never hold
        many = counted.counts if told == counted.count else None
        return Tally(place, told, None if all(map(accepts, NUMBERS)) else accepts, many=many)

    def _places(self, called: str) -> Iterator[tuple[Pointer, Any]]:
        for name, schema in self._model.properties.items():
            yield (name,), schema
            if spelled(name) in (*HOLDERS, called) and self._looks.is_object(schema):
                yield from (((name, inner), each) for inner, each in self._looks.properties(schema).items())


def _number(below: Below, name: str, called: str, one: str, *, within: bool) -> Told | None:
    """What counts the records below for a field of this name; None if it counts something else."""
    if within:
        return below.count if name in TOTALS else None
    for word in (called, one):
        if name in (f"{word}count", f"{word}total", f"total{word}", f"numberof{word}", f"num{word}", f"count{word}"):
            return below.count
    if name == called:
        return below.count
    field, values = below.states
    for value in values:
        state = spelled(value)
        if name in (f"{state}{called}", f"{state}{called}count", f"{state}{one}count", f"{called}{state}"):
            return lambda world, above: sum(each.get(field) == value for each in below.records(world, above))
    return None


def states_of(model: Model) -> tuple[str, tuple[str, ...]]:
    """The field of an item that has its state, and the states; none if it has none."""
    for name, schema in model.properties.items():
        values = model.looks.shape(schema).schema.get("enum")
        if spelled(name) in STATES:
            return name, tuple(each for each in values if isinstance(each, str)) if isinstance(values, list) else USUAL
    return "", ()


def keys_of(model: Model, records: Sequence[Record]) -> list[Any]:
    """The keys of records, as their field has them."""
    field = model.key.field
    return [text_of(model.placing.values(each)[-1]) if field is None else at(each, field) for each in records]
