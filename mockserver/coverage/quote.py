"""A part of a document as a person reads it: YAML, its reference followed, without examples, a few lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from mockserver.contract.document import Document

LINES = 14
"""Lines that a quotation has at most."""

LEFT_OUT = ("example", "examples", "links", "responses", "requestBody", "parameters")
"""What a quotation passes over below its first line: it is long, and a part of its own or no part at all."""


def quote(document: Document, pointer: str, most: int = LINES) -> str:
    """What stands at a pointer, under its own name; `most` lines of it."""
    node = _shortened(document.resolve(document.at(pointer)))
    name = pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
    quoted = node if name.isdecimal() and "/responses/" not in pointer else {name: node}
    text = yaml.safe_dump(quoted, sort_keys=False, allow_unicode=True, width=100).removesuffix("...\n").rstrip()
    lines = text.splitlines()
    return "\n".join([*lines[:most], "…"] if len(lines) > most else lines)


def _shortened(node: Any) -> Any:
    if isinstance(node, Mapping):
        return {name: _shortened(value) for name, value in node.items() if name not in LEFT_OUT}
    return [_shortened(each) for each in node] if isinstance(node, list) else node
