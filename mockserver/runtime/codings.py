"""Content codings of request bodies (RFC 9110, 8.4), decoded in reverse order of their application, within the limit.

gzip and deflate always, br and zstd where a library for them is installed (the extra `encodings`). The decoded size
is checked piece by piece, so that a few bytes cannot fill the memory.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib import import_module
from typing import Any, Protocol

from mockserver.contract.violations import ABSENT, Violation

MOST = 5
"""Maximum number of codings of one body; each costs as much as the limit allows."""

FRAMES = 10_000
"""Maximum number of members or frames in one coding of a body."""

PIECE = 64 * 1024
"""Bytes that are decoded at once."""

WINDOW = 23
"""log2 of the bytes that a zstd stream may look back (RFC 9659)."""

SAME = {"x-gzip": "gzip", "identity": ""}
"""Other names of codings (RFC 9110, 8.4.1.3), and the one without effect."""

UNDECODED = frozenset({"contentEncoding", "coding"})
"""Keywords of violations by a body whose codings cannot be undone."""


class Overflow(Exception):
    """The body is longer than the limit once it is decoded."""


class CodingError(Exception):
    """A body cannot be decoded; `violation` says why. `accepted`: the known codings, if it has an unknown one."""

    def __init__(self, violation: Violation, accepted: str | None = None) -> None:
        super().__init__(violation.message)
        self.violation = violation
        self.accepted = accepted


class _Corrupt(Exception):
    pass


class _Decoder(Protocol):
    """What zlib and zstd offer: a part of one frame, of at most so many bytes."""

    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...

    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...


class _Brotli:
    """The same for brotli, whose own decoder is asked again for what it holds back."""

    unused_data = b""

    def __init__(self, decoder: Any) -> None:
        self._decoder = decoder

    @property
    def eof(self) -> bool:
        return bool(self._decoder.is_finished())

    def decompress(self, data: bytes, max_length: int) -> bytes:
        parts = [self._decoder.process(data, output_buffer_limit=max_length)]
        while not self._decoder.can_accept_more_data() and sum(map(len, parts)) < max_length:
            parts.append(self._decoder.process(b"", output_buffer_limit=max_length))
        return b"".join(parts)


Decode = Callable[[bytes, int], bytes]


def undone(body: bytes, headers: Iterable[str], limit: int) -> bytes:
    """The body without its codings, which the values of its Content-Encoding name; Overflow or CodingError.

    An empty body has none, whatever its headers say.
    """
    names = [part.strip().lower() for value in headers for part in value.split(",")]
    names = [coding for name in names if (coding := SAME.get(name, name))]
    if not body or not names:
        return body
    unknown = next((name for name in names if name not in decoders()), None)
    if unknown is not None:
        raise _unsupported(f"got {unknown!r:.40}", unknown)
    if len(names) > MOST:
        raise _unsupported(f"and {MOST} times at most, got {len(names)}", ", ".join(names))
    for name in reversed(names):
        try:
            body = decoders()[name](body, limit)
        except _Corrupt as flaw:
            message = f"cannot be decoded as {name}: {flaw}"
            raise CodingError(Violation("body", "", "coding", name, ABSENT, message)) from None
    return body


def _unsupported(received: str, value: str) -> CodingError:
    names = [*decoders()]
    message = f"must be encoded as {', '.join(names[:-1])} or {names[-1]}, or not at all, {received}"
    return CodingError(Violation("body", "", "contentEncoding", names, value, message), ", ".join(names))


def _framed(decoder: Callable[[], _Decoder], errors: type[Exception], *, several: bool = False) -> Decode:
    """Decodes what consists of one frame, or of `several`."""

    def decode(body: bytes, limit: int) -> bytes:
        parts: list[bytes] = []
        room, start, left = limit, 0, FRAMES if several else 1
        while start < len(body):
            if not left:
                raise _Corrupt(f"it has more than {FRAMES} parts" if several else "there is data after its end")
            left -= 1
            frame = decoder()
            while not frame.eof:
                piece = body[start : start + PIECE]
                if not piece:
                    raise _Corrupt("it ends too early")
                try:
                    # one byte more than there is room for tells a body of just the limit from a longer one
                    part = frame.decompress(piece, room + 1)
                except errors as error:
                    raise _Corrupt(str(error)) from None
                start += len(piece)
                room -= len(part)
                if room < 0:
                    raise Overflow
                parts.append(part)
            # the next frame begins within the piece that ended this one
            start -= len(frame.unused_data)
        return b"".join(parts)

    return decode


def _zlib(bits: int) -> Callable[[], _Decoder]:
    return lambda: zlib.decompressobj(bits)


_WRAPPED, _RAW = (_framed(_zlib(bits), zlib.error) for bits in (zlib.MAX_WBITS, -zlib.MAX_WBITS))


def _deflate(body: bytes, limit: int) -> bytes:
    """With the zlib header, as the standard has it, or raw, as many clients send it; no raw stream begins like one."""
    head = int.from_bytes(body[:2], "big")
    wrapped = head >> 8 & 0x0F == zlib.DEFLATED and head % 31 == 0
    return (_WRAPPED if wrapped else _RAW)(body, limit)


@cache
def decoders() -> Mapping[str, Decode]:
    """The known codings by name; optional libraries are imported for the first body with a coding."""
    found = {"gzip": _framed(_zlib(16 + zlib.MAX_WBITS), zlib.error, several=True), "deflate": _deflate}
    brotli = _installed("brotli")
    if hasattr(brotli, "Decompressor") and hasattr(brotli.Decompressor, "can_accept_more_data"):  # others know no limit
        found["br"] = _framed(lambda: _Brotli(brotli.Decompressor()), brotli.error)
    zstd = _installed("compression.zstd", "backports.zstd")
    if zstd is not None:
        options = {zstd.DecompressionParameter.window_log_max: WINDOW}
        found["zstd"] = _framed(lambda: zstd.ZstdDecompressor(options=options), zstd.ZstdError, several=True)
    return found


def _installed(*names: str) -> Any:
    """The first of the modules that is installed, or None."""
    for name in names:
        try:
            return import_module(name)
        except ImportError:
            continue
    return None
