"""`Prefer: code=…` and `Prefer: example=…` (RFC 7240): a documented response on demand, from its examples."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.contract.negotiation import Offer
from mockserver.contract.operation import Operation, Response
from mockserver.runtime.answer import Answer


def preferred(
    operation: Operation, preferences: Mapping[str, str], prefix: str = "", accept: str = "*/*"
) -> Answer | None:
    """The documented response that is preferred; None if the operation does not document it.

    `prefix` is that of the request, below which its links are to lead. `accept`: the media types that it takes.
    """
    code, name = preferences.get("code"), preferences.get("example")
    if code is not None:
        response = operation.responses.get(code)
        known = response is not None and code.isdecimal() and (not response.media or _exemplified(response, accept))
        return _canned(response, prefix, accept, name, code) if response is not None and known else None
    if name is not None:
        # a range such as 4XX has no status to send
        for response in operation.responses.values():
            if response.status.isdecimal() and any(name in each.examples for each in response.media):
                return _canned(response, prefix, accept, name)
    return None


def _exemplified(response: Response, accept: str, name: str | None = None) -> Offer | None:
    """The media type to send that has examples, or the example of that name: what is accepted, else the first."""
    offers = [response.offer(accept)] if response.negotiable else []
    offers += [Offer(each, each.content_type, each.codec) for each in response.media]
    return next(
        (each for each in offers if each and (name in each.media.examples if name else each.media.examples)), None
    )


def _canned(response: Response, prefix: str, accept: str, name: str | None, code: str | None = None) -> Answer:
    applied = [] if code is None else [f"code={code}"]
    offer = _exemplified(response, accept, name) if name else None
    if offer is not None and name is not None:
        # a quoted string of HTTP (RFC 9110, 5.6.4)
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        applied.append(f'example="{quoted}"')
        example = offer.media.examples[name]
    else:
        offer = _exemplified(response, accept)
        example = None if offer is None else next(iter(offer.media.examples.values()))
    payload, headers = response.rebased(
        example, response.header_examples, prefix, None if offer is None else offer.media
    )
    body, content_type = (b"", None) if offer is None else (offer.write(payload), offer.content_type)
    answer = Answer(int(response.status), body, content_type, headers)
    answer.add("Preference-Applied", ", ".join(applied))
    return answer
