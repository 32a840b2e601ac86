"""Responses without state: the document's example, or else a realistic value of the schema, with the request's values.

The same request to a world of the same seed gets the same response. An example that breaks its own schema is ignored.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Protocol

from mockserver.contract.bodies import BYTES, media_type, write_json
from mockserver.contract.contract import Contract
from mockserver.contract.copying import copied
from mockserver.contract.generation import Generator, NoValueError, Style
from mockserver.contract.generation.samples import sample
from mockserver.contract.media import Media
from mockserver.contract.negotiation import Offer
from mockserver.contract.operation import BODY, Key, Operation, Response
from mockserver.contract.success import answered, status_of
from mockserver.errors import OperationError
from mockserver.inference.headers import DocumentedHeaders
from mockserver.inference.mending import overlaid
from mockserver.world import World

LIMITS = (
    "limit",
    "perpage",
    "pagesize",
    "size",
    "maxresults",
    "top",
    "first",
    "count",
    "pagelimit",
    "maxitems",
    "take",
)
"""Names of parameters, in lower case and without separators, for the maximum number of items on a page."""

Values = Mapping[Key, Any]


class Accepting(Protocol):
    """Decides whether a body is valid."""

    def accepts(self, value: Any) -> bool: ...


class DocumentedAnswers:
    """Makes the responses of all operations of a contract from its document alone."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._generator = Generator(contract.document)
        self._headers = DocumentedHeaders(contract.document, self._generator)
        self._sound: dict[str, list[Any]] = {}

    def __call__(self, world: World, operation: Operation, values: Values) -> tuple[Any, int, Mapping[str, str]]:
        """Body, status code and headers of the response to a valid request with these values."""
        response = answered(operation)
        payload = self.body(world, operation, response.media[0], values) if response.media else None
        return payload, status_of(response), self.headers(world, operation, response, values)

    def body(self, world: World, operation: Operation, media: Media, values: Values, sent_as: str = "") -> Any:
        """The body of a response in a media type: its example, else a generated value, with the values that were sent.

        sent_as: the Content-Type, where it is not the media type's own.
        """
        examples = self._examples(media)
        if not examples and media.codec is BYTES:
            found = sample(media_type(sent_as or media.content_type))
            examples = [] if found is None else [found]
        seed = seed_of(world, operation, values)
        payload = examples[0] if examples else self.fresh(world, operation, media, seed)
        return limited(echoed(payload, _sent(values), media), values, media)

    def headers(self, world: World, operation: Operation, response: Response, values: Values) -> dict[str, str]:
        """The headers of a documented response."""
        return self.headers_of(operation, response, seed_of(world, operation, values), world.now())

    def headers_of(self, operation: Operation, response: Response, seed: str, now: datetime) -> dict[str, str]:
        """The headers of a documented response, for a seed."""
        return self._headers.of(operation, response, seed, now)

    def invented(
        self, world: World, operation: Operation, offer: Offer, values: Values, seed: str, style: Style
    ) -> Any:
        """A generated body, whatever examples there are; fresh ones contain the values that were sent."""
        media = offer.media
        found = sample(media_type(offer.content_type)) if media.codec is BYTES and style != "extreme" else None
        payload = self.fresh(world, operation, media, seed, style) if found is None else found
        return payload if style == "extreme" else limited(echoed(payload, _sent(values), media), values, media)

    def fresh(self, world: World, operation: Operation, media: Media, seed: str, style: Style = "documented") -> Any:
        """A value of the media type's schema, not to be changed in place; OperationError if none was found."""
        name = next((each for each in reversed(operation.path.split("/")) if each and "{" not in each), "")
        try:
            return self._generator.value(
                media.schema, media.validator, seed, now=world.now(), name=name, style=style, shared=True
            )
        except NoValueError as error:
            source = self._contract.document.source
            raise OperationError(source, operation.operation_id, media.pointer, str(error)) from None

    def _examples(self, media: Media) -> list[Any]:
        """The examples of the media type that are valid by its schema."""
        found = self._sound.get(media.pointer)
        if found is None:
            found = self._sound[media.pointer] = [each for each in media.examples.values() if media.accepts(each)]
        return found


def seed_of(world: World, operation: Operation, values: Values) -> str:
    """What decides the values of an answer: the world's seed, the operation, and what was asked of it."""
    return f"{world.seed} {operation.operation_id} {_written(_deciding(values))}"


def _deciding(values: Values) -> Values:
    """The values that determine the response: all except the limit of a page, which only cuts it."""
    return {(where, name): value for (where, name), value in values.items() if where != "query" or not _is_limit(name)}


def _written(values: Values) -> str:
    return write_json([[*key, value] for key, value in values.items()]).decode()


def _sent(values: Values) -> dict[str, Any]:
    """The fields of the record that the request contains: path values and the properties of its body, by name."""
    body = values.get(BODY)
    path = {name: value for (where, name), value in values.items() if where == "path"}
    return {**(body if isinstance(body, Mapping) else {}), **path}


def echoed(payload: Any, sent: Mapping[str, Any], judge: Accepting) -> Any:
    """The response with the sent values in its properties of the same names, as far as it stays valid."""
    places = list(_records(payload))
    if not places or not sent:
        return payload
    copy = dict(payload)  # what is below the records is shared: a page may be large, and only their own fields change
    if len(copy) == 1:
        copy = {name: dict(each) if isinstance(each, dict) else each for name, each in copy.items()}
    for record in list(_records(copy)):
        given = {name: copied(sent[name]) for name in sorted(record.keys() & sent.keys())}
        overlaid(record, given, lambda _: judge.accepts(copy))
    return copy


def limited(payload: Any, values: Values, judge: Accepting) -> Any:
    """The response, its list cut to the maximum that a parameter sets, as far as it stays valid."""
    limit = next((value for (where, name), value in values.items() if where == "query" and _is_limit(name)), None)
    if not isinstance(limit, int) or limit < 0:
        return payload
    if isinstance(payload, list):
        cut: Any = payload[:limit]
    else:
        lists = [name for name, each in payload.items() if isinstance(each, list)] if isinstance(payload, dict) else []
        if len(lists) != 1:
            return payload
        cut = {**payload, lists[0]: payload[lists[0]][:limit]}
    return cut if judge.accepts(cut) else payload


def _is_limit(name: str) -> bool:
    return re.sub(r"[^a-z]", "", name.lower()) in LIMITS


def _records(payload: Any) -> Iterator[dict[str, Any]]:
    """The object of a response, and the one that it wraps in its only property; lists are left unchanged."""
    if isinstance(payload, dict):
        yield payload
        if len(payload) == 1:
            yield from (each for each in payload.values() if isinstance(each, dict))
