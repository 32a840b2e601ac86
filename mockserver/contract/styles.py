"""Styles: raw values of arrays and objects to typed ones, by `style` and `explode`.

Text that cannot be read as the type of the schema stays text; the validator then names the type.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.contract.document import Document
from mockserver.contract.kinds import branches_of, kinds_of, read_primitive
from mockserver.contract.pairs import Pairs, Undecodable, single
from mockserver.contract.violations import ABSENT, Where

DELIMITERS = {
    **dict.fromkeys(("form", "cookie", "simple", "label", "matrix"), ","),
    # values are split while encoded, and `split_query` has made a plus of the query %20
    "spaceDelimited": "%20",
    "pipeDelimited": "|",
}
EXPLODED_DELIMITERS = {"simple": ",", "label": ".", "matrix": ";"}
SPREAD = ("form", "spaceDelimited", "pipeDelimited", "cookie")
"""Styles in which, when exploded, each item or property is a parameter of its own."""
PREFIXED = ("label", "matrix")
"""Styles that put a prefix before the value."""


@dataclass(frozen=True)
class Shape:
    """The primitive types that a parameter's schema allows: its own, and those of its items and properties."""

    kinds: frozenset[str]
    items: frozenset[str]
    properties: Mapping[str, frozenset[str]]
    others: frozenset[str]

    @classmethod
    def of(cls, document: Document, schema: Mapping[str, Any]) -> Shape:
        branches = list(branches_of(document, schema))
        items: set[str] = set()
        others: set[str] = set()
        properties: dict[str, frozenset[str]] = {}
        for branch in branches:
            items |= kinds_of(document, branch.get("items", {}))
            others |= kinds_of(document, branch.get("additionalProperties", {}))
            for name, each in branch.get("properties", {}).items():
                properties[name] = kinds_of(document, each)
        return cls(kinds_of(document, schema), frozenset(items), properties, frozenset(others))


@dataclass(frozen=True)
class StyleReader:
    """Reads one parameter's raw values by style and explode (OpenAPI 3.0.3, Parameter Object, Style Values)."""

    name: str
    where: Where
    style: str
    explode: bool
    shape: Shape
    decode: Callable[[str], str]

    def primitive(self, pairs: Pairs) -> Any:
        text = single(pairs, self.name)
        return text if text is ABSENT else read_primitive(self.decode(self._unwrapped(text)), self.shape.kinds)

    def array(self, pairs: Pairs) -> Any:
        parts = pairs.get(self.name) if self._spread else self._parts(pairs)
        if parts is None:
            return ABSENT
        if self.style == "matrix" and self.explode:
            parts = [self._named(part) for part in parts]
        return [read_primitive(self.decode(part), self.shape.items) for part in parts]

    def object(self, pairs: Pairs) -> Any:
        properties, others = self.shape.properties, self.shape.others
        found = self._properties(pairs)
        if found is None:
            return ABSENT
        return {key: read_primitive(self.decode(value), properties.get(key, others)) for key, value in found}

    @property
    def _spread(self) -> bool:
        return self.explode and self.style in SPREAD

    def _properties(self, pairs: Pairs) -> list[tuple[str, str]] | None:
        """Decoded names and raw values; None if nothing was sent."""
        if self._spread:
            # only what the schema names: any other parameter of the query may be one of its own
            return [(name, str(single(pairs, name))) for name in self.shape.properties if name in pairs] or None
        parts = self._parts(pairs)
        return None if parts is None else [(self.decode(name), value) for name, value in self._paired(parts)]

    def _paired(self, parts: list[str]) -> list[tuple[str, str]]:
        if self.explode:
            return [(name, value) for name, _, value in (part.partition("=") for part in parts)]
        if len(parts) % 2:
            raise Undecodable("style", "must be alternating names and values", parts)
        return list(zip(parts[::2], parts[1::2], strict=True))

    def _parts(self, pairs: Pairs) -> list[str] | None:
        """The raw parts of a value that is sent as one text; None if it was not sent."""
        several = self.where == "header" and self.name in pairs  # lines of a header are one list (RFC 9110, 5.3)
        whole = ",".join(pairs[self.name]) if several else single(pairs, self.name)
        if whole is ABSENT:
            return None
        text = self._unwrapped(whole, self.explode)
        if self.style == "pipeDelimited":
            text = text.replace("%7C", "|").replace("%7c", "|")  # a URL must encode it (RFC 3986), but not all do
        # split while still encoded, so that an encoded delimiter stays part of its value (RFC 3986, 2.4)
        delimiter = (EXPLODED_DELIMITERS if self.explode else DELIMITERS)[self.style]
        return text.split(delimiter) if text else []

    def _unwrapped(self, text: str, many: bool = False) -> str:
        """The text without the prefix that its style puts before it."""
        if self.style not in PREFIXED:
            return text
        if self.style == "matrix" and not many:
            # `matrix` writes an empty value without an equals sign (RFC 6570, 3.2.7)
            if text == f";{self.name}":
                return ""
            prefix = f";{self.name}="
        else:
            prefix = "." if self.style == "label" else ";"
        if not text.startswith(prefix):
            raise Undecodable("style", f"must begin with {prefix!r}", text)
        return text[len(prefix) :]

    def _named(self, part: str) -> str:
        name, _, value = part.partition("=")
        if name != self.name:
            raise Undecodable("style", f"must repeat the name {self.name!r} in each part", part)
        return value
