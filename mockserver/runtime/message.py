"""A request or response as the journal keeps it: headers and body, parsed only when they are read."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

from mockserver.contract.bodies import read_json

BODY_KEPT = 16 * 1024
"""Bytes of each body that the journal keeps."""

HEADER = 128
"""Approximate bytes of a header without its characters."""

RAW = 256
"""Approximate bytes of a message kept as it was sent, without its own."""

HEAD_END = b"\r\n\r\n"

Headers = Sequence[tuple[bytes, bytes]]

Raw = tuple[bytes, int, int]
"""What a RawMessage is made of."""


class Message:
    """Headers and body of one side. `size` is the whole body's, of which BODY_KEPT bytes are kept.

    Of a body that was too long for the server nothing is kept. A request's body is kept decoded, whatever its
    Content-Encoding, unless it could not be.
    """

    __slots__ = ("_body", "_headers", "_size")

    def __init__(self, headers: Headers, body: bytes, size: int) -> None:
        self._headers = headers
        self._body = body
        self._size = size

    @classmethod
    def of(cls, headers: Headers, body: bytes, size: int | None = None) -> Message:
        """The message as the journal keeps it; `size` is the body's own unless another is given."""
        kept = bytes(memoryview(body)[:BODY_KEPT])  # a copy, as the writer of JSON leaves up to 4 KiB unused behind it
        return cls(headers, kept, len(body) if size is None else size)

    @property
    def headers(self) -> Headers:
        return self._headers

    @property
    def body(self) -> bytes:
        return self._body

    @property
    def size(self) -> int:
        return self._size

    def values(self, name: str) -> list[str]:
        """Every value of a header, in order."""
        # a name beyond Latin-1 is that of no header
        wanted = name.lower().encode("latin-1", "replace")
        return [value.decode("latin-1") for key, value in self.headers if key.lower() == wanted]

    def header(self, name: str) -> str | None:
        """The first value of a header."""
        return next(iter(self.values(name)), None)

    def json(self) -> Any:
        """The body as a JSON value; ValueError if it is not JSON, or was not kept whole."""
        value, flaw = read_json(self.body)
        if flaw is not None:
            raise ValueError(f"the body {flaw.message}; {len(self.body)} of its {self.size} bytes are kept.")
        return value

    def weigh(self) -> int:
        """Its approximate bytes in the journal."""
        return len(self._body) + HEADER * len(self._headers) + sum(map(len, chain.from_iterable(self._headers)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Message):
            return NotImplemented
        return (list(self.headers), self.body, self.size) == (list(other.headers), other.body, other.size)

    __hash__ = None  # type: ignore[assignment]  # as of anything that is compared by what it holds

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.headers!r} {self.body!r}>"


class RawMessage(Message):
    """The same as it was sent: the bytes of a head and of a body of known length.

    Its headers stand from `start`, behind the first line and, in an answer, behind what the server adds to each; its
    body from `end`.
    """

    __slots__ = ("_end", "_raw", "_start")

    def __init__(self, raw: bytes, start: int, end: int) -> None:
        self._size = size = len(raw) - end
        # a slice is a copy, which a long body is worth and a short one is not
        self._raw = raw if size <= BODY_KEPT else raw[: end + BODY_KEPT]
        self._start = start
        self._end = end

    @property
    def headers(self) -> Headers:
        lines = self._raw[self._start : self._end - len(HEAD_END)].split(b"\r\n")
        # the parser takes no blank before a colon, and blanks before a value are none of it (RFC 9112, 5.1)
        pairs = (line.partition(b":") for line in lines if line)
        return [(name.lower(), value.lstrip(b" \t")) for name, _, value in pairs]

    @property
    def body(self) -> bytes:
        return self._raw[self._end :]

    def weigh(self) -> int:
        return RAW + len(self._raw)


def later(raw: Raw) -> RawMessage | Raw:
    """The message that somebody may want to look at; what it is made of, unless that holds more in memory."""
    return raw if len(raw[0]) - raw[2] <= BODY_KEPT else RawMessage(*raw)
