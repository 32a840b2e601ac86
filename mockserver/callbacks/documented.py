"""The callbacks and webhooks of a document, and valid bodies for them.

Their parts are read as they are written: only what is sent is looked at, and a flaw costs the one callback that has it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.catalog import WEBHOOKS, Api
from mockserver.contract.bodies import write_json
from mockserver.contract.examples import named_examples
from mockserver.errors import DocumentError
from mockserver.world import World

METHODS = ("post", "put", "patch", "delete", "get", "head", "options", "trace")


@dataclass(frozen=True)
class Outgoing:
    """A request that a document describes: its name, the expression of its URL, and the operation object."""

    name: str
    expression: str
    method: str
    operation: Mapping[str, Any]


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
            yield Outgoing(name, expression, method.upper(), operation)
            return


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
    described = _resolved(api, outgoing.operation.get("requestBody"))
    content = described.get("content") if isinstance(described, Mapping) else None
    if not isinstance(content, Mapping) or not content:
        return "", b""
    kind = next((each for each in content if "json" in each), next(iter(content)))
    media = content[kind] if isinstance(content[kind], Mapping) else {}
    schema = media.get("schema", {})
    validator = api.contract.validator(schema, "request")
    for example in named_examples(api.document, media).values():
        if validator.accepts(example):
            return kind, write_json(example)
    from mockserver.contract.generation import Generator, NoValueError
    from mockserver.inference.answers import echoed

    try:
        seed = f"{world.seed} {outgoing.name} {write_json(about).decode()}"
        value = Generator(api.document).value(schema, validator, seed, now=world.now(), name=outgoing.name)
    except NoValueError as error:
        raise DocumentError(f"{api.document.source}: {outgoing.name}: {error}") from None
    return kind, write_json(echoed(value, about if isinstance(about, Mapping) else {}, validator))
