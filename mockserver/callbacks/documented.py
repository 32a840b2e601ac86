"""The callbacks and webhooks of a document, and valid bodies for them.

Their parts are read as they are written: only what is sent is looked at, and a flaw costs the one callback that has it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.api import Api
from mockserver.catalog import WEBHOOKS
from mockserver.contract.bodies import JSONCodec, write_json
from mockserver.contract.media import Media
from mockserver.errors import DocumentError
from mockserver.world import World

METHODS = ("post", "put", "patch", "delete", "get", "head", "options", "trace")


@dataclass(frozen=True)
class Outgoing:
    """A request that a document describes: its name, the expression of its URL, the operation object, and the
    parameters of that, those of its path included."""

    name: str
    expression: str
    method: str
    operation: Mapping[str, Any]
    parameters: tuple[Mapping[str, Any], ...] = ()


def callbacks_of(api: Api, operation_id: str) -> Iterator[Outgoing]:
    """The callbacks of an operation."""
    described = api.contract.operations.get(operation_id)
    for name, callback in _members(api, {} if described is None else described.members.get("callbacks")):
        for expression, item in _members(api, callback):
            yield from _outgoing(api, name, expression, item)


def webhooks_of(api: Api) -> dict[str, Outgoing]:
    """The webhooks of a document, by their names."""
    found: dict[str, Outgoing] = {}
    for keyword in WEBHOOKS:
        for name, item in _members(api, api.document.raw.get(keyword)):
            for each in _outgoing(api, name, "", item):
                found[name] = each
    return found


def _outgoing(api: Api, name: str, expression: str, item: Any) -> Iterator[Outgoing]:
    for method, operation in _members(api, item):
        if method in METHODS and isinstance(operation, Mapping):
            given = dict(_parameters(api, _resolved(api, item)))
            given.update(_parameters(api, operation))
            yield Outgoing(name, expression, method.upper(), operation, tuple(given.values()))
            return


def _parameters(api: Api, holder: Any) -> Iterator[tuple[tuple[Any, Any], Mapping[str, Any]]]:
    """Parameter objects by where they stand and what they are called."""
    listed = holder.get("parameters") if isinstance(holder, Mapping) else None
    for each in listed if isinstance(listed, list) else ():
        resolved = _resolved(api, each)
        if isinstance(resolved, Mapping):
            yield (resolved.get("in"), resolved.get("name")), resolved


def _members(api: Api, node: Any) -> list[tuple[str, Any]]:
    resolved = _resolved(api, node)
    return [(str(name), each) for name, each in resolved.items()] if isinstance(resolved, Mapping) else []


def _resolved(api: Api, node: Any) -> Any:
    try:
        return api.document.resolve(node) if isinstance(node, Mapping) else node
    except DocumentError:
        return None


def body(api: Api, outgoing: Outgoing, world: World, about: Any) -> tuple[str, bytes]:
    """Content type and text of a valid body: the document's example, else made up, with the values of `about`.

    Both empty if the document describes no body; DocumentError if no valid one is found.
    """
    media = _media(api, outgoing)
    if media is None:
        return "", b""
    for example in media.examples.values():
        if media.accepts(example):
            return _content_type(media), _written(api, outgoing, media, example)
    from mockserver.contract.generation import Generator, NoValueError
    from mockserver.inference.answers import echoed

    try:
        seed = f"{world.seed} {outgoing.name} {write_json(about).decode()}"
        generator = Generator(api.document)
        value = generator.value(media.schema, media.validator, seed, now=world.now(), name=outgoing.name)
    except NoValueError as error:
        raise DocumentError(f"{api.document.source}: {outgoing.name}: {error}") from None
    told = echoed(value, about if isinstance(about, Mapping) else {}, media.validator)
    return _content_type(media), _written(api, outgoing, media, told)


def _media(api: Api, outgoing: Outgoing) -> Media | None:
    """The media type of the body: one of JSON, if there is one, else the first."""
    described = _resolved(api, outgoing.operation.get("requestBody"))
    content = described.get("content") if isinstance(described, Mapping) else None
    if not isinstance(content, Mapping) or not content:
        return None
    kind = next((each for each in content if "json" in str(each)), next(iter(content)))
    members = content[kind] if isinstance(content[kind], Mapping) else {}
    return api.contract.media({str(kind): members}, "#", "request")[0]


def _content_type(media: Media) -> str:
    """The type that is sent; of a range, one in it."""
    if "*" not in media.content_type:
        return media.content_type
    return "application/json" if isinstance(media.codec, JSONCodec) else "application/octet-stream"


def _written(api: Api, outgoing: Outgoing, media: Media, value: Any) -> bytes:
    try:
        return media.codec.write(value)
    except (TypeError, ValueError, AttributeError) as error:
        told = f"a valid body cannot be written as {media.content_type}: {error}"
        raise DocumentError(f"{api.document.source}: {outgoing.name}: {told}") from None
