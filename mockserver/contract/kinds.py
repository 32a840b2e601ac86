"""Which types a schema allows, all that it combines included, and text read as a value of one of them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.contract.document import Document

INTEGER = re.compile(r"-?[0-9]{1,4000}")
NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")


def branches_of(document: Document, schema: Any, within: tuple[Any, ...] = ()) -> Iterator[Mapping[str, Any]]:
    """The schema and those it combines, each once however they refer to one another."""
    schema = document.resolve(schema)
    if isinstance(schema, Mapping) and not any(schema is each for each in within):
        yield schema
        for keyword in ("allOf", "anyOf", "oneOf"):
            for each in schema.get(keyword, ()):
                yield from branches_of(document, each, (*within, schema))


def kinds_of(document: Document, schema: Any) -> frozenset[str]:
    """The types that the schema, or one that it combines, names."""
    kinds: set[str] = set()
    for branch in branches_of(document, schema):
        declared = branch.get("type", [])
        kinds |= {declared} if isinstance(declared, str) else set(declared)
    return frozenset(kinds)


def read_primitive(text: str, kinds: frozenset[str]) -> Any:
    """The value that decoded text stands for among the types allowed; the text itself if it is none of them."""
    if "boolean" in kinds and text in ("true", "false"):
        return text == "true"
    if "integer" in kinds and INTEGER.fullmatch(text):
        return int(text)
    if "number" in kinds and NUMBER.fullmatch(text) and math.isfinite(number := float(text)):
        return number
    return text
