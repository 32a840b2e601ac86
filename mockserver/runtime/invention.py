"""Answers whose values are made anew for each request: `Prefer: dynamic=true`, and fault rules that fuzz the client.

What is left to chance follows from the world's seed and its counters, so the same requests to a world that began alike
are answered alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING

from mockserver.contract.operation import Operation, Response
from mockserver.contract.success import answered, status_of
from mockserver.errors import OperationError
from mockserver.runtime.answer import Answer

if TYPE_CHECKING:  # brings Connexion, see Call; most runs generate nothing
    from mockserver.contract.generation import Style
    from mockserver.runtime.call import Call
    from mockserver.runtime.endpoint import Endpoint

READING = ("GET", "HEAD", "OPTIONS", "TRACE", "QUERY")
"""Methods of requests that change nothing (RFC 9110, 9.2.1)."""


def dynamic(call: Call, endpoint: Endpoint) -> Answer | None:
    """The documented response with fresh values, if the request prefers that; None if it does not, or cannot have it.

    Without `code` an operation that writes what the API keeps is left to its handler: an answer that tells of a new
    record would not be true.
    """
    preferences = call.request.preferences
    if preferences.get("dynamic", "").lower() != "true":
        return None
    operation, code = endpoint.operation, preferences.get("code")
    if code is None and not _leaves_state_alone(endpoint, operation):
        return None
    response = answered(operation) if code is None else operation.responses.get(code)
    if response is None or (code is not None and not code.isdecimal()):
        return None
    seed = f"{call.world.seed} {operation.operation_id} {call.world.request_id()}"
    answer = invented(call, endpoint, response, seed, "fresh")
    applied = "dynamic=true" if code is None else f"dynamic=true, code={code}"
    answer.add("Preference-Applied", applied)
    return answer


def made_up(call: Call, endpoint: Endpoint, code: str) -> Answer | None:
    """The documented response of a status whose body has no example, made up; the same one each time.

    None if it is not documented, if it has examples, or where everything is written by hand: whoever wrote that has
    left the example out.
    """
    operation = endpoint.servable
    response = None if operation is None or not code.isdecimal() else operation.responses.get(code)
    if operation is None or response is None or endpoint.api.inferred is None:
        return None
    if any(each.examples for each in response.media):
        return None
    seed = f"{call.world.seed} {operation.operation_id} {code}"
    try:
        answer = invented(call, endpoint, response, seed, "documented")
    except OperationError:
        return None
    answer.add("Preference-Applied", f"code={code}")
    return answer


def _leaves_state_alone(endpoint: Endpoint, operation: Operation) -> bool:
    inferred = endpoint.api.inferred
    own = operation.operation_id in endpoint.api.handlers
    return operation.method in READING or not (own or inferred is None or inferred.keeps(operation.operation_id))


def fuzzed(call: Call, endpoint: Endpoint, seed: str) -> Answer | None:
    """The documented response for success at the edges of its schema; None if the operation cannot be served."""
    operation = endpoint.servable
    if operation is None:
        return None
    try:
        return invented(call, endpoint, answered(operation), seed, "extreme")
    except OperationError:
        return None


def invented(call: Call, endpoint: Endpoint, response: Response, seed: str, style: Style) -> Answer:
    """A documented response whose body and headers are made; OperationError if no valid ones are found."""
    request, operation, documented = call.request, endpoint.operation, endpoint.api.documented
    offer = response.preferred_offer(request.accept)
    headers: Mapping[str, str] = documented.headers_of(operation, response, seed, call.world.now())
    status = status_of(response)
    if offer is None or status in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED):
        _, headers = response.rebased(None, headers, request.prefix)
        return Answer(status, b"", None, headers)
    values, _ = operation.decode(request, call.values, call.body.content)
    payload = documented.invented(call.world, operation, offer, values, seed, style)
    payload, led = response.rebased(payload, headers, request.prefix, offer.media)
    return Answer(status, offer.write(payload), offer.content_type, led)
