"""The runtime expressions of a callback's URL (`{$request.body#/url}`), evaluated on an exchange from the journal."""

from __future__ import annotations

import re
from typing import Any

from mockserver.contract.bodies import read_json
from mockserver.contract.parameters import percent_decoded, split_query
from mockserver.contract.pointers import value_at
from mockserver.contract.violations import ABSENT
from mockserver.runtime.exchange import Exchange
from mockserver.runtime.message import Message
from mockserver.runtime.pattern import path_values

EMBEDDED = re.compile(r"\{(\$[^}]+)\}")


def evaluated(expression: str, exchange: Exchange) -> str | None:
    """The text that an expression stands for; None if a part of it is not there."""
    if expression.startswith("$"):
        return _value(expression, exchange)
    parts = {each: _value(each, exchange) for each in EMBEDDED.findall(expression)}
    if None in parts.values():
        return None
    return EMBEDDED.sub(lambda found: str(parts[found[1]]), expression)


def _value(expression: str, exchange: Exchange) -> str | None:
    if expression in ("$url", "$method", "$statusCode"):
        return {"$url": exchange.target, "$method": exchange.method, "$statusCode": str(exchange.status)}[expression]
    where, _, pointer = expression.partition("#")
    source, _, name = where.partition(".")
    message = {"$request": exchange.request, "$response": exchange.response}.get(source)
    if message is None:
        return None
    place, _, key = name.partition(".")
    if place == "body":
        return _at(body_of(message), pointer)
    if place == "header":
        return message.header(key)
    if source == "$request" and place == "query":
        found = split_query(exchange.target.partition("?")[2]).get(key)
        return None if not found else percent_decoded(found[0])
    return path_values(exchange.route or "", exchange.path).get(key) if source == "$request" else None


def body_of(message: Message | None) -> Any:
    """The JSON value of a body; None if it has none, or was not kept whole."""
    if message is None or len(message.body) != message.size:
        return None
    value, flaw = read_json(message.body)
    return None if flaw is not None else value


def _at(value: Any, pointer: str) -> str | None:
    """The text of what is at a pointer; None for nothing, and for what has no text of its own."""
    found = value_at(value, pointer)
    if isinstance(found, str):
        return found
    return None if found is ABSENT or isinstance(found, dict | list | None) else str(found)
