"""Mutants of a request that was fine: every credential, and the odd forms on the wire that no generator brings.

Each is one change. Whether the request is valid after it is for the two servers to agree on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mockserver.api import Api
from mockserver.contract.document import Document
from mockserver.world import Record
from tests.fuzz.exchange import Request

Mutate = Callable[[Request], Request | None]


@dataclass(frozen=True)
class Mutant:
    """One change to a request; None from `mutate`: it does not apply."""

    name: str
    mutate: Mutate


def mutants(api: Api, credentials: Sequence[Record]) -> list[Mutant]:
    """Every mutant there is for the API."""
    return [
        *_authorizations(credentials),
        *map(_method, METHODS),
        *(_path(name, change) for name, change in PATHS.items()),
        Mutant("a line break and no credential", lambda request: _broken(request).without("authorization")),
        *_literals(api.document),
        *(_query(f"{name}={value}") for name in _parameters(api.document) for value in dict.fromkeys(VALUES)),
        *(_query(f"{name}=1&{name}=2") for name in _parameters(api.document)),
        *map(_query, [*_parameters(api.document), *QUERIES]),
        *(_header("content-type", value) for value in CONTENT_TYPES),
        *(_header(name, value) for name, value in HEADERS),
        Mutant("a preflight", lambda request: replace(request, method="OPTIONS", headers=PREFLIGHT, body=b"")),
        *LENGTHS,
        *(_body(f"body {text!r:.40}", _always(text)) for text in TEXTS),
        *(_body(name, change) for name, change in BODIES.items()),
        *(_body(f"the first string is {text!r:.40}", _first_string(text)) for text in STRINGS),
        *(_value(name, change) for name, change in CHANGES.items()),
        *_replaced_properties(api.document),
    ]


METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY", "get")
PATHS: dict[str, Callable[[str], str]] = {
    "a trailing slash": lambda path: f"{path}/",
    "a leading slash more": lambda path: f"/{path}",
    "a doubled slash": lambda path: "//".join(path.rsplit("/", 1)),
    "an unknown path below": lambda path: f"{path}/nowhere",
    "an unknown path": lambda path: f"/nowhere{path}",
    "a path in capitals": str.upper,
    "an encoded letter": lambda path: f"{path[:-1]}%{ord(path[-1]):02X}",
    "an encoded slash": lambda path: f"{path}%2Fx",
    "an encoded percent sign": lambda path: f"{path}%25",
    "half an escape": lambda path: f"{path}%2",
    "bytes that are not UTF-8": lambda path: f"{path}%FF",
    "an encoded NUL": lambda path: f"{path}%00",
    "an encoded line break": lambda path: f"{path}%0A",
    "an encoded space": lambda path: f"{path}%20",
    "an encoded question mark": lambda path: f"{path}%3F",
    "a path parameter": lambda path: f"{path};v=1",
    "a dot segment": lambda path: "/./".join(path.rsplit("/", 1)),
}
VALUES = (
    *("", "0", "-1", "1", "01", "+1", "1.0", "1e1", " 1", "1%20", "1_0", "%D9%A1", "%31", "9" * 30, "x", "null"),
    *("true", "True", "TRUE", "a,b", "[]", "+", "%", "%FF", "%00", "%C3%A9", "%F0%9F%92%A9"),
)
QUERIES = ("nobody=asked", "limit[0]=1", "&&=&", "%FF=1")
CONTENT_TYPES = (
    "application/json",
    "APPLICATION/JSON",
    "application/json; charset=utf-8",
    'application/json;charset="UTF-8"',
    "application/json; charset=utf-16",
    "application/json; charset=latin-1",
    "application/json; charset=nonsense",
    "application/json;charset=utf-16",
    "application/json;charset=nonsense",
    "application/json; version=1",
    "application/problem+json",
    "application/*",
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "nonsense",
    "/",
    "",
)
HEADERS = (
    ("accept", "text/html"),
    ("accept-language", "de"),
    ("content-encoding", "gzip"),
    ("origin", "https://example.com"),
    ("if-none-match", "*"),
    ("range", "bytes=0-1"),
    ("x-http-method-override", "DELETE"),
)
PREFLIGHT = (("origin", "https://example.com"), ("access-control-request-method", "DELETE"))
TEXTS = (
    *(b"{}", b"[]", b"null", b"0", b'""', b" ", b"{", b"NaN", b"nonsense", b"{'a': 1}", b'{"a": 1,}'),
    *(b"\xff", b"\xef\xbb\xbf{}", "{}".encode("utf-16"), b"[" * 2000 + b"]" * 2000),
)
BODIES: dict[str, Callable[[bytes], bytes | None]] = {
    "two bodies": lambda body: body + body,
    "white space around": lambda body: b" \r\n\t" + body + b"\n",
    "a comment": lambda body: body + b"// done",
    "a byte order mark": lambda body: b"\xef\xbb\xbf" + body,
    "cut short": lambda body: body[:-1],
    "a final line break": lambda body: re.sub(rb'(:\s*"[^"\\]*)"', rb'\1\\n"', body, count=1),
    "NaN for a property": lambda body: body[:-1] + b',"nobody":NaN}',
    "1e400 for a property": lambda body: body[:-1] + b',"nobody":1e400}',
    "every property twice": lambda body: body[:-1] + b"," + body[1:] if re.match(rb'\{\s*"', body) else None,
    "a property twice, null first": lambda body: re.sub(rb'^\{\s*("[^"]*"):', rb"{\1:null,\1:", body),
}
STRINGS = (
    *(b'"\xff"', b'"\xe9t\xe9"', rb'"a\u0000b"', rb'"\ud800"', rb'"\ud83d\ude00"', b'"a\tb"', b'" "', b'""'),
    *('"\u3000"'.encode(), '"\ufeff"'.encode(), '"\u0085"'.encode(), '"💩"'.encode(), f'"{"💩" * 500}"'.encode()),
    *(b"NaN", b"-Infinity", b"1e400", b"007", b"1e2", b"-0"),
)
REPLACEMENTS: tuple[Any, ...] = (None, "", 0, True, [], {}, [None], 10**30, 1.5, "x" * 2001)


def _authorizations(credentials: Sequence[Record]) -> Iterator[Mutant]:
    token = credentials[0]["token"] if credentials else "nobody"
    yield Mutant("no credential", lambda request: request.without("authorization"))
    for value in (
        *("Bearer unknown", "Bearer", "Bearer ", "", token, f"Basic {token}", f"bearer {token}", f"BEARER {token}"),
        *(f"Bearer  {token}", f"Bearer\t{token}", f"Bearer {token} {token}", f"Bearer {token},Bearer {token}"),
        *(f"Bearer {token.upper()}", *(f"Bearer {each['token']}" for each in credentials[1:])),
    ):
        yield _header("authorization", value)
    yield Mutant(
        "two credentials",
        lambda request: replace(request, headers=(*request.headers, ("authorization", "Bearer unknown"))),
    )


def _header(name: str, value: str) -> Mutant:
    return Mutant(f"{name} {value!r}", lambda request: request.having(name, value))


def _method(method: str) -> Mutant:
    return Mutant(method, lambda request: replace(request, method=method))


def _path(name: str, change: Callable[[str], str]) -> Mutant:
    return Mutant(name, lambda request: replace(request, path=change(request.path)))


def _broken(request: Request) -> Request:
    return replace(request, path=f"{request.path}%0A")


def _literals(document: Document) -> Iterator[Mutant]:
    for segment in {path.rpartition("/")[2] for path in document.raw["paths"] if not path.endswith("}")}:
        yield _path(f"{segment} for the last segment", _ending(segment))


def _ending(segment: str) -> Callable[[str], str]:
    return lambda path: f"{path.rpartition('/')[0]}/{segment}"


def _query(query: str) -> Mutant:
    return Mutant(f"?{query}", lambda request: replace(request, query=query))


def _parameters(document: Document) -> list[str]:
    """Names of the query parameters that the API knows."""
    known = (each for path, _, operation in document.operations() for each in document.parameters(path, operation))
    return list(dict.fromkeys(each["name"] for each in known if each["in"] == "query"))


LENGTHS = [
    Mutant("no content type", lambda request: request.without("content-type") if request.body else None),
    Mutant("no body", lambda request: request.carrying(b"") if request.body else None),
    Mutant("a body unasked", lambda request: None if request.body else request.carrying(b'{"a": 1}')),
    Mutant("a body in chunks", lambda request: request.in_chunks() if request.body else None),
]


def _body(name: str, change: Callable[[bytes], bytes | None]) -> Mutant:
    def mutate(request: Request) -> Request | None:
        body = change(request.body) if request.body else None
        return None if body in (None, request.body) else request.carrying(body)

    return Mutant(name, mutate)


def _always(text: bytes) -> Callable[[bytes], bytes]:
    return lambda _: text


def _first_string(text: bytes) -> Callable[[bytes], bytes]:
    return lambda body: re.sub(rb':\s*"[^"\\]*"', lambda _: b":" + text, body, count=1)


def _value(name: str, change: Callable[[Any], Any]) -> Mutant:
    def mutate(body: bytes) -> bytes | None:
        try:
            return json.dumps(change(json.loads(body))).encode()
        except ValueError:
            return None

    return _body(name, mutate)


def _floats(value: Any) -> Any:
    return float(value) if type(value) is int else _inside(value, _floats)


def _inside(value: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(value, dict):
        return {name: change(each) for name, each in value.items()}
    return [change(each) for each in value] if isinstance(value, list) else value


def _having_extra(extra: Any) -> Callable[[Any], Any]:
    return lambda value: {**value, "nobody": extra} if isinstance(value, dict) else value


CHANGES: dict[str, Callable[[Any], Any]] = {
    "integral floats": _floats,
    "an unknown property": _having_extra({"asked": None}),
    "a property nested 99 levels": _having_extra(json.loads("[" * 99 + "]" * 99)),
    "a property nested 100 levels": _having_extra(json.loads("[" * 100 + "]" * 100)),
}


def _replaced_properties(document: Document) -> Iterator[Mutant]:
    for name in _properties(document):
        yield _value(f"no {name}", _without(name))
        for new in REPLACEMENTS:
            yield _value(f"{name} is {new!r:.20}", _replacing(name, new))


def _properties(document: Document) -> list[str]:
    """Names of all properties that request bodies of the API have, at any depth."""
    bodies = (document.resolve(operation.get("requestBody")) for _, _, operation in document.operations())
    schemas = (media["schema"] for body in bodies if body for media in body["content"].values())
    return list(dict.fromkeys(name for schema in schemas for name in _named(document, schema)))


def _named(document: Document, schema: Any) -> Iterator[str]:
    schema = document.resolve(schema)
    if isinstance(schema, Mapping):
        for name, each in schema.get("properties", {}).items():
            yield name
            yield from _named(document, each)
        for each in (schema.get("items"), *schema.get("allOf", ()), *schema.get("anyOf", ()), *schema.get("oneOf", ())):
            yield from _named(document, each)


def _without(name: str) -> Callable[[Any], Any]:
    def change(value: Any) -> Any:
        return _inside(
            {key: each for key, each in value.items() if key != name} if isinstance(value, dict) else value, change
        )

    return change


def _replacing(name: str, new: Any) -> Callable[[Any], Any]:
    def change(value: Any) -> Any:
        if isinstance(value, dict) and name in value:
            return {**value, name: new}
        return _inside(value, change)

    return change
