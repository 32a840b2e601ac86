"""Log records, which quote requests, documents and errors, as lines that steer nothing."""

from __future__ import annotations

import logging
import sys

from mockserver.output.escaping import visible_lines


class Formatter(logging.Formatter):
    """Escapes what is not visible in messages and tracebacks."""

    def format(self, record: logging.LogRecord) -> str:
        return visible_lines(super().format(record))


def log_to_standard_error(level: str) -> None:
    """Write the records of that level and above, one after the other."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Formatter("%(levelname)s: %(message)s"))
    logging.basicConfig(level=level, handlers=[handler])
