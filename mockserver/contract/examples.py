"""Examples in a document: those of media types, headers and parameters by name, or else those of their schemas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.contract.document import Document
from mockserver.contract.violations import ABSENT


def named_examples(document: Document, described: Mapping[str, Any]) -> dict[str, Any]:
    """The example values of a media type, parameter or header by name, in the document's order.

    A single `example` is called `example`; one of an `externalValue` is left out.
    """
    named = {name: document.resolve(each) for name, each in described.get("examples", {}).items()}
    examples = {name: each["value"] for name, each in named.items() if "value" in each}
    if not examples and "example" in described:
        examples["example"] = described["example"]
    return examples


def example_of(document: Document, described: Mapping[str, Any]) -> Any:
    """An example value of a parameter, header or media type, or of its schema; ABSENT if there is none."""
    return next(_examples(document, described), ABSENT)


def _examples(document: Document, described: Mapping[str, Any]) -> Iterator[Any]:
    yield from named_examples(document, described).values()
    schema = document.resolve(described.get("schema", {}))
    if isinstance(schema, Mapping):
        listed = schema.get("examples", [])  # a list since OpenAPI 3.1; before, the keyword has no meaning in a schema
        yield from (schema[keyword] for keyword in ("example", "default", "const") if keyword in schema)
        yield from listed if isinstance(listed, list) else ()
        yield from schema.get("enum", [])[:1]
