"""The runtime expressions of a callback's URL (`{$request.body#/url}`), evaluated on an exchange from the journal."""

from __future__ import annotations

from typing import Any

from mockserver.api import Api
from mockserver.contract import expressions
from mockserver.contract.bodies import media_type, read_json
from mockserver.contract.expressions import Expression
from mockserver.contract.media import Media
from mockserver.contract.operation import Operation
from mockserver.contract.pairs import percent_decoded, split_query
from mockserver.contract.pointers import value_at
from mockserver.contract.violations import ABSENT
from mockserver.errors import OperationError
from mockserver.runtime.exchange import Exchange
from mockserver.runtime.message import Message
from mockserver.runtime.pattern import path_values


def evaluated(text: str, exchange: Exchange, api: Api) -> str | None:
    """The text that an expression stands for; None if a part of it is not there."""
    found = expressions.evaluated(text, lambda each: _value(exchange, each, api))
    return None if found is ABSENT else found


def _value(exchange: Exchange, text: str, api: Api) -> Any:
    plain = {"$url": _url(exchange), "$method": exchange.method, "$statusCode": str(exchange.status)}
    if text in plain:
        return plain[text]
    source, place, name, pointer = Expression.of(text)
    message = {"$request": exchange.request, "$response": exchange.response}.get(source)
    if message is None:
        return ABSENT
    if place == "body":
        return _text(value_at(body_of(message, exchange, api), pointer))
    if place == "header":
        return _or_absent(message.header(name))
    return _or_absent(_parameter(place, name, exchange)) if source == "$request" else ABSENT


def _or_absent(found: str | None) -> Any:
    return ABSENT if found is None else found


def _parameter(place: str, name: str, exchange: Exchange) -> str | None:
    """The decoded value of a query or path parameter."""
    if place == "query":
        found = split_query(exchange.target.partition("?")[2]).get(name)
        return percent_decoded(found[0]) if found else None
    return path_values(exchange.route or "", exchange.path).get(name) if place == "path" else None


def _url(exchange: Exchange) -> str:
    """The URL that was asked for, as the client wrote it."""
    host = exchange.request.header("host")
    return exchange.target if host is None else f"{exchange.scheme}://{host}{exchange.prefix}{exchange.target}"


def body_of(message: Message | None, exchange: Exchange, api: Api) -> Any:
    """The value of a body, by its media type; None if it has none, or was not kept whole."""
    if message is None or len(message.body) != message.size:
        return None
    content_type = message.header("content-type") or ""
    media = _media(media_type(content_type), message is exchange.request, exchange, api)
    value, flaw = read_json(message.body) if media is None else media.codec.read(message.body, content_type)
    return None if flaw is not None or value is ABSENT else value


def _media(name: str, is_request: bool, exchange: Exchange, api: Api) -> Media | None:
    """What the document says of a body of this type; None if it does not know it, or it cannot be read."""
    operation = _operation(exchange, api)
    if operation is None or "json" in name:
        return None
    if is_request:
        known = () if operation.body is None else operation.body.media
    else:
        response = operation.response(exchange.status or 0)
        known = () if response is None else response.media
    return next((each for each in known if each.name == name), None)


def _operation(exchange: Exchange, api: Api) -> Operation | None:
    try:
        return api.contract.operation(exchange.operation_id or "")
    except (OperationError, KeyError):
        return None


def _text(found: Any) -> Any:
    """A value as text; ABSENT for nothing, and for objects, arrays and null, which have none of their own."""
    if isinstance(found, bool):
        return "true" if found else "false"
    return ABSENT if found is ABSENT or isinstance(found, dict | list | None) else str(found)
