"""The workshop API's cursors: base64url of JSON with a page's limit and the place in the order behind which it begins.

The document's pattern admits exactly the cursors that can be read. So the JSON is spaced to make every piece of it a
multiple of three bytes, four characters of base64: what stands before the limit, the limit's three digits, what stands
before the place, the place itself, and the end. The place is hexadecimal, six digits at a time, written with the
letters ` to o, which base64 turns into four fixed sets of characters.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode

Position = tuple[str, str]
"""An item's place in its order: title or name, then id."""

CURSOR = '{{"sort":"name","order":"asc","limit": "{limit:03}", "after":"{place}"}} '
DIGITS, LETTERS = "0123456789abcdef", "`abcdefghijklmno"
WRITTEN, READ = str.maketrans(DIGITS, LETTERS), str.maketrans(LETTERS, DIGITS)
APART = b"\xff"
"""Parts title and id and fills up the last three bytes; UTF-8 never has this byte."""


def write_cursor(limit: int, position: Position) -> str:
    """The cursor of the page behind a position."""
    place = APART.join(part.encode() for part in position)
    place += APART * (-len(place) % 3)
    return urlsafe_b64encode(CURSOR.format(limit=limit, place=place.hex().translate(WRITTEN)).encode()).decode()


def read_cursor(cursor: str) -> tuple[int, Position]:
    """The limit and the position in a cursor; a caller's own may name a place where nothing stands."""
    parts = json.loads(urlsafe_b64decode(cursor))
    title, _, id_ = bytes.fromhex(parts["after"].translate(READ)).rstrip(APART).partition(APART)
    return int(parts["limit"]), (title.decode(errors="replace"), id_.decode(errors="replace"))
