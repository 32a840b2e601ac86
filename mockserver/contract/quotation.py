"""A part of a document as a person reads it: YAML under its own name, its reference followed, a few lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from mockserver.contract.document import Document
from mockserver.contract.pointers import path_of
from mockserver.errors import DocumentError

LINES = 14
"""Lines that a quotation has at most, before an ellipsis."""

DEEPEST = 4
"""Levels that it shows: what is nested deeper, or is longer than LINES, stands as an ellipsis."""

LEFT_OUT = ("example", "examples", "links", "responses", "requestBody", "parameters")
"""What is passed over below the first line: it is long, and a part of its own or no part at all."""

PATH_ITEM = 2
"""Length of the path to a path item, of which only the names of the operations are shown."""


def quote(document: Document, pointer: str, most: int = LINES) -> str:
    """What stands at a pointer: `most` lines of it, and an ellipsis if there is more; empty if nothing stands there."""
    try:
        value = document.resolve(document.at(pointer))
    except DocumentError:
        return ""
    path = path_of(pointer)
    shown = _shortened(value, 1 if len(path) == PATH_ITEM else DEEPEST)
    lines = _yaml(shown if not path or _is_position(path) else {path[-1]: shown}).splitlines()
    return "\n".join(lines if len(lines) <= most else [*lines[:most], "…"])


def _is_position(path: tuple[str, ...]) -> bool:
    """Whether the last part says which item of a list it is; a status is a name, although it is a number, too."""
    return path[-1].isdecimal() and "responses" not in path[-2:]


def _yaml(value: Any) -> str:
    """Block style, with the innermost collections on one line."""
    pairs = [{name: each} for name, each in value.items()] if isinstance(value, Mapping) else [value]
    return "".join(
        yaml.safe_dump(
            pair,
            sort_keys=False,
            allow_unicode=True,
            width=100,
            default_flow_style=None if any(isinstance(each, list | dict) for each in _values(pair)) else False,
        ).removesuffix("...\n")  # PyYAML ends a text of one scalar so
        for pair in pairs
    )


def _values(pair: Any) -> Iterable[Any]:
    return pair.values() if isinstance(pair, Mapping) else [pair]


def _shortened(value: Any, depth: int) -> Any:
    if isinstance(value, Mapping):
        if "$ref" in value or not value:
            return dict(value)
        if not depth:
            return "…"
        return {str(name): _shortened(each, depth - 1) for name, each in value.items() if name not in LEFT_OUT}
    if isinstance(value, list):
        shown = [_shortened(each, max(0, depth - 1)) for each in value[:LINES]]
        return shown if len(value) <= LINES else [*shown, "…"]
    return value
