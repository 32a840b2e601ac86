"""A response ready to be sent, and the problem+json responses that belong to no API."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from starlette.types import Send

from mockserver.contract.bodies import write_json
from mockserver.contract.violations import STATUSES, Rejection

REGISTERED = frozenset(HTTPStatus)

BODILESS = frozenset((*range(100, 200), HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED))
"""Statuses of responses without a body and its length."""


LENGTH = b"content-length: "


class Answer:
    """Status, body, and the headers `more` beside those of the body. `content_type` None: no such header."""

    __slots__ = ("body", "content_type", "more", "status")

    def __init__(
        self, status: int, body: bytes, content_type: str | None, headers: Mapping[str, str] | None = None
    ) -> None:
        self.status = status
        self.body = body
        self.content_type = content_type
        self.more: list[tuple[bytes, bytes]] = []
        if headers:
            for name, value in headers.items():
                self.add(name, value)

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """All headers, names in lower case."""
        # lower case, as ASGI wants them, and as HTTP/2 would
        described = [] if self.content_type is None else [(b"content-type", self.content_type.encode("latin-1"))]
        if self.status not in BODILESS:
            described.append((b"content-length", b"%d" % len(self.body)))
        return described + self.more

    def add(self, name: str, value: str) -> None:
        self.more.append((name.lower().encode("latin-1"), value.encode("latin-1")))

    def remove(self, name: bytes) -> None:
        self.more = [header for header in self.more if header[0] != name]

    def with_body(self, body: bytes) -> Answer:
        """The same answer around another body, of the right length."""
        changed = Answer(self.status, body, self.content_type)
        changed.more = self.more
        return changed

    async def send(self, send: Send, *, head: bool = False) -> None:
        """Send it; without the body for HEAD."""
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": b"" if head or self.status in BODILESS else self.body})

    def written(self, added: bytes, method: str) -> tuple[bytes, int, int]:
        """The answer to a method as HTTP/1.1 writes it; where its headers begin, and its body.

        added: headers of the server's own.
        """
        line, described, length = _framed(self.status, self.content_type)
        body = self.body
        # a HEAD is told the length of what a GET would get (RFC 9110, 8.6)
        if length:
            length = b"content-length: %d\r\n" % len(body)
        else:  # what stood behind such a head would be read as the next answer
            body = b""
        for header in self.more:
            length += b"%b: %b\r\n" % header
        if method == "HEAD":
            body = b""
        sent = b"".join((line, added, described, length, b"\r\n", body))
        return sent, len(line) + len(added), len(sent) - len(body)


@lru_cache(256)
def _framed(status: int, content_type: str | None) -> tuple[bytes, bytes, bytes]:
    """The first line of an answer in HTTP/1.1, the header that describes its body, and the name of its length."""
    phrase = HTTPStatus(status).phrase.encode() if status in REGISTERED else b""
    described = b"" if content_type is None else b"content-type: %b\r\n" % content_type.encode("latin-1")
    return b"HTTP/1.1 %d %b\r\n" % (status, phrase), described, b"" if status in BODILESS else LENGTH


def refused(rejection: Rejection, headers: Mapping[str, str] | None = None) -> Answer:
    """A refusal for which the document has no response: a problem that lists each violation."""
    errors = [{"pointer": each.pointer, "in": each.where, "message": each.message} for each in rejection.violations]
    return problem(STATUSES[rejection.kind], rejection.message, headers, errors=errors)


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None, **members: Any) -> Answer:
    """An RFC 9457 problem, in the server's own name."""
    # about:blank has the phrase of the status for its title (RFC 9457, 4.2.1)
    title = HTTPStatus(status).phrase if status in REGISTERED else "Problem"
    payload = {"type": "about:blank", "title": title, "status": status, "detail": detail, **members}
    return Answer(status, write_json(payload), "application/problem+json", headers)
