"""Making values: each schema is planned once, as a function that draws a value from a draft.

What is known of a schema (its type, its bounds, what its field's name says) is decided when it is planned, and what it
leads to is planned when it is first needed, so a large document costs what is used of it.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from mockserver.contract.bodies import write_json
from mockserver.contract.generation import fields, numbers, texts
from mockserver.contract.generation.arrays import ArrayPlan
from mockserver.contract.generation.draft import Draft, Unmakeable, unmakeable
from mockserver.contract.generation.formats import bound
from mockserver.contract.generation.given import SUGGESTED, exemplified, member, suggested
from mockserver.contract.generation.objects import ObjectPlan
from mockserver.contract.generation.shape import Shape, Shapes
from mockserver.contract.generation.texts import Make, Words
from mockserver.contract.generation.words import slug, thing

HALF = 0.5
SELDOM = 0.25


class Maker:
    """Plans of one document's schemas."""

    def __init__(self, shapes: Shapes) -> None:
        self.shapes = shapes
        self._plans: dict[tuple[int, Words], Make] = {}
        self._variations: dict[Make, Make] = {}

    def plan(self, shape: Shape, words: Words = ()) -> Make:
        """What makes values of the shape, for a field of this name; it raises Unmakeable where it finds none."""
        key = (id(shape), words)  # shapes are kept, so that the id of each stays its own
        found = self._plans.get(key)
        if found is None:
            found = self._plans[key] = self._planned(shape, words)
        return found

    def variation(self, plan: Make) -> Make | None:
        """What makes the same in a draft that `varies`, in one call less, unless the shape's example is spoiled."""
        return self._variations.get(plan)

    def _planned(self, shape: Shape, words: Words) -> Make:
        schema = shape.schema
        if "const" in schema:
            constant = schema["const"]
            return lambda _: constant
        if isinstance(schema.get("enum"), list):
            return member(shape)
        made = self._choice(shape, words) if shape.alternatives else self._typed(shape, words)
        if isinstance(schema.get(SUGGESTED), list) and schema[SUGGESTED]:
            made = suggested(schema[SUGGESTED], made)
        if shape.nullable:
            made = _or_null(made)
        if not shape.examples:
            return made
        made, varied = exemplified(shape, words, made)
        if varied is not None:
            self._variations[made] = varied
        return made

    def _typed(self, shape: Shape, words: Words) -> Make:
        kinds = [each for each in shape.types if each != "null"]
        if not shape.types:
            return self._anything(shape, words)
        plans = [self._of_type(each, shape, words) for each in kinds] or [_null]
        made = (
            plans[0] if len(plans) == 1 else lambda draft: (plans[0] if draft.documented else draft.pick(plans))(draft)
        )
        return _or_null(made) if "null" in shape.types else made

    def _of_type(self, kind: str, shape: Shape, words: Words) -> Make:
        match kind:
            case "object":
                return ObjectPlan(self, shape, words)
            case "array":
                return ArrayPlan(self, shape, words)
            case "string":
                return self._content(shape, words) or texts.text(shape.schema, words)
            case "integer" | "number":
                return _number(shape.schema, words, whole=kind == "integer")
            case "boolean":
                return lambda draft: draft.random() < HALF
            case _:
                return unmakeable(f"{kind} is no type")

    def _content(self, shape: Shape, words: Words) -> Make | None:
        """Text that stands for a value of `contentSchema`, or for bytes in base64; None for any other text."""
        schema = shape.schema
        within, encoded = schema.get("contentSchema"), schema.get("contentEncoding") == "base64"
        if within is None and not encoded:
            return None

        def make(draft: Draft) -> str:
            draft.enter(None)
            try:
                value = slug(draft.random) if within is None else self.plan(self.shapes.of(within), words)(draft)
            finally:
                draft.open.pop()
            written = value.encode() if isinstance(value, str) and within is None else write_json(value)
            return (base64.b64encode(written) if encoded else written).decode()

        return make

    @staticmethod
    def _anything(shape: Shape, words: Words) -> Make:
        """A value where the document says nothing: what a field of that name usually holds."""
        if shape.schema.get("type") == []:
            return unmakeable("no type is left")
        told = fields.text_of(words)
        if told is not None:
            return bound(told, words)
        return (lambda draft: thing(draft.random)) if words else lambda _: {}

    def _choice(self, shape: Shape, words: Words) -> Make:
        """One of the alternatives: any of them, null and those that lead back into themselves last."""
        alternatives = shape.alternatives[0]
        chosen: dict[int, Shape] = {}
        whole = [self.shapes.of(each) for each in alternatives]
        numbered = range(len(alternatives))

        def last(draft: Draft, at: int) -> tuple[bool, bool]:
            return draft.stands_in(whole[at].reference), whole[at].types == ("null",)

        def order(draft: Draft) -> Iterator[int]:
            first = draft.pick(numbered)  # mostly any of them will do, and there may be many
            usual = not any(last(draft, first))
            yield from [first] if usual else []
            others = draft.shuffled([at for at in numbered if at != first or not usual])
            yield from sorted(others, key=partial(last, draft))

        def make(draft: Draft) -> Any:
            for at in order(draft):
                if at not in chosen:
                    chosen[at] = self.shapes.with_part(shape, alternatives[at])
                draft.enter(shape.reference)
                try:
                    return self.plan(chosen[at], words)(draft)
                except Unmakeable:
                    continue
                finally:
                    draft.open.pop()
            raise Unmakeable("no alternative can be made")

        return make


def _null(_: Draft) -> None:
    return None


def _or_null(make: Make) -> Make:
    """Null now and then where the edges are tried, or where there is nothing else."""

    def made(draft: Draft) -> Any:
        if draft.extreme and draft.random() < SELDOM:
            return None
        try:
            return make(draft)
        except Unmakeable:
            return None

    return made


def _number(schema: Mapping[str, Any], words: Words, *, whole: bool) -> Make:
    low, high = numbers.bounds(schema, whole=whole)
    drawn = numbers.number(schema, fields.likely(words), whole=whole)
    told: Callable[[Draft, Words], float | None] | None = None
    if "multipleOf" not in schema:
        told = fields.epoch(words) if whole else fields.place(words)

    def make(draft: Draft) -> float:
        if draft.extreme and "multipleOf" not in schema:
            edges = numbers.edges(schema, whole=whole)
            if edges:
                return draft.pick(edges)
        value = None if told is None else told(draft, words)
        if value is None or (low is not None and value < low) or (high is not None and value > high):
            value = drawn(draft.chance)
        if value is None:
            raise Unmakeable("no number lies between the bounds")
        return value

    return make
