"""A request in the runtime: raw, and parsed as far as it is needed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any
from urllib.parse import quote

from starlette.types import Scope

from mockserver.contract.parameters import split_cookies, split_query
from mockserver.runtime.message import RawMessage

QUOTED = r'"(?:[^"\\]|\\.)*+'
PREFERENCES = re.compile(rf'(?:[^,"]|{QUOTED}"?)++')
PREFERENCE = re.compile(rf'\s*+([A-Za-z0-9_-]++)\s*+(?:=\s*+({QUOTED}"|[^\s",;]*+))?')

RawHeaders = Sequence[tuple[bytes, bytes]]

AtOnce = Callable[["Request", bytes, "RawMessage | None", bytes], "bytes | None"]
"""The whole answer to a request and its body, as sent; None if it has to wait. The others: how the request came, if
that is known, and the headers that the server adds to every answer."""


class Headers(Mapping[str, list[str]]):
    """The values of each header by its name in lower case, decoded on demand."""

    __slots__ = ("_first", "_raw")

    def __init__(self, raw: RawHeaders, first: dict[bytes, bytes]) -> None:
        self._raw = raw
        self._first = first

    def get(self, name: str, default: Any = None) -> Any:
        raw = name.encode("latin-1", "replace")
        value = self._first.get(raw)
        if value is None:
            return default
        if len(self._first) == len(self._raw):  # no name came twice
            return [value.decode("latin-1")]
        return [value.decode("latin-1") for each, value in self._raw if each == raw]

    def __getitem__(self, name: str) -> list[str]:
        found: list[str] | None = self.get(name)
        if found is None:
            raise KeyError(name)
        return found

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.encode("latin-1", "replace") in self._first

    def __iter__(self) -> Iterator[str]:
        return (name.decode("latin-1") for name in dict.fromkeys(name for name, _ in self._raw))

    def __len__(self) -> int:
        return len(self._first)


class Request:
    """Method, raw path and the raw material of parameters of one HTTP request.

    `first` has the first value of each header, raw; `prefix` stood before the path; `scope` is what an ASGI server
    said of it, None where none was asked.
    """

    prefix = ""
    _scope: Scope | None = None
    _query: dict[str, list[str]] | None = None

    def __init__(self, method: str, path: str, query: bytes, headers: RawHeaders) -> None:
        self.method = method
        self.path = path
        self.raw_query = query
        self.raw_headers = headers
        self.first = dict(reversed(headers))

    @classmethod
    def of(cls, scope: Scope) -> Request:
        """The request of an ASGI scope, whose names of headers are in lower case."""
        raw: bytes | None = scope.get("raw_path")
        path = quote(scope["path"]) if raw is None else raw.partition(b"?")[0].decode("latin-1")
        made = cls(scope["method"], path, scope["query_string"], list(scope["headers"]))
        made._scope = scope
        return made

    @property
    def scope(self) -> Scope:
        assert self._scope is not None
        return self._scope

    @property
    def target(self) -> str:
        """Path and query as sent, below the prefix of a world."""
        return f"{self.path}?{self.raw_query.decode('latin-1')}" if self.raw_query else self.path

    @property
    def headers(self) -> Headers:
        return Headers(self.raw_headers, self.first)

    @property
    def query(self) -> dict[str, list[str]]:
        """Raw values by decoded name."""
        if self._query is None:
            self._query = split_query(self.raw_query.decode("latin-1")) if self.raw_query else {}
        return self._query

    def header(self, name: str) -> str | None:
        """The first value of a header, by its name in lower case."""
        value = self.first.get(name.encode("latin-1"))
        return None if value is None else value.decode("latin-1")

    def single(self, name: str) -> str | None:
        """The value of a header that was sent once, by its name in lower case."""
        first = self.first
        if len(first) == len(self.raw_headers):  # no name came twice
            value = first.get(name.encode("latin-1"))
            return None if value is None else value.decode("latin-1")
        values = self.headers.get(name, ())
        return values[0] if len(values) == 1 else None

    @property
    def scheme(self) -> str:
        """`http`, or `https` where the server has a certificate."""
        scheme: str = "http" if self._scope is None else self._scope.get("scheme", "http")
        return scheme

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
        return self.method == "OPTIONS" and b"origin" in self.first and b"access-control-request-method" in self.first

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
                unquoted = re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value
                found.setdefault(name.lower(), unquoted)
        return found
