"""Values that keep exactly one of several alternatives where an honest value keeps more: `oneOf` of open objects.

Documents write `oneOf` where they mean `anyOf`: objects without a required property, which every object keeps. Such a
schema takes a value only if a property that another alternative describes is one that this other does not take.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, Protocol

from mockserver.contract.document import Document
from mockserver.contract.generation.resorts import SIMPLEST
from mockserver.errors import DocumentError

MOST = 300
"""Parts of a schema that are looked at."""
NAMES = 24
"""Properties that are tried at one place."""
PLACES = 12
"""Places of a value that are put right, one after another."""


class Judge(Protocol):
    def accepts(self, instance: Any) -> bool: ...

    def first_error(self, instance: Any) -> Any: ...


def told_apart(document: Document, schema: Any, judge: Judge, value: Any) -> Any | None:
    """The value with such a property wherever it keeps more than one alternative; None if that makes it not valid."""
    names = list(_names(document, schema))[:NAMES]
    whole = deepcopy(value)
    for _ in range(PLACES):
        error = judge.first_error(whole)
        if error is None:
            return whole if judge.accepts(whole) else None  # valid, but it may be none that can be sent
        holder = whole
        for step in error.instance_path:
            holder = holder[step]
        if (
            "oneOf" not in error.schema_path
            or not isinstance(holder, dict)
            or not _put_right(whole, holder, names, judge)
        ):
            return None
    return None


def _put_right(whole: Any, holder: dict[str, Any], names: list[str], judge: Judge) -> bool:
    """Give the object a property with which the first flaw of the whole is another one, or none."""
    before = judge.first_error(whole)
    for name in names:
        had = name in holder
        old = holder.get(name)
        for simple in SIMPLEST:
            holder[name] = simple
            error = judge.first_error(whole)
            # flaws are told in the order of their places: one further on says that this place is right
            if error is None or list(error.instance_path) > list(before.instance_path):
                return True
        if had:
            holder[name] = old
        else:
            del holder[name]
    return False


def _names(document: Document, schema: Any) -> Iterator[str]:
    """The properties of all alternatives below a schema, each once."""
    seen: set[int] = set()
    told: set[str] = set()
    rest: list[tuple[Any, bool]] = [(schema, False)]
    while rest and len(seen) < MOST:
        node, inside = rest.pop(0)
        try:
            node = document.resolve(node)
        except DocumentError:
            continue
        if isinstance(node, list):
            rest += [(each, inside) for each in node]
        if not isinstance(node, Mapping) or id(node) in seen:
            continue
        seen.add(id(node))
        properties = node.get("properties")
        if inside and isinstance(properties, Mapping):
            yield from (each for each in properties if each not in told)
            told.update(properties)
        rest += [(each, inside or key == "oneOf") for key, each in node.items() if isinstance(each, Mapping | list)]
