"""A document from a URL, within bounds of size, time and redirects."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from time import monotonic
from urllib.parse import urljoin, urlsplit

PATIENCE = 30.0
"""Seconds that a host may take until the whole document is here."""

MOST_REDIRECTS = 5
ACCEPTED = "application/json, application/yaml, application/openapi+json, text/yaml, text/plain, */*;q=0.5"


class Unreadable(Exception):
    """A text cannot be had or may not be: what was expected and came, and what to do; `line`: where in it, if known."""

    def __init__(self, kind: str, message: str, remedy: str, line: int | None = None) -> None:
        super().__init__(f"{message} {remedy}")
        self.kind = kind
        self.message = message
        self.remedy = remedy
        self.line = line


def download(url: str, follows: Callable[[str, str], bool], most: int) -> tuple[str, bytes]:
    """Where redirects lead from a URL, and the text there; Unreadable says why it is not to be had.

    `follows` tells whether a redirect may lead from a URL to another. What is longer than `most` bytes is cut off.
    """
    import httpx  # noqa: PLC0415  # most documents are files

    began = monotonic()
    try:
        with httpx.Client(timeout=PATIENCE, headers={"Accept": ACCEPTED}) as client:
            for _ in range(MOST_REDIRECTS + 1):
                with client.stream("GET", url) as answer:
                    if not answer.has_redirect_location:
                        answer.raise_for_status()
                        return url, _body(answer.iter_bytes(), began, most)
                    target = urljoin(url, answer.headers["location"])
                if urlsplit(target).scheme not in ("http", "https") or not follows(url, target):
                    raise _unreadable(url, f"redirects to {target}, which is not followed")
                url = target
    except httpx.HTTPStatusError as error:
        raise _unreadable(url, f"answers {error.response.status_code} {error.response.reason_phrase}") from None
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, ValueError) as error:
        raise _unreadable(url, f"does not answer ({error or type(error).__name__})") from None
    raise _unreadable(url, f"redirects more than {MOST_REDIRECTS} times")


def _body(parts: Iterable[bytes], began: float, most: int) -> bytes:
    body = bytearray()
    for part in parts:
        body += part
        if len(body) > most:
            break
        if monotonic() - began > PATIENCE:  # the client's own timeout begins anew with each piece
            raise TimeoutError(f"not complete after {PATIENCE:.0f} seconds")
    return bytes(body)


def _unreadable(url: str, what: str) -> Unreadable:
    return Unreadable("unreadable", f"{url} {what}.", "Check the URL, or download the document and name the file.")
