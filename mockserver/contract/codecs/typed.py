"""Text to typed values by a schema: forms, XML and the like carry text only, and the schema says what it stands for."""

from __future__ import annotations

from collections.abc import Mapping
from operator import itemgetter
from typing import Any

from mockserver.contract.digits import number_of
from mockserver.contract.document import Document
from mockserver.contract.kinds import branches_of, kinds_of, read_primitive

Schema = Mapping[str, Any]

NOTHING: Schema = {}
"""The schema of what no schema says anything of."""


class Typed:
    """Reads text by the schemas of one document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._known: dict[int, tuple[Any, frozenset[str], tuple[Schema, ...]]] = {}
        self._required: dict[tuple[int, bool], tuple[str, ...]] = {}

    def kinds(self, schema: Any) -> frozenset[str]:
        """The types that a value may have, alternatives included; empty if the schema says nothing of it."""
        return self._of(schema)[1]

    def property(self, schema: Any, name: str) -> Any:
        """The schema of a property, `{}` if the schema says nothing of it."""
        for branch in self._of(schema)[2]:
            properties = branch.get("properties")
            if isinstance(properties, Mapping) and name in properties:
                return properties[name]
        others = (branch.get("additionalProperties") for branch in self._of(schema)[2])
        return next((each for each in others if isinstance(each, Mapping)), NOTHING)

    def properties(self, schema: Any) -> dict[str, Any]:
        """The properties that the schema and its alternatives name."""
        found: dict[str, Any] = {}
        for branch in self._of(schema)[2]:
            properties = branch.get("properties")
            for name, each in properties.items() if isinstance(properties, Mapping) else ():
                found.setdefault(name, each)
        return found

    def items(self, schema: Any) -> Any:
        """The schema of an array's items, `{}` if the schema says nothing of them."""
        return next((branch["items"] for branch in self._of(schema)[2] if "items" in branch), NOTHING)

    def required(self, schema: Any, *, alternatives: bool = False) -> tuple[str, ...]:
        """The properties that the schema requires, whichever alternative is meant; `alternatives`: or that any does."""
        branches = self._of(schema)[2]  # keeps the schema, whose id is its own meanwhile
        known = self._required.get((id(schema), alternatives))
        if known is None:
            chosen = branches if alternatives else branches_of(self.document, schema, ("allOf",))
            lists = [each for branch in chosen if isinstance(each := branch.get("required"), list)]
            known = tuple(dict.fromkeys(name for each in lists for name in each if isinstance(name, str)))
            self._required[id(schema), alternatives] = known
        return known

    def asks(self, schema: Any, *keywords: str) -> bool:
        """Whether the schema, or one that it combines, has one of these keywords, and not with zero."""
        return any(branch.get(each) not in (None, 0) for branch in self._of(schema)[2] for each in keywords)

    def own(self, schema: Any, keyword: str) -> Any:
        """What the schema, or one that it refers to or combines, says under a keyword; None if none does."""
        return next((branch[keyword] for branch in self._of(schema)[2] if keyword in branch), None)

    def value(self, given: Any, schema: Any) -> Any:
        """What came (text, lists and objects of it) in the types of the schema; what does not fit stays text."""
        kinds = self.kinds(schema)
        if isinstance(given, str):
            if "array" in kinds and "string" not in kinds:  # an array of one item looks like the item
                return [self.value(given, self.items(schema))]
            return read_primitive(given, kinds)
        if isinstance(given, list):
            items = self.items(schema)
            return [self.value(each, items) for each in given]
        if not isinstance(given, dict):
            return given
        if "array" in kinds and given and all(name.isdecimal() for name in given):
            # of names with very many digits none is the number of an item
            numbers = [(number, each) for name, each in given.items() if (number := number_of(name)) is not None]
            if len(numbers) == len(given):
                return self.value([each for _, each in sorted(numbers, key=itemgetter(0))], schema)
        return {name: self.value(each, self.property(schema, name)) for name, each in given.items()}

    def _of(self, schema: Any) -> tuple[Any, frozenset[str], tuple[Schema, ...]]:
        known = self._known.get(id(schema))
        if known is None and isinstance(schema, Mapping) and not schema:
            # one of anybody's own: to remember each would cost memory with every field that no schema names
            schema = NOTHING
            known = self._known.get(id(schema))
        if known is None:
            branches = tuple(branches_of(self.document, schema))
            known = self._known[id(schema)] = (schema, kinds_of(self.document, schema), branches)
        return known
