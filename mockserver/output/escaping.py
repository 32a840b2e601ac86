"""Text that came from outside, made fit for a terminal or a log.

A terminal obeys control characters, reads bidirectional ones out of order and does not show others at all; a CI system
obeys lines that begin like its commands. What is escaped is shown by its number, as JSON and Python write it.
"""

from __future__ import annotations

import re

CONTROL = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # C0, DEL and C1: ESC, CSI, NEL
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks, embeddings, overrides and isolates of direction
    "\u200b\u2028\u2029\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb"  # separators, and what has no width
    "\ud800-\udfff\U000e0000-\U000e007f]"  # half a surrogate pair, which no output can hold; tags
)
"""Characters that a terminal obeys, reorders or does not show."""

LINES = re.compile(CONTROL.pattern.replace("\x00-\x1f", "\x00-\x09\x0b-\x1f"))
"""The same without the line feed."""

COMMAND = re.compile(r"^(\s*)(::|##\[|##vso\[|##teamcity\[)", re.MULTILINE)
"""How a line begins that GitHub, Azure Pipelines or TeamCity takes for a command."""

SHORT = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}


def visible(text: str) -> str:
    """The text in one line, with what is not visible escaped."""
    plain = text.isascii() and text.isprintable()  # as nearly all is, and told ten times as fast
    return text if plain else CONTROL.sub(_numbered, text)


def escaped(text: str) -> str:
    """The text with its line feeds; all else that is not visible is escaped."""
    return LINES.sub(_numbered, text)


def visible_lines(text: str) -> str:
    """Lines of a body: escaped, and none of them is a command of the CI system that they are printed in."""
    return COMMAND.sub(lambda found: found[1] + numbered(found[2][0]) + found[2][1:], escaped(text))


def _numbered(found: re.Match[str]) -> str:
    return SHORT.get(found[0]) or numbered(found[0])


def numbered(character: str) -> str:
    """A character by its number: `\\x1b`, `\\u202e`, `\\U000e0041`."""
    number = ord(character)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"  # noqa: PLR2004  # what two and four hexadecimal digits hold
