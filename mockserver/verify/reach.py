"""Whether anybody answers at a URL."""

from __future__ import annotations

import re

import requests

from mockserver.errors import VerifyError
from mockserver.verify.plan import TIMEOUT


def reach(url: str) -> None:
    """Raise VerifyError unless a server answers at the URL, whatever it answers."""
    try:
        requests.get(url, timeout=TIMEOUT, allow_redirects=False, stream=True).close()
    except requests.RequestException as error:
        raise VerifyError(f"nobody answers at {url}: {_reason(error)}. Start the server, or correct --url.") from None


def _reason(error: requests.RequestException) -> str:
    """What went wrong, without the names of the objects that it went wrong in."""
    if isinstance(error, requests.Timeout):
        return f"no answer in {TIMEOUT} seconds"
    reason = str(getattr(error.args[0], "reason", error) if error.args else error)
    return re.sub(r"^\w+\(host=[^)]*\): ", "", reason).rstrip(".")
