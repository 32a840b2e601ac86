"""Facts of a page: what the answer of a list tells of it, where and by which headers, by name, place and type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from mockserver.inference.looks import Looks, Pointer
from mockserver.inference.paths import spelled

Fact = Literal[
    "total", "more", "last", "empty", "cursor", "next", "previous", "first", "final", "self", "page", "limit", "offset",
    "pages",
    "shown", "next_page", "previous_page", "next_offset", "first_id", "last_id",
]  # fmt: skip
"""What an answer tells of its page. `more`: whether there is a further one; `last`: whether there is none; `final`: the
last page; `shown`: the items on this one."""

FACTS: Mapping[Fact, tuple[str, ...]] = {
    "total": (
        *("total", "totalcount", "totalitems", "totalresults"),
        *("totalelements", "totalrecords", "numfound", "resultcount"),
        *("totalrows", "odatacount", "totalnumber", "recordcount", "totalhits", "fullcount", "itemcount", "totalnum"),
    ),
    "more": ("hasmore", "hasnext", "more", "hasnextpage", "istruncated", "truncated", "hasmorepages", "hasmoreresults"),
    "last": ("islast", "islastpage"),
    "cursor": (
        *("nextcursor", "nextpagetoken", "nexttoken", "continue", "continuationtoken", "endcursor", "nextmarker"),
        *("cursor", "pagetoken", "scrollid", "aftercursor", "lastevaluatedkey", "paginationtoken", "after"),
        "nextoffset",
    ),
    "next": ("next", "nextpageurl", "nexturl", "nextlink", "odatanextlink", "nextpageuri", "nexturi", "nexthref"),
    "previous": (
        *("previous", "prev", "previouspageurl", "prevurl", "previousurl", "prevpageurl", "previouspageuri"),
        *("prevlink", "previouslink"),
    ),
    "first": ("first", "firstpageurl", "firstpageuri"),
    "final": ("lastpageurl", "lastpageuri"),
    "self": ("self", "selflink", "href", "url", "uri"),
    "page": ("page", "currentpage", "pagenumber", "pageindex", "pageno", "number"),
    "limit": ("limit", "perpage", "pagesize", "itemsperpage", "maxresults", "size"),
    "offset": ("offset", "start", "startindex", "skip", "startat"),
    "pages": ("totalpages", "pages", "pagecount", "lastpage", "numpages", "pagestotal", "totalpage", "last"),
    "shown": ("count", "resultcount", "numberofelements", "pageresults", "returned", "length", "resultsize"),
    "next_page": ("nextpage",),
    "previous_page": ("previouspage", "prevpage"),
    "next_offset": ("nextoffset",),
    "first_id": ("firstid",),
    "last_id": ("lastid",),
}  # fmt: skip
HEADERS: Mapping[str, Fact] = {
    "xtotalcount": "total",
    "xtotal": "total",
    "totalcount": "total",
    "xpaginationtotalcount": "total",
    "xtotalpages": "pages",
    "xpaginationpagecount": "pages",
    "xpaginationtotalpages": "pages",
    "xnextpage": "next_page",
    "xprevpage": "previous_page",
    "xpage": "page",
    "xperpage": "limit",
    "xnextcursor": "cursor",
    "xpaginationcurrentpage": "page",
    "xpaginationperpage": "limit",
    "xpaginationlimit": "limit",
}
"""Headers with facts of a page, in lower case without separators; and `Link` (RFC 8288)."""


def facts_of(looks: Looks, schema: Any, items: Pointer) -> Iterator[tuple[Pointer, Fact]]:
    """The facts of the page in the object around a list, by place."""
    taken: set[Fact] = set()
    for path, each in looks.places(schema):
        if path[: len(items)] == items or "array" in looks.kinds(each):
            continue
        name, kinds = spelled(path[-1]), looks.kinds(each)
        above = spelled(path[-2]) if len(path) > 1 else ""
        fact = _fact(name, above, kinds, looks.is_object(each))
        if fact == "next" and _is_token(looks, each):
            fact = "cursor"
        # numbers are told once, the outermost first; a link may stand beside the list and among `links` as well
        if fact is not None and (fact not in taken or fact in TEXTS):
            taken.add(fact)
            yield path, fact


def _is_token(looks: Looks, schema: Any) -> bool:
    """Whether the description of a property called `next` makes it a cursor rather than a URL."""
    shape = looks.shape(schema).schema
    described = str(shape.get("description", "")).lower()
    told = any(word in described for word in ("cursor", "token")) and not any(
        word in described for word in ("url", "link")
    )
    return told and "format" not in shape


LINKED = ("links", "link", "paging", "pagination", "urls", "page", "pages", "meta")
HOLDERS = (
    "",
    *LINKED,
    "pageinfo",
    "paginginfo",
    "resultinfo",
    "metadata",
    "paginationmetadata",
    "pagingmetadata",
    "cursors",
    "response",
    "data",
    "result",
    "resultsetmetadata",
    "cursor",
    "responsemetadata",
)


LED: Mapping[str, Fact] = {
    "next": "next",
    "prev": "previous",
    "previous": "previous",
    "self": "self",
    "first": "first",
    "last": "final",
}
"""Objects whose `href` leads to a page, as HAL and JSON:API have them."""


def _fact(name: str, above: str, kinds: frozenset[str], is_object: bool) -> Fact | None:
    if name == "href" and above in LED:
        return LED[above]
    if above not in HOLDERS or is_object:
        return None
    if above in ("cursor", "cursors") and name in ("next", "after") and "string" in kinds:
        return "cursor"
    if name == "last" and above in LINKED and "string" in kinds:
        return "final"
    found: Fact | None = next(
        (fact for fact, names in FACTS.items() if name in names and _holds(fact, name, above, kinds)), None
    )
    return "shown" if found is None and name == "count" and "integer" in kinds else found


TEXTS = frozenset(("next", "previous", "first", "self", "final"))
FLAGS = frozenset(("more", "last"))


def _holds(fact: Fact, name: str, above: str, kinds: frozenset[str]) -> bool:
    if fact in FLAGS:
        return "boolean" in kinds
    if fact in TEXTS:
        return "string" in kinds and (above in LINKED or name not in ("self", "first", "url", "href", "uri"))
    if fact == "cursor":
        return "string" in kinds or not kinds
    if fact in ("first_id", "last_id"):
        return True
    return bool(kinds & {"integer", "number"}) or (fact in ("total", "next_page", "previous_page") and not kinds)
