"""Requests that no honest client sends, over a real socket: each gets a clean answer, and the next one is served.

Bytes are data: a row is what is sent and what must come back. Whatever it was, the server neither hangs nor logs an
error, it has no 500 to give, and it goes on.
"""

from __future__ import annotations

import gzip
import logging
import socket
import struct
from collections.abc import Iterator

import pytest

from mockserver import MockServer
from tests.hostile.wire import Connection, Reply, connection, request

JSON = "application/json"
PROBLEM = "application/problem+json"
WORKSHOP = b"Authorization: Bearer wk_demo_api"
AUDIENCE = b"Authorization: Bearer ak_demo_full"
SALESNAV = b"Authorization: Bearer sk_live_demo_7c1f0a94e2b8"
TYPED = b"Content-Type: application/json"
CHUNKED = b"Transfer-Encoding: chunked"
LISTS = b"/v1/lists"
HONEST = request(LISTS, WORKSHOP)
LEVELS = 100_000
"""Of nesting."""
EMPTY = gzip.compress(b"")
BOMB = gzip.compress(gzip.compress(b"\0" * 50_000_000) * 200)
"""Some hundred bytes that are ten billion once they are decoded twice."""

Row = tuple[bytes, int, str]


@pytest.fixture
def url(server: MockServer, caplog: pytest.LogCaptureFixture) -> Iterator[str]:
    """The running server; nothing may be logged as an error, and it must serve an honest request afterwards."""
    yield server.url
    with connection(server.url) as honest:
        assert_honest(honest)
    logged = [*caplog.get_records("call"), *caplog.records]
    assert [record.getMessage() for record in logged if record.levelno >= logging.ERROR] == []


def assert_honest(honest: Connection) -> None:
    honest.send(HONEST)
    assert honest.reply().status == 200


def get(target: bytes, *headers: bytes, body: bytes = b"") -> bytes:
    return request(target, WORKSHOP, *headers, body=body)


def create(body: bytes, *headers: bytes) -> bytes:
    """Create a list of workshop, or try to."""
    return request(LISTS, WORKSHOP, *(headers or (TYPED,)), method=b"POST", body=body)


def upsert(body: bytes) -> bytes:
    return request(b"/api/v1/contacts", AUDIENCE, TYPED, method=b"POST", body=body)


def search(body: bytes) -> bytes:
    return request(b"/contacts/lists", TYPED, method=b"POST", body=body)


def save(body: bytes) -> bytes:
    return request(b"/lists/save", TYPED, method=b"POST", body=body)


PATHS: dict[str, Row] = {
    "an id that is no UTF-8 is nobody's": (get(LISTS + b"/%ff"), 404, JSON),
    "an id that is no UTF-8 where ids are checked": (request(b"/lists/%ff"), 400, JSON),
    "an overlong slash": (get(LISTS + b"/%c0%af"), 404, JSON),
    "NUL in an id": (get(LISTS + b"/%00"), 404, JSON),
    "NUL in an id of prospects": (request(b"/lists/%00"), 404, JSON),
    "a surrogate in an id": (request(b"/lists/%ed%a0%80"), 400, JSON),
    "no hexadecimal": (get(LISTS + b"/%zz"), 404, JSON),
    "half an escape": (get(LISTS + b"/%4"), 404, JSON),
    "an encoded parent folder is an id": (get(LISTS + b"/%2e%2e"), 404, JSON),
    "a parent folder leads nowhere": (get(LISTS + b"/../lists"), 404, JSON),
    "many parent folders": (get(b"/../../../../etc/passwd"), 404, PROBLEM),
    "an encoded slash in an id is an id": (get(LISTS + b"/a%2Fmemberships"), 404, JSON),
    "an encoded slash is no slash": (get(b"/v1%2Flists"), 404, PROBLEM),
    "an escaped letter is that letter": (get(b"/v1/l%69sts"), 200, JSON),
    "a backslash": (get(b"/v1\\lists"), 404, PROBLEM),
    "a trailing slash is another path": (get(LISTS + b"/"), 404, JSON),
    "a doubled slash is another path": (get(b"/v1//lists"), 404, PROBLEM),
    "a slash too many in front": (get(b"//v1/lists"), 404, PROBLEM),
    "an empty segment is no id": (get(LISTS + b"//memberships"), 404, JSON),
    "nothing but slashes": (get(b"/" * 100), 404, PROBLEM),
    "a semicolon": (get(LISTS + b";v=1"), 404, PROBLEM),
    "a fragment is not sent by anybody": (get(LISTS + b"#part"), 200, JSON),
    "absolute form": (get(b"http://other.example:99/v1/lists?limit=1"), 200, JSON),
    "absolute form of another scheme": (get(b"gopher://other.example/v1/lists"), 200, JSON),
    "literal path of prospects by GET": (request(b"/lists/save"), 405, JSON),
    "an id as long as a URL can be": (get(LISTS + b"/" + b"x" * 65_000), 404, JSON),
    "a path of many segments": (get(LISTS + b"/a" * 32_000), 404, JSON),
    "a world within itself, often": (get(b"/_world/t" * 7_000 + LISTS), 200, JSON),
    "a world that no world can be called": (get(b"/_world/%2e%2e/v1/lists"), 400, PROBLEM),
    "a world without a name": (get(b"/_world/"), 400, PROBLEM),
    "a world by a header that is no UTF-8": (get(LISTS, b"X-Mock-World: \xff"), 400, PROBLEM),
    "OPTIONS *": (request(b"*", method=b"OPTIONS"), 404, PROBLEM),
    "GET *": (request(b"*"), 404, PROBLEM),
}

QUERIES: dict[str, Row] = {
    "a cursor that is no UTF-8": (get(LISTS + b"?cursor=%ff"), 422, JSON),
    "an overlong cursor": (get(LISTS + b"?cursor=%c0%ae"), 422, JSON),
    "a cursor of NUL": (get(LISTS + b"?cursor=%00"), 422, JSON),
    "a cursor that says nothing": (get(LISTS + b"?cursor="), 422, JSON),
    "a cursor as long as a URL can be": (get(LISTS + b"?cursor=" + b"A" * 65_000), 422, JSON),
    "a cursor of an incomparable position": (
        get(LISTS + b"?cursor=eyJzb3J0IjoibmFtZSIsIm9yZGVyIjoiYXNjIiwiYWZ0ZXIiOltudWxsLHt9XX0"),
        422,
        JSON,
    ),
    "a name that is no UTF-8 is nobody's parameter": (get(LISTS + b"?%ff=1"), 200, JSON),
    "a parameter that nobody knows": (get(LISTS + b"?unknown=%ff"), 200, JSON),
    "a limit twice": (get(LISTS + b"?limit=1&limit=1"), 422, JSON),
    "a limit often": (get(LISTS + b"?" + b"limit=1&" * 8_000), 422, JSON),
    "thousands of parameters": (get(LISTS + b"?" + b"&".join(b"p%d=1" % n for n in range(8_000))), 200, JSON),
    "nothing but ampersands": (get(LISTS + b"?" + b"&" * 60_000), 200, JSON),
    "another question mark": (get(LISTS + b"?limit=1?limit=2"), 422, JSON),
    "an array where a number is asked for": (get(LISTS + b"?limit[]=1"), 200, JSON),
    **{
        f"limit={value.decode('latin-1')[:20]}": (get(LISTS + b"?limit=" + value), 422, JSON)
        for value in (
            *(b"", b"+5", b"%2B5", b"1_0", b"5.0", b"1e1", b"0x10", b"%205", b"%zz", b"%00", b"0", b"101", b"-1"),
            *(b"9" * 30, b"9" * 4_000, b"9" * 5_000, b"%D9%A3", b"%EF%BC%95", b"true", b"null", b"NaN", b"1e400"),
        )
    },
    "page and limit of audience, all wrong": (
        request(b"/api/v1/lists?page=0&limit=x&id=%ff", AUDIENCE),
        400,
        JSON,
    ),
}

BODIES: dict[str, Row] = {
    "bytes that are no UTF-8": (create(b'{"title": "\xff"}'), 422, JSON),
    "bytes that are no UTF-8, to crm": (search(b'{"name": "\xff"}'), 400, JSON),
    "an overlong slash": (create(b'{"title": "\xc0\xaf"}'), 422, JSON),
    "a raw surrogate": (create(b'{"title": "\xed\xa0\x80"}'), 422, JSON),
    "half a surrogate pair": (create(b'{"title": "\\ud800"}'), 422, JSON),
    "half a surrogate pair in a name": (upsert(b'{"email": "a@example.com", "\\udfff": 1}'), 400, JSON),
    "NUL, which JSON allows": (search(b'{"name": "a\\u0000b"}'), 200, JSON),
    "NUL in a search": (search(b'{"name": "a", "args": {"q": "\\u0000"}}'), 200, JSON),
    "NUL as it is": (search(b'{"name": "a\x00b"}'), 400, JSON),
    "a byte order mark": (search(b'\xef\xbb\xbf{"name": "a"}'), 200, JSON),
    "two byte order marks": (search(b'\xef\xbb\xbf\xef\xbb\xbf{"name": "a"}'), 400, JSON),
    "UTF-16": (create('{"title": "a"}'.encode("utf-16")), 422, JSON),
    "arrays without end": (create(b"[" * LEVELS), 422, JSON),
    "arrays deep as a well": (create(b"[" * LEVELS + b"]" * LEVELS), 422, JSON),
    "objects deep as a well": (save(b'{"a":' * LEVELS + b"1" + b"}" * LEVELS), 400, JSON),
    "deep with a long integer": (search(b"[" * 1_000 + b"1" * 19 + b"]" * 1_000), 400, JSON),
    "101 levels": (search(b'{"name": "a", "x": ' + b"[" * 100 + b"]" * 100 + b"}"), 400, JSON),
    "100 levels": (search(b'{"name": "a", "x": ' + b"[" * 99 + b"]" * 99 + b"}"), 200, JSON),
    "a huge integer": (search(b'{"name": "a", "touch_freq": ' + b"9" * 300 + b"}"), 400, JSON),
    "an integer of ten thousand digits": (search(b'{"name": "a", "touch_freq": ' + b"9" * 10_000 + b"}"), 400, JSON),
    "a huge integer that is not asked for": (search(b'{"name": "a", "x": ' + b"9" * 300 + b"}"), 200, JSON),
    "a number without a value": (search(b'{"name": "a", "x": 1e400}'), 400, JSON),
    "NaN": (search(b'{"name": "a", "x": NaN}'), 400, JSON),
    "a property twice, the last one right": (search(b'{"name": 1, "name": "a"}'), 200, JSON),
    "a property twice, the last one wrong": (search(b'{"name": "a", "name": 1}'), 400, JSON),
    "a property called __proto__": (search(b'{"name": "a", "__proto__": {"x": 1}}'), 200, JSON),
    "nothing": (create(b""), 422, JSON),
    "white space": (create(b" \r\n "), 422, JSON),
    "a form": (create(b"title=a&external_id=b"), 422, JSON),
    "an array": (create(b"[]"), 422, JSON),
    "null": (save(b"null"), 400, JSON),
    "a string of a megabyte": (create(b'{"title": "' + b"x" * 1_000_000 + b'"}'), 422, JSON),
    "a hundred thousand wrong values": (
        request(
            b"/api/v1/contacts/bulk",
            AUDIENCE,
            TYPED,
            method=b"POST",
            body=b'{"contacts": [' + b",".join([b"1"] * 100_000) + b"]}",
        ),
        400,
        JSON,
    ),
    "a body on GET": (request(LISTS, WORKSHOP, body=b'{"a":'), 200, JSON),
    "a body on DELETE of nothing": (request(LISTS + b"/x", WORKSHOP, method=b"DELETE", body=b"\xff" * 99), 404, JSON),
}

TYPES: dict[str, Row] = {
    "no type": (request(LISTS, WORKSHOP, method=b"POST", body=b"{}"), 422, JSON),
    "an empty type": (create(b"{}", b"Content-Type:"), 422, JSON),
    "text": (create(b"{}", b"Content-Type: text/plain"), 422, JSON),
    "a form's type, to crm": (
        request(b"/contacts/lists", b"Content-Type: application/x-www-form-urlencoded", method=b"POST", body=b"{}"),
        400,
        JSON,
    ),
    "a type that is no UTF-8": (create(b"{}", b"Content-Type: \xff\xfe"), 422, JSON),
    "two types": (create(b"{}", TYPED, b"Content-Type: text/plain"), 422, JSON),
    "an unknown charset": (create(b"{}", TYPED + b"; charset=klingon"), 422, JSON),
    "UTF-16 by charset": (create(b"{}", TYPED + b"; charset=utf-16"), 422, JSON),
    "a charset that never ends": (create(b"{}", TYPED + b"; charset=" + b"x" * 60_000), 422, JSON),
    "nothing but semicolons": (create(b"{}", TYPED + b";" * 60_000), 422, JSON),
    "a compressed body cut short": (create(b"\x1f\x8b\x08", TYPED, b"Content-Encoding: gzip"), 422, JSON),
    "an unknown coding": (create(b"{}", TYPED, b"Content-Encoding: rot13"), 422, JSON),
    "a coding that never ends": (create(b"{}", TYPED, b"Content-Encoding: " + b"x" * 60_000), 422, JSON),
    "thousands of codings": (create(b"{}", TYPED, b"Content-Encoding: " + b"gzip," * 10_000), 422, JSON),
    "a thousand bombs in one": (create(BOMB, TYPED, b"Content-Encoding: gzip, gzip"), 413, JSON),
    "a bomb where no body is asked for": (get(LISTS, b"Content-Encoding: gzip", body=BOMB), 200, JSON),
    "half a million empty members": (create(EMPTY * 400_000, TYPED, b"Content-Encoding: gzip"), 422, JSON),
}

HEADERS: dict[str, Row] = {
    "a token that is no UTF-8": (request(LISTS, b"Authorization: Bearer \xff"), 401, JSON),
    "a token of sixty thousand characters": (request(LISTS, b"Authorization: Bearer " + b"x" * 60_000), 401, JSON),
    "two tokens, both right": (request(LISTS, WORKSHOP, WORKSHOP), 401, JSON),
    "another scheme": (request(LISTS, b"Authorization: Basic d2tfZGVtb19hcGk6"), 401, JSON),
    "no token": (request(LISTS, b"Authorization: Bearer"), 401, JSON),
    "another's token": (request(LISTS, AUDIENCE), 401, JSON),
    "a token of salesnav": (request(b"/api/v1/lists", SALESNAV), 401, JSON),
    "one long header": (get(LISTS, b"X-Long: " + b"x" * 60_000), 200, JSON),
    "a thousand headers": (get(LISTS, *(b"X-%d: y" % n for n in range(1_000))), 200, JSON),
    "one header a thousand times": (get(LISTS, *([b"X-Same: y"] * 1_000)), 200, JSON),
    "cookies without end": (get(LISTS, b"Cookie: " + b"a=b;" * 15_000), 200, JSON),
    "Prefer of nothing but spaces": (get(LISTS, b"Prefer: a," + b" " * 60_000 + b"!"), 200, JSON),
    "Prefer of nothing but quotes": (get(LISTS, b"Prefer: " + b'"\\' * 30_000), 200, JSON),
    "Prefer of nonsense": (get(LISTS, b"Prefer: code=\xff, =, ;;"), 200, JSON),
    "a method in another's clothes": (get(LISTS, b"X-HTTP-Method-Override: DELETE"), 200, JSON),
    "an upgrade to a websocket": (
        get(
            LISTS,
            b"Connection: Upgrade",
            b"Upgrade: websocket",
            b"Sec-WebSocket-Key: AAAA",
            b"Sec-WebSocket-Version: 13",
        ),
        200,
        JSON,
    ),
    "an upgrade to HTTP/2": (get(LISTS, b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c"), 200, JSON),
    "an expectation nobody knows": (create(b"{}", TYPED, b"Expect: the-unexpected"), 422, JSON),
    "a later HTTP/1": (HONEST.replace(b"HTTP/1.1", b"HTTP/1.9"), 200, JSON),
    "HTTP/1.1 without a host": (b"GET /v1/lists HTTP/1.1\r\n" + WORKSHOP + b"\r\n\r\n", 200, JSON),
    "empty lines in front": (b"\r\n\r\n" + HONEST, 200, JSON),
}

METHODS: dict[str, Row] = {
    **{
        name.decode(): (request(LISTS, WORKSHOP, method=name), 405, JSON)
        for name in (
            b"TRACE",
            b"OPTIONS",
            b"PUT",
            b"PATCH",
            b"DELETE",
            b"PROPFIND",
            b"QUERY",
            b"M-SEARCH",
            b"BREW",
            b"PRI",
        )
    },
    "a method in lower case": (request(LISTS, WORKSHOP, method=b"get"), 405, JSON),
    "a method that is no word": (request(LISTS, WORKSHOP, method=b"!#$%&'*+-.^_`|~"), 405, JSON),
    "a method of many letters": (request(LISTS, WORKSHOP, method=b"A" * 256), 405, JSON),
    "an unknown method of nothing": (request(b"/nope", method=b"BREW"), 404, PROBLEM),
    "an unknown method of everything": (request(b"*", method=b"BREW"), 404, PROBLEM),
    "an unknown method of the control plane": (b"BREW /_mock/worlds HTTP/1.1\r\nHost: [::1]\r\n\r\n", 405, PROBLEM),
    "an unknown method with a body": (request(LISTS, WORKSHOP, TYPED, method=b"BREW", body=HONEST), 405, JSON),
    "DELETE of the options of crm": (request(b"/contacts/lists/options", method=b"DELETE"), 405, JSON),
    "TRACE of nothing": (request(b"/nope", method=b"TRACE"), 404, PROBLEM),
}

FRAMES: dict[str, Row] = {
    "chunks": (request(LISTS, WORKSHOP, CHUNKED, method=b"POST") + b"2\r\n{}\r\n0\r\n\r\n", 422, JSON),
    "chunks of one byte": (
        request(LISTS, WORKSHOP, CHUNKED, method=b"POST") + b"1\r\n \r\n" * 2_000 + b"0\r\n\r\n",
        422,
        JSON,
    ),
    "chunks with a trailer": (
        request(LISTS, WORKSHOP, CHUNKED, method=b"POST") + b"2\r\n{}\r\n0\r\nX-Checksum: y\r\n\r\n",
        422,
        JSON,
    ),
    "chunks on GET": (request(LISTS, WORKSHOP, CHUNKED) + b"2\r\n{}\r\n0\r\n\r\n", 200, JSON),
    "chunks in another coding": (
        request(LISTS, WORKSHOP, b"Transfer-Encoding: gzip, chunked", method=b"POST") + b"2\r\n{}\r\n0\r\n\r\n",
        422,
        JSON,
    ),
}

ANSWERED = {
    f"{kind}: {name}": row
    for kind, rows in {
        "path": PATHS,
        "query": QUERIES,
        "body": BODIES,
        "type": TYPES,
        "header": HEADERS,
        "method": METHODS,
        "frame": FRAMES,
    }.items()
    for name, row in rows.items()
}


@pytest.mark.parametrize(("raw", "status", "content_type"), ANSWERED.values(), ids=ANSWERED)
def test_a_strange_request_is_answered_and_the_connection_lives_on(
    url: str, raw: bytes, status: int, content_type: str
) -> None:
    """In the words of the API it was meant for, or in our own where it was meant for none."""
    with connection(url) as strange:
        strange.send(raw)
        reply = strange.reply()
        assert_honest(strange)

    assert (reply.status, reply.content_type) == (status, content_type)
    if status >= 400:
        assert_explained(reply)


def assert_explained(reply: Reply) -> None:
    """A refusal says why, in few words, and nothing of our inside."""
    assert reply.json()
    assert len(reply.body) < 20_000
    assert b"Traceback" not in reply.body
    assert b".py" not in reply.body


POST = b"POST /v1/lists HTTP/1.1\r\n" + WORKSHOP + b"\r\n"
NO_HTTP: dict[str, tuple[bytes, int]] = {
    "a raw byte in the path": (get(b"/v1/lists/\xff"), 400),
    "raw UTF-8 in the path": (get("/v1/lists/é".encode()), 400),
    "a raw byte in the query": (get(b"/v1/lists?cursor=\xff"), 400),
    "a raw NUL in the path": (get(b"/v1/lists/\x00"), 400),
    "a control character in the query": (get(b"/v1/lists?a=\x01"), 400),
    "a space in the path": (get(b"/v1/my lists"), 400),
    "no path": (get(b""), 400),
    "a path without its slash": (get(b"v1/lists"), 400),
    "absolute form without a path": (get(b"http://other.example"), 400),
    "a tunnel": (request(b"other.example:443", method=b"CONNECT"), 501),
    "a tunnel to nowhere": (request(b"other.example", method=b"CONNECT"), 501),
    "a URL longer than any": (get(b"/" + b"x" * 70_000), 414),
    "a URL of five megabytes": (get(b"/" + b"x" * 5_000_000), 431),
    "a header of five megabytes": (get(LISTS, b"X-Long: " + b"x" * 5_000_000), 431),
    "half a million headers": (get(LISTS, *([b"X: y"] * 500_000)), 431),
    "a method that is no token": (request(LISTS, method=b"G(T"), 400),
    "a method of too many letters": (request(LISTS, method=b"A" * 257), 501),
    "a method that never ends": (b"A" * 10_000, 501),
    "a future version": (b"GET /v1/lists HTTP/3.0\r\n\r\n", 505),
    "a future version of an unknown method": (b"BREW /v1/lists HTTP/3.0\r\n\r\n", 505),
    "a request of HTTP/2 in the words of HTTP/1": (b"GET /v1/lists HTTP/2.0\r\n\r\n", 505),
    "no version": (b"GET /v1/lists HTTP\r\n\r\n", 400),
    "HTTP/2 without asking": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(9), 505),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00" + bytes(200), 400),
    "noise": (bytes(range(256)) * 100, 400),
    "a poem": (b"Rose is a rose\r\nis a rose is a rose.\r\n\r\n", 400),
    "line feeds without carriage returns": (HONEST.replace(b"\r\n", b"\n"), 400),
    "a folded header": (get(LISTS, b"X: a\r\n b"), 400),
    "a space before a colon": (get(LISTS, b"X : a"), 400),
    "a header without a colon": (get(LISTS, b"nonsense"), 400),
    "a header without a name": (get(LISTS, b": a"), 400),
    "NUL in a header": (get(LISTS, b"X: a\x00b"), 400),
    "two lengths that differ": (POST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} ", 400),
    "two lengths that agree": (POST + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", 400),
    "a length below nothing": (POST + b"Content-Length: -1\r\n\r\n{}", 400),
    "a length with a plus": (POST + b"Content-Length: +2\r\n\r\n{}", 400),
    "a length in words": (POST + b"Content-Length: two\r\n\r\n{}", 400),
    "a length beyond counting": (POST + b"Content-Length: 99999999999999999999999\r\n\r\n{}", 400),
    "a length and chunks": (POST + b"Content-Length: 2\r\n" + CHUNKED + b"\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 400),
    "chunks and a length": (POST + CHUNKED + b"\r\nContent-Length: 2\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 400),
    "chunks that are not last": (POST + b"Transfer-Encoding: chunked, gzip\r\n\r\n{}", 400),
    "a coding without chunks": (POST + b"Transfer-Encoding: gzip\r\n\r\n{}", 400),
    "a coding nobody knows": (POST + b"Transfer-Encoding: xchunked\r\n\r\n{}", 400),
    "a chunk of no size": (POST + CHUNKED + b"\r\n\r\nzz\r\n{}\r\n0\r\n\r\n", 400),
    "a chunk longer than it says": (POST + CHUNKED + b"\r\n\r\n1\r\n{}\r\n0\r\n\r\n", 400),
    "a chunk beyond counting": (POST + CHUNKED + b"\r\n\r\nfffffffffffffffffff\r\n", 400),
    "a chunk of negative size": (POST + CHUNKED + b"\r\n\r\n-2\r\n{}\r\n", 400),
}


@pytest.mark.parametrize(("raw", "status"), NO_HTTP.values(), ids=NO_HTTP)
def test_what_is_no_http_is_refused_and_the_connection_closed(url: str, raw: bytes, status: int) -> None:
    """With a problem in the server's own name, which the client gets to read however much it sent."""
    with connection(url) as strange:
        strange.send(raw)
        reply = strange.reply()
        closed = strange.closed()

    assert (reply.status, reply.content_type) == (status, PROBLEM)
    assert reply.headers["connection"] == "close"
    assert reply.json()["status"] == status
    assert closed
    assert_explained(reply)


def test_requests_may_be_pipelined(url: str) -> None:
    """Each is answered, in order, the refused ones among them."""
    rows = [(HONEST, 200), (get(b"/nope"), 404), (create(b"{"), 422), (get(LISTS + b"/x"), 404), (HONEST, 200)]

    with connection(url) as strange:
        strange.send(b"".join(raw for raw, _ in rows))
        statuses = [strange.reply().status for _ in rows]
        assert_honest(strange)

    assert statuses == [status for _, status in rows]


def test_a_body_is_not_the_next_request(url: str) -> None:
    """What a GET or a refused request carries is thrown away, whatever it looks like."""
    smuggled = request(b"/smuggled")

    with connection(url) as strange:
        strange.send(request(LISTS, WORKSHOP, body=smuggled))
        first = strange.reply()
        strange.send(request(b"/nope", WORKSHOP, body=smuggled, method=b"POST"))
        second = strange.reply()
        assert_honest(strange)

    assert (first.status, second.status) == (200, 404)


def test_a_request_before_noise_is_still_answered(url: str) -> None:
    """And then the connection is over."""
    with connection(url) as strange:
        strange.send(HONEST + b"\x00 noise \r\n\r\n")
        reply = strange.reply()
        closed = strange.closed()

    assert reply.status == 200
    assert closed


def test_requests_before_a_broken_body_end_with_the_connection(url: str) -> None:
    """Nothing hangs, whatever was answered by then."""
    broken = POST + CHUNKED + b"\r\n\r\nzz\r\n"

    with connection(url) as strange:
        strange.send(HONEST + broken)
        assert strange.reply().status in (200, 400)


def test_a_length_that_is_too_much_is_refused_at_once(url: str) -> None:
    """No byte of the body is waited for."""
    with connection(url) as strange:
        strange.send(POST + b"Content-Length: 99999999999\r\n\r\n")
        reply = strange.reply()
        closed = strange.closed()

    assert (reply.status, reply.content_type) == (413, JSON)
    assert reply.headers["connection"] == "close"
    assert closed


@pytest.mark.parametrize("chunked", [True, False])
def test_a_body_that_is_too_long_is_refused_when_it_has_come(url: str, chunked: bool) -> None:
    """A client that sends it all before it reads gets to read why."""
    size = 10 * 1024 * 1024 + 1
    body = (b"%x\r\n" % size + b"x" * size + b"\r\n0\r\n\r\n") if chunked else b"x" * size

    with connection(url) as strange:
        strange.send(POST + (CHUNKED if chunked else b"Content-Length: %d" % size) + b"\r\n\r\n")
        strange.socket.sendall(body)
        reply = strange.reply()

    assert (reply.status, reply.content_type) == (413, JSON)


def test_whoever_asks_first_is_told_to_go_on(url: str) -> None:
    """`Expect: 100-continue`, by the word, before the body is sent."""
    with connection(url) as strange:
        strange.send(POST + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        assert strange._head()[0] == 100
        strange.send(b"{}")
        reply = strange.reply()
        assert_honest(strange)

    assert reply.status == 422


def test_whoever_asks_first_is_told_that_it_is_too_much(url: str) -> None:
    """Without a word to go on."""
    with connection(url) as strange:
        strange.send(POST + b"Expect: 100-continue\r\nContent-Length: 20000000\r\n\r\n")
        reply = strange.reply()

    assert (reply.status, reply.interim) == (413, ())


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"GET /v1/lists HTTP/1.0\r\n" + WORKSHOP + b"\r\n\r\n", 200),
        (b"GET /v1/lists HTTP/1.0\r\n" + WORKSHOP + b"\r\nConnection: keep-alive\r\n\r\n", 200),
        (b"GET /v1/lists HTTP/1.0\r\n\r\n", 401),
        (b"GET /v1/lists\r\n\r\n", 401),
        (get(LISTS, b"Connection: close"), 200),
    ],
)
def test_old_and_hurried_clients_are_answered_once(url: str, raw: bytes, status: int) -> None:
    """HTTP/1.0, what came before it, and whoever asks for the end of the connection."""
    with connection(url) as strange:
        strange.send(raw)
        reply = strange.reply()
        closed = strange.closed()

    assert reply.status == status
    assert closed


def test_head_has_no_body(url: str) -> None:
    """So the next answer begins where it should."""
    with connection(url) as strange:
        strange.send(request(LISTS, WORKSHOP, method=b"HEAD") + request(b"/nope", method=b"HEAD"))
        replies = [strange.reply("HEAD"), strange.reply("HEAD")]
        assert_honest(strange)

    assert [(reply.status, reply.body) for reply in replies] == [(200, b""), (404, b"")]


HALVES = {
    "half a line": b"GET /v1/li",
    "half a head": b"GET /v1/lists HTTP/1.1\r\nHost: mo",
    "half a body": POST + b'Content-Length: 20\r\n\r\n{"title": ',
    "half a chunk": POST + CHUNKED + b"\r\n\r\n20\r\n{",
    "half a long body": POST + b"Content-Length: 5000000\r\n\r\n" + b"x" * 1_000_000,
    "nothing": b"",
    "a request, and half of another": HONEST + b"GET /v1/li",
}


@pytest.mark.parametrize("end", ["close", "reset", "half-close"])
@pytest.mark.parametrize("raw", HALVES.values(), ids=HALVES)
def test_a_client_that_goes_away_half_way_is_forgotten(url: str, server: MockServer, raw: bytes, end: str) -> None:
    """In good manners or bad; nothing of it stays, neither an error nor an entry in the journal."""
    with connection(url) as strange:
        strange.send(raw)
        if raw.startswith(HONEST):
            strange.reply()
        if end == "reset":
            strange.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif end == "half-close":
            strange.socket.shutdown(socket.SHUT_WR)
            assert strange.closed()
    with connection(url) as honest:
        assert_honest(honest)

    assert [entry.status for entry in server.world().journal.entries()] == [200] * (1 + raw.startswith(HONEST))


def test_a_request_may_come_byte_by_byte(url: str) -> None:
    """Slowly, but it comes."""
    with connection(url) as strange:
        strange.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in create(b"{}"):
            strange.send(bytes([byte]))
        reply = strange.reply()

    assert reply.status == 422


def test_a_hundred_idle_connections_are_in_nobodys_way(url: str) -> None:
    """Open, half a request sent, and silent."""
    with connection(url) as honest:
        idle = [socket.create_connection(honest.socket.getpeername()) for _ in range(100)]
        for each in idle:
            each.sendall(b"GET /v1/li")
        assert_honest(honest)
        for each in idle:
            each.close()
