"""HTTP as bytes: what goes out is what a test wrote, what comes back is taken apart by hand."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import orjson

from tests.patience import PATIENCE


@dataclass(frozen=True)
class Reply:
    """One answer as it came, without the interim ones before it."""

    status: int
    headers: dict[str, str]
    body: bytes
    interim: tuple[int, ...] = ()

    @property
    def content_type(self) -> str | None:
        return self.headers.get("content-type")

    def json(self) -> Any:
        return orjson.loads(self.body)


@dataclass
class Connection:
    """A socket to the server, read one answer at a time."""

    socket: socket.socket
    unread: bytes = field(default=b"")

    def send(self, raw: bytes) -> None:
        """All of it, or as much as the server takes before it hangs up."""
        try:
            self.socket.sendall(raw)
        except (BrokenPipeError, ConnectionResetError):
            return

    def reply(self, method: str = "GET") -> Reply:
        """The next answer; EOFError if the server hangs up instead, TimeoutError if it hangs."""
        interim: list[int] = []
        while True:
            status, headers = self._head()
            if status >= 200:
                break
            interim.append(status)
        bodiless = method == "HEAD" or status in (204, 304)
        length = 0 if bodiless else int(headers["content-length"])
        return Reply(status, headers, self._take(length), tuple(interim))

    def closed(self) -> bool:
        """Whether the server hung up after its last answer."""
        return self.unread == b"" and self._more() == b""

    def _head(self) -> tuple[int, dict[str, str]]:
        while b"\r\n\r\n" not in self.unread:
            self._need()
        head, _, self.unread = self.unread.partition(b"\r\n\r\n")
        line, *fields = head.decode("latin-1").split("\r\n")
        version, status, _ = line.split(" ", 2)
        assert version == "HTTP/1.1"
        headers: dict[str, str] = {}
        for each in fields:
            name, _, value = each.partition(": ")
            assert name.lower() not in headers, f"{name} was sent twice"
            headers[name.lower()] = value
        return int(status), headers

    def _take(self, length: int) -> bytes:
        while len(self.unread) < length:
            self._need()
        body, self.unread = self.unread[:length], self.unread[length:]
        return body

    def _need(self) -> None:
        more = self._more()
        if not more:
            raise EOFError("the server hung up")
        self.unread += more

    def _more(self) -> bytes:
        try:
            return self.socket.recv(65536)
        except ConnectionResetError:
            return b""


@contextmanager
def connection(url: str) -> Iterator[Connection]:
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port), timeout=PATIENCE) as made:
        yield Connection(made)


def request(target: bytes, *headers: bytes, method: bytes = b"GET", body: bytes | None = None) -> bytes:
    """A well-formed request around whatever the target, headers and body are."""
    length = () if body is None else (b"Content-Length: %d" % len(body),)
    lines = [b"%b %b HTTP/1.1" % (method, target), b"Host: mock.example", *headers, *length]
    return b"\r\n".join(lines) + b"\r\n\r\n" + (body or b"")
