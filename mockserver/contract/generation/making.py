"""Making values: each schema is planned once, as a function that draws a value from a draft.

What is known of a schema (its type, its bounds, what its field's name says) is decided when it is planned, and what it
leads to is planned when it is first needed, so a large document costs what is used of it.
"""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mockserver.contract.bodies import write_json
from mockserver.contract.generation import extremes, fields, numbers, patterns, texts
from mockserver.contract.generation.draft import Draft, Unmakeable
from mockserver.contract.generation.repeats import KINDS, repeated
from mockserver.contract.generation.shape import Shape, Shapes
from mockserver.contract.generation.texts import Make, Words
from mockserver.contract.generation.words import NOUNS, singular, slug, thing, words_of

ITEMS = 3
"""Items of an array that nothing bounds, at most."""
MOST_ITEMS = 1000
"""Items beyond which an array is not made, whatever it requires."""
TRIES = 20
"""Further draws for an item or a name that is not there yet."""
NESTED_LISTS = 2
"""Levels of objects below which an array has one item."""
PART = 40
"""Objects and arrays in each item of a long list, before only what is required is made."""
MANY = 20
"""Items and properties of the largest arrays and maps that are made to try a client with."""
COMPOUND = frozenset({"object", "array"})
HALF = 0.5
SELDOM = 0.25
SUGGESTED = "x-extensible-enum"
"""Lists the members of an enum that may grow."""


class Maker:
    """Plans of one document's schemas."""

    def __init__(self, shapes: Shapes) -> None:
        self.shapes = shapes
        self._plans: dict[tuple[int, Words], Make] = {}

    def plan(self, shape: Shape, words: Words = ()) -> Make:
        """What makes values of the shape, for a field of this name; it raises Unmakeable where it finds none."""
        key = (id(shape), words)
        found = self._plans.get(key)
        if found is None:
            found = self._plans[key] = self._planned(shape, words)
        return found

    def _planned(self, shape: Shape, words: Words) -> Make:
        schema = shape.schema
        if "const" in schema:
            constant = schema["const"]
            return lambda _: constant
        if isinstance(schema.get("enum"), list):
            return _member(shape)
        made = self._choice(shape, words) if shape.alternatives else self._typed(shape, words)
        if isinstance(schema.get(SUGGESTED), list) and schema[SUGGESTED]:
            made = _suggested(schema[SUGGESTED], made)
        if shape.nullable:
            made = _or_null(made)
        return _exemplified(shape, words, made) if shape.examples else made

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
                return _unmakeable(f"{kind} is no type")

    def _content(self, shape: Shape, words: Words) -> Make | None:
        """Text that stands for a value of `contentSchema`, or for bytes in base64; None for any other text."""
        schema = shape.schema
        within, encoded = schema.get("contentSchema"), schema.get("contentEncoding") == "base64"
        if within is None and not encoded:
            return None

        def make(draft: Draft) -> str:
            draft.enter(None)
            try:
                value = slug(draft.pick) if within is None else self.plan(self.shapes.of(within), words)(draft)
            finally:
                draft.open.pop()
            written = value.encode() if isinstance(value, str) and within is None else write_json(value)
            return (base64.b64encode(written) if encoded else written).decode()

        return make

    @staticmethod
    def _anything(shape: Shape, words: Words) -> Make:
        """A value where the document says nothing: what a field of that name usually holds."""
        if shape.schema.get("type") == []:
            return _unmakeable("no type is left")
        told = fields.text_of(words)
        if told is not None:
            return lambda draft: told(draft, words)
        return (lambda draft: thing(draft.pick)) if words else lambda _: {}

    def _choice(self, shape: Shape, words: Words) -> Make:
        """One of the alternatives: any of them, null and those that lead back into themselves last."""
        alternatives = shape.alternatives[0]
        chosen: dict[int, Shape] = {}
        whole = [self.shapes.of(each) for each in alternatives]
        numbered = range(len(alternatives))

        def make(draft: Draft) -> Any:
            order = draft.shuffled(numbered)
            order.sort(key=lambda at: (draft.stands_in(whole[at].reference), whole[at].types == ("null",)))
            draft.enter(shape.reference)
            try:
                for at in order:
                    if at not in chosen:
                        chosen[at] = self.shapes.with_part(shape, alternatives[at])
                    try:
                        return self.plan(chosen[at], words)(draft)
                    except Unmakeable:
                        continue
            finally:
                draft.open.pop()
            raise Unmakeable("no alternative can be made")

        return make


class Entry:
    """One property of an object: how it is called, and its plan once it is needed."""

    __slots__ = ("make", "name", "one_way", "reference", "required", "schema", "shape")

    def __init__(self, name: str, schema: Any, *, required: bool) -> None:
        self.name = name
        self.schema = schema
        self.required = required
        self.make: Make | None = None
        self.shape: Shape | None = None
        self.reference: str | None = None
        self.one_way: str | None = None


class ObjectPlan:
    """Makes objects of a shape: the properties it names, then as many others as it asks for."""

    def __init__(self, maker: Maker, shape: Shape, words: Words) -> None:
        schema = shape.schema
        self._maker = maker
        self._shape = shape
        self._about = words or words_of((shape.reference or "").rpartition("/")[2])
        self._properties: Mapping[str, Any] = schema.get("properties") or {}
        self._patterns: Mapping[str, Any] = schema.get("patternProperties") or {}
        self._rest: Any = schema.get("additionalProperties", schema.get("unevaluatedProperties", True))
        self._dependent: Mapping[str, Any] = schema.get("dependentRequired") or {}
        required = [name for name in schema.get("required") or () if isinstance(name, str)]
        closed = schema.get("closed")
        crowded = len(self._properties) > schema.get("maxProperties", math.inf)
        self._entries = [
            Entry(name, self._schema_of(name), required=name in required)
            for name in dict.fromkeys([*self._properties, *required])
            if name in required or (not crowded and (closed is None or name in closed))
        ]
        self._required = [entry for entry in self._entries if entry.required]
        self._is_map = isinstance(self._rest, Mapping) or bool(self._patterns)
        self._least, self._wanted = self._sizes(schema)
        self._open = "additionalProperties" not in schema and "unevaluatedProperties" not in schema

    def _sizes(self, schema: Mapping[str, Any]) -> tuple[int, int]:
        """How many properties an object must have, and how many it is to have."""
        least = schema.get("minProperties", 0)
        wanted = max(least, 2) if self._is_map and not self._properties else least
        return least, min(wanted, schema.get("maxProperties", wanted))

    def _extreme_size(self, draft: Draft) -> int:
        """How many properties an object is to have at the edges: of a map none, or many."""
        if not self._is_map or len(draft.personas) > NESTED_LISTS:
            return self._least
        return int(
            min(draft.pick((self._least, self._least + MANY)), self._shape.schema.get("maxProperties", math.inf))
        )

    def _schema_of(self, name: str) -> Any:
        if name in self._properties:
            return self._properties[name]
        matching = (schema for pattern, schema in self._patterns.items() if patterns.holds(pattern, name))
        return next(matching, self._rest)

    def __call__(self, draft: Draft) -> dict[str, Any]:
        sparing = draft.sparing
        made: dict[str, Any] = {}
        draft.enter(self._shape.reference)
        draft.personas.append(draft.introduce(self._about))
        draft.path.append("")
        try:
            self._fill(made, self._required if sparing else self._entries, draft)
            if draft.extreme:
                self._further(made, draft, self._extreme_size(draft))
            elif self._wanted:
                self._further(made, draft, self._least if sparing else self._wanted)
            if self._dependent:
                self._depend(made, draft)
        finally:
            draft.path.pop()
            draft.personas.pop()
            draft.open.pop()
        return made

    def _fill(self, made: dict[str, Any], entries: Sequence[Entry], draft: Draft) -> None:
        """Put what the object is to have of these; a page of large items does little else, so it is one plain loop."""
        path, extreme, direction = draft.path, draft.extreme, draft.direction
        for entry in entries:
            make = entry.make or self._complete(entry)
            if entry.one_way == direction:  # it goes the other way only
                continue
            if (extreme or entry.reference) and not entry.required and self._left_out(entry, draft):
                continue
            path[-1] = entry.name
            try:
                made[entry.name] = make(draft)
            except Unmakeable:
                if entry.required:
                    raise

    def _complete(self, entry: Entry) -> Make:
        entry.shape = self._maker.shapes.of(entry.schema)
        entry.reference = entry.shape.reference
        directions = {"writeOnly": "response", "readOnly": "request"}
        entry.one_way = next((to for keyword, to in directions.items() if entry.shape.schema.get(keyword)), None)
        make = self._maker.plan(entry.shape, words_of(entry.name))
        is_part = entry.shape.alternatives or not COMPOUND.isdisjoint(entry.shape.types)
        entry.make = repeated(make, entry.reference) if is_part else make
        return entry.make

    @staticmethod
    def _left_out(entry: Entry, draft: Draft) -> bool:
        """Whether an optional property stays away: it leads back into itself, or chance has it."""
        if draft.stands_in(entry.reference):
            return True
        return draft.extreme and draft.random() < HALF

    def _further(self, made: dict[str, Any], draft: Draft, wanted: int) -> None:
        """Properties that the schema does not name, where it is a map or asks for more than it names."""
        if draft.extreme and self._open and draft.random() < HALF:
            made.setdefault(extremes.PROPERTY, extremes.text(draft, 0, None))
        tries = wanted * TRIES
        while len(made) < wanted and tries:
            tries -= 1
            name = self._name(draft)
            if name not in made:
                self._fill(made, [Entry(name, self._schema_of(name), required=len(made) < self._least)], draft)

    def _name(self, draft: Draft) -> str:
        """A name for a property that the schema does not name."""
        if self._patterns and not isinstance(self._rest, Mapping):
            found = patterns.text_of(next(iter(self._patterns)), draft.chance)
            if found is not None:
                return found
        names = self._shape.schema.get("propertyNames")
        if isinstance(names, Mapping):
            return str(self._maker.plan(self._maker.shapes.of(names), ("key",))(draft))
        return draft.pick(NOUNS)

    def _depend(self, made: dict[str, Any], draft: Draft) -> None:
        for name, others in self._dependent.items():
            lacking = [other for other in others if other not in made] if name in made else ()
            self._fill(made, [Entry(other, self._schema_of(other), required=True) for other in lacking], draft)


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
            draft.kinds = None
        elif share is not None and kinds is None:
            draft.kinds = {}
        draft.enter(self._shape.reference)
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
                break
            if not self._unique or item not in made:
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
        if draft.stands_in(self._reference):
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
        for at in range(schema.get("minContains", 1)):
            made[at : at + 1] = [self._contained(draft)]


def _null(_: Draft) -> None:
    return None


def _unmakeable(reason: str) -> Make:
    def make(_: Draft) -> Any:
        raise Unmakeable(reason)

    return make


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


def _member(shape: Shape) -> Make:
    members: list[Any] = shape.schema["enum"]
    if not members:
        return _unmakeable("the enum has no member")
    told = [each for each in members if each is not None] or members
    first = next((each for each in shape.examples if each in members), told[0])

    def make(draft: Draft) -> Any:
        if draft.documented and draft.item == 0:
            return first
        return draft.pick(members if draft.extreme else told)

    return make


def _suggested(members: list[Any], make: Make) -> Make:
    """One of the members that the document knows; at the edges any other, which its schema takes as well."""

    def made(draft: Draft) -> Any:
        if draft.extreme and draft.random() < HALF:
            return make(draft)
        return members[0] if draft.documented and draft.item == 0 else draft.pick(members)

    return made


def _exemplified(shape: Shape, words: Words, make: Make) -> Make:
    """The document's example; for a further item of an array, or a fresh value, one that is like it."""
    first = shape.examples[0]
    others = [_variation(each, shape, words) for each in shape.examples]

    def made(draft: Draft) -> Any:
        if shape.spoiled or draft.style in ("plain", "extreme"):
            return make(draft)
        if draft.documented and draft.item == 0:
            draft.exemplify(shape)
            return first
        vary = others[0] if len(others) == 1 else draft.pick(others)
        if vary is None:
            return make(draft)
        if draft.examples is not None:
            draft.exemplify(shape)
        return vary(draft)

    return made


def _variation(example: Any, shape: Shape, words: Words) -> Make | None:
    """What makes values like the example, but others: its digits drawn anew, or what a field of that name holds.

    None for an object or an array, which is made from its schema.
    """
    schema = shape.schema
    if isinstance(example, str):
        return _varied_text(example, schema, words)
    if isinstance(example, int) and not isinstance(example, bool) and "integer" in shape.types:
        spread = max(10, abs(example))
        likely = (max(0, example - spread), example + spread)
        drawn = numbers.number(schema, likely, whole=True)
        return lambda draft: drawn(draft.chance)
    return None if isinstance(example, dict | list) else lambda _: example


def _varied_text(example: str, schema: Mapping[str, Any], words: Words) -> Make:
    least, most = schema.get("minLength", 0), schema.get("maxLength")
    pattern = schema.get("pattern")
    if pattern is not None:
        return lambda draft: patterns.text_of(pattern, draft.chance, least, most) or example
    told = texts.told_by(schema, words)
    if told is not None and schema.get("format") is not None:
        return lambda draft: told(draft, words)
    parts = DIGITS.split(example)
    if len(parts) > 1:
        return lambda draft: "".join(
            [part if not at % 2 else _digits(draft, len(part)) for at, part in enumerate(parts)]
        )
    return (lambda _: example) if told is None else (lambda draft: texts.fitted(told(draft, words), draft, least, most))


DIGITS = re.compile(r"([0-9]{1,15})")


def _digits(draft: Draft, count: int) -> str:
    return str(draft.whole(10 ** (count - 1), 10**count - 1))


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
