"""Codecs: the text of a body to a value and back, by media type; JSON strictly and without loss.

orjson parses and writes; integers that are too long for it are left to the standard library. Text that is not JSON is
examined once more to say what it is: clients send NaN, unpaired surrogates and other encodings.
"""

from __future__ import annotations

import codecs
import encodings
import json
import pkgutil
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

import orjson

from mockserver.contract.violations import ABSENT, Violation

DEEPEST = 100
"""Levels of arrays and objects that a JSON text may nest."""

CHARSETS = ("utf-8", "utf8", "us-ascii", "ascii")
"""Names of UTF-8, and of US-ASCII, which is a subset of it."""

NO_CHARSETS = frozenset({"idna", "punycode", "raw_unicode_escape", "undefined", "unicode_escape"})
"""Encodings of text in Python that are no charsets; to decode `punycode` takes the square of its length."""

# possessive quantifiers: a header of many blanks or quotes would else be tried in very many ways
PARAMETER = re.compile(r';\s*+([^\s=;"]*+)\s*+(?:=\s*+("(?:[^"\\]|\\.)*+"?+|[^;]*+))?+')
"""One parameter of a media type (RFC 9110, 5.6.6): its name, and its value with the quotes."""

WORD = re.compile(r"-?[A-Za-z_]+")
ESCAPE = re.compile(
    r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u([dD][89a-fA-F][0-9a-fA-F]{2})|\\."
)
"""One escape of a string: a surrogate pair, half of one, or any other."""

WIDE = {BOM_UTF16_LE: "UTF-16", BOM_UTF16_BE: "UTF-16"}
"""Other encodings, by their byte order mark."""

LONG_INTEGER = b"0" * 19
"""Digits from which on orjson may read an integer as a float, and lose some of them."""

ANY_DIGIT = bytes.maketrans(b"123456789", b"000000000")
"""Makes digits alike: to look for many of them then takes a tenth of what a regular expression does."""


def read_json(text: bytes, deepest: float = DEEPEST) -> tuple[Any, Violation | None]:
    """The value of a JSON text (RFC 8259, UTF-8), or the violation: it is not JSON, or nests deeper than `deepest`.

    A leading byte order mark is ignored.
    """
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        # a parser may ignore the mark (RFC 8259, 8.1), and orjson does not; of many marks each would call this once
        # more
        if text.startswith(BOM_UTF8) and not text.startswith(BOM_UTF8 * 2):
            return read_json(text[len(BOM_UTF8) :], deepest)
        return ABSENT, Violation("body", "", "json", None, ABSENT, f"must be JSON in UTF-8: {_reason(text, error)}")
    # counting brackets costs next to nothing, so only a text that may be too deep is walked; strings may hold brackets
    if len(text) > deepest and text.count(b"[") + text.count(b"{") > deepest and _depth(value) > deepest:
        message = f"must not nest deeper than {deepest} levels"
        return ABSENT, Violation("body", "", "depth", deepest, ABSENT, message)
    # `in` takes five times as long: it makes an error of any bytes that it looks for, and throws it away
    return value if text.translate(ANY_DIGIT).find(LONG_INTEGER) < 0 else json.loads(text), None


def _reason(text: bytes, error: orjson.JSONDecodeError) -> str:
    """Why the text is not JSON: what was found, if that has a name, else what the parser expected."""
    # JSON begins with a character of ASCII, which has a zero beside it in any wider encoding (RFC 4627, 3)
    wide = "UTF-16 or UTF-32" if b"\0" in text[:2] else WIDE.get(text[:2])
    if wide is not None:
        return f"it is in {wide}"
    try:
        decoded = text.decode()
    except UnicodeDecodeError as flaw:
        return _invalid_byte(text, flaw.start)
    place = f"(line {error.lineno}, column {error.colno})"
    if error.msg.endswith("surrogate in string"):
        half = next((found[2] for found in ESCAPE.finditer(decoded, error.pos) if found[2]), "d800")
        return f"\\u{half} is an unpaired surrogate {place}"
    # orjson points behind a minus sign, which belongs to the word in `-Infinity`
    start = error.pos - (decoded[max(0, error.pos - 1) : error.pos] == "-")
    word = WORD.match(decoded, start)
    if word is None or not error.msg.startswith(("unexpected character, expected a JSON value", "no digit")):
        return error.msg
    advice = "; send a number or null" if word[0].lstrip("-") in ("NaN", "Infinity") else ""
    return f"{word[0]:.40} is not a JSON value{advice} {place}"


def _invalid_byte(text: bytes, at: int) -> str:
    """Why the text is not UTF-8 from the byte at `at` on."""
    if text[at] == 0xED and text[at + 1 : at + 2] >= b"\xa0":  # noqa: PLR2004  # U+D800 to U+DFFF as three bytes
        return f"an unpaired surrogate at byte {at + 1}"
    return f"byte {at + 1} (0x{text[at]:02x}) is not valid UTF-8"


def _depth(value: Any) -> int:
    depth = 0
    level = [value]
    while level := [each for each in level if isinstance(each, dict | list)]:
        depth += 1
        level = [child for each in level for child in (each.values() if isinstance(each, dict) else each)]
    return depth


def write_json(value: Any) -> bytes:
    """The value as compact JSON in UTF-8."""
    try:
        return orjson.dumps(value)
    except TypeError:
        # an integer of more than 64 bits, which orjson does not write
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def value_text(value: Any) -> str:
    """The value as a URL, a header or a line of a form has it: text as it is, whatever else as JSON (`true`, `3`)."""
    return value if isinstance(value, str) else write_json(value).decode()


def media_type(content_type: str) -> str:
    """The media type without its parameters, in lower case."""
    return content_type.partition(";")[0].strip().lower()


def charset(content_type: str) -> str:
    """The charset parameter, in lower case; UTF-8 where none is given."""
    found = parameter_of(content_type, "charset")
    return "utf-8" if found is None else found.lower()


def parameter_of(content_type: str, name: str) -> str | None:
    """A parameter of a media type, without quotes; None if it has none. `email` takes the square of their number."""
    for parameter in PARAMETER.finditer(content_type):
        if parameter[1].lower() == name:
            return (parameter[2] or "").strip().strip('"')
    return None


def is_json(media: str) -> bool:
    """Whether a media type is JSON, or a kind of it such as `application/problem+json`."""
    return media == "application/json" or media.endswith("+json")


class Codec(Protocol):
    """Reads and writes the values of some media types."""

    def takes(self, charset: str) -> bool:
        """Whether text in the charset can be read."""

    def read(self, text: bytes, content_type: str) -> tuple[Any, Violation | None]:
        """The value of a text that came under a type it takes, empty for none, or what is wrong with the text."""

    def write(self, value: Any) -> bytes: ...


@dataclass(frozen=True)
class JSONCodec:
    """JSON in UTF-8 (RFC 8259, 8.1), nested up to `deepest` levels."""

    deepest: int = DEEPEST

    def takes(self, charset: str) -> bool:
        return charset in CHARSETS

    def read(self, text: bytes, content_type: str) -> tuple[Any, Violation | None]:
        del content_type
        return read_json(text, self.deepest)

    write = staticmethod(write_json)


@cache
def charsets() -> frozenset[str]:
    """The charsets that Python may know, as `encodings.normalize_encoding` writes them, in lower case."""
    modules = {each.name for each in pkgutil.iter_modules(encodings.__path__)}
    return frozenset({*encodings.aliases.aliases, *modules} - NO_CHARSETS)


class TextCodec:
    """Plain text in any charset that Python knows. A value that is not text is written as JSON."""

    def takes(self, charset: str) -> bool:
        # Python keeps for good each name that it looks for in vain, so that a client could fill the memory with them
        if encodings.normalize_encoding(charset).lower() not in charsets():
            return False
        try:
            return codecs.lookup(charset)._is_text_encoding  # base64 and the like are codecs, too, but of bytes
        except (LookupError, ValueError):  # of other systems, or written with characters that no name has
            return False

    def read(self, text: bytes, content_type: str) -> tuple[Any, Violation | None]:
        encoding = charset(content_type)
        try:
            return text.decode(encoding), None
        except UnicodeError:
            return ABSENT, Violation("body", "", "encoding", encoding, ABSENT, f"must be text in {encoding}")

    def write(self, value: Any) -> bytes:
        return value.encode() if isinstance(value, str) else write_json(value)


class BytesCodec:
    """Binary content, not interpreted. Its value is text of one character per byte, so that it fits into JSON."""

    def takes(self, charset: str) -> bool:
        del charset
        return True

    def read(self, text: bytes, content_type: str) -> tuple[Any, Violation | None]:
        del content_type
        return text.decode("latin-1"), None

    def write(self, value: Any) -> bytes:
        if isinstance(value, bytes):
            return value
        return value.encode("latin-1", "replace") if isinstance(value, str) else write_json(value)


JSON, TEXT, BYTES = JSONCodec(), TextCodec(), BytesCodec()
