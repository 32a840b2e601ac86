"""A request that came whole in one piece, as nearly all do: read in one pass over its lines.

The parser (llhttp) calls back for every header, which takes longer than all the rest of it. Here it only judges whether
the piece is one valid request and no more; what a valid one says follows from its lines. Whatever is not written in the
plainest way is left to the parser's callbacks, see `protocol`.
"""

from __future__ import annotations

import re

import httptools

from mockserver.runtime.message import HEAD_END, Raw, RawMessage
from mockserver.runtime.methods import KNOWN
from mockserver.runtime.request import RawHeaders, Request

LONGEST_URL = 0xFFFF
"""Bytes of a URL that the parser can tell the parts of."""

LINE = re.compile(r"(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|TRACE) (/[^ ?#]*+)(?:\?([^ #]*+))? HTTP/1\.1")
"""A request line. What follows CONNECT is meant for a tunnel; a target with a scheme or a fragment is rare."""

ONE = {name: name for name in KNOWN}
"""One text for each method: the journal keeps it with every entry."""

LONGEST_NUMBER = 20
"""Digits of a length that the parser takes at most, about."""

FRAMING = frozenset({"transfer-encoding", "connection", "proxy-connection", "upgrade", "expect"})
"""Headers that may decide where a request ends, or what becomes of its connection."""

LINE_END = b"\r\n"
BLANK = " \t"


class WholeRequest(Request):
    """The same, with its body and how it came. Its headers are made pairs only where somebody asks for all of them."""

    def __init__(  # not the other's, which makes of pairs what is there already
        self, said: re.Match[str], first: dict[str, str], distinct: bool, body: bytes, came: Raw
    ) -> None:
        method, self.path, self.raw_query = said.groups("")
        self.method = ONE[method]
        self.first = first
        self.distinct = distinct
        self.prefix = ""
        self.scheme = "http"
        self._scope = self._query = None
        self.body = body
        self.came = came

    @property
    def raw_headers(self) -> RawHeaders:
        return RawMessage(*self.came).headers


def whole(data: bytes) -> WholeRequest | None:
    """The request that a piece is, if it is valid and written plainly; None if it has to be looked at closely."""
    head, gap, body = data.partition(HEAD_END)
    lines = str(head, "latin-1").split("\r\n")
    lines.reverse()  # so that of equal names the first stays
    line = lines.pop()
    said = LINE.fullmatch(line)
    if said is None or not gap:
        return None
    first: dict[str, str] = {}
    for each in lines:
        name, colon, value = each.partition(": ")
        if not colon or value[:1] in BLANK:  # nothing or a single blank before the value is what all clients send
            name, _, value = each.partition(":")
            value = value.lstrip(" \t")
        first[name.lower()] = value
    # more than the body is pipelined, and less has yet to come: both take the parser's callbacks
    length = first.get("content-length")
    if len(body) != (0 if length is None else _number(length)) or len(line) > LONGEST_URL:
        return None
    if not FRAMING.isdisjoint(first) and not _only_stays(first):
        return None
    came = data, len(line) + len(LINE_END), len(head) + len(HEAD_END)
    return WholeRequest(said, first, len(first) == len(lines), body, came)


def _number(length: str) -> int:
    """The number of bytes that a Content-Length says; -1 if it is none, or if Python would rather not read it."""
    return int(length) if length.isdecimal() and len(length) < LONGEST_NUMBER else -1


def _only_stays(first: dict[str, str]) -> bool:
    """Whether the client only says that it keeps the connection, as it does anyway in HTTP/1.1."""
    return FRAMING.intersection(first) == {"connection"} and first["connection"].lower() == "keep-alive"


class Judge:
    """Says whether bytes are one valid request and no more, by a parser that all connections of a server share.

    That is safe as it never keeps anything of a request: after one that did not end, or was none, there is a new one.
    """

    def __init__(self) -> None:
        self._open: list[bool] = []
        self._begin()

    def _begin(self) -> None:
        self._open.clear()
        self.on_message_complete = self._open.clear  # a function of C, which the parser calls in no time
        self._parser = httptools.HttpRequestParser(self)

    def takes(self, data: bytes) -> bool:
        """Whether that is a request."""
        self._open.append(True)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._begin()
            return False
        if self._open:
            self._begin()
            return False
        return True
