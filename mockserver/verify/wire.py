"""The sessions that send requests, so that the response that is checked is the one that the provider sent.

Schemathesis creates its sessions itself, at several places. During a run, each of them is one of these: it reads only
those environment variables that `mockserver.client` names, follows no redirect, keeps no cookie, never repeats a
request unnoticed, and decodes content codings strictly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import RemoteDisconnected
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

import requests
from requests.utils import default_headers
from schemathesis.core.transport import is_event_stream
from schemathesis.python import asgi
from schemathesis.transport import requests as network
from urllib3.exceptions import ProtocolError

from mockserver.client import ACCEPTED, Adapter, Client, Trust, plain, proxies
from mockserver.verify.coding import decode
from mockserver.verify.outage import Outage
from mockserver.verify.pace import TOO_MANY, Pace

ANY = default_headers()["Accept-Encoding"]
"""The Accept-Encoding of Schemathesis, which depends on what is installed."""

DROPPED = (RemoteDisconnected, ConnectionResetError, BrokenPipeError, ConnectionAbortedError)


class Wire:
    """State that the sessions of one run share.

    alone: the provider once closed a kept-alive connection on a request, so each request has its own connection.
    halt: ends the run, when nothing more should be sent. outage: watches whether the provider is still there.
    """

    def __init__(self, trust: Trust | None = None, pace: Pace | None = None) -> None:
        self.context = (trust or Trust()).context()
        self.pace = pace or Pace()
        self.alone = False
        self.outage = Outage()
        self.halt: Callable[[], None] = lambda: None
        # weak, since the engine drops most requests after their checks, and there are thousands
        self._undecoded: WeakKeyDictionary[requests.PreparedRequest, str] = WeakKeyDictionary()

    def client(self) -> Client:
        """A session of our own, besides those of Schemathesis."""
        return Client(Adapter(self.context))

    def remarks(self) -> Iterator[str]:
        """Notes on how the requests were sent, for the reader."""
        if self.pace.exhausted is not None:
            yield f"{self.pace.exhausted} Nothing more was sent. --rate-limit sends more slowly."
        elif self.pace.refusals:
            yield (
                f"The provider answered 429 (too many requests) {self.pace.refusals} times, which cost "
                f"{self.pace.waited:.0f} seconds of waiting. --rate-limit sends more slowly."
            )
        if self.alone:
            yield (
                "The provider closed a kept-alive connection instead of answering; that request was sent again, "
                "and every later one on a connection of its own."
            )

    def undecoded(self, request: requests.PreparedRequest) -> str | None:
        """What is wrong with the content coding of the response to a request."""
        return self._undecoded.get(request)

    def received(self, request: requests.PreparedRequest, response: requests.Response) -> requests.Response:
        """The response, decoded."""
        codings = response.headers.get("Content-Encoding")
        if codings is None or is_event_stream(response.headers.get("Content-Type")):
            return response
        response.raw.CONTENT_DECODERS = []  # urllib3's own are lenient, and depend on what is installed
        body, flaw = decode(response.content, codings, request.headers.get("Accept-Encoding", ""))
        # `requests` keeps the body that was read in this attribute, and reads no more once it is set
        # so that checks and reports see the decoded body, as from `requests` itself
        response._content = body
        if flaw is not None and request.method != "HEAD":
            self._undecoded[request] = flaw
        return response


class Once(Adapter):
    """Sends each request once, except for the first that a server does not answer on a kept-alive connection.

    A server may close such a connection at any time, and a client cannot tell whether the server read the request.
    After that, every request has its own connection, so that there is no doubt.
    """

    def __init__(self, wire: Wire) -> None:
        super().__init__(wire.context)
        self._wire = wire

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        if self._wire.alone:
            self.close()
        # requests does not say whether a connection was reused; its pool does
        # verify=True as a place holder: the adapter's own context decides
        pool: Any = self.get_connection_with_tls_context(request, True, proxies(request.url or ""))
        kept = any(each is not None and each.is_connected for each in pool.pool.queue)
        try:
            return self._watched(request, *args, **kwargs)
        except requests.ConnectionError as error:
            if not is_dropped(error):
                raise
            if not kept:
                raise _final(error, request) from error
        self._wire.alone = True
        self.close()
        try:
            return self._watched(request, *args, **kwargs)
        except requests.ConnectionError as error:
            raise _final(error, request) from error

    def _watched(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        try:
            response = super().send(request, *args, **kwargs)
        except requests.ConnectionError as error:
            self._wire.outage.failed(request, error)
            raise
        self._wire.outage.answered(request)
        return response


def is_dropped(error: requests.ConnectionError) -> bool:
    """Whether the connection was closed before any byte of the response."""
    cause = error.args[0] if error.args else None
    return isinstance(cause, ProtocolError) and isinstance(cause.args[-1], DROPPED)


def _final(error: requests.ConnectionError, request: requests.PreparedRequest) -> requests.ConnectionError:
    """The error in a form for which Schemathesis does not repeat the request."""
    return requests.ConnectionError(ProtocolError(str(error.args[0])), request=request)


class Remote(Client):
    """For a provider at a URL."""

    wire: ClassVar[Wire]

    def __init__(self) -> None:
        super().__init__(Once(self.wire))

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        tried = 0
        while True:
            self.wire.pace.turn()
            response = super().send(asking(request), **kwargs)
            retry_after = response.headers.get("Retry-After")
            if response.status_code != TOO_MANY or not self.wire.pace.again(retry_after, tried):
                if self.wire.pace.exhausted is not None:
                    self.wire.halt()
                return self.wire.received(request, response)
            response.close()
            tried += 1


class InProcess(asgi.ASGIClient):
    """For the mock in this process."""

    wire: ClassVar[Wire]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plain(self)

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """None, as in `Client`: redirects are not followed."""

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        return self.wire.received(request, super().send(asking(request), **kwargs))


def asking(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """The request with an Accept-Encoding of the codings that we decode, unless it has one of its own."""
    if request.headers.get("Accept-Encoding") == ANY:
        request.headers["Accept-Encoding"] = ACCEPTED
    return request


@contextmanager
def wired(wire: Wire) -> Iterator[None]:
    """Within the block, Schemathesis creates these sessions, and fetches references of documents with one of ours."""
    # Schemathesis makes its sessions itself and takes no argument for them: a class of this run carries the wire
    remote, within = (type(each.__name__, (each,), {"wire": wire}) for each in (Remote, InProcess))

    def get(url: str, **options: Any) -> requests.Response:
        with wire.client() as client:
            return client.get(url, **options)

    with (
        replaced(network, SameHostRedirectsSession=remote, ManagedCookiesSession=remote),
        replaced(asgi, ASGIClient=within),
        replaced(requests, get=get),
    ):
        yield


@contextmanager
def replaced(owner: object, **values: object) -> Iterator[None]:
    """Replaces attributes of the owner within the block."""
    before = {name: getattr(owner, name) for name in values}
    for name, value in values.items():
        setattr(owner, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(owner, name, value)
