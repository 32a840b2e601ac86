"""The framing of HTTP/1.1: where each request on a connection begins and ends.

The parser (llhttp) is fed in pieces, none of which reaches beyond a place where a request may end, so it never comes
upon the next request by itself. So a method that it does not know can be read here, and a request that offers to leave
HTTP/1.1 keeps its body, which the parser takes for the other protocol's: read as requests, it would be smuggled in.
"""

from __future__ import annotations

from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from mockserver.runtime.methods import BEGINNING, METHODS, STAND_IN
from mockserver.runtime.methods import LONGEST as LONGEST_METHOD
from mockserver.runtime.whole import LINE_END, LONGEST_URL

LONGEST_HEAD = 256 * 1024
"""Bytes of a request line and headers that are read on top of the first piece that comes; of trailers, too."""

EMPTY_LINE = b"\n\r\n"
"""The end of a head, and of a body in chunks, with or without trailers."""

NOTEWORTHY = frozenset({b"content-length", b"transfer-encoding", b"expect"})
BETWEEN, DUE, HEAD, CONTENT, CHUNKS = range(5)
"""Where a connection stands: between requests, behind a method, in a head, in a body of known length, in chunks."""


class BodyCallbacks:
    """The callbacks of a parser that is to read a body whose head another one has read."""

    def __init__(self, protocol: Framing) -> None:
        self.on_body = protocol.on_body
        self.on_message_complete = protocol.on_message_complete


class Framing(HttpToolsProtocol):
    """A connection that is read request by request, each of which `_answer` is called for at the end of its head.

    No upgrade is followed. What is no HTTP/1.1 request is refused, and so are a head that does not end, another major
    version, and the tunnel that CONNECT asks for.
    """

    url = b""
    _method = ""
    _coding: bytes | None = None
    """The request's last Transfer-Encoding."""
    _head_end = 0
    """Where the latest head ends in the piece that ended it."""
    _rest = 0
    """Bytes that are still to come of a body of known length."""
    _unended = 0
    """Bytes that have come of a head since its first piece, or of chunks since the last byte of a body."""
    _offered = False
    """Whether the parser calls a request complete at the end of its head, as it offers an upgrade."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.parser.set_dangerous_leniencies(lenient_version=True)  # versions are judged when the head is complete
        self._reader = self.parser
        # what is looked at for every request: CPython finds faster what an instance has of its own
        self._stage = BETWEEN
        self._over = False  # whether nothing that still comes is read as a request
        self._held = b""  # what has come of a method

    def _answer(self, version: str) -> None:
        """Have the request answered whose head has been read, in a version of HTTP."""
        raise NotImplementedError

    def _refuse(self, status: int, detail: str) -> None:
        """Say why what comes is not read as a request, and end the connection."""
        raise NotImplementedError

    def data_received(self, data: bytes) -> None:
        if self._stage == BETWEEN:
            if self._held:
                data, self._held = self._held + data, b""
        elif self._stage != CONTENT:
            # else a head that never ends, or chunks of nothing but extensions, would be read for ever
            self._unended += len(data)
            if self._unended > LONGEST_HEAD:
                self._refuse(431, f"The headers are longer than {LONGEST_HEAD} bytes. Send fewer or shorter ones.")
        try:
            self._read(data, len(data))
        except httptools.HttpParserError:
            self._refuse(400, "This is no valid HTTP/1.1 request. Check its first line, headers and framing.")

    def _read(self, data: bytes, size: int) -> None:
        """Have the parser read it all, each time as far as a request may end at the earliest."""
        at = 0
        while at < size and not self._over:
            stage = self._stage
            if stage == BETWEEN:
                at = self._begin(data, at)
                if self._stage == BETWEEN:
                    return
            if stage == CONTENT:
                end = min(at + self._rest, size)
                self._rest -= end - at
            elif at == 0 and data[0] in LINE_END:  # the last piece may have ended within an empty line
                end = 2 if data.startswith(LINE_END) else 1
            else:
                end = data.find(EMPTY_LINE, at - 1 if at else 0) + len(EMPTY_LINE)  # a piece may end with its line feed
                if end < len(EMPTY_LINE):
                    end = size
                self._head_end = end
            try:
                self._reader.feed_data(data if end - at == size else data[at:end])
            except httptools.HttpParserUpgrade:
                self._read_body_apart()
            at = end

    def _begin(self, data: bytes, at: int) -> int:
        """Read the method of the request that begins here; where the parser is to go on."""
        space = data.find(b" ", at)
        method = METHODS.get(data[at:space]) if space > 0 else None
        if method is None:
            return self._begin_otherwise(data, at)
        self._method = method
        self._stage = DUE
        return at

    def _begin_otherwise(self, data: bytes, at: int) -> int:
        """The same where empty lines come first, the method is not known, or has not come as a whole."""
        found = BEGINNING.match(data, at)
        assert found is not None
        method, start, end = found[1], found.start(1), found.end(1)
        if len(method) > LONGEST_METHOD:
            self._refuse(501, f"The method is longer than {LONGEST_METHOD} bytes. Use one that is documented.")
        elif end == len(data):
            self._held = method
        else:
            self._stage = DUE
            self._method = method.decode()
            if method and method not in METHODS and data.startswith(b" ", end):
                self.parser.feed_data(STAND_IN)
                return end
        return start

    def _read_body_apart(self) -> None:
        """Have another parser read the body, below a head that offers nothing."""
        self._offered = False
        if not self._over:
            framing = b"Content-Length: %d" % self._rest if self._stage == CONTENT else b"Transfer-Encoding: chunked"
            # llhttp would take the body for the protocol that was offered (RFC 9110, 7.8: we need not take up an offer)
            self._reader = httptools.HttpRequestParser(BodyCallbacks(self))
            self._reader.feed_data(b"POST / HTTP/1.1\r\n%b\r\n\r\n" % framing)

    def on_message_begin(self) -> None:
        if self._stage != DUE:
            raise RuntimeError("the parser reads a request where none begins")
        self._stage = HEAD
        self.url = b""
        self.headers = []
        self.expect_100_continue = False
        self._unended = self._rest = 0
        self._coding = None

    def on_header(self, name: bytes, value: bytes) -> None:
        name = name.lower()
        if name in NOTEWORTHY:
            if name == b"content-length":
                self._rest = int(value)
            elif name == b"transfer-encoding":
                self._coding = value
            else:
                self.expect_100_continue = value.lower() == b"100-continue"
        self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        self._offered = self.parser.should_upgrade()
        self._stage = CONTENT if self._coding is None else CHUNKS
        version = self.parser.get_http_version()
        if version[0] != "1" and version != "0.9":
            self._refuse(505, f"This server speaks HTTP/1.1, not HTTP/{version}. Have the client use HTTP/1.1.")
        elif self._method == "CONNECT" and not self.url.startswith(b"/"):
            target = self.url.decode("latin-1")
            self._refuse(
                501, f"This server is not a proxy and opens no tunnel to {target}. Send requests to it directly."
            )
        elif self._coding is not None and self._coding.lower().rpartition(b",")[2].strip() != b"chunked":
            self._refuse(400, "The last Transfer-Encoding of a request must be chunked (RFC 9112, 6.3).")
        elif len(self.url) > LONGEST_URL:
            self._refuse(414, f"The URL is longer than {LONGEST_URL} bytes. Send a shorter one.")
        else:
            self._answer(version)

    def _end_request(self, *, keep_alive: bool) -> None:
        """The request has come whole; another may follow it if the connection is kept."""
        self._stage = BETWEEN
        self._reader = self.parser
        self._over = not keep_alive
