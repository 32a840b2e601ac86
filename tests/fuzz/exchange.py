"""Requests as bytes and the answers to them, sent to an ASGI app in this process as a server would send them."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote

from starlette.types import ASGIApp, Message

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Request:
    """One request as it goes over the wire. `path` and `query` are percent-encoded; header names in lower case."""

    method: str
    path: str
    query: str = ""
    headers: Headers = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """The first value of that name."""
        return next((value for key, value in self.headers if key == name), None)

    def without(self, name: str) -> Request:
        return replace(self, headers=tuple(pair for pair in self.headers if pair[0] != name))

    def having(self, name: str, value: str) -> Request:
        """The same request with that header in place of any of that name."""
        return replace(self.without(name), headers=(*self.without(name).headers, (name, value)))

    def carrying(self, body: bytes) -> Request:
        """The same request with another body and its length."""
        return replace(self, body=body).having("content-length", str(len(body)))

    def in_chunks(self) -> Request:
        """The same request with its body sent in chunks, so without a length."""
        return self.without("content-length").having("transfer-encoding", "chunked")

    def json(self) -> Any:
        """The body as Python's json module reads it; None if it cannot."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def __str__(self) -> str:
        target = f"{self.path}?{self.query}" if self.query else self.path
        headers = " ".join(f"-H '{name}: {value}'" for name, value in self.headers)
        return f"{self.method} {target} {headers} -d {self.body!r}"


@dataclass(frozen=True)
class Answer:
    """What came back, and who decided it: `handler`, or the kind of refusal that the framework decided by itself."""

    status: int
    media_type: str | None
    body: bytes
    decided: str = "handler"

    def __str__(self) -> str:
        return f"{self.status} by {self.decided}: {self.body.decode(errors='replace')}"


async def send(app: ASGIApp, request: Request) -> Answer:
    """The app's answer; the scope is what uvicorn makes of such a request."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": request.body, "more_body": False}

    async def collect(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": unquote(request.path),
        "raw_path": request.path.encode("latin-1"),
        "query_string": request.query.encode("latin-1"),
        "root_path": "",
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in request.headers],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 8080),
    }
    await app(scope, receive, collect)
    start, *parts = sent
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in start["headers"]}
    media_type = headers.get("content-type", "").partition(";")[0] or None
    return Answer(start["status"], media_type, b"".join(part.get("body", b"") for part in parts))
