"""What elements and attributes of XML must be called, as far as a document says so, and what is said of any other.

A name is known from the `xml` object of a schema or of the component that it refers to; a root without one is called as
its component (OpenAPI 3.2, XML Node Names). What nothing names may be called anything, as may what only a part of its
`allOf` names: some clients look there, and some do not.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from mockserver.contract.document import Document
from mockserver.contract.pointers import path_of_reference, pointer_of
from mockserver.contract.violations import Violation
from mockserver.errors import DocumentError

DEEPEST = 20
"""References in a row that are followed for a name."""
MOST = 100
"""Alternatives that are looked through for the names of a root."""
NAME = re.compile(r"[^\W\d][\w.-]*")
"""Names that an element can have: a component may be called otherwise."""


@dataclass(frozen=True)
class Called:
    """What an element or an attribute is called. `namespace` None: the document says none, so any is taken."""

    name: str
    namespace: str | None = None

    def fits(self, tag: str) -> bool:
        """Whether a name with its namespace, as ElementTree has them, is this one."""
        namespace, _, local = tag.rpartition("}")
        return local == self.name and self.namespace in (None, namespace[1:])

    def __str__(self) -> str:
        return f"<{self.name}>" if self.namespace is None else f'<{self.name} xmlns="{self.namespace}">'


def received(tag: str) -> Called:
    """What came, as ElementTree has it."""
    namespace, _, local = tag.rpartition("}")
    return Called(local, namespace[1:] or None)


class Plan(NamedTuple):
    """How objects of one schema are read: each property with its schema and what shows that it came, None for text.

    That is the name of an element, or that of an attribute behind an `@`; `names` has them all. `alike`: arrays that
    stand within elements of their own, as their items are called alike.
    """

    schema: Any
    parts: tuple[tuple[str, Any, str | None], ...]
    names: frozenset[str]
    alike: frozenset[str]


class Misnamed(Exception):
    """What is called otherwise than the document says. `place`: where, innermost last."""

    def __init__(self, expected: str, came: str) -> None:
        self.place: list[str | int] = []
        self._expected = expected
        self._received = came

    def violation(self) -> Violation:
        message = f"must have the {self._expected}, got the {self._received:.200}"
        return Violation("body", pointer_of(self.place), "element", self._expected, self._received, message)


def check(what: str, expected: Collection[Called], tags: Iterable[str]) -> None:
    """Misnamed for the first element that has none of the names."""
    for tag in tags:
        if not any(each.fits(tag) for each in expected):
            raise Misnamed(f"{what} {' or '.join(map(str, expected))}", f"{what} {received(tag)}")


class Elements:
    """The names that one document gives elements."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def xml(self, schema: Any) -> Mapping[str, Any]:
        """The `xml` object that says how a schema is written, without those of what it only combines."""
        found = (each.get("xml") for each in self._chain(schema))
        return next((each for each in found if isinstance(each, Mapping)), {})

    def roots(self, schema: Any) -> tuple[Called, ...]:
        """What the root of a schema may be called, by its alternatives; empty: anything."""
        found, left = list[Called](), [schema]
        for each in left:  # grows, by alternatives
            xml, component = self.xml(each), _component(each)
            if isinstance(xml.get("name"), str) or component is not None:
                found.append(called(xml, component or ""))
                continue
            nodes = self._chain(each)
            alternatives = [one for node in nodes for key in ("oneOf", "anyOf") for one in node.get(key) or ()]
            if not alternatives or len(left) > MOST:  # one that may be called anything lets all be
                return ()
            left += alternatives
        return tuple(dict.fromkeys(found))

    def _chain(self, schema: Any) -> list[Mapping[str, Any]]:
        """The schema, and those that it refers to, one after the other."""
        found = list[Mapping[str, Any]]()
        while isinstance(schema, Mapping) and len(found) < DEEPEST:
            found.append(schema)
            reference = schema.get("$ref")
            try:
                schema = self._document.at(reference) if isinstance(reference, str) else None
            except DocumentError:
                break
        return found


def _component(schema: Any) -> str | None:
    """The name of the component that a schema refers to, if an element can be called so."""
    reference = schema.get("$ref") if isinstance(schema, Mapping) else None
    *place, name = path_of_reference(reference) if isinstance(reference, str) else [""]
    return name if place == ["components", "schemas"] and NAME.fullmatch(name) else None


def called(xml: Mapping[str, Any], name: str) -> Called:
    """What an element is called by its `xml` object, else by the name given."""
    namespace = xml.get("namespace")
    return Called(str(xml.get("name", name)), namespace if isinstance(namespace, str) else None)
