"""Small documents made for one test, and what compiling one operation of them gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.contract.contract import Contract
from mockserver.contract.document import Document
from mockserver.contract.operation import Operation
from mockserver.contract.pairs import Pairs
from mockserver.contract.request import RawRequest
from mockserver.contract.schemas import SchemaCompiler
from mockserver.contract.validator import Validator
from mockserver.contract.violations import Violation, Where

Schema = Mapping[str, Any]
PLACES: Mapping[str, str] = {"query": "query", "header": "headers", "cookie": "cookies"}
NO_ANSWER = {"204": {"description": "Done."}}


def document(
    paths: Schema | None = None,
    components: Schema | None = None,
    version: str = "3.0.3",
    title: str = "Specimen",
    **members: Any,
) -> Document:
    """A document of those paths and components, unchecked, so that a test may also break it."""
    info = {"title": title, "version": "1"}
    raw = {"openapi": version, "info": info, "paths": paths or {}, "components": components or {}, **members}
    return Document(raw, "specimen.yaml")


def operation(document: Document, path: str = "/things", method: str = "get") -> Operation:
    contract = Contract(document)
    described = contract.find(method, path)
    assert described is not None
    return contract.operation(described.operation_id)


def decoded(operation: Operation, where: Where, pairs: Pairs) -> tuple[dict[str, Any], list[Violation]]:
    """The values by name, and all violations, of a request that carries these raw values in one place."""
    request = RawRequest("/")
    vars(request).update({"query": {}, "cookies": {}, PLACES.get(where, "none"): pairs})
    values, violations = operation.decode(request, pairs if where == "path" else {}, None)
    return {name: value for (place, name), value in values.items() if place == where}, violations


def one_operation(path: str = "/things", method: str = "get", /, **members: Any) -> Operation:
    """The only operation of a document; `members` are its keys."""
    described = {"operationId": "specimen", "responses": NO_ANSWER, **members}
    return operation(document({path: {method: described}}), path, method)


def validator(
    schema: Any, direction: Any = "request", version: str = "3.0.3", members: Schema | None = None, **schemas: Any
) -> Validator:
    """The schema compiled, in a document that has `schemas` as its components and `members` at its root."""
    surrounding = document(components={"schemas": schemas}, version=version, **members or {})
    return SchemaCompiler(surrounding).compile(schema, direction)
