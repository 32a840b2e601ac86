"""Pages: the answer of a list, cut as the request asks."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from mockserver.contract.digits import number_of
from mockserver.contract.operation import Operation
from mockserver.inference.filters import Filters, selected
from mockserver.inference.keys import text_of
from mockserver.inference.paging import Paging
from mockserver.inference.records import WITHIN, at
from mockserver.inference.remembered import BySeed
from mockserver.inference.replies import Answered, Reply, View, placed
from mockserver.inference.representation import Envelope, success
from mockserver.inference.telling import Page, Telling
from mockserver.world import Record, World
from mockserver.world.store import INSERTED
from mockserver.world.table import Table

if TYPE_CHECKING:
    from mockserver.inference.lineage import Lineage
    from mockserver.inference.model import Model
    from mockserver.inference.tallies import Tallies

BEHIND_ALL = 1 << 60
"""Stands for the place of a cursor that does not belong to this list."""

MOST = 10_000
"""Items of a page at most, whatever is asked."""

Query = Mapping[str, Any]


@dataclass(frozen=True)
class Records:
    """The records that a request asks for, in its order, without having read them all."""

    total: Callable[[], int]
    piece: Callable[[int, int | None], Sequence[Record]]
    after: Callable[[int, int | None], Sequence[Record]]


class Pager:
    """Answers one list operation."""

    def __init__(
        self,
        lineage: Lineage,
        model: Model,
        operation: Operation,
        reply: Reply,
        envelope: Envelope,
        paging: Paging,
        filters: Filters,
    ) -> None:
        self._lineage = lineage
        self._model = model
        self._operation = operation
        self._reply = reply
        self._envelope = envelope
        self._paging = paging
        self._filters = filters
        media = success(operation)
        schema = None if media is None else media.schema
        self._telling = Telling(model, operation, schema, paging, reply.response.headers)
        self._items = model.looks.items(model.looks.inner(schema, envelope.items))
        self._view = View(model, model.looks.inner(self._items, envelope.element))
        self._is_plain = not envelope.scalar and not envelope.element and model.own_link is None
        self._frames: BySeed[Any] = BySeed()

    def answer(
        self,
        world: World,
        query: Query,
        parents: tuple[str, ...],
        path: Callable[[], str],
        location: Callable[[Record], str],
    ) -> Answered:
        """The page of the records below these parents that the query asks for; `path` is the list's own URL."""
        table = world[self._model.collection]
        if self._paging.aliases:
            query = {self._paging.aliases.get(name, name): value for name, value in query.items()}
        page = self._page(table, self._records(table, query, parents), query, path)
        records = self._tallies.page(world, page.records) if self._tallies else page.records
        if self._is_plain and self._filters.select not in query:
            items = self._view.page(records)
        else:
            items = [self._element(world, record, query, location) for record in records]
        payload: Any = items
        if self._envelope.items:
            payload = placed(self._reply.skeleton(world), self._envelope.items, items)
            payload = self._telling.told(payload, page)
        return payload, self._reply.status, self._telling.headers(self._reply.headers(world), page)

    # --- which records -----------------------------------------------------------------------------------------------

    def _records(self, table: Table, query: Query, parents: tuple[str, ...]) -> Records:
        chosen = self._filters.chosen(query) if self._filters.any else ()
        index, partition = (WITHIN, parents) if parents else (INSERTED, None)
        if not chosen:
            return Records(
                lambda: table.count(index, partition),
                lambda offset, limit: table.slice(index, partition, offset, limit),
                lambda place, limit: table.after(index, partition, place, limit),
            )
        # a digest, as what clients ask for may be of any length
        asked = (self._operation.operation_id, parents, blake2b(repr(chosen).encode()).digest())
        every = table.memo(asked, lambda: self._filters.applied(table.slice(index, partition), query))

        def piece(offset: int, limit: int | None) -> Sequence[Record]:
            return every[offset : None if limit is None else offset + limit]

        def after(place: int, limit: int | None) -> Sequence[Record]:
            places = [table.sequence(self._model.collection.key(each)) or 0 for each in every]
            if self._filters.sorts(query):  # places do not ascend in an order that the client chooses
                return piece(places.index(place) + 1 if place in places else 0, limit)
            return piece(bisect_right(places, place), limit)

        return Records(lambda: len(every), piece, after)

    def _page(self, table: Table, records: Records, query: Query, path: Callable[[], str]) -> Page:
        limit = self._limit(query)
        found, offset = self._found(table, records, query, limit)
        more = limit is not None and len(found) > limit
        shown = found[:limit] if more else found
        last = table.sequence(self._model.collection.key(shown[-1])) if shown else None
        return Page(shown, offset, limit, more, records.total, last, query, path)

    def _found(
        self, table: Table, records: Records, query: Query, limit: int | None
    ) -> tuple[Sequence[Record], int | None]:
        """The records of a page and the one behind it, and at which place it begins, if by an offset."""
        controls = self._paging.controls
        wanted = None if limit is None else limit + 1  # the one behind the page tells whether there is another
        if limit is not None and query.get(controls.get("before", "")) not in (None, ""):
            return self._before(records, text_of(query[controls["before"]]), limit), None
        place = self._place(table, query)
        if place is not None:
            return records.after(place, wanted), None
        offset = 0
        if "page" in controls and limit is not None:
            offset = (_whole(query.get(controls["page"]), self._paging.origin) - self._paging.origin) * limit
        if "offset" in controls:
            offset = _whole(query.get(controls["offset"]), offset)
        return records.piece(max(0, offset), wanted), max(0, offset)

    def _limit(self, query: Query) -> int | None:
        name = self._paging.controls.get("limit")
        asked = _whole(query.get(name), -1) if name is not None else -1
        return min(asked, MOST) if asked >= 0 else self._paging.limit

    def _place(self, table: Table, query: Query) -> int | None:
        """The place of a cursor or key; None if the page begins at the start or at an offset."""
        controls = self._paging.controls
        if query.get(controls.get("cursor", "")) not in (None, ""):
            place = self._telling.cursors.read(query[controls["cursor"]])
            return BEHIND_ALL if place is None else place
        if query.get(controls.get("after", "")) not in (None, ""):
            return self._behind(table, text_of(query[controls["after"]]))
        return None

    def _behind(self, table: Table, key: str) -> int:
        """The place of a record by the last part of its key; of one that is gone, by where greater numbers begin."""
        every = table.slice(INSERTED) if self._model.resource.parents else ()
        whole = next((each for each in every if self._model.placing.values(each)[-1] == key), None)
        place = table.sequence(key if whole is None else self._model.collection.key(whole))
        if place is not None:
            return place
        wanted = number_of(key)
        if wanted is None:
            return BEHIND_ALL
        numbers = ((number_of(self._model.placing.values(each)[-1]), each) for each in table)
        greater = next((each for number, each in numbers if number is not None and number > wanted), None)
        return BEHIND_ALL if greater is None else (table.sequence(self._model.collection.key(greater)) or 0) - 1

    def _before(self, records: Records, key: str, limit: int) -> Sequence[Record]:
        """The records before a key, nearest to it."""
        every = records.piece(0, None)
        keys = [self._model.collection.key(each) for each in every]
        end = keys.index(key) if key in keys else len(keys)
        return every[max(0, end - limit) : end]

    # --- how they are shown ------------------------------------------------------------------------------------------

    def _element(self, world: World, record: Record, query: Query, location: Callable[[Record], str]) -> Any:
        if self._envelope.scalar:
            key = None if self._model.key.field is None else at(record, self._model.key.field)
            return self._model.placing.values(record)[-1] if key is None else key
        item = self._view.shown(record)
        if self._model.own_link is not None:
            item = self._model.linked(item, lambda: location(record))
        if self._filters.select is not None and self._filters.select in query:
            item = selected(item, query[self._filters.select], self._view.required)
        if self._envelope.element:
            return placed(self._frame(world), self._envelope.element, item)
        return item

    @cached_property
    def _tallies(self) -> Tallies:
        return self._lineage.tallies(self._model)

    def _frame(self, world: World) -> Any:
        """An element without its item."""
        found = self._frames.get(world.seed)
        if found is None:
            model, seed = self._model, f"{world.seed} {self._model.collection.name}"
            made = model.generator.value(self._items, model.validator(self._items), seed, now=world.now())
            found = self._frames[world.seed] = made
        return found

    def mended(self, world: World, payload: Any) -> Any:
        """The answer with each invalid item replaced by a valid one."""
        items = at(payload, self._envelope.items) if self._envelope.items else payload
        if not isinstance(items, list) or self._envelope.scalar or self._envelope.element:
            return payload
        field = self._model.key.field
        keys = [text_of(at(each, field)) if field is not None else str(number) for number, each in enumerate(items)]
        mended = [self._view.mended(world, each, key) for each, key in zip(items, keys, strict=True)]
        return placed(payload, self._envelope.items, mended)


def _whole(value: Any, otherwise: int) -> int:
    if isinstance(value, bool) or value is None:
        return otherwise
    try:
        return int(value)
    except (TypeError, ValueError):
        return otherwise
