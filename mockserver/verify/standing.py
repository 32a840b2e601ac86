"""How far the valid requests of a run got: whether whoever answered was the provider, and let the caller in.

An answer that only says "not you", "not here" or "not now" keeps every contract, so that a run of nothing else would
look clean. It is told by the answers to requests that were meant to be accepted and carried the caller's credential.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Literal
from urllib.parse import urljoin, urlsplit

Standing = Literal["answered", "refused", "missing", "elsewhere", "page", "busy", "failing"]

DOORS: Mapping[int, Standing] = {401: "refused", 403: "refused", 404: "missing", 405: "missing", 429: "busy"}
"""What the statuses say by which a request gets no further."""

REDIRECT = 3
FAILING = 5
"""First digits of statuses."""

HTML = ("text/html", "application/xhtml+xml")

TOLD: Mapping[Standing, str] = {
    "refused": "every valid request was refused as the caller's",
    "missing": "every valid request was answered that there is no such thing",
    "elsewhere": "every valid request was sent to another host",
    "page": "every valid request was answered with an HTML page, which the document does not have",
    "busy": "every valid request was one too many",
    "failing": "every valid request failed on the server's side",
}
"""What a run came to in which no valid request got further, in words."""


def standing(
    status: int, headers: Mapping[str, str], url: str, statuses: Collection[str], media: Collection[str]
) -> Standing:
    """What an answer from a URL says of whoever gave it; `statuses` and `media` are those that the document has.

    A page in HTML, where there should be none, and a redirect to another host, are of something that stands in front of
    the provider. `headers` are by their names in lower case.
    """
    if status in DOORS:
        return DOORS[status]
    if status // 100 == FAILING:
        return "failing"
    if status // 100 == REDIRECT and {str(status), "3XX"}.isdisjoint(each.upper() for each in statuses):
        origin, other = (urlsplit(each)[:2] for each in (url, urljoin(url, headers.get("location", ""))))
        return "answered" if origin == other else "elsewhere"
    is_page = headers.get("content-type", "").partition(";")[0].strip().lower() in HTML
    return "page" if is_page and not any("html" in each or "*" in each for each in media) else "answered"


def barred(found: Iterable[Counter[tuple[Standing, int]]]) -> tuple[Standing, Counter[int]] | None:
    """What kept every valid request of all operations from the provider, most often, and the statuses; else None."""
    kinds: Counter[Standing] = Counter()
    statuses: Counter[int] = Counter()
    for counted in found:
        for (kind, status), times in counted.items():
            kinds[kind] += times
            statuses[status] += times
    if not kinds or "answered" in kinds:
        return None
    return kinds.most_common(1)[0][0], statuses


def times(statuses: Counter[int]) -> str:
    """Statuses and how often each came: `401 (80 times), 403 (2 times)`."""
    return ", ".join(
        f"{status} ({number} time{'' if number == 1 else 's'})" for status, number in sorted(statuses.items())
    )
