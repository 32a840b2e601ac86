"""`paging`: the pages of a list have every item once, and end.

The contract says how an operation pages: a link to the next page in the response, an OpenAPI link from the operation
to itself, or a parameter that counts items or pages. The pages together are compared with one large page.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from schemathesis.checks import CheckContext
from schemathesis.core.transport import Response

from mockserver.contract.routing import Router
from mockserver.contract.violations import ABSENT
from mockserver.verify.checks.expressions import Happened, evaluate
from mockserver.verify.checks.probe import Case, CheckFailure, Prober, body_of, is_positive, succeeded
from mockserver.verify.events import OperationRef

SIZES = ("limit", "per_page", "perPage", "page_size", "pageSize", "size", "count", "take")
OFFSETS = ("offset", "skip", "start")
PAGES = ("page", "page_number", "pageNumber")
CURSORS = ("cursor", "after", "starting_after", "page_token", "pageToken", "next_token", "nextToken", "token")
MORE = ("hasMore", "has_more", "more")
TOTALS = ("total", "total_count", "totalCount")
"""Usual names for the size of a page, its beginning, whether another follows, and the number of all items."""

LARGE = 100
"""Items requested at once where the contract has no maximum."""

WALK = 8
"""Maximum number of pages to follow."""

TRIES = 5
"""Lists of one operation that are paged through; they differ by the filters of the request."""


@dataclass(frozen=True)
class Pager:
    """How one operation pages: names of query parameters, and the parameters of its link to itself."""

    operation: OperationRef
    size: str
    offset: str | None
    page: str | None
    least: int
    most: int
    following: Mapping[str, Any]

    @property
    def names(self) -> set[str | None]:
        """The parameters that select the page."""
        return {self.size, self.offset, self.page, *self.following, *CURSORS}


@dataclass
class Walk:
    """The pages received, and the requests. `ended`: the last one says so; `broken`: the status behind a link."""

    size: int
    requests: list[str] = field(default_factory=list)
    pages: list[list[Any]] = field(default_factory=list)
    ended: bool = False
    total: int | None = None
    broken: int | None = None

    @property
    def items(self) -> list[str]:
        """The identities of the items, in order."""
        return [identity_of(item) for page in self.pages for item in page]

    @property
    def longest(self) -> int:
        """The number of items on the longest page."""
        return max(map(len, self.pages), default=0)


@dataclass(frozen=True)
class Telling:
    """An inconsistency, and the requests that show it."""

    message: str
    requests: tuple[str, ...]


class Paging:
    """`check` is a Schemathesis check."""

    def __init__(self, prober: Prober) -> None:
        self._prober = prober
        self._pagers: dict[str, Pager | None] = {}

    @property
    def check(self) -> Callable[[CheckContext, Response, Case], bool | None]:
        def paging(ctx: CheckContext, response: Response, case: Case) -> bool | None:
            operation = self._prober.operation(case)
            if operation is None or not self._prober.alone or not succeeded(response) or not is_positive(case):
                return True
            pager = self._pager(operation)
            if pager is None or items_of(body_of(response)) is None:
                return True
            return True if self._prober.count("paging", operation.label) >= TRIES else self._judge(ctx, case, pager)

        return paging

    def _pager(self, operation: OperationRef) -> Pager | None:
        if operation.label not in self._pagers:
            self._pagers[operation.label] = pager_of(self._prober, operation)
        return self._pagers[operation.label]

    def _judge(self, ctx: CheckContext, case: Case, pager: Pager) -> bool | None:
        whole = self._walk(ctx, case, pager, Walk(pager.most), pages=1)
        count = len(whole.items)
        if count <= 1:
            return True
        size = min(max(pager.least, math.ceil(count / 4)), pager.most)  # four pages: first, last and some between
        walk = self._walk(ctx, case, pager, Walk(size), pages=WALK)
        flaw = flaw_of(walk, whole)
        if flaw is None:
            return None
        if self._walk(ctx, case, pager, Walk(pager.most), pages=1).items != whole.items:
            return True  # the list changes meanwhile, which explains a difference
        about = pager.size if walk.longest > size else pager.offset or pager.page or pager.size
        rule = self._prober.contract.parameter(pager.operation, about)
        raise CheckFailure(case, "Pages are inconsistent", flaw.message, rule, flaw.requests)

    def _walk(self, ctx: CheckContext, case: Case, pager: Pager, walk: Walk, pages: int) -> Walk:
        kept = {name: value for name, value in case.query.items() if name not in pager.names}
        query: dict[str, Any] | None = {**kept, pager.size: walk.size}
        while query is not None and len(walk.pages) < pages:
            request = self._prober.again(case, query)
            response = self._prober.send(ctx, case, request)
            walk.requests.append(request.id)
            body = body_of(response)
            items = items_of(body) if succeeded(response) else None
            if items is None:
                walk.broken = response.status_code if walk.pages else None
                return walk
            walk.pages.append(items)
            walk.total = _named(body, TOTALS, int)
            query = following(pager, query, walk, body)
            walk.ended = query is None and says_more(pager, walk, body)
        return walk


def pager_of(prober: Prober, operation: OperationRef) -> Pager | None:
    """How the operation pages; None if its contract does not say."""
    document, described = prober.document, prober.contract.described(operation)
    schemas = {
        each["name"]: document.resolve(each.get("schema", {}))
        for each in document.parameters(operation.path, described)
        if each["in"] == "query"
    }
    counting = [name for name, schema in schemas.items() if schema.get("type") == "integer"]
    size = next((name for name in SIZES if name in counting), None)
    if operation.method != "GET" or size is None:
        return None
    return Pager(
        operation=operation,
        size=size,
        offset=next((name for name in OFFSETS if name in counting), None),
        page=next((name for name in PAGES if name in counting), None),
        least=max(1, schemas[size].get("minimum", 1)),
        most=schemas[size].get("maximum", LARGE),
        following=_link_to_itself(prober, operation, schemas),
    )


def _link_to_itself(prober: Prober, operation: OperationRef, names: Mapping[str, Any]) -> Mapping[str, Any]:
    """The paging parameters of the OpenAPI link from the operation's 2xx response to itself; empty if none."""
    for status, response in prober.contract.described(operation)["responses"].items():
        links = prober.document.resolve(response).get("links", {}) if str(status).startswith("2") else {}
        for link in map(prober.document.resolve, links.values()):
            given = {name.removeprefix("query."): text for name, text in link.get("parameters", {}).items()}
            paging = {*CURSORS, *OFFSETS, *PAGES} & set(given) & set(names)
            if link.get("operationId") == operation.operation_id and paging:
                return given
    return {}


def following(pager: Pager, query: dict[str, Any], walk: Walk, body: Any) -> dict[str, Any] | None:
    """The query of the next page; None after the last."""
    link = next_link(body)
    if link is not ABSENT:
        return None if link is None else _query_of(link, pager.operation)
    if pager.following:
        happened = Happened(response=body, query=query)
        given = {name: evaluate(text, happened) for name, text in pager.following.items()}
        known = {name: value for name, value in given.items() if value not in (None, ABSENT)}
        return {**query, **known} if known else None
    latest, more = walk.pages[-1], _named(body, MORE, bool)
    # without a word on it, a page that is not full is the last
    if more is False or not latest or (more is None and len(latest) < walk.size):
        return None
    if pager.offset is not None:
        return {**query, pager.offset: len(walk.items)}
    return None if pager.page is None else {**query, pager.page: int(query.get(pager.page, 1)) + 1}


def says_more(pager: Pager, walk: Walk, body: Any) -> bool:
    """Whether another page would have been found: of a list with nothing to page by, a full page may be cut off."""
    if pager.offset is not None or pager.page is not None or pager.following:
        return True
    return next_link(body) is not ABSENT or len(walk.pages[-1]) < walk.size


def flaw_of(walk: Walk, whole: Walk) -> Telling | None:
    """The inconsistency of the pages with the large one; None if there is none."""
    return next(filter(None, (_form(walk), _twice(walk), _loss(walk, whole), _total(walk))), None)


def _form(walk: Walk) -> Telling | None:
    for request, page in zip(walk.requests, walk.pages, strict=False):
        if len(page) > walk.size:
            return Telling(f"a page has {len(page)} items, although the limit was {walk.size}", (request,))
    if walk.broken is None:
        return None
    return Telling(
        f"the request for the page after page {len(walk.pages)} is answered {walk.broken}", tuple(walk.requests[-2:])
    )


def _twice(walk: Walk) -> Telling | None:
    first: dict[str, str] = {}
    for request, page in zip(walk.requests, walk.pages, strict=False):
        for item in map(identity_of, page):
            if item in first:
                message = f"{item} is listed twice, with {walk.size} items per page"
                return Telling(message, tuple(dict.fromkeys((first[item], request))))
            first[item] = request
    return None


def _total(walk: Walk) -> Telling | None:
    found = len(walk.items)
    if not walk.ended or walk.total in (None, found):
        return None
    message = f"the last page says that there are {walk.total} items, but the pages have {found}"
    return Telling(message, tuple(walk.requests))


def _loss(walk: Walk, whole: Walk) -> Telling | None:
    message = _lost(walk, whole)
    return None if message is None else Telling(message, (*whole.requests, *walk.requests))


def _lost(walk: Walk, whole: Walk) -> str | None:
    found, expected = walk.items, whole.items
    # where a walk has been cut off, only what both have seen can be compared
    until = None if walk.ended and whole.ended else len(expected) if walk.ended else min(len(found), len(expected))
    if found[:until] == expected[:until]:
        return None
    missing = [item for item in expected[:until] if item not in found]
    if missing:
        lost = f"{len(missing)} missing in total"
        return f"{missing[0]} is on no page of {walk.size} items, but on one of {whole.size}; {lost}"
    return f"pages of {walk.size} items have other items, or another order, than one of {whole.size}"


def items_of(body: Any) -> list[Any] | None:
    """The items of a page: the body, or the one array in it."""
    if isinstance(body, list):
        return body
    arrays = [value for value in body.values() if isinstance(value, list)] if isinstance(body, Mapping) else []
    return arrays[0] if len(arrays) == 1 else None


def identity_of(item: Any) -> str:
    """The identity of an item: its id, or else all of it."""
    identity = item.get("id") if isinstance(item, Mapping) else None
    return json.dumps(identity if identity is not None else item, sort_keys=True, ensure_ascii=False)


def next_link(body: Any) -> str | object | None:
    """The link to the next page: a text, None on the last page, ABSENT if the body has no such property."""
    for holder in _holders(body):
        link = holder.get("next", ABSENT)
        # a cursor may be called `next`, too; it has neither
        if link is None or (isinstance(link, str) and ("/" in link or "?" in link)):
            return link
    return ABSENT


def _holders(body: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(body, Mapping):
        yield body
        yield from (value for value in body.values() if isinstance(value, Mapping))


def _named(body: Any, names: tuple[str, ...], kind: type) -> Any:
    return next(
        (each[name] for each in _holders(body) for name in names if type(each.get(name)) is kind),
        None,
    )


def _query_of(link: Any, operation: OperationRef) -> dict[str, Any] | None:
    """The query of a link to the operation's own path; None if it leads elsewhere."""
    url = urlsplit(str(link))
    router: Router[None] = Router()
    router.add(operation.path, "GET", None)
    # the end of the path only: what stands before is the base path, which the document may not know
    documented = url.path.split("/")[-operation.path.count("/") :]
    if url.path and router.match("/".join(["", *documented])) is None:
        return None
    return dict(parse_qsl(url.query, keep_blank_values=True))
