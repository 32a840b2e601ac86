"""Whether anybody answers at a URL."""

from __future__ import annotations

import requests

from mockserver.errors import VerifyError
from mockserver.verify.plan import TIMEOUT


def reach(url: str) -> None:
    """Raise VerifyError unless a server answers at the URL, whatever it answers."""
    try:
        requests.get(url, timeout=TIMEOUT, allow_redirects=False, stream=True).close()
    except requests.RequestException as error:
        reason = str(getattr(error.args[0], "reason", error) if error.args else error)
        raise VerifyError(f"nobody answers at {url}: {reason}. Start the server, or correct --url.") from None
