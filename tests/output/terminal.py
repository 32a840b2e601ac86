"""An output that somebody watches."""

from __future__ import annotations

import io


class Terminal(io.StringIO):
    """A terminal that keeps what was written to it."""

    def isatty(self) -> bool:
        return True
