"""A request that came whole in one piece, as nearly all do: read in one pass over its lines.

The parser (llhttp) calls back for every header, which takes longer than all the rest of it. Here it only judges whether
the piece is one valid request and no more, once for the same headers on a connection; what a valid one says follows
from its lines. Whatever is not written in the plainest way is left to the parser's callbacks, see `protocol`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import httptools

from mockserver.runtime.message import HEAD_END, Raw, RawMessage
from mockserver.runtime.methods import KNOWN
from mockserver.runtime.request import RawHeaders, Request

LONGEST_URL = 0xFFFF
"""Bytes of a URL that the parser can tell the parts of."""

LINE = re.compile(r"(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|TRACE) (/[!-\"$->@-~]*+)(?:\?([!-\"$-~]*+))? HTTP/1\.1")
"""A request line that the parser takes. What follows CONNECT is meant for a tunnel, and a target with a scheme or a
fragment is rare. Of other characters the parser is the judge."""

ONE = {name: name for name in KNOWN}
"""One text for each method: the journal keeps it with every entry."""

LONGEST_NUMBER = 20
"""Digits of a length that the parser takes at most, about."""

FRAMING = frozenset({"transfer-encoding", "connection", "proxy-connection", "upgrade", "expect"})
"""Headers that may decide where a request ends, or what becomes of its connection."""

LINE_END = b"\r\n"
BLANK = " \t"


Fields = tuple[bytes, Mapping[str, str], bool, int]
"""The header lines of a request as they were written, and what they say: the first value of each name in lower case,
whether no name came twice, and the length of the body in bytes, -1 if the parser's callbacks have to say where it ends.
A plain tuple, as a named one takes longer to make than all its parts."""


class WholeRequest(Request):
    """The same, with its body and how it came. Its headers are made pairs only where somebody asks for all of them."""

    def __init__(  # not the other's, which makes of pairs what is there already
        self, said: re.Match[str], fields: Fields, body: bytes, came: Raw
    ) -> None:
        method, self.path, self.raw_query = said.groups("")
        self.method = ONE[method]
        self.fields = fields
        _, self.first, self.distinct, _ = fields
        self.prefix = ""
        self.scheme = "http"
        self._scope = self._query = None
        self.body = body
        self.came = came

    @property
    def raw_headers(self) -> RawHeaders:
        return RawMessage(*self.came).headers


def whole(data: bytes, before: Fields | None = None) -> WholeRequest | None:
    """The request that a piece is, if it is valid and written plainly; None if it has to be looked at closely.

    before: of the request before it on the connection. Most clients write the same headers with each.
    """
    end = data.find(HEAD_END)
    ended = data.find(LINE_END)
    if end < 0 or ended > LONGEST_URL:
        return None
    said = LINE.fullmatch(str(data[:ended], "latin-1"))
    if said is None:
        return None
    text = data[ended:end]
    fields = before if before is not None and before[0] == text else _read(text)
    start = end + len(HEAD_END)
    body = data[start:]
    # more than the body is pipelined, and less has yet to come: both take the parser's callbacks
    if len(body) != fields[3]:
        return None
    return WholeRequest(said, fields, body, (data, ended + len(LINE_END), start))


def _read(text: bytes) -> Fields:
    """What header lines say, each of which begins with the end of the line before it."""
    lines = str(text, "latin-1").split("\r\n")
    lines.reverse()  # so that of equal names the first stays
    lines.pop()
    first: dict[str, str] = {}
    for each in lines:
        name, colon, value = each.partition(": ")
        if not colon or value[:1] in BLANK:  # nothing or a single blank before the value is what all clients send
            name, _, value = each.partition(":")
            value = value.lstrip(" \t")
        first[name.lower()] = value
    length = first.get("content-length")
    size = 0 if length is None else _number(length)
    if not FRAMING.isdisjoint(first) and not _only_stays(first):
        size = -1
    return text, first, len(first) == len(lines), size


def _number(length: str) -> int:
    """The number of bytes that a Content-Length says; -1 if it is none, or if Python would rather not read it."""
    return int(length) if length.isdecimal() and len(length) < LONGEST_NUMBER else -1


def _only_stays(first: Mapping[str, str]) -> bool:
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
