"""A valid request of an operation, to begin with: examples of the document, keys of records that exist, or made up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.admin.service import Service
from mockserver.api import Api
from mockserver.contract.bodies import value_text
from mockserver.contract.examples import example_of
from mockserver.contract.generation import Generator, NoValueError
from mockserver.contract.media import Media
from mockserver.contract.operation import Operation
from mockserver.contract.violations import ABSENT
from mockserver.errors import OperationError, WorldError
from mockserver.world import World

Json = dict[str, Any]


def request(service: Service, world: World, name: str, operation_id: str) -> Json:
    """The request as the schema `RequestExample` has it; WorldError if there is no such operation."""
    api = service.apis.having(name, operation_id)
    try:
        operation = api.contract.operation(operation_id)
    except OperationError as error:
        raise WorldError("conflict", f"{error}") from None
    body = operation.body
    return {
        "api": name,
        "operationId": operation_id,
        "method": operation.method,
        "path": operation.path,
        "parameters": list(_parameters(api, world, operation)),
        "secured": _secured(api, operation_id),
        "body": None if body is None else _body(api, world, body.media[0]),
    }


def _parameters(api: Api, world: World, operation: Operation) -> Iterator[Json]:
    """Each parameter that a request can name, with a value where one is needed."""
    known = {} if api.inferred is None else api.inferred.known(world, operation.operation_id)
    described = api.contract.operations[operation.operation_id]
    for each in api.document.parameters(operation.path, described.members):
        name, where = str(each["name"]), str(each["in"])
        if where not in ("path", "query", "header"):
            continue
        needed = where == "path" or bool(each.get("required"))
        told = where == "path" and name in known
        value = known[name] if told else _value(api, world, operation, each) if needed else ABSENT
        yield {
            "name": name,
            "in": where,
            "required": needed,
            "description": str(each.get("description", "")),
            "value": "" if value is ABSENT else _text(value),
        }


def _value(api: Api, world: World, operation: Operation, described: Mapping[str, Any]) -> Any:
    """A value for a parameter: the first example that is valid, or one that is made up; ABSENT if none is found."""
    schema = described.get("schema", {})
    validator = api.contract.validator(schema)
    # many documents give an example for one of a path's methods only
    for each in (described, *_namesakes(api, operation, described)):
        found = example_of(api.document, each)
        if found is not ABSENT and validator.accepts(found):
            return found
    try:
        name = str(described["name"])
        return _generator(api).value(schema, validator, name, now=world.now(), name=name, direction="request")
    except NoValueError:
        return ABSENT


def _namesakes(api: Api, operation: Operation, described: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The same parameter of the other operations on the path."""
    for other in api.contract.operations.values():
        if other.path == operation.path and other.operation_id != operation.operation_id:
            for each in api.document.parameters(other.path, other.members):
                if (each["name"], each["in"]) == (described["name"], described["in"]):
                    yield each


def _body(api: Api, world: World, media: Media) -> Json:
    valid = next((each for each in media.examples.values() if media.accepts(each)), ABSENT)
    if valid is ABSENT:
        try:
            valid = _generator(api).value(
                media.schema, media.validator, media.pointer, now=world.now(), direction="request"
            )
        except NoValueError:
            valid = ABSENT
    text = "" if valid is ABSENT else media.codec.write(valid)
    # a field of the console holds text; of a file within a body there is no more to show
    shown = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return {"mediaType": media.content_type, "text": shown}


def _generator(api: Api) -> Generator:
    return Generator(api.document) if api.inferred is None else api.inferred.generator


def _secured(api: Api, operation_id: str) -> bool:
    """Whether the operation asks for a credential."""
    members = api.contract.operations[operation_id].members
    return any(members.get("security", api.document.raw.get("security", ())))


def _text(value: Any) -> str:
    """The value as a person types it into a field: items of an array between commas."""
    return ",".join(map(_text, value)) if isinstance(value, list) else value_text(value)
