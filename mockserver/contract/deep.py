"""Query parameters of the style `deepObject`, as deep as forms have it: `filter[size][gte]=3&filter[tags][]=a`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from mockserver.contract.codecs.forms import flaw, path_of_field, placed
from mockserver.contract.codecs.typed import Typed
from mockserver.contract.document import Document
from mockserver.contract.violations import ABSENT, Violation


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
        fields = [(path_of_field(key, {}), self._decode(value)) for key, values in given.items() for value in values]
        if self._typed.kinds(self._schema) == {"object"} and all(len(path) > 1 for path, _ in fields):
            # of what is never an array, empty brackets hold a name, which is empty
            return placed([(path[1:], value) for path, value in fields], self._typed, self._schema, {})
        value, wrong = placed(fields, self._typed, self._whole, {})
        return (ABSENT, wrong) if wrong is not None else (value[self._name], None)

    def _is_array(self, key: str) -> bool:
        schema = self._whole
        for name in path_of_field(key, {}):
            schema = self._typed.items(schema) if name == "" or name.isdecimal() else self._typed.property(schema, name)
        kinds = self._typed.kinds(schema)  # none where any value is taken
        return key.endswith("[]") or not kinds or "array" in kinds
