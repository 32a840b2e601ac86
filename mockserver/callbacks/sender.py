"""Sends callbacks and webhooks, off the path of requests: from a bounded queue, in a thread of its own.

As an observer of exchanges it only puts what has callbacks into the queue; what does not fit is dropped and counted.
Each attempt is an entry in the journal of the world that the request came to.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from threading import Condition, Event, Thread
from typing import Any
from urllib.parse import urlsplit

import requests

from mockserver.api import Api
from mockserver.callbacks.documented import Outgoing, body, callbacks_of
from mockserver.callbacks.expressions import body_of, evaluated
from mockserver.callbacks.furnishing import Furnishing, furnished
from mockserver.callbacks.targets import Forbidden, Targets
from mockserver.client import reason
from mockserver.contract.success import SUCCESS
from mockserver.errors import DocumentError
from mockserver.runtime.answered import AnsweredBy
from mockserver.runtime.exchange import Exchange
from mockserver.runtime.message import Message
from mockserver.runtime.reserved import SENT
from mockserver.world import World
from mockserver.world.registry import Worlds

logger = logging.getLogger("mockserver")

MOST = 1_000
"""Callbacks that wait to be sent."""

SECONDS = 5.0
"""That a receiver has to connect and to answer."""

FIRST = 0.02
"""Seconds before the first attempt, in which the answer to the client leaves."""

PAUSES = (0.5, 1.0, 2.0)
"""Seconds before each attempt after the first."""

KEPT = 64 * 1024
"""Bytes of an answer that are read."""


@dataclass(frozen=True)
class Delivery:
    """What came of one callback: the last status, None if nothing answered; attempts; why it was not taken."""

    status: int | None
    attempts: int
    flaw: str = ""


@dataclass(frozen=True)
class Callback:
    """One request to send."""

    api: Api
    outgoing: Outgoing
    world: World
    url: str | None
    about: Any


@dataclass(frozen=True)
class Sending:
    """A callback as it is sent; `flaw`: why it cannot be."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    flaw: str = ""


class Sender:
    """Sends for the worlds of one server. `pauses`: before each further attempt; `most`: how many may wait."""

    def __init__(
        self,
        apis: Iterable[Api],
        worlds: Worlds,
        hosts: Iterable[str] = (),
        *,
        pauses: tuple[float, ...] = PAUSES,
        most: int = MOST,
    ) -> None:
        self.serve(apis)
        self._worlds = worlds
        self._targets = Targets(hosts)
        self._pauses = pauses
        self._most = most
        self._waiting: deque[Callback] = deque()
        self._changed = Condition()
        self._busy = False
        self._stopping = Event()
        self._thread: Thread | None = None
        self.dropped = 0

    def serve(self, apis: Iterable[Api]) -> None:
        """Send for these APIs from now on."""
        self._apis = {api.name: api for api in apis}

    def __call__(self, exchange: Exchange) -> None:
        """Observe an exchange: its operation's callbacks follow, if it succeeded and is none itself."""
        api, status = self._apis.get(exchange.api or ""), exchange.status
        if api is None or exchange.operation_id is None or status not in SUCCESS:
            return
        outgoing = [*callbacks_of(api, exchange.operation_id)]
        if outgoing and exchange.request.header(SENT) is None:
            world = self._worlds.find(exchange.world)
            about = _about(exchange, api)
            for each in outgoing:
                self._put(Callback(api, each, world, evaluated(each.expression, exchange, api), about))

    def _put(self, callback: Callback) -> None:
        with self._changed:
            if len(self._waiting) >= self._most:
                self.dropped += 1
                logger.warning("%s callbacks wait to be sent; %s were dropped", self._most, self.dropped)
                return
            self._waiting.append(callback)
            if self._thread is None:
                self._thread = Thread(target=self._run, name="mockserver-callbacks", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def _run(self) -> None:
        while not self._stopping.is_set():
            with self._changed:
                self._busy = False
                self._changed.notify_all()
                while not self._waiting and not self._stopping.is_set():
                    self._changed.wait()
                if self._stopping.is_set():
                    return
                callback, self._busy = self._waiting.popleft(), True
            try:
                self.deliver(callback)
            except Exception:
                logger.exception("the callback %s could not be sent", callback.outgoing.name)

    def idle(self, seconds: float) -> bool:
        """Wait until everything is sent, so long at most; whether it is."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._waiting and not self._busy, seconds)

    def stop(self) -> None:
        """Send nothing more; what is being sent has its time."""
        self._stopping.set()
        with self._changed:
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(SECONDS)

    def deliver(self, callback: Callback, *, again: bool = True) -> Delivery:
        """Send until it is taken, a few times at most; each attempt is written into the journal."""
        request = self._request(callback)
        delivery = Delivery(None, 0)
        for attempt, pause in enumerate((FIRST, *self._pauses) if again else (0.0,), start=1):
            if pause and self._stopping.wait(pause):
                break
            delivery = self._attempt(callback, request, attempt)
            if delivery.status is not None and not _may_pass(delivery.status):
                break
            if delivery.flaw.startswith("not sent"):
                break
        return delivery

    @staticmethod
    def _request(callback: Callback) -> Sending:
        """The request, made once for all attempts."""
        outgoing, url = callback.outgoing, callback.url
        flaw = "" if url is not None else f"{outgoing.expression} has no value in this exchange"
        kind, text = "", b""
        try:
            kind, text = body(callback.api, outgoing, callback.world, callback.about)
        except DocumentError as error:
            flaw = flaw or str(error).removeprefix(f"{callback.api.document.source}: ")
        found = furnished(callback.api, outgoing.parameters, outgoing.operation, callback.world)
        headers = {**found.sent(), **({"Content-Type": kind} if kind else {})}
        headers |= {SENT: outgoing.name.encode("ascii", "replace").decode(), "User-Agent": "mockserver"}
        return Sending(outgoing.expression if url is None else _with(found, url), headers, text, flaw)

    def _attempt(self, callback: Callback, request: Sending, attempt: int) -> Delivery:
        url, headers, text = request.url, request.headers, request.body
        sent = Message.of(_pairs(headers), text, len(text))
        method, path = callback.outgoing.method, _path(url) if callback.url else url
        started, began = time.time(), time.perf_counter()
        entry = Exchange(callback.world.name, method, url, path, sent, started)
        entry.answered_by = AnsweredBy("callback", callback.outgoing.name)
        flaw = ""
        try:
            if request.flaw:
                raise Forbidden(request.flaw)
            self._targets.check(url)
            with self._targets.client() as client:
                answer = client.request(method, url, data=text, headers=headers, timeout=SECONDS, stream=True)
                entry.answered(answer.status_code, None)
                received = answer.raw.read(KEPT, decode_content=True)
                pairs = [
                    (name.lower().encode("latin-1"), each.encode("latin-1")) for name, each in answer.headers.items()
                ]
                entry.answered(answer.status_code, Message.of(pairs, received, len(received)))
        except Forbidden as error:
            flaw = f"not sent: {error}"
        except (requests.RequestException, OSError, ValueError) as error:
            flaw = _told(error)
        entry.seconds = time.perf_counter() - began
        entry.note = flaw
        entry.before = entry.after = callback.world.snapshot()
        callback.world.journal.add(entry)
        return Delivery(entry.status, attempt, flaw)


def _with(found: Furnishing, url: str) -> str:
    try:
        return found.url(url)
    except ValueError:  # it is no URL, which is told when it is to be sent to
        return url


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return url


def _pairs(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]


def _told(error: Exception) -> str:
    """Why nothing was answered; what was forbidden when it was to be connected to stands deep in the error."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, Forbidden):
            return f"not sent: {cause}"
        cause = cause.__cause__ or cause.__context__
    return reason(error)


def _may_pass(status: int) -> bool:
    """Whether another attempt may be taken."""
    return status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS


def _about(exchange: Exchange, api: Api) -> dict[str, Any]:
    """What a callback is about: the fields of the answer, and of the request."""
    bodies = [body_of(each, exchange, api) for each in (exchange.request, exchange.response)]
    return {name: value for each in bodies if isinstance(each, dict) for name, value in each.items()}
