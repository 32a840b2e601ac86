"""Objects: the properties that a schema names, then as many others as it asks for."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from mockserver.contract.generation import extremes, fields, patterns, texts
from mockserver.contract.generation.draft import Draft, Unmakeable
from mockserver.contract.generation.repeats import KINDS, WIDE, repeated
from mockserver.contract.generation.shape import Shape
from mockserver.contract.generation.texts import Make, Words
from mockserver.contract.generation.words import NOUNS, words_of

if TYPE_CHECKING:
    from mockserver.contract.generation.making import Maker

MOST = 1000
"""Properties beyond which an object is not made, whatever it requires."""
PATTERNS = 100
"""Patterns of names that a name is compared with: each is compiled, and so many are remembered."""
TRIES = 500
"""Further draws for names that are not there yet."""
NESTED_MAPS = 2
"""Levels of objects below which a map is not made large to try a client with."""
MANY = 20
"""Properties of the largest maps that are made to try a client with."""
COMPOUND = frozenset({"object", "array"})
HALF = 0.5
ONE_WAY = {"response": "writeOnly", "request": "readOnly"}
"""The keyword of properties that a value of a direction does not have."""


class Entry:
    """One property of an object."""

    __slots__ = ("name", "required", "schema")

    def __init__(self, name: str, schema: Any, *, required: bool) -> None:
        self.name = name
        self.schema = schema
        self.required = required


Planned = tuple[str, Make, Make | None, Shape, bool]
"""A property: its name, what makes it, what does so in a draft that varies, its shape, and whether it must be there."""


class ObjectPlan:
    """Makes objects of a shape: the properties it names, then as many others as it asks for."""

    def __init__(self, maker: Maker, shape: Shape, words: Words) -> None:
        schema = shape.schema
        self._maker = maker
        self._shape = shape
        # an object of a list of `users` or of the component User is about one, whatever its fields are called
        self._properties: Mapping[str, Any] = schema.get("properties") or {}
        self._about = fields.about(words or words_of((shape.reference or "").rpartition("/")[2]), self._properties)
        self._patterns: Mapping[str, Any] = schema.get("patternProperties") or {}
        self._rest: Any = schema.get("additionalProperties", schema.get("unevaluatedProperties", True))
        self._dependent: Mapping[str, Any] = schema.get("dependentRequired") or {}
        # in the document's order, and looked up at once: there may be many
        required = dict.fromkeys(name for name in schema.get("required") or () if isinstance(name, str))
        closed = None if schema.get("closed") is None else frozenset(schema["closed"])
        crowded = len(self._properties) > schema.get("maxProperties", math.inf)  # then only what is required is made
        self._entries = [
            Entry(name, self._schema_of(name), required=name in required)
            for name in dict.fromkeys([*self._properties, *required])
            if name in required or (not crowded and (closed is None or name in closed))
        ]
        self._planned: dict[tuple[str, str], list[Planned]] = {}
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
        if not self._is_map or len(draft.personas) > NESTED_MAPS:
            return self._least
        return int(
            min(draft.pick((self._least, self._least + MANY)), self._shape.schema.get("maxProperties", math.inf))
        )

    def _schema_of(self, name: str) -> Any:
        if name in self._properties:
            return self._properties[name]
        some = islice(self._patterns.items(), PATTERNS)
        return next((schema for pattern, schema in some if patterns.holds(pattern, name)), self._rest)

    def __call__(self, draft: Draft) -> dict[str, Any]:
        sparing = draft.sparing
        known = self._alike(draft, sparing=sparing)
        if known is not None and len(known) >= KINDS:
            made, which = dict(draft.pick(known)[0]), "telling"
            draft.shared = True
        else:
            made, which = {}, "required" if sparing else "all"
        planned = self._planned.get((which, draft.direction)) or self._list(which, draft.direction)
        draft.enter(self._shape.reference, len(planned))
        draft.personas.append(draft.introduce(self._about))
        draft.path.append("")
        try:
            self._fill(made, planned, draft)
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
        if known is not None:
            known.append((made, 0))
        return made

    def _alike(self, draft: Draft, *, sparing: bool) -> list[tuple[Any, int]] | None:
        """What was made here before that this object may be like; None if all of it is to be made."""
        if draft.kinds is None or len(self._entries) < WIDE:
            return None
        if not (self._planned.get(("telling", draft.direction)) or self._list("telling", draft.direction)):
            return None
        return draft.kinds.setdefault((self, sparing), [])

    def _list(self, which: str, direction: str) -> list[Planned]:
        """All properties that go that way, or those of them that must be there, or that tell two objects apart."""
        entries = [entry for entry in self._entries if entry.required or which != "required"]
        if which == "telling":  # and what must agree with that
            entries = [entry for entry in entries if _tells(self._maker.shapes.of(entry.schema), entry.name)]
        found = self._planned[which, direction] = list(self._plans(entries, direction))
        return found

    def _plans(self, entries: Iterable[Entry], direction: str) -> Iterator[Planned]:
        for entry in entries:
            shape = self._maker.shapes.of(entry.schema)
            if shape.schema.get(ONE_WAY[direction]):  # it goes the other way only
                continue
            make = self._maker.plan(shape, words_of(entry.name))
            is_part = shape.alternatives or not COMPOUND.isdisjoint(shape.types)
            varied = None if is_part else self._maker.variation(make)
            yield entry.name, repeated(make, shape.reference) if is_part else make, varied, shape, entry.required

    @staticmethod
    def _fill(made: dict[str, Any], planned: Iterable[Planned], draft: Draft) -> None:
        """Put what the object is to have of these; a page of large items does little else, so it is one plain loop."""
        path, extreme, varies = draft.path, draft.extreme, draft.varies
        for name, make, varied, shape, required in planned:
            if (extreme or shape.reference) and not required and _left_out(shape.reference, draft):
                continue
            path[-1] = name
            try:
                made[name] = varied(draft) if varies and varied and not shape.spoiled else make(draft)
            except Unmakeable:
                if required:
                    raise

    def _further(self, made: dict[str, Any], draft: Draft, wanted: int) -> None:
        """Properties that the schema does not name, where it is a map or asks for more than it names."""
        if wanted > MOST:
            raise Unmakeable(f"{wanted} properties are too many to make")
        if draft.extreme and self._open and draft.random() < HALF:
            made.setdefault(extremes.PROPERTY, extremes.text(draft, 0, None))
        tries = wanted + TRIES
        while len(made) < wanted and tries:
            tries -= 1
            name = self._name(draft, len(made))
            if name not in made:
                entry = Entry(name, self._schema_of(name), required=len(made) < self._least)
                self._fill(made, self._plans([entry], draft.direction), draft)

    def _name(self, draft: Draft, number: int) -> str:
        """A name for a property that the schema does not name; `number`: how many the object has."""
        if self._patterns and not isinstance(self._rest, Mapping):
            found = patterns.text_of(next(iter(self._patterns)), draft.chance)
            if found is not None:
                return found
        names = self._shape.schema.get("propertyNames")
        if isinstance(names, Mapping):
            return str(self._maker.plan(self._maker.shapes.of(names), ("key",))(draft))
        noun = draft.pick(NOUNS)
        return noun if number < len(NOUNS) else f"{noun}{number}"

    def _depend(self, made: dict[str, Any], draft: Draft) -> None:
        for name, others in self._dependent.items():
            lacking = [other for other in others if other not in made] if name in made else ()
            entries = [Entry(other, self._schema_of(other), required=True) for other in lacking]
            self._fill(made, self._plans(entries, draft.direction), draft)


def _left_out(reference: str | None, draft: Draft) -> bool:
    """Whether an optional property stays away: it leads back into itself, or chance has it."""
    return draft.stands_in(reference) or (draft.extreme and draft.random() < HALF)


def _tells(shape: Shape, name: str) -> bool:
    words = words_of(name)
    if "enum" in shape.schema or "const" in shape.schema or not {"string", "integer", "number"} & set(shape.types):
        return False
    return fields.identifies(words) or texts.told_by(shape.schema, words) in fields.PERSONAL
