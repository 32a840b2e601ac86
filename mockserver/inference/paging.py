"""Paging: which query parameters choose a page, by name and type, and what the answer of a list tells of it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote, urlencode

from mockserver.contract.digits import number_of
from mockserver.contract.operation import Operation
from mockserver.inference.declared import Control
from mockserver.inference.looks import Looks, Pointer
from mockserver.inference.paths import spelled

DEFAULT = 20
"""Items of a page if the document gives no number."""

NAMES: Mapping[Control, tuple[str, ...]] = {
    "limit": (
        *("limit", "perpage", "pagesize", "maxresults", "maxitems", "pagelimit", "itemsperpage", "resultsperpage"),
        *("size", "count", "top", "take", "first", "rows", "num", "maxpagesize", "maxrecords", "recordsperpage"),
        *("maxkeys", "pagesizelimit", "pagelength", "numresults", "maxperpage", "items"),
    ),
    "offset": ("offset", "skip", "start", "startindex", "from", "pageoffset", "startat", "firstresult", "startrow"),
    "page": ("page", "pagenumber", "pageno", "pageindex", "currentpage", "pagenum", "pageid", "p"),
    "after": ("startingafter", "after", "afterid", "sinceid", "since", "lastid", "fromid", "startafter"),
    "before": ("endingbefore", "before", "beforeid", "maxid"),
    "cursor": (
        *("cursor", "pagetoken", "nexttoken", "nextpagetoken", "continue", "marker", "nextcursor", "continuationtoken"),
        *(
            "pagecursor",
            "pageafter",
            "after",
            "token",
            "skiptoken",
            "scrollid",
            "paginationtoken",
            "pagingtoken",
            "pagestate",
        ),
        *(
            "aftercursor",
            "startcursor",
            "pagestart",
            "exclusivestartkey",
            "exclusivestart",
            "resumetoken",
            "page",
            "offset",
        ),
    ),
}
"""Names of parameters, without case and separators, the likeliest first."""

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


@dataclass(frozen=True)
class Paging:
    """The query parameters that choose a page, by what they do.

    aliases: further parameters that do the same, and which of the `controls` each is. limit: items of a page if no
    parameter tells; None: all. origin: number of the first page. facts: where the answer tells what; headers: which
    headers tell what.
    """

    controls: Mapping[Control, str]
    aliases: Mapping[str, str]
    limit: int | None
    origin: int
    facts: Mapping[Pointer, Fact]
    headers: Mapping[str, Fact]
    linked: bool
    reason: str

    def __str__(self) -> str:
        told = ", ".join(f"{name} by `{parameter}`" for name, parameter in self.controls.items())
        return told or "none"


def infer_paging(
    looks: Looks,
    operation: Operation,
    schema: Any,
    items: Pointer,
    headers: Mapping[str, Any],
    declared: Mapping[Control, str] | None,
) -> Paging:
    """The paging of a list whose answer has this schema and these headers, its list at `items`."""
    parameters = {each["name"]: each for each in _parameters(looks, operation)}
    controls = dict(declared) if declared is not None else _controls(looks, parameters)
    limit = _limit(looks, parameters.get(controls.get("limit", "")), paged=bool(controls))
    page = parameters.get(controls.get("page", ""))
    origin = _origin(looks, page)
    facts = dict(_facts(looks, schema, items)) if schema is not None else {}
    told = {name: HEADERS[spelled(name)] for name in headers if spelled(name) in HEADERS}
    linked = any(name.lower() == "link" for name in headers)
    reason = "declared" if declared is not None else "by name and type" if controls else "no parameter pages"
    sequential = {"cursor", "next"} & set(facts.values())
    if "cursor" in controls and not (sequential or linked or "cursor" in told.values()):
        controls.setdefault("after", controls.pop("cursor"))  # no answer has a cursor, so it is what stood last
    aliases = dict(_aliases(looks, parameters, controls)) if declared is None else {}
    return Paging(controls, aliases, limit, origin, facts, told, linked, reason)


def _parameters(looks: Looks, operation: Operation) -> Iterator[Mapping[str, Any]]:
    members = looks.document.at(operation.pointer)
    for each in looks.document.parameters(operation.path, members):
        if each["in"] == "query":
            yield each


def _controls(looks: Looks, parameters: Mapping[str, Mapping[str, Any]]) -> dict[Control, str]:
    by_name: dict[str, str] = {}
    for given in parameters:
        by_name.setdefault(spelled(given), given)
    found: dict[Control, str] = {}
    for control, names in NAMES.items():
        for each in names:
            name = by_name.get(each)
            if name is not None and name not in found.values() and _takes(looks, control, each, parameters[name]):
                found[control] = name
                break
    if "offset" in found and spelled(found["offset"]) in ("from", "start") and not found.keys() & {"limit"}:
        del found["offset"]  # more likely the first day of a period
    return found


def _aliases(
    looks: Looks, parameters: Mapping[str, Mapping[str, Any]], controls: Mapping[Control, str]
) -> Iterator[tuple[str, str]]:
    """Parameters that do what another one does already: `MaxResults` beside `max-results`."""
    for control, chosen in controls.items():
        for name, each in parameters.items():
            named = spelled(name) in NAMES[control] and (control == "limit" or spelled(name) == spelled(chosen))
            if name not in controls.values() and named and _takes(looks, control, spelled(name), each):
                yield name, chosen


NUMERIC = frozenset(("limit", "offset", "page"))


def _takes(looks: Looks, control: str, name: str, parameter: Mapping[str, Any]) -> bool:
    """Whether a parameter's type is that of such a control."""
    schema = parameter.get("schema", {})
    kinds = looks.kinds(schema)
    if control in NUMERIC:
        described = str(parameter.get("description", "")).lower()
        numeric = bool(kinds & {"integer", "number"}) or not kinds
        return numeric or (control == "limit" and "string" in kinds and "number of" in described)
    if control == "after" and name in ("after", "since"):
        return False  # a cursor, or a time
    if name in ("before", "since") or looks.shape(schema).schema.get("format") in ("date", "date-time"):
        return False
    opaque = control in ("after", "before") or name not in ("page", "offset", "token")
    return "string" in kinds or not kinds or (opaque and "integer" in kinds)


def _limit(looks: Looks, parameter: Mapping[str, Any] | None, *, paged: bool) -> int | None:
    if parameter is None:
        return DEFAULT if paged else None
    schema = looks.shape(parameter.get("schema", {})).schema
    default, most = schema.get("default"), schema.get("maximum")
    if isinstance(default, int | float) and not isinstance(default, bool) and default > 0:
        return int(default)
    return (
        min(DEFAULT, int(most))
        if isinstance(most, int | float) and not isinstance(most, bool) and most >= 1
        else DEFAULT
    )


def _origin(looks: Looks, parameter: Mapping[str, Any] | None) -> int:
    """The number of the first page."""
    if parameter is None:
        return 1
    schema = looks.shape(parameter.get("schema", {})).schema
    if 0 in (schema.get("default"), schema.get("minimum")) and schema.get("default") != 1:
        return 0
    described = str(parameter.get("description", "")).lower()
    return (
        0
        if any(each in described for each in ("zero-based", "0-based", "starts at 0", "starting at 0", "starts from 0"))
        else 1
    )


def _facts(looks: Looks, schema: Any, items: Pointer) -> Iterator[tuple[Pointer, Fact]]:
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


def _fact(name: str, above: str, kinds: frozenset[str], is_object: bool) -> Fact | None:
    if name == "href" and above in ("next", "prev", "previous", "self", "first", "last"):
        renamed: Mapping[str, Fact] = {"prev": "previous", "last": "final"}
        return renamed.get(above, above)  # type: ignore[arg-type]  # those names are facts too
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


def write_cursor(sequence: int) -> str:
    """The place behind a record, as opaque text."""
    return base64.urlsafe_b64encode(f"after:{sequence}".encode()).decode().rstrip("=")


def read_cursor(text: Any) -> int | None:
    """The place in a cursor; None if it is not a cursor of ours."""
    if isinstance(text, int):
        return text
    try:
        told = base64.urlsafe_b64decode(f"{text}===").decode()
    except (binascii.Error, ValueError):
        return number_of(text) if str(text).isdecimal() else None
    word, _, number = told.partition(":")
    return number_of(number) if word == "after" else None


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
