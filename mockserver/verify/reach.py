"""Whether a server answers at a URL."""

from __future__ import annotations

import requests

from mockserver.client import reason
from mockserver.errors import VerifyError
from mockserver.verify.plan import TIMEOUT
from mockserver.verify.wire import Wire


def reach(url: str, wire: Wire) -> None:
    """Raise VerifyError unless a server answers at the URL, with any response."""
    try:
        with wire.client() as client:
            client.get(url, timeout=TIMEOUT, stream=True).close()
    except (requests.RequestException, OSError) as error:
        told = f"no answer in {TIMEOUT} seconds" if isinstance(error, requests.Timeout) else reason(error)
        raise VerifyError(f"no server answers at {url}: {told}. Start the server, or correct --url.") from None
