"""Cross-origin requests (Fetch standard): any page may call a mock, without cookies."""

from __future__ import annotations

from collections.abc import Iterable

from mockserver.runtime.answer import Answer
from mockserver.runtime.request import Request

MAX_AGE = "600"

ALLOWED = ((b"access-control-allow-origin", b"*"), (b"access-control-expose-headers", b"*"))


def is_preflight(request: Request) -> bool:
    return (
        request.method == "OPTIONS"
        and request.header("origin") is not None
        and request.header("access-control-request-method") is not None
    )


def preflight(request: Request, methods: Iterable[str]) -> Answer:
    """What a browser asks before it sends: the path's methods, and whatever headers it wants to send.

    Like every answer it has yet to be allowed.
    """
    headers = {
        "Access-Control-Allow-Methods": ", ".join(methods),
        "Access-Control-Max-Age": MAX_AGE,
        "Vary": "Access-Control-Request-Headers",
    }
    wanted = request.header("access-control-request-headers")
    if wanted:
        headers["Access-Control-Allow-Headers"] = wanted
    answer = Answer(204, b"", None, headers)
    answer.by = "preflight"
    return answer


def allow(answer: Answer) -> None:
    """Let the page that asked read the answer, headers and all; what a fault rule says of that itself stands."""
    said = {name for name, _ in answer.headers}
    answer.headers += [header for header in ALLOWED if header[0] not in said]
