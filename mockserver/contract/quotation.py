"""Quotations of a document: a part of it as YAML under its own name, references followed, a few lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import StringIO
from itertools import islice
from typing import Any

import yaml

from mockserver.contract.document import Document
from mockserver.contract.pointers import path_of
from mockserver.errors import DocumentError

LINES = 14
"""Lines that a quotation has at most, before an ellipsis."""

DEEPEST = 4
"""Levels that a quotation shows; an ellipsis stands for what is nested deeper, or is longer than LINES."""

DEEPEST_OF_ALL = 20
"""The same of a quotation of the whole."""

EXAMPLES = ("example", "examples")
LEFT_OUT = (*EXAMPLES, "links", "responses", "requestBody", "parameters")
"""Keywords that are omitted below the first line: they are long, and quoted by themselves where they matter."""

SHORT = 60
"""Characters of an object's keys and values, or of an array's items, that stand on one line."""

PATH_ITEM = 2
"""Length of the path to a path item, of which only the names of the operations are shown."""


def quote(document: Document, pointer: str, most: int = LINES, *, whole: bool = False) -> str:
    """What the document has at a pointer: up to `most` lines, and an ellipsis if there is more; empty if nothing.

    whole: with what is nested deeper, and with everything except examples.
    """
    try:
        value = document.resolve(document.at(pointer))
    except DocumentError:
        return ""
    path = path_of(pointer)
    left_out = EXAMPLES if whole else LEFT_OUT
    depth = DEEPEST_OF_ALL if whole else 1 if len(path) == PATH_ITEM else DEEPEST
    # before it is written: a part of a large document may be large itself
    shown = _shortened(value, depth, max(most, SHORT) + 1, left_out)
    lines = _yaml(shown if not path or _is_position(path) else {path[-1]: shown}).splitlines()
    return "\n".join(lines if len(lines) <= most else [*lines[:most], "…"])


def _is_position(path: tuple[str, ...]) -> bool:
    """Whether the last part is the index of an item; a status is a name, although it is a number."""
    return path[-1].isdecimal() and "responses" not in path[-2:]


class _Dumper(yaml.SafeDumper):
    """Writes an object or array of a few short values on one line, everything else in block style."""

    def represent_mapping(self, tag: str, mapping: Any, flow_style: bool | None = None) -> yaml.MappingNode:
        del flow_style
        node: yaml.MappingNode = super().represent_mapping(tag, mapping, False)
        node.flow_style = _is_short([each for pair in node.value for each in pair])
        return node

    def represent_sequence(self, tag: str, sequence: Any, flow_style: bool | None = None) -> yaml.SequenceNode:
        del flow_style
        node: yaml.SequenceNode = super().represent_sequence(tag, sequence, False)
        node.flow_style = _is_short(node.value)
        return node


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, "|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def _is_short(nodes: Sequence[yaml.Node]) -> bool:
    plain = [node for node in nodes if isinstance(node, yaml.ScalarNode) and node.style != "|"]
    return len(plain) == len(nodes) and sum(len(node.value) for node in plain) <= SHORT


def _yaml(value: Any) -> str:
    written = StringIO()
    dumper = _Dumper(written, sort_keys=False, allow_unicode=True, width=100)
    node = dumper.represent_data(value)
    if isinstance(node, yaml.CollectionNode):
        node.flow_style = not node.value
    dumper.open()
    dumper.serialize(node)
    dumper.close()
    return written.getvalue().removesuffix("...\n")  # PyYAML ends a text of one scalar so


def _shortened(value: Any, depth: int, width: int, left_out: tuple[str, ...]) -> Any:
    """The value as it is shown: so deep, and of an object so many members, which are a line each at the least."""
    if isinstance(value, Mapping):
        # a reference is quoted as such; what it leads to is a quotation of its own
        if "$ref" in value or not value:
            return dict(value)
        if not depth:
            return "…"
        members = islice(((name, each) for name, each in value.items() if name not in left_out), width)
        return {str(name): _shortened(each, depth - 1, width, left_out) for name, each in members}
    if isinstance(value, list):
        shown = [_shortened(each, max(0, depth - 1), width, left_out) for each in value[:LINES]]
        return shown if len(value) <= LINES else [*shown, "…"]
    return value
