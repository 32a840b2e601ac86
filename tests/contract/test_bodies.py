"""Bodies: which texts are JSON, which are refused and why, and that nothing is lost on the way."""

from __future__ import annotations

import encodings
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from mockserver.contract.bodies import (
    BYTES,
    DEEPEST,
    JSON,
    TEXT,
    Codec,
    charset,
    is_json,
    media_type,
    read_json,
    write_json,
)
from mockserver.contract.violations import ABSENT, Violation

INTEGERS = some.integers(-(10**300), 10**300)
ANY_TEXT = some.text(some.characters(exclude_categories=["Cs"]))
FLOATS = some.floats(allow_nan=False, allow_infinity=False)
ANY_JSON = some.recursive(
    some.none() | some.booleans() | INTEGERS | FLOATS | ANY_TEXT,
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(ANY_TEXT, inner, max_size=4),
    max_leaves=20,
)


def nested(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b'"\\u0000"', "\x00"),
        (b'"\\ud83d\\udc4d"', "👍"),
        ('"é\u2028"'.encode(), "é\u2028"),
        (b" \t\r\n1 ", 1),
        (b"3.0", 3.0),
        (b"-0", 0),
        (b"1e308", 1e308),
        (b"1e-400", 0.0),
        (b"9223372036854775807", 2**63 - 1),
        (b"18446744073709551616", 2**64),
        (b"[-123456789012345678901234567890]", [-123456789012345678901234567890]),
        (b"0.12345678901234567890123", 0.12345678901234567890123),
        (b"null", None),
    ],
)
def test_json_is_read(text: bytes, value: Any) -> None:
    """What RFC 8259 allows is read without loss; of duplicate keys the last counts."""
    assert read_json(text) == (value, None)
    assert type(read_json(text)[0]) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b" ",
        b"{",
        b"{'a': 1}",
        b"[1,]",
        b"01",
        b"+1",
        b".5",
        b"NaN",
        b"Infinity",
        b"-Infinity",
        b"1e400",
        b"-1e400",
        b"[1234567890123456789, 1e400]",
        b"1" * 5000,
        b'"a\x00b"',
        b'"\\ud800"',
        b'"\\udc00\\ud800"',
        b'"\xed\xa0\x80"',
        b'"\xff"',
        b'"\xc0\xaf"',
        b'\xef\xbb\xbf\xef\xbb\xbf{"a": 1}',
        b"\xef\xbb\xbf",
        '{"a": 1}'.encode("utf-16"),
        '{"a": 1}'.encode("utf-16-le"),
        '{"a": 1}'.encode("utf-32"),
        b"{} {}",
        b"// no\n1",
        nested(100_000),
    ],
)
def test_what_is_no_json_is_one_violation(text: bytes) -> None:
    """Malformed text, another encoding and numbers without a value are told as `json`, with the parser's reason."""
    value, flaw = read_json(text)

    assert value is ABSENT
    assert flaw is not None
    assert (flaw.where, flaw.pointer, flaw.keyword, flaw.received) == ("body", "", "json", ABSENT)
    assert flaw.message.startswith("must be JSON in UTF-8: ")
    assert len(flaw.message) > len("must be JSON in UTF-8: ")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b'{"a": NaN}', "NaN is not a JSON value; send a number or null (line 1, column 7)"),
        ('["é",\nInfinity]'.encode(), "Infinity is not a JSON value; send a number or null (line 2, column 1)"),
        (b"[-Infinity]", "-Infinity is not a JSON value; send a number or null (line 1, column 3)"),
        (b"[None]", "None is not a JSON value (line 1, column 2)"),
        (b'{"a": undefined}', "undefined is not a JSON value (line 1, column 7)"),
        (b"[1e400]", "number is infinity when parsed as double"),
        (b"[-]", "no digit after sign"),
        (b"{'a': 1}", "unexpected character, expected a string key"),
        (
            b'["\\\\ud83d \\ud83d\\ude00 \\uDC01"]',
            r"\uDC01 is an unpaired surrogate (line 1, column 24)",
        ),
        (b'["\\ud83dx"]', r"\ud83d is an unpaired surrogate (line 1, column 3)"),
        (b'["\xed\xa0\xbd"]', "an unpaired surrogate at byte 3"),
        (b'["\xe9"]', "byte 3 (0xe9) is not valid UTF-8"),
        (b'["\xed', "byte 3 (0xed) is not valid UTF-8"),
        ("{}".encode("utf-16"), "it is in UTF-16"),
        ("{}".encode("utf-16-be"), "it is in UTF-16 or UTF-32"),
        ("{}".encode("utf-32-le"), "it is in UTF-16 or UTF-32"),
    ],
)
def test_what_is_no_json_is_told_by_its_name(text: bytes, reason: str) -> None:
    """Numbers without a value, words of other languages, half characters and other encodings, where they stand."""
    _, flaw = read_json(text)

    assert flaw is not None
    assert flaw.message == f"must be JSON in UTF-8: {reason}"


@pytest.mark.parametrize("text", [b"{}", b"[1234567890123456789]"])
def test_a_byte_order_mark_is_passed_over(text: bytes) -> None:
    """As .NET writes it before JSON in UTF-8."""
    assert read_json(b"\xef\xbb\xbf" + text) == (json.loads(text), None)


@pytest.mark.parametrize(
    "text", [nested(DEEPEST), b'{"a":' * DEEPEST + b"1" + b"}" * DEEPEST, b'"' + b"[" * 200 + b'"']
)
def test_a_hundred_levels_are_read(text: bytes) -> None:
    """Nesting up to the limit is read, and brackets in a string are no nesting."""
    assert read_json(text) == (json.loads(text), None)


@pytest.mark.parametrize(
    "text",
    [
        nested(DEEPEST + 1),
        b'{"a":' * 101 + b"1" + b"}" * 101,
        b"[" + nested(DEEPEST) + b", 1]",
        b"[" * 1000 + b"1234567890123456789" + b"]" * 1000,
    ],
)
def test_a_hundred_and_one_levels_are_refused(text: bytes) -> None:
    """Nesting beyond the limit is told as `depth`, whatever else the text holds."""
    value, flaw = read_json(text)

    assert value is ABSENT
    assert flaw == Violation("body", "", "depth", 100, ABSENT, "must not nest deeper than 100 levels")


def test_wide_is_not_deep() -> None:
    """Many arrays beside one another are no nesting."""
    wide: list[list[int]] = [[]] * 500

    assert read_json(json.dumps(wide).encode()) == (wide, None)


@given(ANY_JSON)
def test_nothing_is_lost_on_the_way(value: Any) -> None:
    """Every JSON value, integers of any size among them, is read back as it was written."""
    assert read_json(write_json(value)) == (value, None)


def test_json_is_written_compactly() -> None:
    """No white space, no escapes that need not be."""
    assert write_json({"a": ["é", 10**30]}) == f'{{"a":["é",{10**30}]}}'.encode()
    assert write_json({"a": ["é", 1]}) == '{"a":["é",1]}'.encode()


@pytest.mark.parametrize("value", [object(), {1: 10**30, "a": object()}, [10**30, float("nan")]])
def test_what_json_cannot_say_is_not_written(value: Any) -> None:
    """A value that is no JSON raises instead of turning into something else."""
    with pytest.raises((TypeError, ValueError)):
        write_json(value)


@pytest.mark.parametrize(
    ("content_type", "media", "encoding"),
    [
        ("application/json", "application/json", "utf-8"),
        ("Application/JSON ; Charset=UTF-8", "application/json", "utf-8"),
        ('application/json; charset="utf-8"', "application/json", "utf-8"),
        ("application/json; boundary=x; charset=latin-1", "application/json", "latin-1"),
        ("application/json;", "application/json", "utf-8"),
        ("application/json; charset", "application/json", ""),
        ("application/json;charset = utf8 ;x", "application/json", "utf8"),
        ('application/json; profile="a; charset=x"; charset=us-ascii', "application/json", "us-ascii"),
        ('application/json; profile="a\\"; charset=x"', "application/json", "utf-8"),
        ('application/json; profile="never closed; charset=x', "application/json", "utf-8"),
        ("", "", "utf-8"),
    ],
)
def test_a_content_type_has_a_media_type_and_a_charset(content_type: str, media: str, encoding: str) -> None:
    """Both are read in any case; without a charset it is UTF-8."""
    assert media_type(content_type) == media
    assert charset(content_type) == encoding


@pytest.mark.parametrize(
    ("media", "json_too"),
    [
        ("application/json", True),
        ("application/merge-patch+json", True),
        ("text/json", False),
        ("application/xml", False),
    ],
)
def test_a_media_type_is_json_by_name_or_suffix(media: str, json_too: bool) -> None:
    """RFC 6839: the suffix `+json` says so."""
    assert is_json(media) is json_too


@pytest.mark.parametrize("name", ["utf-8", "ISO-8859-1", "latin1", "Shift_JIS", "utf_8_sig", "windows-1252", "UTF-16"])
def test_text_is_read_in_every_charset(name: str) -> None:
    """By any name that Python has for it."""
    assert TEXT.takes(name)


@pytest.mark.parametrize(
    "name", ["klingon", "base64", "rot13", "idna", "punycode", "unicode_escape", "undefined", "utf-8\0", "ü", "..", ""]
)
def test_what_is_no_charset_is_not_taken(name: str) -> None:
    """Encodings of Python for other uses, one of which takes the square of the length, and what nobody knows."""
    assert not TEXT.takes(name)


def test_names_of_clients_are_not_kept() -> None:
    """Python keeps each encoding that it was asked for in vain, for as long as the process runs."""
    TEXT.takes("x-0")
    before = len(encodings._cache)

    assert not any(TEXT.takes(f"x-{number}") for number in range(100))
    assert len(encodings._cache) == before


@pytest.mark.parametrize(
    ("codec", "value", "text"),
    [
        (JSON, "é", '"é"'.encode()),
        (TEXT, "é", "é".encode()),
        (TEXT, {"a": 1}, b'{"a":1}'),
        (BYTES, "\xe9", b"\xe9"),
        (BYTES, b"\x00", b"\x00"),
        (BYTES, [1], b"[1]"),
    ],
)
def test_a_value_is_written_as_its_type_asks(codec: Codec, value: object, text: bytes) -> None:
    """What is no text cannot be written as text, so it is JSON then."""
    assert codec.write(value) == text
