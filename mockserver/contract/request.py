"""A request as it was sent, split but not decoded: for requests that the runtime did not receive itself."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from mockserver.contract.pairs import split_cookies, split_query


class RawRequest:
    """Path, query and headers of a request, percent-encoded as sent; header names in lower case."""

    def __init__(self, target: str, headers: Iterable[tuple[str, str]] = ()) -> None:
        self.path, _, self._query = target.partition("?")
        self.headers: dict[str, list[str]] = {}
        for name, value in headers:
            self.headers.setdefault(name.lower(), []).append(value)

    def header(self, name: str) -> str | None:
        """The first value of a header, by its name in lower case."""
        return next(iter(self.headers.get(name, ())), None)

    def single(self, name: str) -> str | None:
        """The value of a header that was sent once."""
        values = self.headers.get(name, ())
        return values[0] if len(values) == 1 else None

    @cached_property
    def query(self) -> dict[str, list[str]]:
        """Raw values by decoded name."""
        return split_query(self._query)

    @cached_property
    def cookies(self) -> dict[str, list[str]]:
        return split_cookies(self.headers.get("cookie", ()))
