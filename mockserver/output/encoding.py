"""Characters that an output's encoding lacks, as handlers of encoding errors.

Both names are those of `codecs`: `mockserver-readable` for what is read, `mockserver-exact` for what is pasted.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable

READABLE = "mockserver-readable"
EXACT = "mockserver-exact"

ASCII = {
    "\N{CHECK MARK}": "+",
    "\N{BALLOT X}": "x",
    "\N{MULTIPLICATION SIGN}": "x",
    "\N{HORIZONTAL ELLIPSIS}": "...",
    "\N{RIGHTWARDS ARROW}": "->",
    "\N{MIDDLE DOT}": "*",
    "\N{BULLET}": "*",
    "\N{EN DASH}": "-",
    "\N{EM DASH}": "-",
    "\N{MINUS SIGN}": "-",
    "\N{LEFT DOUBLE QUOTATION MARK}": '"',
    "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
    "\N{LEFT SINGLE QUOTATION MARK}": "'",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{BOX DRAWINGS LIGHT HORIZONTAL}": "-",
    "\N{BOX DRAWINGS HEAVY HORIZONTAL}": "=",
    "\N{LESS-THAN OR EQUAL TO}": "<=",
    "\N{GREATER-THAN OR EQUAL TO}": ">=",
    "\N{NO-BREAK SPACE}": " ",
}
"""Signs of our own texts, and of the documents', that read as well in ASCII."""


def escaped(text: str) -> str:
    """The text as JSON escapes it, so that a body of JSON still is what it was."""
    units = text.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def _handler(replaced: Callable[[str], str]) -> Callable[[UnicodeError], tuple[str, int]]:
    def handle(error: UnicodeError) -> tuple[str, int]:
        if not isinstance(error, UnicodeEncodeError):
            raise error
        return "".join(map(replaced, error.object[error.start : error.end])), error.end

    return handle


codecs.register_error(EXACT, _handler(escaped))
codecs.register_error(READABLE, _handler(lambda character: ASCII.get(character) or escaped(character)))


def readable(text: str, encoding: str | None) -> str:
    """The text in characters that the encoding has, to be read."""
    return text.encode(encoding or "utf-8", READABLE).decode(encoding or "utf-8")


def exact(text: str, encoding: str) -> str:
    """The text in characters that the encoding has, to be pasted."""
    return text.encode(encoding, EXACT).decode(encoding)
