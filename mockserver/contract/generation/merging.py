"""Schemas that all hold, as one: what `allOf`, references and a chosen alternative ask for together.

What cannot be merged (`not`, `if`, a second pattern) is left to the validator, which has the last word anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any

ALTERNATIVES = "alternatives"
"""A list of lists of schemas: one of each list must hold. Stands for `oneOf` and `anyOf`, of which several can meet."""


def types_of(schema: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The types that the schema names; None if it names none."""
    given = schema.get("type")
    if given is None:
        return None
    return (given,) if isinstance(given, str) else tuple(each for each in given if isinstance(each, str))


def merged(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """What both schemas ask for; annotations are those of the first that has them."""
    both = dict(one)
    for key, value in other.items():
        if key not in both:
            both[key] = value
        elif key in TOGETHER:
            both[key] = TOGETHER[key](both[key], value)
        elif key == "pattern" and both[key] != value:  # both must match, which no one pattern says
            both["patterns"] = [*both.get("patterns", ()), value]
    _close(one, other, both)
    return both


def _close(one: Mapping[str, Any], other: Mapping[str, Any], both: dict[str, Any]) -> None:
    """A schema that takes no other properties than its own keeps those of the other out."""
    # with `additionalProperties: false` in either, what only the other names is not allowed
    for closed in (one, other):
        if closed.get("additionalProperties") is False and not closed.get("patternProperties"):
            own = dict.fromkeys(closed.get("closed", closed.get("properties", {})))
            both["closed"] = [name for name in both.get("closed", own) if name in own]


def _types(one: Any, other: Any) -> list[str]:
    names, by = types_of({"type": one}) or (), types_of({"type": other}) or ()

    def held(name: str, by: tuple[str, ...]) -> bool:
        return name in by or (name == "integer" and "number" in by)

    return [each for each in dict.fromkeys((*names, *by)) if held(each, names) and held(each, by)]


def _greater(one: Any, other: Any) -> Any:
    return one or other if isinstance(one, bool) else max(one, other)  # OpenAPI 3.0 has true and false as bounds


def _lesser(one: Any, other: Any) -> Any:
    return one or other if isinstance(one, bool) else min(one, other)


def _among(values: list[Any]) -> Callable[[Any], bool]:
    """Whether a value is one of these; names and members of an enum, of which there may be many, are looked up."""
    known = {each for each in values if isinstance(each, Hashable)}
    others = [each for each in values if not isinstance(each, Hashable)]
    return lambda each: each in known if isinstance(each, Hashable) else each in others


def _listed(one: list[Any], other: list[Any]) -> list[Any]:
    is_there = _among(one)
    return [*one, *(each for each in other if not is_there(each))]


def _members(one: list[Any], other: list[Any]) -> list[Any]:
    is_there = _among(other)
    return [each for each in one if is_there(each)]


def _properties(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **one,
        **{name: _together(one[name], schema) if name in one else schema for name, schema in other.items()},
    }


def _together(one: Any, other: Any) -> Any:
    if one is False or other is False:
        return False
    if one is other or one == other or other is True:
        return one
    return other if one is True else {"allOf": [one, other]}


def _by_place(one: list[Any], other: list[Any]) -> list[Any]:
    """Schemas of an array's first items; the longer list goes on alone."""
    both = [_together(first, second) for first, second in zip(one, other, strict=False)]
    return [*both, *one[len(both) :], *other[len(both) :]]


TOGETHER: Mapping[str, Callable[[Any, Any], Any]] = {
    **dict.fromkeys(("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties", "minContains"), _greater),
    **dict.fromkeys(("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties", "maxContains"), _lesser),
    **dict.fromkeys(("items", "additionalProperties", "propertyNames", "contains"), _together),
    **dict.fromkeys(("properties", "patternProperties"), _properties),
    **dict.fromkeys(("required", ALTERNATIVES), _listed),
    "enum": _members,
    "prefixItems": _by_place,
    "type": _types,
}
"""How two values of one keyword become one."""
