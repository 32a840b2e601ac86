"""Arrays: as many items as a schema and the length of what is made already allow."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from mockserver.contract.generation.draft import Draft, Unmakeable
from mockserver.contract.generation.repeats import KINDS
from mockserver.contract.generation.shape import Shape
from mockserver.contract.generation.texts import Make, Words
from mockserver.contract.generation.words import singular

if TYPE_CHECKING:
    from mockserver.contract.generation.making import Maker

ITEMS = 3
"""Items of an array that nothing bounds, at most."""
MOST_ITEMS = 1000
"""Items beyond which an array is not made, whatever it requires."""
TRIES = 20
"""Further draws for an item that is not there yet."""
NESTED_LISTS = 2
"""Levels of objects below which an array has one item."""
PART = 40
"""Objects and arrays in each item of a long list, before only what is required is made."""
MANY = 20
"""Items of the largest arrays that are made to try a client with."""


class ArrayPlan:
    """Makes arrays of a shape."""

    def __init__(self, maker: Maker, shape: Shape, words: Words) -> None:
        schema = shape.schema
        self._maker = maker
        self._shape = shape
        self._words = (*words[:-1], singular(words[-1])) if words else ()
        self._first: list[Any] = schema.get("prefixItems") or []
        self._items: Any = schema.get("items", schema.get("unevaluatedItems", True))
        self._least: int = schema.get("minItems", 0)
        most = schema.get("maxItems", math.inf)
        self._most = min(most, len(self._first)) if self._items is False else most
        self._unique = bool(schema.get("uniqueItems"))
        self._contains = "contains" in schema
        self._contained: Make | None = None
        self._makes: list[Make] | None = None
        self._reference: str | None = None

    def __call__(self, draft: Draft) -> list[Any]:
        if self._makes is None:
            self._complete()
        wanted, item, kinds, left = self._length(draft), draft.item, draft.kinds, draft.left
        share = min(left // wanted, PART) if wanted > KINDS and not draft.extreme else None
        if self._unique:
            draft.kinds = None  # items that take from few parts would soon be the same
        elif share is not None and kinds is None:
            draft.kinds = {}
        draft.enter(self._shape.reference, wanted)
        draft.path.append(0)
        try:
            made = self._filled(draft, wanted, share)
            if self._contains:
                self._contain(made, draft)
        finally:
            draft.item, draft.kinds = item, kinds
            if share is not None:
                draft.left = left - share * wanted
            draft.path.pop()
            draft.open.pop()
        return made

    def _filled(self, draft: Draft, wanted: int, share: int | None) -> list[Any]:
        """So many items, or as many as can be made; `share`: how much each of them may hold."""
        made: list[Any] = []
        for at in range(wanted + TRIES):
            if len(made) >= wanted:
                break
            draft.path[-1], draft.item = len(made), at
            if share is not None:
                draft.left = share
            try:
                item = self._item(len(made))(draft)
            except Unmakeable:
                if len(made) < self._least:
                    raise
                break  # fewer items are as valid
            if not self._unique or item not in made:  # items may be objects, which cannot be looked up
                made.append(item)
        return made

    def _complete(self) -> None:
        shapes = [self._maker.shapes.of(each) for each in (*self._first, self._items)]
        self._reference = shapes[-1].reference
        self._makes = [self._maker.plan(each, self._words) for each in shapes]

    def _item(self, at: int) -> Make:
        assert self._makes is not None
        return self._makes[min(at, len(self._makes) - 1)]

    def _length(self, draft: Draft) -> int:
        if self._least > MOST_ITEMS:
            raise Unmakeable(f"{self._least} items are too many to make")
        if draft.stands_in(self._reference):  # items that are what they are part of: as few as can be, or it never ends
            return self._least
        if draft.extreme:
            wanted = draft.pick((0, 0, 1, 2, MANY))
        elif draft.sparing:
            wanted = len(self._first)
        else:
            top = not draft.path
            likely = (
                draft.whole(2, ITEMS) if top else 1 if len(draft.personas) > NESTED_LISTS else draft.whole(1, ITEMS)
            )
            wanted = max(len(self._first), likely)
        return int(min(self._most, max(self._least, wanted)))

    def _contain(self, made: list[Any], draft: Draft) -> None:
        """Put as many of what the array must contain at its beginning as it must have."""
        schema = self._shape.schema
        if self._contained is None:
            both = {"allOf": [self._items, schema["contains"]]}
            self._contained = self._maker.plan(self._maker.shapes.of(both), self._words)
        wanted = schema.get("minContains", 1)
        if wanted > MOST_ITEMS:
            raise Unmakeable(f"{wanted} items are too many to make")
        for at in range(wanted):
            made[at : at + 1] = [self._contained(draft)]
