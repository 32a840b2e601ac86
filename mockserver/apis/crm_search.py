"""Whether a contact matches a saved search.

Every filter becomes a test over what the contact has under one attribute, always as an array, so that one rule holds
throughout: a contact without the attribute (none has one that is not defined) passes no operator, and `invert`
turns exactly that answer round. Values are compared as JSON: `1` equals `1.0` and nothing equals `true` but `true`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from operator import ge, le
from typing import Any, NamedTuple

from mockserver.world import Record

Test = Callable[[Sequence[Any]], bool]
Operator = Callable[[Any], Test]
"""From the value searched for to the test of what a contact has; whatever the value costs is paid once."""


def equal(value: Any) -> Test:
    wanted = _token(value)
    return lambda elements: any(_token(element) == wanted for element in elements)


def like(value: Any) -> Test:
    if not isinstance(value, str):
        return lambda _: False
    part = value.casefold()
    return lambda elements: any(isinstance(element, str) and part in element.casefold() for element in elements)


def any_of(value: Any) -> Test:
    wanted = frozenset(map(_token, _listed(value)))
    return lambda elements: not wanted.isdisjoint(map(_token, elements))


def all_of(value: Any) -> Test:
    wanted = frozenset(map(_token, _listed(value)))
    return lambda elements: wanted.issubset(map(_token, elements))


def ordered(holds: Callable[[Any, Any], bool]) -> Operator:
    """An operator that compares values of the same kind."""

    def operator(value: Any) -> Test:
        kind, bound = _magnitude(value)
        return lambda elements: any(
            found == kind != "none" and holds(magnitude, bound) for found, magnitude in map(_magnitude, elements)
        )

    return operator


OPERATORS: dict[str, Operator] = {
    "eq": equal,
    "gte": ordered(ge),
    "lte": ordered(le),
    "like": like,
    "any": any_of,
    "all": all_of,
}
JOINS = {"and": all, "or": any}


class Criterion(NamedTuple):
    """One filter; `attribute` is the contact's, None if no definition leads to one."""

    attribute: str | None
    operator: str
    value: Any
    invert: bool

    def test(self) -> Callable[[Record], bool]:
        passes = OPERATORS[self.operator](self.value)

        def test(contact: Record) -> bool:
            elements = _elements(contact, self.attribute)
            return (bool(elements) and passes(elements)) is not self.invert

        return test


class Search(NamedTuple):
    """The criteria of a contact list. A list without criteria finds no contact."""

    criteria: tuple[Criterion, ...]
    filter_type: str
    q: str | None

    @property
    def fingerprint(self) -> bytes:
        """The same for searches that ask for the same, and short whatever they ask for."""
        return blake2b(json.dumps(self).encode(), digest_size=32).digest()

    def test(self) -> Callable[[Record], bool]:
        tests = [criterion.test() for criterion in self.criteria]
        join = JOINS[self.filter_type]
        part = (self.q or "").casefold()
        if not tests and not part:
            return lambda _: False
        return lambda contact: (
            (not tests or join(test(contact) for test in tests)) and (not part or _mentions(contact, part))
        )


def _mentions(contact: Record, part: str) -> bool:
    return any(part in text.casefold() for text in (contact["name"], *contact["emails"], *contact["phones"]))


def _elements(contact: Record, attribute: str | None) -> Sequence[Any]:
    value = None if attribute is None else contact.get(attribute)
    return () if value is None else _listed(value)


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else (value,)


def _token(value: Any) -> str:
    """A text that two values share if and only if they are one JSON value; no one can foresee a text's hash."""
    if isinstance(value, str):
        return '"' + value
    return str(value) if type(value) is int else json.dumps(_plain(value), sort_keys=True)


def _plain(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return value


def _magnitude(value: Any) -> tuple[str, Any]:
    """The kind of a value (`number`, `date`, `string`; `none` has no order) and what to compare within it."""
    if isinstance(value, str):
        return _date(value) or ("string", value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return "number", value
    return "none", None


def _date(text: str) -> tuple[str, datetime] | None:
    """An ISO 8601 date or date-time in its extended format; without a time midnight, without an offset UTC."""
    if text[4:5] != "-" or text[10:11] not in ("", "T", " "):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return "date", moment if moment.tzinfo else moment.replace(tzinfo=UTC)
