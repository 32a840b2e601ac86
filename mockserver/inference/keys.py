"""Keys: which field of an item its path names, who chooses it, and new ones of the right form."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from mockserver.contract.generation import Generator, Judge, NoValueError
from mockserver.contract.generation.words import words_of
from mockserver.inference.looks import Looks, Pointer
from mockserver.inference.paths import spelled
from mockserver.inference.vocabulary import KEYS
from mockserver.world import World

SCALARS = frozenset(("string", "integer", "number"))
HANDLES = ("login", "username", "handle", "email", "title", "path", "filename", "domain", "host", "token")
"""Fields that identify a record where the usual ones are missing."""
TOKEN = 16
MAIL = "mail"
"""What the name of a key that is an address has in it."""
TRIES = 40
STEADY = 10
"""Numbers that are tried one by one before the next ones lie ever further on."""
PREFIX = re.compile(r"([A-Za-z]{1,10}_(?:[a-z]{1,6}_)?)(?=[A-Za-z0-9]{6,}$)")
DIGITS = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True)
class Key:
    """The field of an item that its path names, None if it has none; the name of the parameter; who chooses it."""

    field: Pointer | None
    parameter: str | None
    chooser: Literal["client", "world"]
    reason: str

    def __str__(self) -> str:
        return ".".join(self.field) if self.field is not None else "none"


TITLES = ("name", "key", "slug", "number", "code")
"""Of the usual fields, those whose values people choose."""
UUIDS = ("uuid", "guid")
"""Formats of UUIDs."""
OR = "or"
HOLDERS = ("metadata", "meta", "sys", "attributes")
"""Fields in which an item has what it is known by."""


def key_field(looks: Looks, schema: Any, parameter: str | None, described: Any, one: str) -> tuple[Pointer | None, str]:
    """The field of an item that a path parameter of this schema names, and why; `one` is what one item is called."""
    search = _Search(looks, schema, parameter, described, one)
    return next(search.found(), (None, "no field of the item holds it"))


Found = tuple[Pointer, str]


@dataclass(frozen=True)
class _Search:
    """Where the field of a key may be, and what for: see `key_field`."""

    looks: Looks
    schema: Any
    parameter: str | None
    described: Any
    one: str

    def found(self) -> Iterator[Found]:
        """The fields, the likeliest first."""
        scalars = {name: each for name, each in self._properties.items() if self._is_scalar(each)}
        if self.parameter is not None:
            yield from self._named(scalars, self.parameter)
        same = [name for name, each in scalars.items() if _is_one(self.looks, each, self.described)]
        if len(same) == 1:
            yield (same[0],), f"{{{self.parameter}}} has the schema of its `{same[0]}`"
        yield from self._usual(scalars)
        for outer, inner in _nested(self.looks, self._properties):
            if self._holds_item(outer):
                for name in _named(inner, KEYS[:3]):
                    yield (outer, name), f"its `{outer}.{name}`"

    @property
    def _properties(self) -> Mapping[str, Any]:
        return self.looks.properties(self.schema)

    def _is_scalar(self, schema: Any) -> bool:
        kinds = self.looks.kinds(schema)
        return bool(kinds & SCALARS) or not kinds

    def _named(self, scalars: Mapping[str, Any], parameter: str) -> Iterator[Found]:
        """Those that are called as the parameter."""
        wanted = _wanted(parameter, self.one)
        for name in _named(scalars, wanted):
            yield (name,), f"{{{parameter}}} is its `{name}`"
        ends = [name for name in scalars if _ends(spelled(parameter), name)]
        if len(ends) == 1:
            yield (ends[0],), f"{{{parameter}}} ends as its `{ends[0]}`"
        for outer, inner in _nested(self.looks, self._properties):
            for name in _named(inner, wanted if self._holds_item(outer) else self._whole(parameter)):
                yield (outer, name), f"{{{parameter}}} is its `{outer}.{name}`"

    def _holds_item(self, outer: str) -> bool:
        """Whether an object in an item has what the item itself is known by, and is no other thing with a key."""
        return spelled(outer) in (self.one, *HOLDERS)

    def _whole(self, parameter: str) -> tuple[str, ...]:
        """The parameter's name, where it says of what it is the key; what is called after the resource refers to it."""
        name = spelled(parameter)
        return () if name in (self.one, *KEYS) else (name,)

    def _usual(self, scalars: Mapping[str, Any]) -> Iterator[Found]:
        """Those that are usually keys, those of the parameter's type first."""
        looks, one = self.looks, self.one
        if _is_uuid_schema(looks, self.described):
            scalars = {name: each for name, each in scalars.items() if _may_be_uuid(looks, name, each, one)}
        kinds = looks.kinds(self.described)
        fitting = {name: each for name, each in scalars.items() if _fits(looks.kinds(each), kinds)}
        owned = [name for name in fitting if one and spelled(name).endswith(f"{one}id")]
        if len(owned) == 1 and not {"id", "uuid"} & set(map(spelled, fitting)):
            yield (owned[0],), f"its `{owned[0]}`, which is called after it"
        for names in (fitting, scalars if not kinds or "string" in kinds else {}):  # no text of a name is a number
            for name in _named(names, (f"{one}id", f"{one}name", *KEYS, *HANDLES)):
                why = f"no field is called as {{{self.parameter}}}" if self.parameter else "no path names it"
                yield (name,), f"its `{name}`, as {why}"


def _is_one(looks: Looks, field: Any, described: Any) -> bool:
    """Whether a field and a parameter are of one schema of the document, by reference."""
    identity = looks.identity(described)
    return isinstance(identity, str) and looks.identity(field) == identity


def _is_uuid_schema(looks: Looks, schema: Any) -> bool:
    return looks.shape(schema).schema.get("format") in UUIDS


def _may_be_uuid(looks: Looks, name: str, schema: Any, one: str) -> bool:
    """Whether a field that is not called as the parameter may hold the UUID that it takes."""
    known = spelled(name) in (f"{one}id", *KEYS) and spelled(name) not in TITLES
    return _is_uuid_schema(looks, schema) or (known and "format" not in looks.shape(schema).schema)


def _wanted(parameter: str, one: str) -> tuple[str, ...]:
    """The spelled names that a parameter's field may have: of `idOrName`, those of both."""
    found: list[str] = []
    for words in _alternatives(words_of(parameter)):
        name = "".join(words)
        shorter = name.removeprefix(one) if one and name.startswith(one) else ""
        longer = f"{one}{name}" if one else ""
        found += [name, shorter, longer, *(end for end in KEYS if name.endswith(end))]
    return tuple(each for each in found if each) or (spelled(parameter),)


def _ends(parameter: str, name: str) -> bool:
    """Whether a parameter is called like a field of two words, and more before: `cseEmailAddress`."""
    return len(words_of(name)) > 1 and parameter.endswith(spelled(name))


def _alternatives(words: Sequence[str]) -> Iterator[Sequence[str]]:
    start = 0
    for at in range(1, len(words) - 1):
        if words[at] == OR and at > start:
            yield words[start:at]
            start = at + 1
    yield words[start:]


def _named(properties: Mapping[str, Any], wanted: tuple[str, ...]) -> Iterator[str]:
    by_name: dict[str, str] = {}
    for name in properties:
        by_name.setdefault(spelled(name), name)
    yield from (by_name[each] for each in wanted if each in by_name)


def _nested(looks: Looks, properties: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    ordered = sorted(properties, key=lambda each: spelled(each) not in HOLDERS)
    for name in ordered:
        schema = properties[name]
        if "array" not in looks.kinds(schema):
            inner = looks.properties(schema)
            yield name, {each: part for each, part in inner.items() if looks.kinds(part) & SCALARS}


def _fits(kinds: frozenset[str], wanted: frozenset[str]) -> bool:
    return not wanted or not kinds or bool(kinds & wanted) or ("integer" in kinds and "number" in wanted)


def text_of(value: Any) -> str:
    """A key's value as it stands in a path."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):  # of a parameter that takes several keys: one is that of one item
        return ",".join(map(text_of, value))
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


class KeyMaker:
    """Makes new keys in the form of one field, which the path parameter takes as well.

    exemplar: what a key of the document looks like. Whole numbers count up, UUIDs are UUIDs; a prefix such as `cus_`
    stays. Whatever else its schema asks for is generated, until one is free.
    """

    def __init__(
        self, schema: Any, field: Judge, path: tuple[Any, Judge], generator: Generator, exemplar: Any, name: str
    ) -> None:
        self._sources = ((schema, field), path)
        self._judges = (field, path[1])
        self._generator = generator
        self._name = name
        self._draw = self._drawing(exemplar)

    def make(self, world: World, following: int, taken: Callable[[Any], bool]) -> Any:
        """A key that is not taken. following: the number that a count of records is at."""
        number, step = following, 1
        for attempt in range(TRIES):
            for key in (self._draw(world, number), str(number)):
                if self.fits(key) and not taken(key):
                    return key
            number, step = number + step, step if attempt < STEADY else step * 2
        return self.generated(world, taken)

    def fits(self, key: Any) -> bool:
        """Whether the field may have it, and the path, as text or as its type."""
        field, parameter = self._judges
        if not field.accepts(key):
            return False
        if parameter.accepts(key):
            return True
        text = text_of(key)  # a path is text, whatever type it is read as
        return parameter.accepts(text) or (DIGITS.fullmatch(text) is not None and parameter.accepts(int(text)))

    def _drawing(self, exemplar: Any) -> Callable[[World, int], Any]:
        field, _ = self._judges
        if (field.accepts(1) and not field.accepts("a")) or isinstance(exemplar, int):
            return lambda _, number: number
        if not isinstance(exemplar, str) and MAIL in spelled(self._name):
            return lambda _, number: f"user{number}@example.com"
        if not isinstance(exemplar, str) or _is_uuid(exemplar):
            return lambda world, _: world.ids.uuid()
        if DIGITS.fullmatch(exemplar):
            return lambda _, number: str(number)
        prefix = PREFIX.match(exemplar)
        if prefix is not None:
            start, length = prefix[1], min(len(exemplar) - len(prefix[1]), 40)
            return lambda world, _: start + world.ids.token(length)
        length = len(exemplar) if re.fullmatch(r"[0-9a-z]{8,40}", exemplar) else TOKEN
        return lambda world, _: world.ids.token(length)

    def generated(self, world: World, taken: Callable[[Any], bool]) -> Any:
        """A key as field or path describe it; the last one that was made if all of them are taken."""
        made: Any = None
        for attempt in range(TRIES):
            schema, judge = self._sources[attempt % 2]
            seed = world.ids.token(12)
            try:
                made = self._generator.value(schema, judge, seed, now=world.now(), name=self._name, style="fresh")
            except NoValueError:
                continue
            if not taken(made) and self.fits(made):
                break
        return made


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
