"""Content codings of responses, decoded strictly: what a lenient client would overlook is a flaw of the response."""

from __future__ import annotations

import re
import zlib

WINDOWS = {"gzip": 31, "x-gzip": 31, "deflate": 15}
"""`wbits` for zlib: the first two have gzip's header, the last has zlib's own."""


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
    wanted = zlib.decompressobj(WINDOWS[coding])
    found = wanted.decompress(body)
    if not wanted.eof:
        raise zlib.error("it ends too early")
    if wanted.unused_data:
        raise zlib.error(f"{len(wanted.unused_data)} bytes follow its end")
    return found
