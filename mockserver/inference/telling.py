"""The facts of a page in the response of a list: totals, cursors and links, in its envelope and its headers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from mockserver.contract.headers import fits
from mockserver.contract.operation import Operation
from mockserver.contract.parameters import Parameter
from mockserver.inference.cursors import Cursors
from mockserver.inference.facts import Fact
from mockserver.inference.looks import Pointer
from mockserver.inference.paging import Paging
from mockserver.inference.records import at
from mockserver.inference.replies import placed
from mockserver.inference.representation import success
from mockserver.world import Record

if TYPE_CHECKING:
    from mockserver.inference.model import Model

A_LINK = '<http://127.0.0.1:8080/pets?page=2>; rel="next"'
RELATIONS: Sequence[tuple[Fact, str]] = (("next", "next"), ("previous", "prev"), ("first", "first"), ("final", "last"))
"""The links of a `Link` header (RFC 8288)."""


@dataclass
class Page:
    """One page: its records, where it begins among all, and whether there are more behind it.

    offset: None if it begins behind a cursor. query, path: of the request, from which links are made. last: the place
    of its last record in the order they came in.
    """

    records: Sequence[Record]
    offset: int | None
    limit: int | None
    more: bool
    total: Callable[[], int]
    last: int | None
    query: Mapping[str, Any]
    path: Callable[[], str]

    @property
    def size(self) -> int:
        """Items of a page of this length, to count pages by."""
        return self.limit or max(1, len(self.records))


Teller = Callable[["Telling", Page, Any], Any]


class Telling:
    """Tells of the pages of one list whose answer has this schema."""

    def __init__(
        self, model: Model, operation: Operation, schema: Any, paging: Paging, described: Sequence[Parameter] = ()
    ) -> None:
        self._model = model
        self._operation = operation
        self._schema = schema
        self._paging = paging
        self.cursors = Cursors(model, operation, paging.controls.get("cursor"))
        self._absent = {path: self._for_nothing(path) for path in paging.facts}
        self._kinds = {path: model.looks.kinds(model.looks.inner(schema, path)) for path in paging.facts}
        self._relative = {path for path, fact in paging.facts.items() if fact in LINKS and self._is_relative(path)}
        self._choosy = {
            each.name.lower(): each
            for each in described
            if each.required or not fits(each, A_LINK if each.name.lower() == "link" else "1")
        }

    def told(self, payload: Any, page: Page) -> Any:
        """The response body, an object of its own, with the facts of the page filled in."""
        for place, fact in self._paging.facts.items():
            value = TELLERS[fact](self, page, self._kinds[place])
            if place in self._relative and value is not None:
                value = without_origin(value)
            if value is None:
                payload = self._absent[place](payload)
            elif len(place) == 1:
                payload[place[0]] = value
            else:
                payload = placed(payload, place, value)
        return payload

    def _is_relative(self, path: Pointer) -> bool:
        """Whether the document's own examples of a link have no scheme and host."""
        media = success(self._operation)
        examples = [*self._model.looks.shape(self._model.looks.inner(self._schema, path)).examples]
        examples += [] if media is None else [at(each, path) for each in media.examples.values()]
        texts = [each for each in examples if isinstance(each, str) and each]
        return bool(texts) and all(each.startswith("/") and not each.startswith("//") for each in texts)

    def headers(self, headers: Mapping[str, str], page: Page) -> Mapping[str, str]:
        """The headers with the facts of the page; a header without a fact is left out."""
        if not self._paging.headers and not self._paging.linked:
            return headers
        changed = dict(headers)
        for name, fact in self._paging.headers.items():
            value = TELLERS[fact](self, page, frozenset())
            self._tell(changed, name, None if value is None else str(value))
        if self._paging.linked:
            links = [(self.link(fact, page), word) for fact, word in RELATIONS]
            told = ", ".join(f'<{url}>; rel="{word}"' for url, word in links if url is not None)
            self._tell(changed, "Link", told or None)
        return changed

    def _tell(self, headers: dict[str, str], name: str, text: str | None) -> None:
        """Put the text of a header; where there is none, or its schema does not take it, a required one stays."""
        header = self._choosy.get(name.lower())
        if text is not None and (header is None or fits(header, text)):
            found = next((each for each in headers if each.lower() == name.lower()), name)
            headers[found] = text
        elif header is None or not header.required:
            for each in [each for each in headers if each.lower() == name.lower()]:
                del headers[each]

    def _for_nothing(self, path: Pointer) -> Callable[[Any], Any]:
        """The value for an absent fact: null if the schema allows it, else no member, else an empty value."""
        looks = self._model.looks
        holder, schema = looks.inner(self._schema, path[:-1]), looks.inner(self._schema, path)
        shape = looks.shape(schema)
        if shape.nullable or "null" in shape.types:
            return lambda payload: placed(payload, path, None) if _is_there(payload, path) else payload
        if path[-1] not in looks.required(holder):
            return lambda payload: without(payload, path)
        kinds = looks.kinds(schema)
        empty: Any = 0 if kinds & {"integer", "number"} else False if "boolean" in kinds else ""
        return lambda payload: placed(payload, path, empty)

    def key(self, record: Record) -> Any:
        return None if self._model.key.field is None else at(record, self._model.key.field)

    def number(self, page: Page) -> int:
        """The number of the page."""
        return (page.offset or 0) // page.size + self._paging.origin

    def cursor(self, page: Page, kinds: Any) -> Any:
        """What leads to the next page in a parameter; None if there is none."""
        controls = self._paging.controls
        if not page.more or page.last is None:
            return None
        if "cursor" in controls:
            return self.cursors.write(page.last)
        if "after" in controls:
            return self.key(page.records[-1])
        number = self.number(page) + 1 if "page" in controls else (page.offset or 0) + page.size
        return str(number) if "string" in kinds else number

    def link(self, fact: str, page: Page) -> str | None:
        """The URL of a page beside this one; None if there is none, or no parameter leads to it."""
        if fact == "self":
            return link(page.path(), page.query)
        if page.limit is None or page.limit == 0 or (fact == "next" and not page.more):
            return None
        changed = self._behind(page) if fact == "next" and self._is_sequential(page) else self._beginning(fact, page)
        return None if changed is None else link(page.path(), {**page.query, **changed})

    def _is_sequential(self, page: Page) -> bool:
        """Whether pages follow one another by what stands last on each."""
        return page.offset is None or not self._paging.controls.keys() & {"page", "offset"}

    def _behind(self, page: Page) -> Mapping[str, Any] | None:
        controls = self._paging.controls
        if page.last is not None and "cursor" in controls:
            return {controls["cursor"]: self.cursors.write(page.last)}
        if page.records and "after" in controls:
            return {controls["after"]: self.key(page.records[-1])}
        return None

    def _beginning(self, fact: str, page: Page) -> Mapping[str, Any] | None:
        """The parameters of a page that begins at an offset."""
        controls, size = self._paging.controls, page.size
        if page.offset is None or (fact == "previous" and not page.offset):
            return None
        last = max(0, -(-page.total() // size) - 1) * size  # rounded up, as the last page may not be full
        start = {"next": page.offset + size, "previous": max(0, page.offset - size), "final": last}.get(fact, 0)
        length = {controls["limit"]: page.limit} if "limit" in controls else {}
        if "page" in controls:
            return {controls["page"]: start // size + self._paging.origin, **length}
        return {controls["offset"]: start, **length} if "offset" in controls else None


TELLERS: Mapping[Fact, Teller] = {
    "total": lambda _, page, __: page.total(),
    "shown": lambda _, page, __: len(page.records),
    "more": lambda _, page, __: page.more,
    "last": lambda _, page, __: not page.more,
    "empty": lambda _, page, __: not page.records,
    "limit": lambda _, page, __: page.limit if page.limit is not None else len(page.records),
    "offset": lambda _, page, __: page.offset or 0,
    "page": lambda telling, page, __: telling.number(page),
    "pages": lambda _, page, __: -(-page.total() // page.size),
    "next_page": lambda telling, page, __: telling.number(page) + 1 if page.more else None,
    "previous_page": lambda telling, page, __: telling.number(page) - 1 if page.offset else None,
    "next_offset": lambda _, page, __: (page.offset or 0) + page.size if page.more else None,
    "first_id": lambda telling, page, __: telling.key(page.records[0]) if page.records else None,
    "last_id": lambda telling, page, __: telling.key(page.records[-1]) if page.records else None,
    "cursor": lambda telling, page, kinds: telling.cursor(page, kinds),
    "next": lambda telling, page, __: telling.link("next", page),
    "previous": lambda telling, page, __: telling.link("previous", page),
    "first": lambda telling, page, __: telling.link("first", page),
    "final": lambda telling, page, __: telling.link("final", page),
    "self": lambda telling, page, __: telling.link("self", page),
}
"""What gives each fact of a page, for a field of these types."""


LINKS = frozenset(("next", "previous", "first", "final", "self"))
"""The facts that are links."""


def without_origin(url: str) -> str:
    """The path and query of a URL."""
    parts = urlsplit(url)
    return urlunsplit(("", "", parts.path, parts.query, ""))


def _is_there(payload: Any, path: Pointer) -> bool:
    for name in path[:-1]:
        payload = payload.get(name) if isinstance(payload, Mapping) else None
    return isinstance(payload, Mapping)


def without(payload: Any, path: Pointer) -> Any:
    """A copy without what stands at a place."""
    if not isinstance(payload, Mapping) or path[0] not in payload:
        return payload
    if len(path) == 1:
        return {name: each for name, each in payload.items() if name != path[0]}
    return {**payload, path[0]: without(payload[path[0]], path[1:])}


def link(path: str, query: Mapping[str, Any]) -> str:
    """A path with a query, which leads to another page."""
    pairs: list[tuple[str, str]] = []
    for name, value in query.items():
        several = value if isinstance(value, list) else [value]
        pairs += [(name, _text(each)) for each in several if not isinstance(each, dict | list)]
    return f"{path}?{urlencode(pairs, quote_via=quote)}" if pairs else path


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
