"""Which types a schema allows, all that it combines included, and text read as a value of one of them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mockserver.contract.digits import number_of
from mockserver.contract.document import Document

NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")


COMBINING = ("allOf", "anyOf", "oneOf")


def branches_of(document: Document, schema: Any, combining: Sequence[str] = COMBINING) -> Iterator[Mapping[str, Any]]:
    """The schema and those it combines, each once however they refer to one another, in the order they stand.

    combining: the keywords under which they stand.
    """
    seen: dict[int, Any] = {}
    rest = [schema]
    while rest:
        node = document.resolve(rest.pop())
        if isinstance(node, Mapping) and id(node) not in seen:
            seen[id(node)] = node
            yield node
            # reversed, as the last is taken first
            rest += [each for keyword in reversed(combining) for each in reversed(node.get(keyword, ()))]


def kinds_of(document: Document, schema: Any) -> frozenset[str]:
    """The types that the schema, or one that it combines, names; or those of the values that it lists."""
    kinds: set[str] = set()
    for branch in branches_of(document, schema):
        declared = branch.get("type", ())
        kinds |= {declared} if isinstance(declared, str) else set(declared)
        if "type" not in branch:  # beside a type the values only narrow it
            listed = [branch["const"]] if "const" in branch else branch.get("enum", ())
            kinds |= {kind_of(each) for each in listed}
    return frozenset(kinds)


KINDS = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", type(None): "null"}


def kind_of(value: Any) -> str:
    """The type of a JSON value."""
    return KINDS.get(type(value), "object")


READ = frozenset({"boolean", "integer", "number"})
"""The types as which text is read; of any other it stays text."""


def read_primitive(text: str, kinds: frozenset[str]) -> Any:
    """The value that decoded text stands for among the types allowed; the text itself if it is none of them."""
    if "boolean" in kinds and text in ("true", "false"):
        return text == "true"
    if "integer" in kinds and (integer := number_of(text)) is not None:
        return integer
    # not by `float` alone, which also takes underscores, blanks, `nan` and digits of other scripts
    if "number" in kinds and NUMBER.fullmatch(text) and math.isfinite(number := float(text)):
        return number
    return text
