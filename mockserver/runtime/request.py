"""A request as the runtime sees it: headers and query split, everything else when an operation asks for it."""

from __future__ import annotations

import re
from functools import cached_property
from urllib.parse import quote

from starlette.types import Scope

from mockserver.contract.parameters import split_cookies, split_query

QUOTED = r'"(?:[^"\\]|\\.)*+'
PREFERENCES = re.compile(rf'(?:[^,"]|{QUOTED}"?)++')
PREFERENCE = re.compile(rf'\s*+([A-Za-z0-9_-]++)\s*+(?:=\s*+({QUOTED}"|[^\s",;]*+))?')


class Request:
    """Method, raw path and the raw material of parameters of one HTTP request.

    `headers` gives values by name in lower case, `query` raw values by decoded name; `prefix` stood before the path.
    """

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.method: str = scope["method"]
        raw: bytes | None = scope.get("raw_path")
        self.path = quote(scope["path"]) if raw is None else raw.partition(b"?")[0].decode("latin-1")
        self.prefix = ""
        self.headers: dict[str, list[str]] = {}
        for name, value in scope["headers"]:
            self.headers.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
        query: bytes = scope["query_string"]
        self.query = split_query(query.decode("latin-1")) if query else {}

    @property
    def target(self) -> str:
        """Path and query as sent, below the prefix of a world."""
        query: bytes = self.scope["query_string"]
        return f"{self.path}?{query.decode('latin-1')}" if query else self.path

    def header(self, name: str) -> str | None:
        """The first value of a header, by its name in lower case."""
        values = self.headers.get(name)
        return values[0] if values else None

    @cached_property
    def is_preflight(self) -> bool:
        """Whether a browser sends it for itself, to ask whether a page of another origin may send another."""
        return self.method == "OPTIONS" and "origin" in self.headers and "access-control-request-method" in self.headers

    @cached_property
    def cookies(self) -> dict[str, list[str]]:
        return split_cookies(self.headers.get("cookie", ()))

    @cached_property
    def preferences(self) -> dict[str, str]:
        """The preferences of the Prefer headers (RFC 7240); of one given twice, the first counts."""
        found: dict[str, str] = {}
        for each in PREFERENCES.findall(",".join(self.headers.get("prefer", ()))):
            preference = PREFERENCE.match(each)
            if preference is not None:
                name, value = preference.groups("")
                unquoted = re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value
                found.setdefault(name.lower(), unquoted)
        return found
