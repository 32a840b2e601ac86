"""Casting: a plain value in the type of another schema, where one operation has text and the next a number."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from mockserver.inference.keys import text_of
from mockserver.inference.looks import Looks

NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,17})?")
TRUTHS = {"true": True, "false": False}
PLAIN = frozenset(("string", "integer", "number", "boolean"))
TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}

Casts = Mapping[str, tuple[frozenset[str], frozenset[type]]]
"""The types of fields that have plain values only: as schemas and as Python have them."""


def casts_of(looks: Looks, properties: Mapping[str, Any]) -> Casts:
    """The types of those properties that have plain values only."""
    found = {}
    for name, schema in properties.items():
        kinds = looks.kinds(schema)
        if kinds and kinds <= PLAIN:
            types = frozenset(each for kind in kinds for each in TYPES[kind])
            found[name] = (kinds, types)
    return found


def cast(known: tuple[frozenset[str], frozenset[type]], value: Any) -> Any:
    """The value in one of these types; as it is if it has no form in them."""
    kinds = known[0]
    if isinstance(value, bool | int | float):
        return text_of(value) if "string" in kinds else value
    if not isinstance(value, str):
        return value
    if "boolean" in kinds and value in TRUTHS:
        return TRUTHS[value]
    if kinds & {"integer", "number"} and NUMBER.fullmatch(value):
        return int(value) if "." not in value else float(value) if "number" in kinds else value
    return value
