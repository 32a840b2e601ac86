"""Raw values of a request by name: split out of query and cookies, percent-encoded as they came.

Raw text has one character per byte (Latin-1). Values stay percent-encoded until they have been split, so an encoded
delimiter is data.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

from mockserver.contract.violations import ABSENT, Absent

Pairs = Mapping[str, list[str]]
"""Decoded names to their raw values, in the order sent."""


class Undecodable(Exception):
    """A value is not UTF-8 after percent-decoding, was sent twice, or is not serialized by its style."""

    def __init__(self, keyword: str, message: str, received: Any) -> None:
        super().__init__(message)
        self.keyword = keyword
        self.message = message
        self.received = received


def percent_decode(text: str) -> str:
    """The text of a raw, percent-encoded value; Undecodable unless it is UTF-8."""
    if "%" not in text and text.isascii():
        return text
    try:
        return unquote_to_bytes(text.encode("latin-1")).decode()
    except UnicodeDecodeError:
        raise Undecodable("encoding", "must be UTF-8 after percent-decoding", text) from None


def percent_decoded(text: str) -> str:
    """The text that a raw piece stands for, or the piece itself if it stands for none."""
    try:
        return percent_decode(text)
    except Undecodable:
        return text


def split_query(query: str) -> dict[str, list[str]]:
    """Raw values by decoded name; a name that is not UTF-8 cannot be that of a parameter and is ignored."""
    pairs: dict[str, list[str]] = {}
    encoded = "%" in query or "+" in query or not query.isascii()  # asked once for all names and values
    for part in query.split("&"):
        if not part:
            continue
        name, _, value = part.partition("=")
        if not encoded:  # as most are
            pairs.setdefault(name, []).append(value)
            continue
        try:  # a plus is a space (HTML forms); replaced before decoding, so that an encoded plus stays one
            pairs.setdefault(percent_decode(name.replace("+", "%20")), []).append(value.replace("+", "%20"))
        except Undecodable:
            continue
    return pairs


def split_cookies(headers: Iterable[str]) -> dict[str, list[str]]:
    """Raw values by name, from the Cookie headers."""
    pairs: dict[str, list[str]] = {}
    for part in ";".join(headers).split(";"):
        name, equals, value = part.strip().partition("=")
        if equals:
            pairs.setdefault(name, []).append(value)
    return pairs


def single(pairs: Pairs, name: str) -> str | Absent:
    """The value of a name that was sent once, or ABSENT; Undecodable for several."""
    values = pairs.get(name)
    if values is None:
        return ABSENT
    # which of the values counts differs between servers: it is refused instead of guessed
    if len(values) > 1:
        raise Undecodable("repeated", f"must be given once, was given {len(values)} times", values)
    return values[0]
