"""The clock of a world: real time, which tests can shift or freeze."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True)
class Clock:
    """Frozen at `frozen_at` (aware, UTC) if that is given; else real time plus `offset`."""

    frozen_at: datetime | None = None
    offset: timedelta = timedelta()

    def now(self) -> datetime:
        # an offset and not a time of its own, so that a world which goes on costs nothing
        return self.frozen_at or datetime.now(UTC) + self.offset

    def freeze(self, at: datetime | None = None) -> Clock:
        return replace(self, frozen_at=(at or self.now()).astimezone(UTC))

    def advance(self, by: timedelta) -> Clock:
        if self.frozen_at is not None:
            return replace(self, frozen_at=self.frozen_at + by)
        return replace(self, offset=self.offset + by)

    def resume(self) -> Clock:
        """Run on from the current time of the clock."""
        if self.frozen_at is None:
            return self
        return Clock(offset=self.frozen_at - datetime.now(UTC))
