"""Conditions: what stands behind the `#` or `?` of a path, as Amazon's documents have it, and what it is to inference.

A value that a request brings anyway (`/tags/{arn}#tagKeys`, a required parameter) tells nothing of the place. A flag
(`/{Bucket}#lifecycle`) or a value of the document's own (`/tags#operation=add`) is one step further: a part of what the
path leads to, or an action on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.contract.operation import Described
from mockserver.contract.routing import split_template
from mockserver.inference.looks import Looks
from mockserver.inference.paths import CONDITIONAL, Step


def conditional_steps(looks: Looks, described: Described) -> tuple[Step, ...]:
    """The step that the conditions of an operation's path are; none if requests bring all of them anyway."""
    conditions = split_template(described.path)[1]
    if not conditions:
        return ()
    asked = dict(_asked(looks, described))
    told = [
        name if value is None else f"{name}={value}"
        for name, value in conditions.items()
        if value is not None or name.lower() not in asked or _is_flag(looks, asked[name.lower()])
    ]
    return (Step(f"{CONDITIONAL}{'&'.join(sorted(told))}"),) if told else ()


def named_values(looks: Looks, described: Described) -> list[str]:
    """The query parameters among the conditions that are lists, as `tagKeys` of what is to be taken away."""
    names = [name for name, value in split_template(described.path)[1].items() if value is None]
    asked = dict(_asked(looks, described)) if names else {}
    return [name for name in names if "array" in looks.kinds(asked.get(name.lower()))]


def _asked(looks: Looks, described: Described) -> Iterator[tuple[str, Any]]:
    """The schemas of the parameters beside a path, by their names in lower case."""
    for each in looks.document.parameters(described.path, described.members):
        if isinstance(each, Mapping) and each.get("in") in ("query", "header"):
            yield str(each.get("name")).lower(), each.get("schema") or {}


def _is_flag(looks: Looks, schema: Any) -> bool:
    """Whether a parameter has one value only."""
    shape = looks.shape(schema).schema
    values = shape.get("enum")
    return "const" in shape or (isinstance(values, list) and len(values) == 1)
