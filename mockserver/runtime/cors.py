"""Cross-origin requests (Fetch standard): which pages of other origins may call, and the headers that allow it.

Any page may call a mock, without cookies. Once origins are named, only their pages may, and with cookies and other
credentials: an allowed origin is repeated, as browsers take no `*` then. A preflight is always answered well, also for
a path or method that is not documented, because only then may the page read the answer that says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from mockserver.addresses import DEFAULT_PORTS
from mockserver.errors import StartError
from mockserver.runtime.answer import Answer
from mockserver.runtime.pattern import matches_path
from mockserver.runtime.request import Request

MAX_AGE = "600"

ANY_PAGE = ((b"access-control-allow-origin", b"*"), (b"access-control-expose-headers", b"*"))

READABLE = (
    *(b"cache-control", b"content-language", b"content-length", b"content-type", b"expires", b"last-modified"),
    *(b"pragma", b"set-cookie", b"vary"),
)
"""Headers that a page may read anyway, and those that do not concern it."""

ORIGIN = re.compile(r"null|\*|([a-z][a-z0-9+.-]*)://[^/?#@\s,]+")


class Cors:
    """Allows pages of the `origins` to call, with credentials; without any, pages of every origin, without.

    An origin may hold * and ? wildcards (`http://localhost:*`). StartError for what is none.
    """

    def __init__(self, origins: Sequence[str] = ()) -> None:
        self._origins = tuple(map(_origin, origins))

    def preflight(self, request: Request, methods: Iterable[str]) -> Answer:
        """The response to a preflight: the methods of the path, the one asked for, and all headers asked for."""
        wanted = request.header("access-control-request-method") or ""
        headers = {
            "Access-Control-Allow-Methods": ", ".join(dict.fromkeys([*methods, wanted])),
            "Access-Control-Max-Age": MAX_AGE,
            "Vary": "Access-Control-Request-Method, Access-Control-Request-Headers",
        }
        names = request.header("access-control-request-headers")
        if names:
            headers["Access-Control-Allow-Headers"] = names
        # https://wicg.github.io/private-network-access: a public page that calls a server on this machine
        if request.header("access-control-request-private-network") == "true":
            headers["Access-Control-Allow-Private-Network"] = "true"
        return Answer(204, b"", None, headers)

    def allow(self, answer: Answer, request: Request) -> None:
        """Allow the page to read the response with its headers; CORS headers of a fault rule are kept."""
        if not self._origins:
            if "origin" in request.first:
                _add(answer, ANY_PAGE)
            return
        # also where no page asks: a shared cache may hand this answer to one that does
        origin = request.header("origin")
        _vary(answer)
        if origin is not None and any(matches_path(origin, allowed) for allowed in self._origins):
            # with credentials `*` is no wildcard but a header of that name, so each is named
            names = [name for name, _ in answer.more if name not in READABLE and not name.startswith(b"access-")]
            exposed = [(b"access-control-expose-headers", b", ".join(dict.fromkeys(names)))] if names else []
            allowed = (b"access-control-allow-origin", origin.encode("latin-1"))
            _add(answer, [allowed, (b"access-control-allow-credentials", b"true"), *exposed])


def _add(answer: Answer, headers: Iterable[tuple[bytes, bytes]]) -> None:
    said = {name for name, _ in answer.more}
    answer.more += [header for header in headers if header[0] not in said]


def _vary(answer: Answer) -> None:
    """Add `Vary: Origin`, also if there was none: a cache would otherwise keep one response for all."""
    others = [value for name, value in answer.more if name == b"vary"]
    if not any(part.strip().lower() in (b"origin", b"*") for value in others for part in value.split(b",")):
        answer.remove(b"vary")
        answer.more.append((b"vary", b", ".join([*others, b"Origin"])))


def _origin(given: str) -> str:
    """The origin as browsers write it: in lower case, without the default port of the scheme."""
    origin = given.lower()
    found = ORIGIN.fullmatch(origin)
    if found is None:
        raise StartError(
            f"{given!r} is not an origin: expected scheme, host and port if there is one, without a path, such as "
            "https://app.example or http://localhost:3000; http://localhost:* allows every port, * every origin."
        )
    return origin.removesuffix(DEFAULT_PORTS.get(found[1], "/"))
