"""The runtime expressions of a callback's URL (`{$request.body#/url}`), evaluated on an exchange from the journal."""

from __future__ import annotations

from functools import partial
from typing import Any

from mockserver.contract import expressions
from mockserver.contract.bodies import read_json
from mockserver.contract.expressions import Expression
from mockserver.contract.parameters import percent_decoded, split_query
from mockserver.contract.pointers import value_at
from mockserver.contract.violations import ABSENT
from mockserver.runtime.exchange import Exchange
from mockserver.runtime.message import Message
from mockserver.runtime.pattern import path_values


def evaluated(text: str, exchange: Exchange) -> str | None:
    """The text that an expression stands for; None if a part of it is not there."""
    found = expressions.evaluated(text, partial(_value, exchange))
    return None if found is ABSENT else found


def _value(exchange: Exchange, text: str) -> Any:
    plain = {"$url": exchange.target, "$method": exchange.method, "$statusCode": str(exchange.status)}
    if text in plain:
        return plain[text]
    source, place, name, pointer = Expression.of(text)
    message = {"$request": exchange.request, "$response": exchange.response}.get(source)
    if message is None:
        return ABSENT
    if place == "body":
        return _at(body_of(message), pointer)
    if place == "header":
        return _or_absent(message.header(name))
    if source == "$request" and place == "query":
        found = split_query(exchange.target.partition("?")[2]).get(name)
        return percent_decoded(found[0]) if found else ABSENT
    return _or_absent(path_values(exchange.route or "", exchange.path).get(name)) if source == "$request" else ABSENT


def _or_absent(found: str | None) -> Any:
    return ABSENT if found is None else found


def body_of(message: Message | None) -> Any:
    """The JSON value of a body; None if it has none, or was not kept whole."""
    if message is None or len(message.body) != message.size:
        return None
    value, flaw = read_json(message.body)
    return None if flaw is not None else value


def _at(value: Any, pointer: str) -> Any:
    """The text of the value at a pointer; ABSENT if there is none, and for objects, arrays and null."""
    found = value_at(value, pointer)
    return ABSENT if found is ABSENT or isinstance(found, dict | list | None) else str(found)
