"""The members of `x-mock`: what each may be, by what its document has, and what is told of one that may not."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import islice
from typing import Any

from mockserver.contract.contract import Contract
from mockserver.contract.operation import Described
from mockserver.contract.pointers import path_of, pointer_of
from mockserver.errors import DocumentError
from mockserver.inference.declared import CONTROLS, ROLES

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
DEEPEST = 6
"""Levels of a response's schema in which something is looked for."""
MOST = 1000
"""Places in it among which the nearest to a wrong one is looked for."""
SCALARS = ("string", "integer", "number", "boolean")


class Known:
    """Names that a value may refer to: fields of the item, and query parameters of the operations."""

    def __init__(self, contract: Contract, operations: list[Described], schema: Any = None) -> None:
        self._contract = contract
        self._document = contract.document
        self._operations = operations
        self._schema = schema

    def parameters(self) -> list[str]:
        return [
            each["name"]
            for described in self._operations
            for each in self._document.parameters(described.path, described.members)
            if each.get("in") == "query"
        ]

    def _roots(self) -> list[Any]:
        """The schema that is asked about, or those of the answers of the operations."""
        return [self._schema] if self._schema is not None else self._answered()

    def _answered(self) -> list[Any]:
        roots: list[Any] = []
        for described in self._operations:
            responses = described.members.get("responses")
            for response in responses.values() if isinstance(responses, Mapping) else ():
                roots += schemas_in(self._resolved(response))
        return roots

    def fields(self) -> set[str]:
        """Names of properties anywhere in what answers are made of; empty if they are not known."""
        return set(self._properties)

    def takes(self, name: str, value: Any) -> bool:
        """Whether a property of that name may have the value, as far as one is known."""
        found = self._properties.get(name, ())
        return not found or any(self._accepts(schema, value) for schema in found)

    def _accepts(self, schema: Any, value: Any) -> bool:
        try:
            return self._contract.validator(schema, "response").accepts(value)
        except DocumentError:
            return True

    @cached_property
    def _properties(self) -> Mapping[str, list[Any]]:
        """The schemas of the properties anywhere in what answers are made of, by name."""
        found: dict[str, list[Any]] = {}
        level, seen = self._roots(), set[int]()
        for _ in range(DEEPEST):
            # each schema once, where it is met first: schemas that refer to each other have ways without number
            new = {id(each): each for each in map(self._resolved, level) if isinstance(each, Mapping)}
            schemas = [each for key, each in new.items() if key not in seen]
            seen |= new.keys()
            for name, each in (pair for schema in schemas for pair in _members(schema)):
                found.setdefault(name, []).append(each)
            level = [part for schema in schemas for part in _parts(schema)]
        return found

    def lists(self) -> list[str]:
        """The JSON Pointers of arrays and objects in answers, the nearest first and so many; none if none is known."""
        return list(islice(self._holders(), MOST))

    def _holders(self) -> Iterator[str]:
        level = [("", each) for each in self._answered()]
        for _ in range(DEEPEST):
            below: list[tuple[str, Any]] = []
            for pointer, schema in level[:MOST]:
                node = self._resolved(schema)
                if isinstance(node, Mapping):
                    inner = [(f"{pointer}{pointer_of([name])}", each) for name, each in _members(node)]
                    yield from (place for place, each in inner if self._holds(each))
                    below += [*inner, *((pointer, part) for part in _alternatives(node))]
            level = below

    def leads(self, pointer: str) -> bool:
        """Whether a JSON Pointer leads to an array or an object of what the answers of the operations have."""
        path = path_of(pointer)
        level = self._answered() if len(path) <= DEEPEST else []
        for name in path:
            level = [each for schema in self._whole(level) for own, each in _members(schema) if own == name]
        return any(map(self._holds, level))

    def _whole(self, schemas: list[Any]) -> list[Mapping[str, Any]]:
        """The schemas and their alternatives, each once."""
        found: dict[int, Mapping[str, Any]] = {}
        while schemas:
            node = self._resolved(schemas.pop())
            if isinstance(node, Mapping) and id(node) not in found:
                found[id(node)] = node
                schemas += _alternatives(node)
        return [*found.values()]

    def _holds(self, schema: Any) -> bool:
        node = self._resolved(schema)
        return isinstance(node, Mapping) and node.get("type") not in SCALARS

    def _resolved(self, node: Any) -> Any:
        try:
            return self._document.resolve(node) if isinstance(node, Mapping) else node
        except DocumentError:
            return {}


def _members(schema: Mapping[str, Any]) -> list[tuple[str, Any]]:
    properties = schema.get("properties")
    return [(str(name), each) for name, each in properties.items()] if isinstance(properties, Mapping) else []


def _alternatives(schema: Mapping[str, Any]) -> list[Any]:
    keywords = ("allOf", "anyOf", "oneOf")
    return [part for keyword in keywords if isinstance(schema.get(keyword), list) for part in schema[keyword]]


def _parts(schema: Mapping[str, Any]) -> list[Any]:
    """The schemas that stand directly in another."""
    return [*(each for _, each in _members(schema)), *_alternatives(schema), schema.get("items")]


Checked = tuple[Any, str]
"""A value as it is declared, and what is wrong with it."""


def _resource(value: Any, _: Known) -> Checked:
    fits = isinstance(value, str) and NAME.fullmatch(value)
    return value, "" if fits else f"must be the name of a collection, such as pets, got {value!r:.60}."


def _role(value: Any, _: Known) -> Checked:
    return value, "" if value in ROLES else f"must be a role; {near(value, ROLES)}"


def _field(value: Any, known: Known) -> Checked:
    if not isinstance(value, str) or not value:
        return value, f"must be a field of the item, such as id, got {value!r:.60}."
    fields = known.fields()
    fits = not fields or all(part in fields for part in value.split("."))
    return value, "" if fits else f"is {value!r:.60}, which is no field of the item; {near(value, fields)}"


def _envelope(value: Any, known: Known) -> Checked:
    if not isinstance(value, str) or (value and not value.startswith("/")):
        return value, f"must be a JSON Pointer such as /data, or empty for the whole answer, got {value!r:.60}."
    lists = known.lists()
    fits = not value or not lists or known.leads(value)
    return value, "" if fits else f"is {value!r:.60}, which no answer here has; {near(value, lists)}"


def _paging(value: Any, known: Known) -> Checked:
    if not isinstance(value, Mapping):
        return value, f"must be an object with some of {', '.join(CONTROLS)}, each a query parameter."
    parameters = known.parameters()
    for control, name in value.items():
        if control not in CONTROLS:
            return value, f"has {control!r:.40}, which is no control of a page; {near(control, CONTROLS)}"
        if name not in parameters:
            return value, f"names {name!r:.40}, which is no query parameter here; {near(name, parameters)}"
    return dict(value), ""


def _references_of(value: Any, known: Known) -> Checked:
    if not isinstance(value, Mapping) or not all(isinstance(each, str) for each in value.values()):
        return value, "must be an object: fields of the item, each with the collection whose keys it holds."
    for name in value:
        message = _field(name, known)[1]
        if message:
            return value, f"names {name!r:.40}: it {message}"
    return {str(name): each for name, each in value.items()}, ""


def _seeds(value: Any, known: Known) -> Checked:
    if not isinstance(value, list) or not all(isinstance(each, Mapping) for each in value):
        return value, "must be an array of records, each an object."
    return tuple(value), next(_flaws_of_records(value, known), "")


def _flaws_of_records(records: list[Mapping[str, Any]], known: Known) -> Iterator[str]:
    """Fields that are mistyped, and values that no such field may have; what is left out is filled in."""
    fields = known.fields() if records else set()
    for number, record in enumerate(records, start=1):
        for name, value in record.items():
            if fields and name not in fields and difflib.get_close_matches(str(name), fields, n=1):
                yield f"has {name!r:.60} in record {number}, which is no field of the item; {near(name, fields)}"
            elif not known.takes(name, value):
                yield f"has {value!r:.60} for `{name}` in record {number}, which its schema does not allow."


def _stateless(value: Any, _: Known) -> Checked:
    return value, "" if isinstance(value, bool) else f"must be true or false, got {value!r:.60}."


CHECKS: Mapping[str, Callable[[Any, Known], Checked]] = {
    "resource": _resource,
    "role": _role,
    "key": _field,
    "owner": _field,
    "envelope": _envelope,
    "paging": _paging,
    "references": _references_of,
    "seeds": _seeds,
    "stateless": _stateless,
}


def schemas_in(response: Any) -> Iterator[Any]:
    """The schemas of the bodies of a response."""
    content = response.get("content") if isinstance(response, Mapping) else None
    for media in content.values() if isinstance(content, Mapping) else ():
        if isinstance(media, Mapping):
            yield media.get("schema")


def near(name: Any, known: Iterable[str]) -> str:
    """What is said of a name that is not known: the nearest that is, or all of them."""
    known = sorted(set(known))
    found = difflib.get_close_matches(str(name), known, n=1)
    return f"did you mean {found[0]}?" if found else f"expected one of {', '.join(known[:30]) or 'none'}."
