"""How far the valid requests of a run got: whether the provider answered, and whether it accepted the caller.

A 401, 404 or 429 is valid by most contracts, so a run with nothing else would look clean. The responses to valid
requests with the caller's credential tell whether that is so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Literal
from urllib.parse import urljoin, urlsplit

Standing = Literal["answered", "refused", "missing", "elsewhere", "page", "busy", "failing"]

DOORS: Mapping[int, Standing] = {
    401: "refused",
    403: "refused",
    404: "missing",
    405: "missing",
    410: "missing",
    429: "busy",
}
"""The standing of a request by the status code that refuses it."""

UNKNOWN = 401
"""The status code for a credential that the server does not accept."""

REDIRECT = 3
FAILING = 5
"""First digits of status codes."""

HTML = ("text/html", "application/xhtml+xml")

TOLD: Mapping[Standing, str] = {
    "refused": "the credential was refused for every valid request",
    "missing": "every valid request was answered as not found",
    "elsewhere": "every valid request was redirected to another host",
    "page": "every valid request was answered with an HTML page, which the document does not describe",
    "busy": "every valid request exceeded the rate limit",
    "failing": "every valid request was answered with a server error",
}
"""Why a run verified nothing, by the standing of its valid requests."""


def standing(
    status: int, headers: Mapping[str, str], url: str, statuses: Collection[str], media: Collection[str]
) -> Standing:
    """The standing of a request by its response; `statuses` and `media` are the documented ones.

    An undocumented HTML page, and a redirect to another host, come from something in front of the provider. `headers`
    are by their names in lower case.
    """
    if status in DOORS:
        return DOORS[status]
    if status // 100 == FAILING:
        return "failing"
    if status // 100 == REDIRECT and {str(status), "3XX"}.isdisjoint(each.upper() for each in statuses):
        # a redirect within the provider, such as to a path with a slash at its end, is an answer
        origin, other = (urlsplit(each)[:2] for each in (url, urljoin(url, headers.get("location", ""))))
        return "answered" if origin == other else "elsewhere"
    is_page = headers.get("content-type", "").partition(";")[0].strip().lower() in HTML
    return "page" if is_page and not any("html" in each or "*" in each for each in media) else "answered"


def barred(found: Iterable[Counter[tuple[Standing, int]]]) -> tuple[Standing, Counter[int]] | None:
    """The most frequent standing and the status codes, if no valid request of any operation was answered; else None."""
    kinds: Counter[Standing] = Counter()
    statuses: Counter[int] = Counter()
    for counted in found:
        for (kind, status), number in counted.items():
            kinds[kind] += number
            statuses[status] += number
    # one that was answered is enough: the provider is there, and knows the caller
    if not kinds or "answered" in kinds:
        return None
    return kinds.most_common(1)[0][0], statuses


def times(statuses: Counter[int]) -> str:
    """Status codes and their numbers: `401 (80 times), 403 (2 times)`."""
    return ", ".join(
        f"{status} ({number} time{'' if number == 1 else 's'})" for status, number in sorted(statuses.items())
    )
