"""The body of an answer in the media type that the client prefers, where the document has several or a range."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mockserver.contract.bodies import BYTES
from mockserver.contract.negotiation import Offer
from mockserver.contract.operation import Operation, Response
from mockserver.contract.violations import ABSENT

NOT_ACCEPTABLE = "406"

Make = Callable[[Offer], Any]
"""Makes a body of a media type whose schema is another than that of the preferred one; ABSENT if it cannot."""


class NotAcceptable(Exception):
    """The client takes none of the documented media types, and the document says so by a 406."""


def negotiates(operation: Operation) -> bool:
    """Whether the Accept header of a request can make a difference."""
    return NOT_ACCEPTABLE in operation.responses or any(each.negotiable for each in operation.responses.values())


def agreed(response: Response, payload: Any, accept: str, make: Make) -> tuple[Any, Offer] | None:
    """The body and the type to send it as; None for the preferred type, which stands in where no other can be sent."""
    if not response.negotiable:
        return None
    offer = response.offer(accept)
    if offer is None or (offer.media is response.media[0] and offer.content_type == response.content_type):
        return None
    first = response.media[0]
    alike = offer.codec is not BYTES and first.codec is not BYTES and offer.media.schema == first.schema
    body = payload if alike else make(offer)
    return None if body is ABSENT or not offer.media.accepts(body) else (body, offer)


def refuses(operation: Operation, response: Response, accept: str) -> bool:
    """Whether the document would have the request refused with 406."""
    return NOT_ACCEPTABLE in operation.responses and bool(response.media) and response.offer(accept) is None


def example_of(offer: Offer) -> Any:
    """The first example that keeps the media type's schema; ABSENT if there is none."""
    media = offer.media
    return next((each for each in media.examples.values() if media.accepts(each)), ABSENT)
