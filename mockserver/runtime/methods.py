"""Methods: those that the parser is shown, and how any other is told at the beginning of a request."""

from __future__ import annotations

import re

METHODS = {
    name.encode(): name for name in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT")
}
"""Methods that the parser is shown, as they are written."""

KNOWN = frozenset(METHODS.values())

STAND_IN = b"POST"
"""What the parser is shown for a method that it does not know."""

LONGEST = 256
"""Bytes of a method that are waited for."""

BEGINNING = re.compile(rb"[\r\n]*([!#$%%&'*+.^_`|~0-9A-Za-z-]{0,%d})" % (LONGEST + 1))
"""Empty lines, which may stand before a request (RFC 9112, 2.2), and what has come of a method (RFC 9110, 5.6.2)."""
