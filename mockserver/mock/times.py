"""Times and steps of a clock as Python has them, in the form that the control plane takes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from mockserver.errors import MockServerError


def seconds_of(by: timedelta | float, units: Mapping[str, float]) -> float:
    """The seconds of a step: a timedelta or seconds, and units of one; MockServerError if they make none."""
    try:
        return ((by if isinstance(by, timedelta) else timedelta(seconds=by)) + timedelta(**units)).total_seconds()
    except (TypeError, ValueError, OverflowError):
        given = ", ".join([f"{name}={value!r}" for name, value in units.items()] or [repr(by)])
        raise MockServerError(
            f"advance takes seconds, a timedelta, or units of one such as minutes=5, got {given}."
        ) from None


def time_of(at: datetime | str) -> str:
    """A time in RFC 3339, in UTC if it has no offset."""
    try:
        moment = datetime.fromisoformat(at) if isinstance(at, str) else at
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    except OverflowError:
        return moment.replace(tzinfo=UTC).isoformat()  # so far out of reach that an offset does not matter
    except (ValueError, AttributeError):
        expected = "a datetime or an ISO 8601 time such as '2026-04-22T10:00:00Z'"
        raise MockServerError(f"freeze takes {expected}, got {at!r:.80}.") from None
