"""A schema as the maker sees it: everything that holds at one place merged into one, references followed.

Made once for each schema object of a document and kept: what is merged, how the field is called and whether its example
can be used are the same for every value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mockserver.contract.discriminator import Discriminators
from mockserver.contract.document import Document
from mockserver.contract.generation.merging import ALTERNATIVES, merged, types_of
from mockserver.errors import DocumentError

LONGEST_CHAIN = 100
"""References and `allOf`s that lead to one another before the schema is given up."""

CHOICES = 40
"""Lists of alternatives of which one is chosen at a place; whether the others hold, the validator says."""

BY_KEYWORD = {
    "object": ("properties", "additionalProperties", "patternProperties", "minProperties", "required"),
    "array": ("items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains"),
    "string": ("minLength", "maxLength", "pattern", "format"),
    "number": ("minimum", "maximum", "multipleOf", "exclusiveMinimum", "exclusiveMaximum"),
}
"""What type a schema without one means, by the keywords that it has."""

EXAMPLES = ("example", "examples", "default", "x-example")
COUNTS = (
    *("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "minContains", "maxContains"),
)
"""Keywords whose value is an integer, which JSON may write as `2.0`."""
FORM = "x-mock-form"
"""Marks an alternative that a discriminator has chosen already."""
NOT_MERGED = (FORM, "$ref", "allOf", "oneOf", "anyOf", *EXAMPLES)


class Shape:
    """One place of a value. `schema` is merged; `reference` is where the document has it, if it is a component.

    `spoiled`: its example turned out to break its own schema and is never used again.
    """

    def __init__(self, schema: Mapping[str, Any], examples: list[Any], reference: str | None) -> None:
        self.schema = schema
        self.examples = examples
        self.reference = reference
        self.spoiled = False
        self.nullable = bool(schema.get("nullable"))
        self.types = types_of(schema) or _guessed(schema)
        self.alternatives: list[list[Any]] = schema.get(ALTERNATIVES, [])[:CHOICES]


NOTHING: Mapping[str, Any] = {}
"""The schema of what no schema says anything of."""


class Shapes:
    """The shapes of one document, by schema object."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._discriminators = Discriminators(document)
        self._known: dict[int, tuple[Any, Shape]] = {}

    def of(self, schema: Any) -> Shape:
        """The shape of a schema; True and False are `{}` and the schema that nothing meets."""
        known = self._known.get(id(schema))
        if known is not None:
            return known[1]
        if isinstance(schema, Mapping) and not schema and schema is not NOTHING:
            return self.of(NOTHING)  # one of whoever has none: to remember each would cost memory with every request
        shape = self._made(schema)
        self._known[id(schema)] = (schema, shape)  # with the schema, whose id is its own while it lives
        return shape

    def _made(self, schema: Any) -> Shape:
        if not isinstance(schema, Mapping):
            return Shape({} if schema is not False else {"type": []}, [], None)
        reference = schema.get("$ref") if isinstance(schema.get("$ref"), str) else None
        parts = list(self._parts(schema, 0, set()))
        whole: dict[str, Any] = {}
        for part in parts:
            whole = merged(whole, self._plain(part))
        forms = [] if schema.get(FORM) else self._forms(schema)
        if forms:
            whole[ALTERNATIVES] = [forms, *whole.get(ALTERNATIVES, ())]
        return Shape(whole, list(self._examples(schema)), reference)

    def with_part(self, shape: Shape, alternative: Any) -> Shape:
        """The shape with one alternative chosen from its first list."""
        base = {**shape.schema, ALTERNATIVES: shape.alternatives[1:]}
        chosen = self.of(alternative)
        # an example of the whole may be one of another alternative
        found = Shape(merged(base, chosen.schema), chosen.examples, chosen.reference or shape.reference)
        found.spoiled = chosen.spoiled
        return found

    def _parts(self, schema: Any, depth: int, seen: set[int]) -> Iterator[Mapping[str, Any]]:
        """The schema and all that must hold with it, each once: parts of parts double the ways with each level."""
        if not isinstance(schema, Mapping):
            if schema is False:
                yield {"type": []}
            return
        if depth > LONGEST_CHAIN:
            raise DocumentError("schemas refer to one another without end. Break the circle.")
        if id(schema) in seen:
            return
        seen.add(id(schema))
        reference = schema.get("$ref")
        if isinstance(reference, str):
            yield from self._parts(self._document.at(reference), depth + 1, seen)
            if self._document.is_3_0:
                return
        yield schema
        parts = schema.get("allOf")
        for part in parts if isinstance(parts, list) else ():
            yield from self._parts(part, depth + 1, seen)

    def _plain(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        """The schema's own keywords, its alternatives as one list each."""
        plain = {
            key: int(value) if isinstance(value, float) and key in COUNTS and value.is_integer() else value
            for key, value in schema.items()
            if key not in NOT_MERGED
        }
        alternatives = [
            self._choices(schema, schema[key])
            for key in ("oneOf", "anyOf")
            if isinstance(schema.get(key), list) and schema[key]
        ]
        if "if" in schema and ("then" in schema or "else" in schema):
            # that `else` holds where `if` does not, the validator sees to
            alternatives.append([{"allOf": [schema["if"], schema.get("then", True)]}, schema.get("else", True)])
        dependent = schema.get("dependentSchemas")
        required = {name for name in schema.get("required") or () if isinstance(name, str)} if dependent else set[str]()
        for name, rule in dependent.items() if isinstance(dependent, Mapping) else ():
            # with the property and what it asks for, or without it; what is required leaves only the first
            alternatives.append([{"allOf": [rule, {"type": "object", "required": [name]}]}])
            if name not in required:
                alternatives[-1].append({"type": "object", "properties": {name: False}})
        if alternatives:
            plain[ALTERNATIVES] = alternatives
        for low, high in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
            if isinstance(plain.get(high), bool):
                exclusive = plain.pop(high)
                if exclusive and low in plain:
                    plain[high] = plain[low]
        return plain

    def _choices(self, schema: Mapping[str, Any], alternatives: list[Any]) -> list[Any]:
        """The alternatives, each with the values that a discriminator gives it."""
        found = self._discriminators.alternatives(schema) if "discriminator" in schema else None
        if found is None or alternatives is not schema[found[0]]:
            return alternatives
        _, name, named = found
        return [_named(each, name, names) for each, names in zip(alternatives, named, strict=True)]

    def _forms(self, schema: Any) -> list[Any]:
        """The forms of a component that its discriminator tells apart, if it is one."""
        chain = schema
        for _ in range(LONGEST_CHAIN):
            reference = chain.get("$ref") if isinstance(chain, Mapping) else None
            if not isinstance(reference, str):
                break
            found = self._discriminators.family(reference)
            if found is not None:
                name, forms = found
                return [_named({"$ref": form}, name, names) for form, names in forms.items()]
            chain = self._document.at(reference)
        return []

    def _examples(self, schema: Mapping[str, Any]) -> Iterator[Any]:
        """The example values of a schema, or else of the one that it refers to."""
        own = list(_own_examples(schema))
        if own:
            yield from own
            return
        reference = schema.get("$ref")
        parts = schema.get("allOf")
        only = parts[0] if isinstance(parts, list) and len(parts) == 1 else None
        for _ in range(LONGEST_CHAIN):
            node = self._document.at(reference) if isinstance(reference, str) else only
            if not isinstance(node, Mapping):
                return
            own = list(_own_examples(node))
            if own:
                yield from own
                return
            reference, only = node.get("$ref"), None


def _named(alternative: Any, name: str, names: Sequence[str]) -> Any:
    """The alternative with the values by which a discriminator names it."""
    if not names:
        return alternative
    return {
        "allOf": [alternative, {"type": "object", "required": [name], "properties": {name: {"enum": list(names)}}}],
        FORM: True,
    }


def _own_examples(schema: Mapping[str, Any]) -> Iterator[Any]:
    for key in EXAMPLES:
        if key == "examples" and isinstance(schema.get(key), list):
            yield from schema[key]
        elif key in schema and key != "examples":
            yield schema[key]


def _guessed(schema: Mapping[str, Any]) -> tuple[str, ...]:
    for name, keywords in BY_KEYWORD.items():
        if any(keyword in schema for keyword in keywords):
            return (name,)
    return ()
