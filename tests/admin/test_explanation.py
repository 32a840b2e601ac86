"""What an explanation reads out of bodies, which are not always whole, and not always JSON."""

from __future__ import annotations

import pytest

from mockserver.admin.explanation import strings_of
from tests.patience import bounded


@pytest.mark.parametrize(
    ("body", "strings"),
    [
        (b'{"id": "a", "tags": ["b", 1]}', ["id", "a", "tags", "b"]),
        (rb'["a\"b", "\u00e9\n"]', ['a"b', "é\n"]),
        (b'{"id": "a", "na', ["id", "a"]),
        (b'{"id": "a\\', ["id"]),
        (b'path,name\r\n"C:\\dir","x"\r\n', ["x"]),
        (b'"a\nb\\n", "c"', ["c"]),
        (b"\xff", []),
    ],
)
def test_strings_are_found_in_whatever_was_answered(body: bytes, strings: list[str]) -> None:
    """A body that was cut ends within a string or behind one; a table has texts that are no strings."""
    assert list(strings_of(body)) == strings


def test_a_string_that_does_not_end_is_read_once() -> None:
    """Each quotation mark within it was taken for the beginning of another."""

    with bounded():
        assert list(strings_of(b'"' + b'\\"' * 1_000_000)) == []
