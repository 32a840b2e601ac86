"""What lies within the items or properties of a query parameter, for which OpenAPI knows no style.

AWS's protocols write it with dots and count from one: `Filter.1.Value.2=a`, `Filter.member.1.Value.member.2=a`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mockserver.contract.codecs.typed import Typed
from mockserver.contract.deep import DeepObject
from mockserver.contract.document import Document
from mockserver.contract.violations import Violation

MEMBER = "member"
"""What AWS's query protocol writes before the number of an item."""


class Dotted:
    """Finds one parameter among raw values by decoded name."""

    def __init__(self, document: Document, schema: Any, name: str, decode: Callable[[str], str]) -> None:
        self._typed = Typed(document)
        self._schema = schema
        self._name = name
        self._deep = DeepObject(document, schema, name, decode)

    @property
    def nests(self) -> bool:
        """Whether a value may have objects or arrays within, which no style can write."""
        typed = self._typed
        branches = [*typed.properties(self._schema).values(), typed.items(self._schema)]
        return any(typed.kinds(each) & {"object", "array"} or typed.properties(each) for each in branches)

    def sent(self, pairs: Mapping[str, list[str]]) -> bool:
        """Whether anything is written with dots."""
        return any(key.startswith(f"{self._name}.") for key in pairs)

    def find(self, pairs: Mapping[str, list[str]]) -> tuple[Any, Violation | None]:
        """See DeepObject, as which it is read."""
        start = f"{self._name}."
        return self._deep.find({self._bracketed(key): each for key, each in pairs.items() if key.startswith(start)})

    def _bracketed(self, key: str) -> str:
        schema, found = self._schema, ""
        steps = key.removeprefix(self._name).split(".")[1:]
        for number, step in enumerate(steps):
            if "array" not in self._typed.kinds(schema):
                schema = self._typed.property(schema, step)
            elif step.isdecimal():
                schema = self._typed.items(schema)
            # before a number only; as the last step it is the name of a field
            elif step == MEMBER and steps[number + 1 : number + 2] != []:
                continue
            found += f"[{step}]"
        return f"{self._name}{found}"
