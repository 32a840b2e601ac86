"""`x-mock`, and what other mocks read: extensions of a document that correct what would be inferred.

`x-mock` stands on an operation, a path or a schema: one of `components`, or an object in a body. On schemas,
`x-id-field` and `x-foreign-keys` (Specmatic) and `x-seed` (Scalar) say a part of the same. What cannot be is ignored,
and is a flaw of the document that proposes the nearest name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mockserver.contract.contract import Contract
from mockserver.contract.flaws import Flaw
from mockserver.contract.operation import Described
from mockserver.contract.pointers import pointer_of
from mockserver.errors import DocumentError
from mockserver.inference.declared import Declared
from mockserver.inference.foreign import OTHERS
from mockserver.inference.members import CHECKS, DEEPEST, Known, near, schemas_in
from mockserver.inference.misplaced import may_have, misplaced

OWN = "x-mock"
ON_SCHEMAS = ("resource", "key", "owner", "references", "seeds", "stateless")
ON_PATHS = ("resource", "key", "envelope", "paging", "owner", "references", "seeds", "stateless")
MEMBERS = (*ON_PATHS, "role")
COMBINED = ("allOf", "oneOf", "anyOf")
Values = dict[str, Any]


@dataclass
class Extensions:
    """The declarations of a document, by operationId or path template, and their flaws."""

    declarations: dict[str, Declared] = field(default_factory=dict)
    flaws: list[Flaw] = field(default_factory=list)


def extensions_of(contract: Contract) -> Extensions:
    """The declarations in the extensions of a contract's document. Nothing is compiled for it."""
    return _Reader(contract).read()


class _Reader:
    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._document = contract.document
        self._found = Extensions()
        self._read: set[int] = set()

    def read(self) -> Extensions:
        if may_have(self._document, OWN, *OTHERS):
            self._schemas()
            self._bodies()
        paths: dict[str, list[Described]] = {}
        for described in self._contract.operations.values():
            paths.setdefault(described.path, []).append(described)
        for path, operations in paths.items():
            item = self._document.raw["paths"].get(path)
            self._say(path, item, f"#/paths{pointer_of([path])}", ON_PATHS, operations)
        for described in self._contract.operations.values():
            self._say(described.operation_id, described.members, described.pointer, MEMBERS, [described])
        self._found.flaws += misplaced(self._document, OWN, self._read)
        return self._found

    def _say(self, name: str, node: Any, pointer: str, members: Iterable[str], operations: list[Described]) -> None:
        """Add the declarations of a path or operation, which take precedence over those of schemas."""
        if not isinstance(node, Mapping) or OWN not in node:
            return
        self._read.add(id(node))
        place = f"{pointer}/{OWN}"
        values = self._checked(node[OWN], place, tuple(members), Known(self._contract, operations))
        if values:
            declared = Declared(**values, reason=f"`{OWN}` says so")
            before = self._found.declarations.get(name)
            self._found.declarations[name] = declared if before is None else declared.over(before)

    def _checked(self, given: Any, place: str, members: tuple[str, ...], known: Known) -> Values:
        """The members of an `x-mock` that can be, ready to be declared."""
        if not isinstance(given, Mapping):
            self._flaw(place, f"`{OWN}` must be an object with some of {', '.join(members)}.")
            return {}
        values: Values = {}
        for name, value in given.items():
            if name not in members:
                where = "here" if name in MEMBERS else "in it"
                self._flaw(f"{place}{pointer_of([name])}", f"`{name}` has no meaning {where}; {near(name, members)}")
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
        """The declarations of schemas, for the paths whose responses use them."""
        said: dict[str, Declared] = {}
        for name, schema in self._document.schemas.items():
            if isinstance(schema, Mapping) and any(each in schema for each in (OWN, *OTHERS)):
                place = f"#/components/schemas{pointer_of([name])}"
                declared = self._schema(place, schema, f"the schema {name} says so")
                if declared is not None:
                    said[f"#/components/schemas/{name}"] = declared
        if not said:
            return
        for described in self._contract.operations.values():
            for reference in self._answered(described):
                # the nearest counts: a list of pets tells of pets, and not of the owners within them
                if reference in said and described.path not in self._found.declarations:
                    self._found.declarations[described.path] = said[reference]

    def _bodies(self) -> None:
        """The declarations of schemas that stand in the bodies of operations, for their paths."""
        for described in self._contract.operations.values():
            for pointer, holder in self._holders(described):
                for place, schema in _written(holder, pointer):
                    if id(schema) in self._read or not any(each in schema for each in (OWN, *OTHERS)):
                        continue
                    told = self._schema(place, schema, f"a schema of {described.method} {described.path} says so")
                    if told is not None:
                        before = self._found.declarations.get(described.path)
                        self._found.declarations[described.path] = told if before is None else told.over(before)

    def _holders(self, described: Described) -> Iterator[tuple[str, Any]]:
        """What has the bodies of an operation: its request, and the answers to one that succeeds, each by its place."""
        responses = described.members.get("responses")
        found = (
            [(f"/responses/{status}", each) for status, each in responses.items() if str(status).startswith("2")]
            if isinstance(responses, Mapping)
            else []
        )
        for pointer, node in (("/requestBody", described.members.get("requestBody")), *found):
            is_reference = isinstance(node, Mapping) and isinstance(node.get("$ref"), str)
            yield (node["$ref"] if is_reference else f"{described.pointer}{pointer}"), self._resolved(node)

    def _schema(self, pointer: str, schema: Mapping[str, Any], reason: str) -> Declared | None:
        known = Known(self._contract, [], schema)
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
            self._read.add(id(schema))
            values |= self._checked(schema[OWN], f"{pointer}/{OWN}", ON_SCHEMAS, known)
        return Declared(**values, reason=reason) if values else None

    def _answered(self, described: Described) -> Iterator[str]:
        """The schemas that the successful answers of an operation are made of, the nearest first."""
        responses = described.members.get("responses")
        for status, response in responses.items() if isinstance(responses, Mapping) else ():
            if str(status).startswith("2"):
                for schema in schemas_in(self._resolved(response)):
                    yield from _references(schema)

    def _resolved(self, node: Any) -> Any:
        try:
            return self._document.resolve(node) if isinstance(node, Mapping) else {}
        except DocumentError:
            return {}


def _written(holder: Any, pointer: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The schemas of objects in the bodies of a request or an answer, each with its place; references apart."""
    content = holder.get("content") if isinstance(holder, Mapping) else None
    for name, media in content.items() if isinstance(content, Mapping) else ():
        if isinstance(media, Mapping):
            yield from _within(media.get("schema"), f"{pointer}/content{pointer_of([str(name)])}/schema", DEEPEST)


def _within(schema: Any, pointer: str, depth: int) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if not isinstance(schema, Mapping) or not depth:
        return
    if schema.get("type") == "object" or any(each in schema for each in ("properties", *COMBINED)):
        yield pointer, schema
    properties = schema.get("properties")
    parts = (
        [(("properties", str(name)), each) for name, each in properties.items()]
        if isinstance(properties, Mapping)
        else []
    )
    parts += [((word, str(n)), each) for word in COMBINED for n, each in enumerate(schema.get(word) or ())]
    for path, each in (*parts, (("items",), schema.get("items"))):
        yield from _within(each, f"{pointer}{pointer_of(path)}", depth - 1)


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
