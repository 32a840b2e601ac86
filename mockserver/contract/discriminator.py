"""Discriminators, enforced: the property that names a form decides which form a value is held against.

Of a `oneOf` a validator can only say that no alternative matches. With the name known, `if` and `then` validate the
value against the alternative that was meant, and every violation is reported where it is. A schema without
alternatives may have a discriminator as well: its forms are then the components that refer to it in their `allOf`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import Any

from mockserver.contract.document import Document

COMPONENTS = "#/components/schemas/"

DEEPEST = 3
"""Levels of forms that have forms."""

MOST = 60
"""Forms of one schema that are told apart; a family of hundreds would make each validator as large as the document."""

Names = tuple[str, ...]


class Discriminators:
    """The forms that the discriminators of one document tell apart."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._families: dict[str, dict[str, Names] | None] = {}
        self._below: dict[tuple[int, str, int], tuple[Any, list[str]]] = {}

    def alternatives(self, schema: Mapping[str, Any]) -> tuple[str, str, list[Names]] | None:
        """The keyword and property of a schema that is told apart, and the names of each alternative, none for null.

        None if it has no discriminator, or one by which nothing can be told apart.
        """
        name = property_of(schema)
        keyword = next((each for each in ("oneOf", "anyOf") if isinstance(schema.get(each), list)), None)
        if name is None or keyword is None:
            return None
        given = schema[keyword]
        named = [self._names(each, name, mapping_of(schema)) for each in given if not _is_null(each)]
        # a name that means two alternatives, or none that means one, decides nothing: all are tried, as without it
        if not named or not all(named) or _overlap(named):
            return None
        rest = iter(named)
        return keyword, name, [() if _is_null(each) else next(rest) for each in given]

    def family(self, reference: str) -> tuple[str, dict[str, Names]] | None:
        """The property that tells the forms of a component apart, and their names by reference; None if nothing does.

        The component is one of them.
        """
        if not reference.startswith(COMPONENTS):
            return None
        parent = self._document.at(reference)
        name = property_of(parent) if isinstance(parent, Mapping) else None
        if name is None or any(keyword in parent for keyword in ("oneOf", "anyOf")):
            return None
        if reference not in self._families:
            self._families[reference] = self._forms(reference, parent, name)
        found = self._families[reference]
        return None if found is None else (name, found)

    def _forms(self, reference: str, parent: Mapping[str, Any], name: str) -> dict[str, Names] | None:
        members = list(self._descendants(reference))
        # where nothing inherits from it, the property is an ordinary one
        if not members or len(members) > MOST:
            return None
        forms = {each: self._names({"$ref": each}, name, mapping_of(parent)) for each in members}
        short, own = reference.rpartition("/")[2], allowed([parent], name)
        inherited = None if own is None else tuple(own)
        # a form that only inherits the parent's enum is told from it by nothing
        forms = {each: names for each, names in forms.items() if names != inherited or len(names) == 1}
        if own is None or short in own:
            forms[reference] = tuple(
                {short: None} | {key: None for key, to in mapping_of(parent).items() if to == reference}
            )
        return None if _overlap(list(forms.values())) or not all(forms.values()) else forms

    def is_closed(self, reference: str) -> bool:
        """Whether a component takes no other names than those of its forms: it lists none itself."""
        return allowed([self._document.at(reference)], property_of(self._document.at(reference)) or "") is None

    def _descendants(self, reference: str) -> Iterator[str]:
        """The components that refer to the component in their `allOf`, and those that refer to them."""
        seen = {reference}
        rest = [reference]
        while rest:
            for child in self._children.get(rest.pop(), ()):
                if child not in seen:
                    seen.add(child)
                    rest.append(child)
                    yield child

    @cached_property
    def _children(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name, schema in self._document.schemas.items():
            parts = schema.get("allOf") if isinstance(schema, Mapping) else None
            for part in parts if isinstance(parts, list) else ():
                if isinstance(part, Mapping) and isinstance(part.get("$ref"), str):
                    found.setdefault(part["$ref"], []).append(f"{COMPONENTS}{name}")
        return found

    def _names(self, alternative: Any, name: str, mapping: Mapping[str, str], depth: int = 0) -> Names:
        """The values of the property that mean an alternative, as far as it allows them; else those that it allows."""
        reference = alternative.get("$ref") if isinstance(alternative, Mapping) else None
        named: list[str] = []
        if isinstance(reference, str):
            short = reference.rpartition("/")[2]
            named = [value for value, to in mapping.items() if to in (reference, short)] + [short]
        parts = list(conjuncts(self._document, alternative))
        # of its own only: below `allOf` stand the values of its parents
        named += [each["x-ms-discriminator-value"] for each in parts[:1] if "x-ms-discriminator-value" in each]
        for part in parts:
            if property_of(part) == name and depth < DEEPEST:  # a form that has forms itself
                named += self._names_below(part, name, depth + 1)
        own = allowed(parts, name)
        meant = [each for each in dict.fromkeys(named) if own is None or each in own]
        return tuple(meant or own or ())

    def _names_below(self, part: Mapping[str, Any], name: str, depth: int) -> list[str]:
        """The names of the alternatives of a schema; found once, as each of them may have it in its `allOf`."""
        key = id(part), name, depth
        if key not in self._below:
            alternatives = (*part.get("oneOf", ()), *part.get("anyOf", ()))
            each_named = (self._names(each, name, mapping_of(part), depth) for each in alternatives)
            # with the schema, so that no other takes its place in memory, and its number
            self._below[key] = part, list(dict.fromkeys(chain.from_iterable(each_named)))
        return self._below[key][1]


def property_of(schema: Mapping[str, Any]) -> str | None:
    """The property that a schema's discriminator names; None if it has none."""
    discriminator = schema.get("discriminator")
    name = discriminator.get("propertyName") if isinstance(discriminator, Mapping) else None
    return name if isinstance(name, str) else None


def mapping_of(schema: Mapping[str, Any]) -> Mapping[str, str]:
    """What its discriminator maps values to."""
    found = schema["discriminator"].get("mapping")
    return found if isinstance(found, Mapping) else {}


def by_name(name: str, forms: Sequence[tuple[Names, Any]], *, closed: bool = True) -> dict[str, Any]:
    """A schema whose value is held against the form that its property names; `closed`: no other name may come."""
    rules: dict[str, Any] = {
        "allOf": [
            {
                "if": {"type": "object", "required": [name], "properties": {name: {"enum": list(names)}}},
                "then": form,
            }
            for names, form in forms
            if names
        ]
    }
    known = list(dict.fromkeys(each for names, _ in forms for each in names))
    return {"properties": {name: {"enum": known}}, **rules} if closed else rules


def told_apart(name: str, keyword: str, forms: Sequence[tuple[Names, Any]], *, required: bool) -> dict[str, Any]:
    """What stands for the alternatives under a keyword; without the property they are taken as they are.

    required: every alternative is an object that must have the property.
    """
    meant = by_name(name, forms)
    if required:
        return {"type": "object", "required": [name], **meant}
    # without the property nothing says which form is meant, so any alternative may match
    anyhow = {keyword: [form for _, form in forms]}
    return {"if": {"type": "object", "required": [name]}, "then": meant, "else": anyhow}


def requires(document: Document, alternatives: Iterable[Any], name: str) -> bool:
    """Whether each of the alternatives is an object that must have the property."""
    return all(
        any(name in (branch.get("required") or ()) for branch in conjuncts(document, each))
        and any(branch.get("type") == "object" for branch in conjuncts(document, each))
        for each in alternatives
    )


def conjuncts(document: Document, schema: Any) -> Iterator[Mapping[str, Any]]:
    """The schema and all that must hold with it by `allOf`."""
    seen: set[int] = set()
    rest = [schema]
    while rest:
        node = document.resolve(rest.pop())
        if isinstance(node, Mapping) and id(node) not in seen:
            seen.add(id(node))
            yield node
            rest += node.get("allOf") or ()


def allowed(branches: Iterable[Mapping[str, Any]], name: str) -> list[str] | None:
    """The values that a schema allows for a property; None if it allows any."""
    found: list[str] | None = None
    for branch in branches:
        properties = branch.get("properties")
        rule = properties.get(name) if isinstance(properties, Mapping) else None
        if isinstance(rule, Mapping) and ("const" in rule or isinstance(rule.get("enum"), list)):
            listed = [rule["const"]] if "const" in rule else rule["enum"]
            found = [each for each in listed if found is None or each in found]
    return found


def _is_null(schema: Any) -> bool:
    return isinstance(schema, Mapping) and schema.get("type") == "null"


def _overlap(named: Sequence[Names]) -> bool:
    known = [each for names in named for each in names]
    return len(known) != len(set(known))
