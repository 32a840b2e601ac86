"""Tables as bodies."""

from __future__ import annotations

import pytest

from mockserver.contract.violations import ABSENT
from tests.contract.codecs.written import EVERYTHING, codec

ROWS = codec("text/csv", {"type": "array", "items": EVERYTHING})


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"name,size\na,1\nb,2,3\n", "row 2 has more values than the heading, which has 2"),
        (b"name\n\na,1\n", "row 1 has more values than the heading, which has 1"),
        (b'name,size\n"a,1\n', "unexpected end of data"),
    ],
)
def test_what_is_no_table_is_refused(text: bytes, reason: str) -> None:
    """A value beyond the heading has no name."""
    value, flaw = ROWS.read(text, "text/csv")

    assert value is ABSENT
    assert flaw is not None
    assert (flaw.keyword, flaw.message) == ("csv", f"must be CSV: {reason}")


def test_a_row_may_have_fewer_values_than_the_heading() -> None:
    """What is left out is null."""
    value, flaw = ROWS.read(b"name,size\na\n", "text/csv")

    assert (value, flaw) == ([{"name": "a", "size": None}], None)
