"""Access to the control plane.

A page of another origin in a browser must neither read nor change anything through it. It is recognized by headers that
the browser sets: an `Origin` other than the server's own, a `Sec-Fetch-Site` of another site, and, after DNS rebinding,
a `Host` that is not this server's. The token, which is required beyond loopback, is unknown to such a page; with a
token, the server may have any name.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from mockserver.addresses import DEFAULT_PORTS, is_loopback
from mockserver.control.problems import refusal
from mockserver.errors import StartError
from mockserver.runtime.answer import Answer
from mockserver.runtime.request import Request
from mockserver.runtime.reserved import CONTROL

OPEN = (CONTROL, *(f"{CONTROL}/{each}" for each in ("", "ui", "guide", "console", "openapi.json", "openapi.yaml")))
"""Paths that need no token: the document, the guide, the pages that ask for the token, and redirects to them."""

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="mockserver control plane"'}


@dataclass(frozen=True)
class Guard:
    """Returns the refusal of a request, or None. `host` is the one that the server was told to listen on."""

    host: str
    token: str | None = None

    def __call__(self, request: Request) -> Answer | None:
        detail = self._foreign(request)
        if detail is not None:
            return refusal(403, detail)
        if self.token is not None and not _is_open(request.path) and not self._knows(request, self.token):
            return refusal(401, "Send the control token as `Authorization: Bearer …` or `X-Mock-Token: …`.", CHALLENGE)
        return None

    def _foreign(self, request: Request) -> str | None:
        """Why the request may come from a page of another origin; None if it does not."""
        hosts = request.headers.get("host", [])
        if self.token is None and (len(hosts) != 1 or not self._is_own(_name(hosts[0]))):
            return (
                f"The Host header must name loopback or {self.host}, got {', '.join(hosts) or 'nothing'}. "
                "Use http://127.0.0.1, or serve with --control-token."
            )
        for origin in request.headers.get("origin", ()):
            if [_authority(origin)] != [_with_port(host, origin) for host in hosts]:
                return f"Pages of other origins may not use the control plane, got a request of {origin}."
        site = request.header("sec-fetch-site")
        if site not in (None, "none", "same-origin"):
            return f"Pages of other sites may not use the control plane (Sec-Fetch-Site: {site}). Open it by its URL."
        return None

    def _is_own(self, name: str) -> bool:
        return name == self.host.lower() or is_loopback(name)

    @staticmethod
    def _knows(request: Request, token: str) -> bool:
        presented = [*request.headers.get("x-mock-token", ())]
        for value in request.headers.get("authorization", ()):
            scheme, _, credential = value.partition(" ")
            if scheme.lower() == "bearer":
                presented.append(credential.strip())
        return any(hmac.compare_digest(each.encode("latin-1"), token.encode()) for each in presented)


def guard(host: str, address: str, token: str | None) -> Guard:
    """The guard of a server listening on an address; StartError if others can reach it and there is no token."""
    if token == "":
        raise StartError("--control-token must not be empty.")
    if token is None and not is_loopback(address):
        raise StartError(
            f"listening on {host} lets everybody on the network use the control plane. "
            "Give --control-token TOKEN, or --no-control to disable it."
        )
    return Guard(host, token)


def _is_open(path: str) -> bool:
    return path in OPEN or path.startswith((f"{CONTROL}/ui/", f"{CONTROL}/guide/", f"{CONTROL}/console/"))


def _name(host: str) -> str:
    """The name in a Host header, without the port and the brackets of IPv6."""
    host = host.strip().lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].removesuffix(".")


def _authority(origin: str) -> str:
    """Host and port of an origin, with the port also where it is the default one of the scheme."""
    return _with_port(origin.lower().partition("://")[2], origin)


def _with_port(host: str, origin: str) -> str:
    host = host.strip().lower()
    has_port = host.rpartition(":")[2].isdecimal() and not host.endswith("]")
    return host if has_port else host + DEFAULT_PORTS.get(origin.lower().partition("://")[0], "")
