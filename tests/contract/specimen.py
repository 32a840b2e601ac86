"""Small documents made for one test, and what compiling one operation of them gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.contract.document import Document
from mockserver.contract.operation import Operation, compile_operation
from mockserver.contract.schemas import SchemaCompiler, Validator

Schema = Mapping[str, Any]
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
    return compile_operation(document, SchemaCompiler(document), path, method)


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
