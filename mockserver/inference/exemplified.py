"""Schemas made of examples: what a body has where its schema says no more than that it is an object or a list.

Only what is looked for in them is said: names, objects and arrays, and which keys are whole numbers. They describe, and
judge nothing: each has beside it what the document itself says of the place, for `judging`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.contract.document import Document
from mockserver.contract.examples import named_examples
from mockserver.contract.generation.words import words_of
from mockserver.errors import DocumentError

WRITTEN = "x-mock-written"
"""The member of such a schema that has what the document says of the place."""
KEYS = ("id", "key", "number", "code")
"""Last words of the names of keys."""
DEEPEST = 4
"""Levels of an example that are described."""
MOST = 100
"""Members of an object that are described."""


def exemplified(document: Document, media: Mapping[str, Any]) -> Any:
    """A schema made of the first example of a media type that is an object or an array of objects; None without one."""
    schema = media.get("schema")
    for example in _examples(document, media):
        if isinstance(example, Mapping) or (isinstance(example, list) and any(isinstance(e, Mapping) for e in example)):
            return {**_described(example, 0), WRITTEN: {} if schema is None else schema}
    return None


def judging(schema: Any) -> Any:
    """What the document says of the place of a schema, be it made of an example."""
    return schema.get(WRITTEN, schema) if isinstance(schema, Mapping) else schema


def _examples(document: Document, media: Mapping[str, Any]) -> Iterator[Any]:
    try:
        yield from named_examples(document, media).values()
        schema = document.resolve(media.get("schema", {}))
    except (DocumentError, AttributeError, TypeError, KeyError):  # of a wrong type, which `check` tells
        return
    if isinstance(schema, Mapping):
        yield schema.get("example")
        yield from schema["examples"] if isinstance(schema.get("examples"), list) else ()


def _described(example: Any, depth: int) -> dict[str, Any]:
    if depth < DEEPEST and isinstance(example, Mapping):
        members = list(example.items())[:MOST]
        return {"type": "object", "properties": {str(name): _member(str(name), each, depth) for name, each in members}}
    if isinstance(example, list):
        first = next((each for each in example if isinstance(each, Mapping)), None)
        return {"type": "array", "items": {**_described(first, depth + 1), WRITTEN: {}}}
    return {}


def _member(name: str, value: Any, depth: int) -> dict[str, Any]:
    if isinstance(value, int) and not isinstance(value, bool) and words_of(name)[-1:] and words_of(name)[-1] in KEYS:
        return {"type": "integer", WRITTEN: {}}
    return {**_described(value, depth + 1), WRITTEN: {}}
