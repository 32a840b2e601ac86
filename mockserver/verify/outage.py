"""A provider that goes away in the middle of a run: the request under which it did so, if there is one.

The request under which a connection broke, when nobody answers afterwards, is the most likely cause. A provider that is
gone between two requests was most likely stopped by somebody, and no request is to blame.
"""

from __future__ import annotations

import threading

import requests
from urllib3.exceptions import MaxRetryError


class Outage:
    """Watches the requests of a run, from any thread. `fatal`: the one under which the provider went away."""

    def __init__(self) -> None:
        self.last: requests.PreparedRequest | None = None
        self.fatal: requests.PreparedRequest | None = None
        self._told = False
        self._lock = threading.Lock()

    def answered(self, request: requests.PreparedRequest) -> None:
        """The provider is there."""
        # an answer afterwards shows that the provider has outlived whatever broke off
        self.last, self.fatal = request, None

    def failed(self, request: requests.PreparedRequest, error: requests.ConnectionError) -> None:
        """A request was not answered; one that could not even be sent says nothing."""
        cause = error.args[0] if error.args else None
        # urllib3 gives up with this where it could not connect, so that nothing was sent
        if self.fatal is None and not isinstance(cause, MaxRetryError):
            self.fatal = request

    def tell(self) -> bool:
        """Whether this is the first that is said of it."""
        with self._lock:
            told, self._told = self._told, True
        return not told
