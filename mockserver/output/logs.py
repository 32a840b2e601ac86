"""Log records, which quote requests, documents and errors, as lines that steer nothing."""

from __future__ import annotations

import logging
import sys

from mockserver.output.escaping import visible_lines

OURS = ("mockserver", "root", "py")
"""Loggers (py: Python's warnings) whose warnings concern the user of the server."""


def concerns_operator(record: logging.LogRecord) -> bool:
    """Whether a record is ours or reports a failure: other warnings of libraries are about single requests."""
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
