"""The rate of requests: at most `--rate-limit`, and after a 429 not before the provider allows the next one.

There is one for a whole run, so that a 429 to one thread slows down all of them.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from mockserver.errors import VerifyError

TOO_MANY = 429

LONGEST = 60.0
"""Seconds of the longest wait; if a provider asks for more, nothing more is sent."""

TRIES = 6
"""Retries of a request after a 429. Without Retry-After the waits double: 63 seconds in total."""

UNITS = {"s": 1, "m": 60, "h": 3600}


def parse_rate(text: str) -> float:
    """Requests a second, from `5/s`, `100/m` or `1000/h`; VerifyError for anything else."""
    found = re.fullmatch(r"(\d+)/([smh])", text)
    if found is None or int(found[1]) == 0:
        raise VerifyError(f"--rate-limit must be like 5/s, 100/m or 1000/h, got {text!r}.")
    return int(found[1]) / UNITS[found[2]]


class Pace:
    """`exhausted` says why nothing more is sent, once waiting has not helped; `waited` is in seconds."""

    def __init__(
        self,
        rate: float | None = None,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], object] | None = None,
    ) -> None:
        self.waited = 0.0
        self.refusals = 0
        self.exhausted: str | None = None
        self._interval = 0.0 if rate is None else 1 / rate
        self._clock = clock
        self._stopped = threading.Event()
        self._wait = wait or self._stopped.wait
        self._lock = threading.Lock()
        self._free = 0.0

    def turn(self) -> None:
        """Return when the next request may be sent."""
        with self._lock:
            now = self._clock()
            at = max(now, self._free)
            self._free = at + self._interval
        # outside of the lock, so that others take the turns behind this one meanwhile
        if at > now:
            self._wait(at - now)

    def again(self, retry_after: str | None, tried: int) -> bool:
        """After a 429: whether to send the request again at the next turn; `tried` counts the retries so far."""
        seconds = patience(retry_after, tried)
        with self._lock:
            self.refusals += 1
            # another thread has given up: the last answer stays as it is
            if self._stopped.is_set() or self.exhausted is not None:
                return False
            if tried >= TRIES:
                self.exhausted = f"The provider answered 429 (too many requests) even after {tried} waits."
            elif seconds > LONGEST:
                self.exhausted = f"The provider answered 429 (too many requests), with a wait of {seconds:.0f} seconds."
            else:
                self.waited += seconds
                # for every thread: the limit is the caller's, not the request's
                self._free = max(self._free, self._clock() + seconds)
            return self.exhausted is None

    def stop(self) -> None:
        """End all waiting, as the run ends."""
        self._stopped.set()


def patience(retry_after: str | None, tried: int) -> float:
    """Seconds to wait after a 429: by Retry-After, a number or a date; else twice as long each time."""
    text = (retry_after or "").strip()
    if re.fullmatch(r"\d{1,9}(\.\d+)?", text):
        return float(text)
    try:
        until = parsedate_to_datetime(text)
    # it says so of what is no date, and of the digits of a time zone that no integer of C holds
    except (ValueError, OverflowError):
        return float(2**tried)
    moment = until if until.tzinfo is not None else until.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
