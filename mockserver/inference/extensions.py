"""`x-mock`, and what other mocks read: extensions of a document that correct what would be inferred.

`x-mock` stands on an operation, a path or a schema. On schemas, `x-id-field` and `x-foreign-keys` (Specmatic) and
`x-seed` (Scalar) say a part of the same. What cannot be is ignored, and is a flaw of the document that
proposes the nearest name.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mockserver.contract.contract import Contract
from mockserver.contract.flaws import Flaw
from mockserver.contract.operation import Described
from mockserver.contract.pointers import pointer_of
from mockserver.contract.reading.parsing import Unparsable, parse
from mockserver.errors import DocumentError
from mockserver.inference.declared import CONTROLS, ROLES, Declared

OWN = "x-mock"
ON_SCHEMAS = ("resource", "key", "owner", "references", "seeds")
ON_PATHS = ("resource", "key", "envelope", "paging", "owner", "references", "seeds", "stateless")
MEMBERS = (*ON_PATHS, "role")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
DEEPEST = 6
"""Levels of a response's schema in which a schema with an extension is looked for."""

LIST = re.compile(r"\s*seed\s*\(\s*(\[.*\])\s*\)\s*;?\s*", re.DOTALL)
COUNT = re.compile(r"\s*seed\.count\s*\(\s*([0-9]{1,4})\b")
CALL = re.compile(r"[A-Za-z_$][\w$.]*\(.*")

Values = dict[str, Any]


@dataclass
class Extensions:
    """What a document says: by operationId or path template, and what is wrong with what it says."""

    declarations: dict[str, Declared] = field(default_factory=dict)
    flaws: list[Flaw] = field(default_factory=list)


def extensions_of(contract: Contract) -> Extensions:
    """What the extensions of a contract's document say. Nothing is compiled for it."""
    return _Reader(contract).read()


class _Reader:
    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._document = contract.document
        self._found = Extensions()

    def read(self) -> Extensions:
        self._schemas()
        paths: dict[str, list[Described]] = {}
        for described in self._contract.operations.values():
            paths.setdefault(described.path, []).append(described)
        for path, operations in paths.items():
            item = self._document.raw["paths"].get(path)
            self._say(path, item, f"#/paths{pointer_of([path])}", ON_PATHS, operations)
        for described in self._contract.operations.values():
            self._say(described.operation_id, described.members, described.pointer, MEMBERS, [described])
        return self._found

    def _say(self, name: str, node: Any, pointer: str, members: Iterable[str], operations: list[Described]) -> None:
        """Take what a path or operation says of itself, over what a schema says of it."""
        if not isinstance(node, Mapping) or OWN not in node:
            return
        place = f"{pointer}/{OWN}"
        values = self._checked(node[OWN], place, tuple(members), _Known(self._document, operations))
        if values:
            declared = Declared(**values, reason=f"`{OWN}` says so")
            before = self._found.declarations.get(name)
            self._found.declarations[name] = declared if before is None else declared.over(before)

    def _checked(self, given: Any, place: str, members: tuple[str, ...], known: _Known) -> Values:
        """The members of an `x-mock` that can be, ready to be declared."""
        if not isinstance(given, Mapping):
            self._flaw(place, f"`{OWN}` must be an object with some of {', '.join(members)}.")
            return {}
        values: Values = {}
        for name, value in given.items():
            if name not in members:
                where = "here" if name in MEMBERS else "in it"
                self._flaw(f"{place}{pointer_of([name])}", f"`{name}` has no meaning {where}; {_near(name, members)}")
                continue
            told, message = CHECKS[name](value, known)
            if message:
                self._flaw(f"{place}{pointer_of([name])}", f"`{name}` {message}")
            else:
                values[name] = told
        return values

    def _flaw(self, pointer: str, message: str) -> None:
        self._found.flaws.append(Flaw(OWN, pointer, message, "Correct it; it is ignored."))

    def _schemas(self) -> None:
        """What schemas say, for the paths whose answers are made of them."""
        said: dict[str, Declared] = {}
        for name, schema in self._document.schemas.items():
            if isinstance(schema, Mapping) and any(each in schema for each in (OWN, *OTHERS)):
                declared = self._schema(name, schema)
                if declared is not None:
                    said[f"#/components/schemas/{name}"] = declared
        if not said:
            return
        for described in self._contract.operations.values():
            for reference in self._answered(described):
                if reference in said and described.path not in self._found.declarations:
                    self._found.declarations[described.path] = said[reference]

    def _schema(self, name: str, schema: Mapping[str, Any]) -> Declared | None:
        pointer = f"#/components/schemas{pointer_of([name])}"
        known = _Known(self._document, [], schema)
        values: Values = {}
        for extension, read in OTHERS.items():
            if extension in schema:
                member, value, message = read(schema[extension])
                told, wrong = (value, message) if message else CHECKS[member](value, known)
                if wrong:
                    self._flaw(f"{pointer}/{extension}", f"`{extension}` {wrong}")
                else:
                    values[member] = told
        if OWN in schema:
            values |= self._checked(schema[OWN], f"{pointer}/{OWN}", ON_SCHEMAS, known)
        return Declared(**values, reason=f"the schema {name} says so") if values else None

    def _answered(self, described: Described) -> Iterator[str]:
        """The schemas that the successful answers of an operation are made of, the nearest first."""
        responses = described.members.get("responses")
        for status, response in responses.items() if isinstance(responses, Mapping) else ():
            if str(status).startswith("2"):
                for schema in _schemas_in(self._resolved(response)):
                    yield from _references(schema)

    def _resolved(self, node: Any) -> Any:
        try:
            return self._document.resolve(node) if isinstance(node, Mapping) else {}
        except DocumentError:
            return {}


def _schemas_in(response: Any) -> Iterator[Any]:
    content = response.get("content") if isinstance(response, Mapping) else None
    for media in content.values() if isinstance(content, Mapping) else ():
        if isinstance(media, Mapping):
            yield media.get("schema")


def _references(schema: Any) -> Iterator[str]:
    """References in a written schema, level by level; what they lead to is not looked into."""
    level = [schema]
    for _ in range(DEEPEST):
        below: list[Any] = []
        for node in level:
            if isinstance(node, Mapping):
                if isinstance(node.get("$ref"), str):
                    yield node["$ref"]
                below += node.values()
            elif isinstance(node, list):
                below += node
        level = below


class _Known:
    """Names that a value may refer to: fields of the item, and query parameters of the operations."""

    def __init__(self, document: Any, operations: list[Described], schema: Any = None) -> None:
        self._document = document
        self._operations = operations
        self._schema = schema

    def parameters(self) -> list[str]:
        return [
            each["name"]
            for described in self._operations
            for each in self._document.parameters(described.path, described.members)
            if each.get("in") == "query"
        ]

    def fields(self) -> set[str]:
        """Names of properties anywhere in what answers or requests are made of; empty if they are not known."""
        roots = [self._schema] if self._schema is not None else []
        for described in self._operations:
            responses = described.members.get("responses")
            for response in responses.values() if isinstance(responses, Mapping) else ():
                roots += _schemas_in(self._resolved(response))
        return {name for root in roots for name in self._properties(root, DEEPEST)}

    def _properties(self, schema: Any, depth: int) -> Iterator[str]:
        schema = self._resolved(schema)
        if not depth or not isinstance(schema, Mapping):
            return
        properties = schema.get("properties")
        parts = [*properties.values()] if isinstance(properties, Mapping) else []
        yield from properties if isinstance(properties, Mapping) else ()
        for keyword in ("allOf", "anyOf", "oneOf"):
            parts += schema[keyword] if isinstance(schema.get(keyword), list) else []
        for part in (*parts, schema.get("items")):
            yield from self._properties(part, depth - 1)

    def _resolved(self, node: Any) -> Any:
        try:
            return self._document.resolve(node) if isinstance(node, Mapping) else node
        except DocumentError:
            return {}


Checked = tuple[Any, str]
"""A value as it is declared, and what is wrong with it."""


def _resource(value: Any, _: _Known) -> Checked:
    fits = isinstance(value, str) and NAME.fullmatch(value)
    return value, "" if fits else f"must be the name of a collection, such as pets, got {value!r:.60}."


def _role(value: Any, _: _Known) -> Checked:
    return value, "" if value in ROLES else f"must be a role; {_near(value, ROLES)}"


def _field(value: Any, known: _Known) -> Checked:
    if not isinstance(value, str) or not value:
        return value, f"must be a field of the item, such as id, got {value!r:.60}."
    fields = known.fields()
    fits = not fields or all(part in fields for part in value.split("."))
    return value, "" if fits else f"is {value!r:.60}, which is no field of the item; {_near(value, fields)}"


def _envelope(value: Any, _: _Known) -> Checked:
    fits = isinstance(value, str) and (value == "" or value.startswith("/"))
    return (
        value,
        "" if fits else f"must be a JSON Pointer such as /data, or empty for the whole answer, got {value!r:.60}.",
    )


def _paging(value: Any, known: _Known) -> Checked:
    if not isinstance(value, Mapping):
        return value, f"must be an object with some of {', '.join(CONTROLS)}, each a query parameter."
    parameters = known.parameters()
    for control, name in value.items():
        if control not in CONTROLS:
            return value, f"has {control!r:.40}, which is no control of a page; {_near(control, CONTROLS)}"
        if name not in parameters:
            return value, f"names {name!r:.40}, which is no query parameter here; {_near(name, parameters)}"
    return dict(value), ""


def _references_of(value: Any, known: _Known) -> Checked:
    if not isinstance(value, Mapping) or not all(isinstance(each, str) for each in value.values()):
        return value, "must be an object: fields of the item, each with the collection whose keys it holds."
    for name in value:
        message = _field(name, known)[1]
        if message:
            return value, f"names {name!r:.40}: it {message}"
    return {str(name): each for name, each in value.items()}, ""


def _seeds(value: Any, _: _Known) -> Checked:
    fits = isinstance(value, list) and all(isinstance(each, Mapping) for each in value)
    return tuple(value) if fits else value, "" if fits else "must be an array of records, each an object."


def _stateless(value: Any, _: _Known) -> Checked:
    return value, "" if isinstance(value, bool) else f"must be true or false, got {value!r:.60}."


CHECKS: Mapping[str, Callable[[Any, _Known], Checked]] = {
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


def _id_field(value: Any) -> tuple[str, Any, str]:
    return "key", value, ""


def _foreign_keys(value: Any) -> tuple[str, Any, str]:
    """An object of fields and collections, or an array of objects that name both."""
    if not isinstance(value, list):
        return "references", value, ""
    found: dict[str, Any] = {}
    for each in value:
        given = each if isinstance(each, Mapping) else {}
        own = next((given[name] for name in ("field", "property", "column") if name in given), None)
        target = next((given[name] for name in ("resource", "references", "schema") if name in given), None)
        if not isinstance(own, str) or not isinstance(target, str):
            return "references", None, "must name a `field` and what it `references` in each of its objects."
        found[own] = target
    return "references", found, ""


def _seed(value: Any) -> tuple[str, Any, str]:
    """Records: an array, JavaScript that is an array of literals, or how many to make up."""
    if not isinstance(value, str):
        return "seeds", value, ""
    listed, counted = LIST.fullmatch(value), COUNT.match(value)
    if listed is not None:
        try:
            records = parse(listed[1].encode())[0]
        except Unparsable:
            records = None
        if isinstance(records, list) and not any(map(_calls, records)):
            return "seeds", records, ""
    if counted is not None:
        return "seeds", [{}] * int(counted[1]), ""
    return "seeds", None, "is JavaScript that is not run; write seed([…]) with plain values, or seed.count(N, …)."


def _calls(value: Any) -> bool:
    """Whether a value read as YAML was a call of a function."""
    if isinstance(value, Mapping):
        return any(map(_calls, value.values()))
    if isinstance(value, list):
        return any(map(_calls, value))
    return isinstance(value, str) and CALL.fullmatch(value) is not None


OTHERS: Mapping[str, Callable[[Any], tuple[str, Any, str]]] = {
    "x-id-field": _id_field,
    "x-foreign-keys": _foreign_keys,
    "x-seed": _seed,
}
"""Extensions of other mocks on schemas: what each declares, and what is wrong with it."""


def _near(name: Any, known: Iterable[str]) -> str:
    known = sorted(set(known))
    near = difflib.get_close_matches(str(name), known, n=1)
    return f"did you mean {near[0]}?" if near else f"expected one of {', '.join(known[:30]) or 'none'}."
