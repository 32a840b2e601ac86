"""Query parameters of the style `deepObject`, as deep as forms have it: `filter[size][gte]=3&filter[tags][]=a`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from mockserver.contract.codecs.forms import flaw, placed
from mockserver.contract.codecs.typed import Typed
from mockserver.contract.document import Document
from mockserver.contract.violations import ABSENT, Violation

EMPTY = "\ud800"
"""Stands for a name that is empty while an object is put together; no text in UTF-8 has it."""


class DeepObject:
    """Finds one parameter among raw values by decoded name."""

    def __init__(self, document: Document, schema: Any, name: str, decode: Callable[[str], str]) -> None:
        self._document = document
        self._schema = schema
        self._name = name
        self._decode = decode

    @cached_property
    def _typed(self) -> Typed:
        return Typed(self._document)

    @cached_property
    def _whole(self) -> Any:
        """The schema of an object whose only property is the parameter."""
        return {"type": "object", "properties": {self._name: self._schema}}

    def find(self, pairs: Mapping[str, list[str]]) -> tuple[Any, Violation | None]:
        """Its value, in the types of its schema, or ABSENT; and what is wrong with the way it is written."""
        start = f"{self._name}["
        given = {key: values for key, values in pairs.items() if key.startswith(start) and key.endswith("]")}
        if not given:
            return ABSENT, None
        for key, values in given.items():
            if len(values) > 1 and not self._is_array(key):
                return ABSENT, flaw("repeated", f"must be given once, was given {len(values)} times", received=values)
        fields = [(self._path(key), self._decode(value)) for key, values in given.items() for value in values]
        if self._typed.kinds(self._schema) == {"object"}:
            # of what is never an array, empty brackets hold a name, which is empty
            found, wrong = placed([(path[1:], value) for path, value in fields], self._typed, self._schema, {})
            return (found, None) if wrong is None else self._named(fields)
        value, wrong = placed(fields, self._typed, self._whole, {})
        return (ABSENT, wrong) if wrong is not None else (value[self._name], None)

    def _named(self, fields: Sequence[tuple[list[str], str]]) -> tuple[Any, Violation | None]:
        """The object where all empty brackets hold a name, as they do beside others at one place."""
        named = [([each or EMPTY for each in path[1:]], value) for path, value in fields]
        found, wrong = placed(named, self._typed, self._schema, {})
        return (ABSENT, wrong) if wrong is not None else (_emptied(found), None)

    def _path(self, key: str) -> list[str]:
        """The names that lead to a field; a bracket within a name is part of it."""
        return [self._name, *key[len(self._name) + 1 : -1].split("][")]

    def _is_array(self, key: str) -> bool:
        schema = self._whole
        for name in self._path(key):
            schema = self._typed.items(schema) if name == "" or name.isdecimal() else self._typed.property(schema, name)
        kinds = self._typed.kinds(schema)  # none where any value is taken
        return key.endswith("[]") or not kinds or "array" in kinds


def _emptied(value: Any) -> Any:
    """The value with names that are empty in the place of what stood for them."""
    if isinstance(value, dict):
        return {"" if name == EMPTY else name: _emptied(each) for name, each in value.items()}
    return [_emptied(each) for each in value] if isinstance(value, list) else value
