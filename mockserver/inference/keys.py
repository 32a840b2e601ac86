"""Keys: which field of an item its path names, who chooses it, and new ones of the right form."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol
from uuid import UUID

from mockserver.contract.generation import Generator, NoValueError
from mockserver.inference.looks import Looks, Pointer
from mockserver.inference.paths import spelled
from mockserver.inference.resources import KEYS
from mockserver.world import World

SCALARS = frozenset(("string", "integer", "number"))
HANDLES = ("login", "username", "handle", "email", "title", "path", "filename", "domain", "host", "token")
"""Fields that tell one record from another where the usual ones are not there."""
TOKEN = 16
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


HOLDERS = ("metadata", "meta", "sys", "attributes")
"""Fields in which an item has what it is known by."""


def key_field(
    looks: Looks, schema: Any, parameter: str | None, kinds: frozenset[str], one: str
) -> tuple[Pointer | None, str]:
    """The field of an item that a path parameter of these types names, and why; `one` is what one item is called."""
    properties = looks.properties(schema)
    scalars = {name: each for name, each in properties.items() if looks.kinds(each) & SCALARS or not looks.kinds(each)}
    if parameter is not None:
        wanted = _wanted(parameter, one)
        for name in _named(scalars, wanted):
            return (name,), f"{{{parameter}}} is its `{name}`"
        for outer, inner in _nested(looks, properties):
            if spelled(parameter) == one and spelled(outer) not in HOLDERS:
                continue  # what is called after the resource elsewhere refers to it
            for name in _named(inner, wanted):
                return (outer, name), f"{{{parameter}}} is its `{outer}.{name}`"
    fitting = {name: each for name, each in scalars.items() if _fits(looks.kinds(each), kinds)}
    for names in (fitting, scalars):
        for name in _named(names, (f"{one}id", f"{one}name", *KEYS, *HANDLES)):
            why = f"no field is called as {{{parameter}}}" if parameter is not None else "no path names it"
            return (name,), f"its `{name}`, as {why}"
    for outer, inner in _nested(looks, properties):
        for name in _named(inner, KEYS[:3]):
            return (outer, name), f"its `{outer}.{name}`"
    return None, "no field of the item holds it"


def _wanted(parameter: str, one: str) -> tuple[str, ...]:
    """The spelled names that a parameter's field may have."""
    name = spelled(parameter)
    shorter = name.removeprefix(one) if one and name.startswith(one) else ""
    return tuple(each for each in (name, shorter, *(end for end in KEYS if name.endswith(end))) if each)


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
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


class Judge(Protocol):
    def accepts(self, value: Any) -> bool: ...

    def first_error(self, instance: Any) -> Any: ...


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
        return field.accepts(key) and (parameter.accepts(key) or parameter.accepts(text_of(key)))

    def _drawing(self, exemplar: Any) -> Callable[[World, int], Any]:
        field, _ = self._judges
        if (field.accepts(1) and not field.accepts("a")) or isinstance(exemplar, int):
            return lambda _, number: number
        if not isinstance(exemplar, str):
            return lambda world, _: world.ids.uuid()
        if _is_uuid(exemplar):
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
