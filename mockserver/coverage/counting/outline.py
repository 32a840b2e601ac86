"""What a contract consists of, part by part, and which parts an exchange exercises."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from mockserver.api import Api
from mockserver.contract.document import Document
from mockserver.contract.operation import BODY, IGNORED_PARAMETERS, Described, Operation
from mockserver.contract.operation import Key as Came
from mockserver.contract.pointers import pointer_of
from mockserver.contract.request import RawRequest
from mockserver.contract.violations import Where
from mockserver.coverage.counting.parts import Parts, Place, compile_parts, follow
from mockserver.errors import OperationError
from mockserver.runtime.answered import HANDLER
from mockserver.runtime.exchange import Exchange

Kind = Literal["operation", "status", "parameter", "property", "value", "scheme", "scope"]
KINDS: dict[Kind, str] = {
    "operation": "operations",
    "status": "statuses",
    "parameter": "parameters",
    "property": "request properties",
    "value": "enum values",
    "scheme": "security schemes",
    "scope": "scopes",
}
"""Every kind of part, and what to call several."""

LET_IN = ("invalid", "too_large", "not_acceptable")
"""Kinds of rejection that a request meets only once its credential has been accepted."""


class Key(NamedTuple):
    """Names a part. `operation` is empty for what an API has once: schemes and scopes."""

    api: str
    operation: str
    kind: Kind
    name: str


@dataclass(frozen=True)
class Item:
    """One part of a contract, and where the document has it."""

    key: Key
    pointer: str


@dataclass(frozen=True)
class OperationOutline:
    """One operation: its parts, and how to find them in an exchange."""

    api: str
    operation: Operation
    parameters: Mapping[tuple[Where, str], Parts]
    body: Parts | None
    schemes: tuple[tuple[str, ...], ...]
    """The names of the schemes of each alternative that the operation's security has."""

    def items(self) -> Iterator[Item]:
        """Every part of the operation's own."""
        name, pointer = self.operation.operation_id, self.operation.pointer
        yield self._item("operation", name, pointer)
        for status in self.operation.responses:
            yield self._item("status", status, f"{pointer}/responses/{status}")
        for (where, parameter), parts in self.parameters.items():
            yield self._item("parameter", f"{where} {parameter}", parts.pointer)
            for kind, part, part_pointer in parts.named(parameter):
                if kind == "value":
                    yield self._item("value", f"{where} {part}", part_pointer)
        if self.body is not None:
            for kind, part, part_pointer in self.body.named():
                yield self._item(kind, part if kind == "property" else f"body {part}", part_pointer)

    def _item(self, kind: Kind, name: str, pointer: str) -> Item:
        return Item(self._key(kind, name), pointer)

    def _key(self, kind: Kind, name: str) -> Key:
        return Key(self.api, self.operation.operation_id, kind, name)

    def exercised(self, exchange: Exchange) -> Iterator[Key]:
        """The parts that an exchange of this operation exercises; some may come twice."""
        yield self._key("operation", self.operation.operation_id)
        if exchange.status is not None and not exchange.breach:
            response = self.operation.response(exchange.status)
            if response is not None:
                yield self._key("status", response.status)
        request = _request(exchange)
        yield from self._security(exchange, request)
        yield from self._carried(exchange, request)

    def _security(self, exchange: Exchange, request: RawRequest) -> Iterator[Key]:
        rejection = exchange.rejection
        if exchange.answered_by != HANDLER and (rejection is None or rejection.kind not in LET_IN):
            return
        for alternative, schemes in zip(self.operation.security.alternatives, self.schemes, strict=True):
            if alternative.credentials(request):
                yield from (Key(self.api, "", "scheme", name) for name in schemes)
                yield from (Key(self.api, "", "scope", name) for name in alternative.scopes)
                return

    def _carried(self, exchange: Exchange, request: RawRequest) -> Iterator[Key]:
        """What a request carries that the document allows; nothing of any other."""
        if exchange.rejection is not None:
            return
        came = exchange.request
        path_values = self.operation.path_values(exchange.path)
        values, violations = self.operation.decode(
            request, path_values, came.body if came.size <= len(came.body) else None
        )
        if violations:
            return
        if self.body is not None and BODY in values:
            for kind, part in self.body.carried(values[BODY]):
                yield self._key(kind, part if kind == "property" else f"body {part}")
        for (where, name), value in self.operation.carried(request, path_values).items():
            yield from self._of_parameter(where, name, value)

    def _of_parameter(self, where: Where, name: str, value: Any) -> Iterator[Key]:
        yield self._key("parameter", f"{where} {name}")
        for kind, part in self.parameters[where, name].carried(value, name):
            if kind == "value":
                yield self._key("value", f"{where} {part}")


def _request(exchange: Exchange) -> RawRequest:
    headers = ((name.decode("latin-1"), value.decode("latin-1")) for name, value in exchange.request.headers)
    return RawRequest(exchange.target, headers)


class Outline:
    """The whole contract of some APIs."""

    def __init__(self, apis: Iterable[Api]) -> None:
        self.apis = {api.name: api for api in apis}
        self.operations = {
            (api.name, each.operation.operation_id): each for api in self.apis.values() for each in _operations(api)
        }

    def items(self) -> list[Item]:
        """Every part: operation by operation, then what an API has once."""
        return [item for name in self.apis for item in self._of_api(name)]

    def _of_api(self, name: str) -> Iterator[Item]:
        outlines = [each for (api, _), each in self.operations.items() if api == name]
        for outline in outlines:
            yield from outline.items()
        for scheme in dict.fromkeys(scheme for each in outlines for one in each.schemes for scheme in one):
            yield Item(Key(name, "", "scheme", scheme), f"#/components/securitySchemes{pointer_of([scheme])}")
        required: dict[str, str] = {}
        for outline in outlines:
            for alternative in outline.operation.security.alternatives:
                for scope in alternative.scopes:
                    required.setdefault(scope, outline.operation.pointer)
        yield from (Item(Key(name, "", "scope", scope), pointer) for scope, pointer in required.items())

    def exercised(self, exchange: Exchange) -> set[Key]:
        """The parts that an exchange exercises; none if it reached no operation."""
        outline = self.operations.get((exchange.api or "", exchange.operation_id or ""))
        return set() if outline is None else set(outline.exercised(exchange))


def _operations(api: Api) -> Iterator[OperationOutline]:
    document = api.document
    for described in api.contract.operations.values():
        try:
            operation = api.contract.operation(described.operation_id)
        except OperationError:
            continue  # no request can exercise what cannot be served
        yield OperationOutline(
            api=api.name,
            operation=operation,
            parameters=dict(_parameters(document, described)),
            body=_body(document, described.members, described.pointer),
            schemes=tuple(tuple(each) for each in _requirements(document, described.members) if each),
        )


def _requirements(document: Document, operation: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    requirements: list[Mapping[str, Any]] = operation.get("security", document.raw.get("security", []))
    return requirements


def _parameters(document: Document, described: Described) -> Iterator[tuple[Came, Parts]]:
    item_pointer, item = follow(
        document, (f"#/paths{pointer_of([described.path])}", document.raw["paths"][described.path])
    )
    for above, owner in ((item_pointer, item), (described.pointer, described.members)):
        for at, written in enumerate(owner.get("parameters", ())):
            place, parameter = follow(document, (f"{above}/parameters/{at}", written))
            if parameter["in"] != "header" or parameter["name"].lower() not in IGNORED_PARAMETERS:
                parts = compile_parts(document, [_schema(place, parameter)])
                parts.pointer = place
                yield (parameter["in"], parameter["name"]), parts


def _schema(pointer: str, parameter: Mapping[str, Any]) -> Place:
    if "content" not in parameter:
        return f"{pointer}/schema", parameter.get("schema", {})
    media = next(iter(parameter["content"]))
    return f"{pointer}/content{pointer_of([media])}/schema", parameter["content"][media].get("schema", {})


def _body(document: Document, operation: Mapping[str, Any], pointer: str) -> Parts | None:
    if "requestBody" not in operation:
        return None
    place, body = follow(document, (f"{pointer}/requestBody", operation["requestBody"]))
    media = next(iter(body["content"]))
    schema = body["content"][media].get("schema", {})
    return compile_parts(document, [(f"{place}/content{pointer_of([media])}/schema", schema)])
