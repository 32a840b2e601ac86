"""Paths and headers reserved for the server: the prefix of the control plane, and those that name a world."""

from __future__ import annotations

from urllib.parse import unquote

from mockserver.contract.pairs import percent_decoded
from mockserver.runtime.request import Request
from mockserver.world import DEFAULT

SENT = "X-Mock-Callback"
"""Header of what the mock sends itself: it is followed by no callbacks, and the control plane does not take it."""

CONTROL = "/_mock"
HEALTH = "/_mock/health"
LIVE, READY = f"{HEALTH}/live", f"{HEALTH}/ready"
PROBES = frozenset({HEALTH, LIVE, READY})
"""Asked by whoever keeps the server running; what they are told needs no protection."""

TOKEN, AUTHORIZE, KEYS = f"{CONTROL}/oauth/token", f"{CONTROL}/oauth/authorize", f"{CONTROL}/oauth/jwks"
DISCOVERY = f"{CONTROL}/.well-known/openid-configuration"
OAUTH = frozenset({TOKEN, AUTHORIZE, KEYS, DISCOVERY})
"""Asked by the clients of the APIs, which know nothing of the control plane's token."""

RESERVED = "/_"
"""With this begins every path that is not one of the APIs alone."""

WORLD_PREFIX = "/_world/"
WORLD_HEADER = "x-mock-world"


def is_control(path: str) -> bool:
    """Whether the path is one of the control plane."""
    return path.startswith(CONTROL) and (path == CONTROL or path[len(CONTROL)] == "/")


def world_of(request: Request) -> str:
    """The name of the world that the base URL or else the header names; the request goes on below it.

    A client that puts its base URL before a link that leads into the world already names the world twice.
    """
    if request.path.startswith(WORLD_PREFIX):
        name, slash, rest = request.path[len(WORLD_PREFIX) :].partition("/")
        request.prefix = f"{WORLD_PREFIX}{name}"
        below, start = f"{slash}{rest}", 0
        # as often as it stands there, and in one pass: ten thousand times are no more work than one
        while below.startswith(f"{request.prefix}/", start):
            start += len(request.prefix)
        request.path = below[start:]
        return percent_decoded(name)
    return request.first.get(WORLD_HEADER, DEFAULT)


def named_by_header(request: Request, world: str) -> Request:
    """A request below the base URL of a world as one at the root, with a header that names the world."""
    header = WORLD_HEADER.encode()
    # a header that the client sent beside the path does not count: the path was there first
    others = [each for each in request.scope["headers"] if each[0].lower() != header]
    named = [*others, (header, world.encode("latin-1", "replace"))]
    raw = request.path.encode("latin-1")
    return Request.of({**request.scope, "path": unquote(request.path), "raw_path": raw, "headers": named})
