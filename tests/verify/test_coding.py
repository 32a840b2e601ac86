"""Content codings, undone strictly."""

from __future__ import annotations

import gzip
import zlib

import pytest

from mockserver.client import ACCEPTED
from mockserver.verify.coding import decode

TEXT = b"A body of some length, of some length."
ZIPPED = gzip.compress(TEXT, mtime=0)
DEFLATED = zlib.compress(TEXT)


@pytest.mark.parametrize(
    ("body", "codings"),
    [
        (ZIPPED, "gzip"),
        (ZIPPED, "GZIP"),
        (ZIPPED, "x-gzip"),
        (DEFLATED, "deflate"),
        (gzip.compress(DEFLATED), "deflate, gzip"),
        (gzip.compress(TEXT[:9]) + gzip.compress(b"") + gzip.compress(TEXT[9:]), "gzip"),
        (TEXT, "identity"),
        (TEXT, ""),
    ],
)
def test_a_body_is_read_as_it_was(body: bytes, codings: str) -> None:
    """One coding or several, the last first; the data of gzip may consist of several members."""
    assert decode(body, codings, ACCEPTED) == (TEXT, None)


def test_no_body_is_in_any_coding() -> None:
    """An answer without a body may say what it would have been in."""
    assert decode(b"", "gzip", ACCEPTED) == (b"", None)


@pytest.mark.parametrize(
    ("body", "codings", "flaw"),
    [
        (TEXT, "gzip", "Content-Encoding says gzip, but the body is not: Error -3 while decompressing data"),
        (TEXT, "deflate", "Content-Encoding says deflate, but the body is not: Error -3"),
        (ZIPPED[:-9], "gzip", "Content-Encoding says gzip, but the body is not: it ends too early"),
        (ZIPPED + b"more", "gzip", "Content-Encoding says gzip, but the body is not: 4 bytes follow its end"),
        (ZIPPED + ZIPPED[:-9], "gzip", "Content-Encoding says gzip, but the body is not: it ends too early"),
        (
            DEFLATED + DEFLATED,
            "deflate",
            f"Content-Encoding says deflate, but the body is not: {len(DEFLATED)} bytes follow its end",
        ),
        (ZIPPED, "gzip, gzip", "Content-Encoding says gzip, but the body is not: Error -3"),
        (TEXT, "br", "Content-Encoding: br was not asked for (Accept-Encoding: gzip, deflate)"),
        (TEXT, "utf-8", "Content-Encoding: utf-8 was not asked for"),
    ],
)
def test_what_cannot_be_read_is_a_flaw(body: bytes, codings: str, flaw: str) -> None:
    """The body stays as it came."""
    found, told = decode(body, codings, ACCEPTED)

    assert found == body
    assert told is not None
    assert told.startswith(flaw)


def test_a_coding_that_was_asked_for_is_no_flaw_of_the_provider() -> None:
    """Though nobody here can undo it, which is said."""
    assert decode(TEXT, "br", "br;q=1, gzip") == (TEXT, "Content-Encoding: br cannot be read here")
    assert decode(TEXT, "br", "") == (TEXT, "Content-Encoding: br was not asked for (Accept-Encoding: none)")
