"""Log records, which quote requests, documents and errors, as lines that steer nothing."""

from __future__ import annotations

import logging
import sys

from mockserver.output.escaping import visible_lines

OURS = ("mockserver", "root", "py")
"""Loggers (py: what Python warns of) whose warnings are meant for whoever runs the server."""


def concerns_operator(record: logging.LogRecord) -> bool:
    """Whether a record is ours or tells of a failure: what else a library warns of is a request that came."""
    return record.levelno >= logging.ERROR or record.name.partition(".")[0] in OURS


class Formatter(logging.Formatter):
    """Escapes what is not visible in messages and tracebacks."""

    def format(self, record: logging.LogRecord) -> str:
        return visible_lines(super().format(record))


def log_to_standard_error(level: str) -> None:
    """Write the records of that level and above, one after the other; of libraries, failures only unless at DEBUG."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Formatter("%(levelname)s: %(message)s"))
    if level != "DEBUG":
        handler.addFilter(concerns_operator)
    logging.basicConfig(level=level, handlers=[handler])
