"""Content codings of responses, decoded strictly: what a lenient client would overlook is a flaw of the response."""

from __future__ import annotations

import re
import zlib

WINDOWS = {"gzip": 31, "x-gzip": 31, "deflate": 15}
"""`wbits` for zlib: the first two have gzip's header, the last has zlib's own."""

MEMBER = b"\x1f\x8b"
"""What a member of gzip's data begins with (RFC 1952, 2.3.1)."""

PIECE = 64 * 1024
"""Bytes that are decoded at once; what is left of a piece is copied for each member that ends in it."""


def decode(body: bytes, codings: str, asked: str) -> tuple[bytes, str | None]:
    """The decoded body; or the body as received, and what is wrong with its coding.

    `asked` is the `Accept-Encoding` of the request.
    """
    found = body
    # in the order in which they were applied, so the last comes off first (RFC 9110, 8.4)
    for coding in reversed([each.strip().lower() for each in codings.split(",")]):
        if coding in ("", "identity") or not body:
            continue
        if coding not in WINDOWS:
            asked_for = coding in re.split(r"[,;\s]+", asked.lower())
            told = "cannot be read here" if asked_for else f"was not asked for (Accept-Encoding: {asked or 'none'})"
            return body, f"Content-Encoding: {coding} {told}"
        try:
            found = _inflated(found, coding)
        except zlib.error as error:
            return body, f"Content-Encoding says {coding}, but the body is not: {error}"
    return found, None


def _inflated(body: bytes, coding: str) -> bytes:
    parts: list[bytes] = []
    start = 0
    # gzip's data is one member or several, one behind the other (RFC 1952, 2.2); zlib's is one stream
    while not parts or (coding != "deflate" and body.startswith(MEMBER, start)):
        part, start = _member(body, start, WINDOWS[coding])
        parts.append(part)
    if start < len(body):
        raise zlib.error(f"{len(body) - start} bytes follow its end")
    return b"".join(parts)


def _member(body: bytes, start: int, window: int) -> tuple[bytes, int]:
    """What the stream that begins at `start` holds, and where it ends; zlib.error if it is not whole."""
    stream = zlib.decompressobj(window)
    parts: list[bytes] = []
    while not stream.eof:
        piece = body[start : start + PIECE]
        if not piece:
            raise zlib.error("it ends too early")
        parts.append(stream.decompress(piece))
        start += len(piece)
    return b"".join(parts), start - len(stream.unused_data)
