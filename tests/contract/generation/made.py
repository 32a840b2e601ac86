"""Making a value of a schema in a test, with the validator that the server uses."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from mockserver.contract.document import Document
from mockserver.contract.generation import Generator, Style
from mockserver.contract.schemas import SchemaCompiler
from mockserver.contract.validator import Validator

NOW = datetime(2026, 4, 22, 10, 0, tzinfo=UTC)


class Sample:
    """A document whose component schemas are given; values of any schema of it."""

    def __init__(self, version: str = "3.1.0", /, **components: Any) -> None:
        raw = {"openapi": version, "info": {"title": "t", "version": "1"}, "paths": {}}
        self.document = Document({**raw, "components": {"schemas": components}})
        self.compiler = SchemaCompiler(self.document)
        self.generator = Generator(self.document)

    def validator(self, schema: Any) -> Validator:
        return self.compiler.compile(schema, "response")

    def value(
        self, schema: Any, seed: int = 1, name: str = "", style: Style = "documented", *, shared: bool = False
    ) -> Any:
        judge = self.validator(schema)
        return self.generator.value(schema, judge, seed, now=NOW, name=name, style=style, shared=shared)


def value(schema: Any, seed: int = 1, name: str = "", style: Style = "documented", *, shared: bool = False) -> Any:
    """A value of a schema that refers to no other."""
    return Sample().value(schema, seed, name, style, shared=shared)
