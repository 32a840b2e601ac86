"""An answer ready to be sent, and the problem+json answers that belong to no API."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.types import Send

from mockserver.contract.bodies import write_json
from mockserver.contract.violations import STATUSES, Rejection

REGISTERED = frozenset(HTTPStatus)


class Answer:
    """Status, headers and the bytes of the body. `content_type` None: no body and no such header."""

    __slots__ = ("body", "headers", "status")

    def __init__(
        self, status: int, body: bytes, content_type: str | None, headers: Mapping[str, str] | None = None
    ) -> None:
        self.status = status
        self.body = body
        self.headers: list[tuple[bytes, bytes]] = []
        if content_type is not None:
            self.headers.append((b"content-type", content_type.encode("latin-1")))
        if status >= HTTPStatus.OK and status not in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED):
            self.headers.append((b"content-length", b"%d" % len(body)))
        if headers:
            for name, value in headers.items():
                self.add(name, value)

    def add(self, name: str, value: str) -> None:
        self.headers.append((name.lower().encode("latin-1"), value.encode("latin-1")))

    def with_body(self, body: bytes) -> Answer:
        """The same answer around another body, of the right length."""
        changed = Answer(self.status, body, None)
        changed.headers += [header for header in self.headers if header[0] != b"content-length"]
        return changed

    async def send(self, send: Send, *, head: bool = False) -> None:
        """Send it; without the body if the request was HEAD."""
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": b"" if head else self.body})


def refused(rejection: Rejection, headers: Mapping[str, str] | None = None) -> Answer:
    """A refusal that no document words: a problem that names each violation."""
    errors = [{"pointer": each.pointer, "in": each.where, "message": each.message} for each in rejection.violations]
    return problem(STATUSES[rejection.kind], rejection.message, headers, errors=errors)


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None, **members: Any) -> Answer:
    """An RFC 9457 problem, in the server's own name."""
    title = HTTPStatus(status).phrase if status in REGISTERED else "Problem"
    payload = {"type": "about:blank", "title": title, "status": status, "detail": detail, **members}
    return Answer(status, write_json(payload), "application/problem+json", headers)
