"""Paging: which query parameters choose a page, by name and type. What an answer tells of its page: see `facts`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.contract.operation import Operation
from mockserver.inference.declared import Control
from mockserver.inference.facts import HEADERS, Fact, facts_of
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
    facts = dict(facts_of(looks, schema, items)) if schema is not None else {}
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
