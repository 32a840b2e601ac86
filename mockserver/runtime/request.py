"""A request in the runtime: raw, and parsed as far as it is needed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any
from urllib.parse import quote

from starlette.types import ASGIApp, Scope

from mockserver.contract.pairs import split_cookies, split_query
from mockserver.runtime.message import Raw

QUOTED = r'"(?:[^"\\]|\\.)*+'
PREFERENCES = re.compile(rf'(?:[^,"]|{QUOTED}"?)++')
PREFERENCE = re.compile(rf'\s*+([A-Za-z0-9_-]++)\s*+(?:=\s*+({QUOTED}"|[^\s",;]*+))?')

RawHeaders = Sequence[tuple[bytes, bytes]]

AtOnce = Callable[["Request", bytes, "Raw | None", bytes], "bytes | ASGIApp"]
"""The whole answer to a request and its body, as sent; if it has to wait, the ASGI application that goes on with it.
The others: how the request came, if that is known, and the headers that the server adds to every answer."""


class Headers(Mapping[str, list[str]]):
    """The values of each header by its name in lower case, decoded on demand."""

    __slots__ = ("_request",)

    def __init__(self, request: Request) -> None:
        self._request = request

    def get(self, name: str, default: Any = None) -> Any:
        request = self._request
        value = request.first.get(name)
        if value is None:
            return default
        if request.distinct:
            return [value]
        raw = name.encode("latin-1")
        return [value.decode("latin-1") for each, value in request.raw_headers if each == raw]

    def __getitem__(self, name: str) -> list[str]:
        found: list[str] | None = self.get(name)
        if found is None:
            raise KeyError(name)
        return found

    def __contains__(self, name: object) -> bool:
        return name in self._request.first

    def __iter__(self) -> Iterator[str]:
        return (name.decode("latin-1") for name in dict.fromkeys(name for name, _ in self._request.raw_headers))

    def __len__(self) -> int:
        return len(self._request.first)


class Request:
    """Method, raw path and the raw material of parameters of one HTTP request.

    `first` has the first value of each header by its name in lower case; `distinct`: no name came twice. `prefix` stood
    before the path, `scheme` is `https` where the server has a certificate; `scope` is what an ASGI server said of it,
    None where none was asked. All text is raw, with one character per byte.
    """

    def __init__(self, method: str, path: str, query: bytes, headers: RawHeaders) -> None:
        self.method = method
        self.path = path
        self.raw_query = query.decode("latin-1")
        self.first: Mapping[str, str] = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(headers)
        }
        self.distinct = len(self.first) == len(headers)
        # set here and not in the class: CPython looks up faster what an instance has of its own
        self.prefix = ""
        self.scheme = "http"
        self._headers: RawHeaders = headers
        self._scope: Scope | None = None
        self._query: dict[str, list[str]] | None = None

    @classmethod
    def of(cls, scope: Scope) -> Request:
        """The request of an ASGI scope, whose names of headers are in lower case."""
        raw: bytes | None = scope.get("raw_path")
        path = quote(scope["path"]) if raw is None else raw.partition(b"?")[0].decode("latin-1")
        made = cls(scope["method"], path, scope["query_string"], list(scope["headers"]))
        made._scope = scope
        made.scheme = scope.get("scheme", "http")
        return made

    @property
    def raw_headers(self) -> RawHeaders:
        """All headers, names in lower case."""
        return self._headers

    @property
    def scope(self) -> Scope:
        assert self._scope is not None
        return self._scope

    @property
    def target(self) -> str:
        """Path and query as sent, below the prefix of a world."""
        return f"{self.path}?{self.raw_query}" if self.raw_query else self.path

    @property
    def headers(self) -> Headers:
        return Headers(self)

    @property
    def query(self) -> dict[str, list[str]]:
        """Raw values by decoded name."""
        if self._query is None:
            self._query = split_query(self.raw_query) if self.raw_query else {}
        return self._query

    def header(self, name: str) -> str | None:
        """The first value of a header, by its name in lower case."""
        return self.first.get(name)

    def single(self, name: str) -> str | None:
        """The value of a header that was sent once, by its name in lower case."""
        if self.distinct:
            return self.first.get(name)
        values = self.headers.get(name, ())
        return values[0] if len(values) == 1 else None

    def origin(self) -> str:
        """Scheme, host and the prefix that stood before the path: what leads to the API from anywhere."""
        host = self.header("host")
        return f"{self.scheme}://{host}{self.prefix}" if host else self.prefix

    @property
    def accept(self) -> str:
        """The Accept header, its lines as one; everything where there is none."""
        return ", ".join(self.headers.get("accept", ("*/*",)))

    @property
    def is_preflight(self) -> bool:
        """Whether it is a CORS preflight."""
        return self.method == "OPTIONS" and "origin" in self.first and "access-control-request-method" in self.first

    @cached_property
    def cookies(self) -> dict[str, list[str]]:
        return split_cookies(self.headers.get("cookie", ()))

    @cached_property
    def preferences(self) -> dict[str, str]:
        """The preferences of the Prefer headers (RFC 7240); the first of equal names counts."""
        found: dict[str, str] = {}
        for each in PREFERENCES.findall(",".join(self.headers.get("prefer", ()))):
            preference = PREFERENCE.match(each)
            if preference is not None:
                name, value = preference.groups("")
                # a backslash in a quoted string stands for what follows it (RFC 9110, 5.6.4)
                unquoted = re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value
                found.setdefault(name.lower(), unquoted)
        return found
