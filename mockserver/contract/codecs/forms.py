"""`application/x-www-form-urlencoded`: names and text, with brackets for what lies within (`a[b]=1&c[]=2&c[]=3`).

OpenAPI says how each property is written by its `encoding`; where it says nothing, brackets are read as most clients
write them (Rails, PHP, qs, Stripe's), repeated names as arrays, and text by the type of its property.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote_plus

from mockserver.contract.bodies import DEEPEST, TextCodec, charset, read_json, value_text
from mockserver.contract.codecs.typed import Typed
from mockserver.contract.codecs.unwritten import completed
from mockserver.contract.violations import ABSENT, Violation

MOST = 10_000
"""Fields that one form may have."""
NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])+)")
DELIMITERS = {"form": ",", "spaceDelimited": " ", "pipeDelimited": "|"}


class Misplaced(Exception):
    """Two fields claim one place: a text and something that lies within it."""


@dataclass(frozen=True)
class FormCodec(TextCodec):
    """Forms of one schema."""

    typed: Typed
    schema: Any
    encodings: Mapping[str, Any]

    def read(self, text: bytes, content_type: str) -> tuple[Any, Violation | None]:
        encoding = charset(content_type)
        try:
            # what is not ASCII must be percent-encoded, in the charset of the form
            pairs = parse_qsl(
                text.decode("ascii"), keep_blank_values=True, encoding=encoding, errors="strict", max_num_fields=MOST
            )
        except UnicodeError:
            return ABSENT, flaw("encoding", f"must be percent-encoded text in {encoding}")
        except ValueError:
            return ABSENT, flaw("form", f"must have at most {MOST} fields")
        return assembled(pairs, self.typed, self.schema, self.encodings)

    def write(self, value: Any) -> bytes:
        pairs = _flat(value) if isinstance(value, Mapping) else [("value", _text(value))]
        return "&".join(f"{quote_plus(name)}={quote_plus(text)}" for name, text in pairs).encode()


def flaw(keyword: str, message: str, pointer: str = "", received: Any = ABSENT) -> Violation:
    """What is wrong with a body as a whole, or with the property at the pointer."""
    return Violation("body", pointer, keyword, None, received, message)


def assembled(
    fields: Iterable[tuple[str, Any]], typed: Typed, schema: Any, encodings: Mapping[str, Any]
) -> tuple[Any, Violation | None]:
    """The object that fields make, in the types of its schema. A field that is no text is taken as it is."""
    properties = typed.properties(schema)
    made, wrong = placed(((path_of_field(name, properties), given) for name, given in fields), typed, schema, encodings)
    return (made, wrong) if wrong is not None else (completed(made, schema, typed), None)


def placed(
    fields: Iterable[tuple[list[str], Any]], typed: Typed, schema: Any, encodings: Mapping[str, Any]
) -> tuple[Any, Violation | None]:
    """The object that fields make at their places, in the types of its schema."""
    made: dict[str, Any] = {}
    for path, given in fields:
        if len(path) > DEEPEST:
            return ABSENT, flaw("depth", f"must not nest deeper than {DEEPEST} levels")
        try:
            _put(made, path, given)
        except Misplaced:
            name = f"{path[0]}{''.join(f'[{key}]' for key in path[1:])}"
            return ABSENT, flaw("form", f"has a field {name!r:.80} where another field has a text already")
    return {
        name: _property(each, typed, typed.property(schema, name), encodings.get(name)) for name, each in made.items()
    }, None


def path_of_field(name: str, properties: Mapping[str, Any]) -> list[str]:
    """The names that lead to a field, empty for the next item of an array; one that the schema has is taken whole."""
    found = None if name in properties else NAME.fullmatch(name)  # documents call properties `expand[]`
    if found is None:
        return [name]
    return [found[1], *re.findall(r"\[([^\[\]]*)\]", found[2])]


def _put(node: dict[str, Any], path: list[str], given: Any) -> None:
    head, *rest = path
    if not rest:
        if head in node:
            node[head] = [*node[head], given] if isinstance(node[head], list) else [node[head], given]
        else:
            node[head] = given
    elif rest[0] == "":
        items = node.setdefault(head, [])
        if not isinstance(items, list):
            raise Misplaced
        _append(items, rest[1:], given)
    else:
        child = node.setdefault(head, {})
        if not isinstance(child, dict):
            raise Misplaced
        _put(child, rest, given)


def _append(items: list[Any], path: list[str], given: Any) -> None:
    """Add to an array; a field of an object that its last item lacks belongs to that item."""
    if not path:
        items.append(given)
        return
    if not items or not isinstance(items[-1], dict) or (len(path) == 1 and path[0] in items[-1]):
        items.append({})
    _put(items[-1], path, given)


def _property(given: Any, typed: Typed, schema: Any, encoding: Any) -> Any:
    """A property as its encoding writes it, in the types of its schema."""
    members: Mapping[str, Any] = encoding if isinstance(encoding, Mapping) else {}
    kinds = typed.kinds(schema)
    if isinstance(given, str):
        is_json = "json" in str(members.get("contentType", ""))
        meant = {"{": "object", "[": "array"}.get(given[:1])  # of an array of texts, `{}` is an item
        if is_json or (kinds <= {"object", "array", "null"} and meant in kinds):
            value, wrong = read_json(given.encode())
            return given if wrong is not None else value
        if "array" in kinds and (members.get("explode") is False or members.get("style") in DELIMITERS):
            style = members.get("style", "form")
            if members.get("explode", style == "form") is False:
                given = given.split(DELIMITERS.get(style, ",")) if given else []
    return typed.value(given, schema)


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Fields with brackets; items of an array that are objects have their number."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from _flat(each, f"{name}[{key}]" if name else str(key))
    elif isinstance(value, list):
        for at, each in enumerate(value):
            yield from _flat(each, f"{name}[{at}]" if isinstance(each, Mapping | list) else name)
    else:
        yield name, _text(value)


def _text(value: Any) -> str:
    return "" if value is None else value_text(value)
