"""Bodies with content codings: undone within the limit, refused as what they are when they cannot be."""

from __future__ import annotations

import asyncio
import gzip
import sys
import zlib
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import aiohttp
import brotli
import pytest

from mockserver import MockServer
from mockserver.runtime import codings
from mockserver.runtime.application import MockApp
from mockserver.runtime.codings import CodingError, Overflow, undone
from mockserver.runtime.exchange import Exchange
from tests.runtime.desk import PATHS, answer, ask, desk, served

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Encode = Callable[[bytes], bytes]


def raw_deflate(data: bytes) -> bytes:
    """As clients send it that take the name by its word."""
    return zlib.compress(data, wbits=-zlib.MAX_WBITS)


ENCODERS: dict[str, tuple[str, Encode]] = {
    "gzip": ("gzip", gzip.compress),
    "x-gzip": ("X-GZip", gzip.compress),
    "deflate": ("deflate", zlib.compress),
    "raw deflate": ("deflate", raw_deflate),
    "br": ("br", brotli.compress),
    "zstd": ("zstd", zstd.compress),
}
every_coding = pytest.mark.parametrize(("coding", "encode"), ENCODERS.values(), ids=ENCODERS)
NOTE = b'{"text": "call home"}'
WRITER = {"authorization": "Bearer writer", "content_type": "application/json"}
ACCEPTED = "gzip, deflate, br, zstd"


@pytest.fixture
def seen() -> list[Exchange]:
    return []


@pytest.fixture
def app(seen: list[Exchange]) -> MockApp:
    return served(observers=[seen.append], body_limit=50_000)


def sent(app: MockApp, body: bytes, coding: str) -> Any:
    return ask(app, "POST", "/notes", body=body, content_encoding=coding, **WRITER)


@every_coding
@pytest.mark.parametrize("size", [1, 1_000, 100_000, 300_000])
def test_a_coding_is_undone(coding: str, encode: Encode, size: int) -> None:
    """Whatever the size, up to the limit and not a byte beyond it."""
    data = bytes(n * n % 251 for n in range(size))

    assert undone(encode(data), [coding], size) == data
    with pytest.raises(Overflow):
        undone(encode(data), [coding], size - 1)


@every_coding
@pytest.mark.parametrize(
    "damage",
    [lambda body: body[:-1], lambda body: body + b"\0", lambda body: b"\xff" + body, lambda body: body[:9]],
    ids=["cut short", "something behind", "something before", "a beginning"],
)
def test_what_does_not_decode_is_a_violation(coding: str, encode: Encode, damage: Encode) -> None:
    """Not taken for less than it was."""
    with pytest.raises(CodingError) as caught:
        undone(damage(encode(NOTE * 100)), [coding], 1_000_000)

    violation = caught.value.violation
    assert (violation.keyword, violation.expected) == ("coding", coding.lower().removeprefix("x-"))
    assert violation.message.startswith("cannot be decoded as ")
    assert caught.value.accepted is None


@every_coding
def test_a_bomb_is_not_inflated(coding: str, encode: Encode, monkeypatch: pytest.MonkeyPatch) -> None:
    """No more of it is decoded than the limit, and a piece."""
    bomb = encode(b"\0" * 20_000_000)
    decoded = 0

    def counted(decoder: Any) -> Any:
        nonlocal decoded
        real = decoder.decompress

        def decompress(data: bytes, most: int) -> bytes:
            nonlocal decoded
            part: bytes = real(data, most)
            decoded += len(part)
            return part

        return type("Counted", (), {"decompress": staticmethod(decompress), "eof": False, "unused_data": b""})

    framed = codings._framed
    monkeypatch.setattr(codings, "_framed", lambda make, *rest, **more: framed(lambda: counted(make()), *rest, **more))
    monkeypatch.setattr(codings, "_WRAPPED", codings._framed(codings._zlib(15), zlib.error))
    monkeypatch.setattr(codings, "_RAW", codings._framed(codings._zlib(-15), zlib.error))
    codings.decoders.cache_clear()
    try:
        with pytest.raises(Overflow):
            undone(bomb, [coding], 100_000)
    finally:
        codings.decoders.cache_clear()

    assert 100_000 < decoded < 300_000


@pytest.mark.parametrize(
    ("headers", "encode"),
    [
        (["gzip, br"], lambda body: brotli.compress(gzip.compress(body))),
        (["zstd", "gzip"], lambda body: gzip.compress(zstd.compress(body))),
        (["identity"], bytes),
        (["Identity , GZIP,, "], gzip.compress),
        ([""], bytes),
        (["gzip,gzip,gzip,gzip,gzip"], lambda body: _often(body, 5)),
        (["gzip"], lambda body: gzip.compress(body[:9]) + gzip.compress(body[9:])),
        (["zstd"], lambda body: zstd.compress(body[:9]) + zstd.compress(body[9:])),
    ],
    ids=["two", "two lines", "identity", "blanks", "empty", "five", "members", "frames"],
)
def test_several_codings_are_undone_in_order(headers: list[str], encode: Encode) -> None:
    """The last one first; what changes nothing is passed over, and parts of one coding are one body."""
    assert undone(encode(NOTE), headers, 1_000) == NOTE


def _often(body: bytes, times: int) -> bytes:
    for _ in range(times):
        body = gzip.compress(body)
    return body


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        (["compress"], "got 'compress'"),
        (["gzip", "aes128gcm"], "got 'aes128gcm'"),
        (["x" * 1_000], "got 'xxxxx"),
        (["gzip," * 6], "and 5 times at most, got 6"),
    ],
)
def test_other_codings_are_told_which_are_known(headers: list[str], reason: str) -> None:
    """In words, and as the value of Accept-Encoding."""
    with pytest.raises(CodingError) as caught:
        undone(b"x", headers, 1_000)

    message = caught.value.violation.message
    assert message.startswith("must be encoded as gzip, deflate, br or zstd, or not at all, " + reason)
    assert len(message) < 150
    assert caught.value.accepted == ACCEPTED


def test_more_parts_than_any_client_sends_are_refused() -> None:
    """Each costs, however little it holds."""
    with pytest.raises(CodingError, match="more than 10000 parts"):
        undone(gzip.compress(b"") * 10_001, ["gzip"], 1_000)


@pytest.fixture
def without_libraries(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As where nothing but the standard library is installed."""
    for name in ("brotli", "compression.zstd", "backports.zstd"):
        monkeypatch.setitem(sys.modules, name, None)
    codings.decoders.cache_clear()
    yield
    codings.decoders.cache_clear()


def test_without_their_libraries_br_and_zstd_are_others(without_libraries: None, app: MockApp) -> None:
    """gzip and deflate need none."""
    reply = sent(app, brotli.compress(NOTE), "br")

    assert (reply.status, reply.headers["accept-encoding"]) == (400, "gzip, deflate")
    assert sent(app, gzip.compress(NOTE), "gzip").status == 201


def test_a_brotli_that_cannot_be_bounded_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Versions before 1.2 decode a bomb to its end."""
    monkeypatch.delattr(brotli.Decompressor, "can_accept_more_data", raising=False)
    monkeypatch.setattr(brotli, "Decompressor", object)
    codings.decoders.cache_clear()
    try:
        assert "br" not in codings.decoders()
    finally:
        codings.decoders.cache_clear()


@every_coding
def test_an_operation_gets_the_body_decoded(app: MockApp, seen: list[Exchange], coding: str, encode: Encode) -> None:
    """Whole or in chunks; the journal keeps it decoded, too."""
    body = encode(NOTE)

    whole = sent(app, body, coding)
    chunks = [body[:5], body[5:]]
    chunked = ask(app, "POST", "/notes", chunks=chunks, content_encoding=coding, **WRITER)

    assert (whole.status, chunked.status, whole.json()["text"]) == (201, 201, "call home")
    assert [(each.request.body, each.request.size) for each in seen] == [(NOTE, len(NOTE))] * 2


def test_a_bomb_is_a_body_too_large(app: MockApp, seen: list[Exchange]) -> None:
    """Of which nothing is kept; the connection goes on, as all of it came."""
    reply = sent(app, gzip.compress(b"\0" * 50_001), "gzip")

    assert (reply.status, reply.json()["kind"], "connection" in reply.headers) == (413, "too_large", False)
    assert (seen[0].request.body, seen[0].request.size < 1_000) == (b"", True)


def test_an_empty_body_has_no_coding(app: MockApp) -> None:
    """Whatever is said of it: clients that compress say it of every request."""
    assert sent(app, b"", "gzip").json()["fields"] == ["body  required"]
    assert ask(app, "GET", "/notes", content_encoding="gzip").status == 200
    assert ask(app, "GET", "/notes", body=b"no gzip", content_encoding="gzip").status == 200


@pytest.mark.parametrize(
    ("coding", "accepted", "keyword"), [("rot13", ACCEPTED, "contentEncoding"), ("gzip", None, "coding")]
)
def test_what_cannot_be_decoded_is_invalid(app: MockApp, coding: str, accepted: str | None, keyword: str) -> None:
    """In the API's own words and by the status that its document has for that, after credentials; the journal keeps
    what came."""
    reply = sent(app, b"no gzip", coding)

    assert (reply.status, reply.json()["fields"]) == (400, [f"body  {keyword}"])
    assert reply.headers.get("accept-encoding") == accepted
    assert app.worlds.default.journal.entries()[0].request.body == b"no gzip"
    assert ask(app, "POST", "/notes", body=b"x", content_encoding=coding).status == 401


@pytest.mark.parametrize(
    ("headers", "body", "fits", "status"),
    [
        ({"content_encoding": "rot13"}, b"x", True, 415),
        ({"content_type": "text/plain"}, b"x", True, 415),
        ({"content_encoding": "gzip"}, b"no gzip", True, 400),
        ({"content_type": "application/json"}, b"{", True, 400),
        ({"content_encoding": "rot13"}, b"x", False, 400),
    ],
    ids=["coding", "type", "corrupt", "malformed", "unfit"],
)
def test_a_documented_415_is_used(headers: dict[str, str], body: bytes, fits: bool, status: int) -> None:
    """For codings and types, if the refusal fits what the document has for it."""
    paths = deepcopy(PATHS)
    paths["/echo/{id}"]["put"]["responses"]["415"] = answer("Other.", "Error" if fits else "Note")

    reply = ask(served(desk(paths=paths)), "PUT", "/echo/1", body=body, **headers)

    assert reply.status == status


def test_a_client_that_compresses_is_served() -> None:
    """aiohttp: in chunks, as it does not know the length before."""

    async def create(url: str) -> int:
        headers = {"Authorization": "Bearer wk_demo_api"}
        note = {"external_id": "a", "title": "x" * 200}
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.post(f"{url}/v1/lists", json=note, compress="gzip") as reply,
        ):
            return reply.status

    with MockServer("workshop") as server:
        status = asyncio.run(create(server.url))
        (entry,) = server.world().journal.entries()

    assert (status, entry.request.json()["title"]) == (201, "x" * 200)
