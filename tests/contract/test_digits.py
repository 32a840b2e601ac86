"""Integers in digits, which anybody may have written."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.contract.digits import number_of
from mockserver.contract.document import Document
from mockserver.contract.pointers import index_of, value_at
from mockserver.contract.violations import ABSENT
from mockserver.errors import DocumentError
from mockserver.inference.cursors import read_cursor
from mockserver.inference.patches import patched
from tests.contract.codecs.written import FORM, codec, read
from tests.contract.specimen import document

LONG = "9" * 5000
"""More digits than Python makes an integer of."""


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("007", 7), ("-3", -3), ("9" * 4000, int("9" * 4000))]
    + [(text, None) for text in ("", "-", "--3", "+3", " 3", "3 ", "1_0", "٣", "3.0", LONG)],
)
def test_a_number_is_written_in_digits_alone(text: str, number: int | None) -> None:
    """Python takes more than that, and fails for what is too long."""
    assert number_of(text) == number


@pytest.mark.parametrize(
    ("part", "index"), [("0", 0), ("10", 10)] + [(part, None) for part in ("", "-", "-1", "00", "01", "1_0", LONG)]
)
def test_an_index_has_no_sign_and_no_zero_before_it(part: str, index: int | None) -> None:
    """RFC 6901, 4."""
    assert index_of(part) == index


@pytest.mark.parametrize("part", ["-1", "1", "00", LONG])
def test_a_pointer_leads_to_items_that_are_there(part: str) -> None:
    """In a value, in a document and in a patch alike."""
    made: Document = document({}, {}, x=["a"])

    assert value_at(["a"], f"/{part}") is ABSENT
    with pytest.raises(DocumentError, match="cannot be resolved"):
        made.at(f"#/x/{part}")
    assert patched(["a"], [{"op": "replace", "path": f"/{part}", "value": "b"}])[0] == ["a"]


@pytest.mark.parametrize("text", ["YWZ0ZXI6LS01", f"{LONG}1", LONG])
def test_a_cursor_of_a_client_is_at_most_none(text: str) -> None:
    """The first says `after:--5`."""
    assert read_cursor(text) is None


@pytest.mark.parametrize(
    ("media", "text"), [(FORM, f"tags[{LONG}]=a"), ("text/event-stream", f"data: a\nretry: {LONG}\n\n")]
)
def test_bodies_may_have_any_number_of_digits(media: str, text: str) -> None:
    """Names of that kind are no numbers of items, and such a time to wait is text."""
    value: Any = read(codec(media, {"type": "array"}) if media != FORM else codec(media), text)

    assert value in ({"tags": {LONG: "a"}}, [{"data": "a", "retry": LONG}])


def test_items_of_a_form_stand_by_their_numbers() -> None:
    """As numbers, whose order is not that of texts."""
    assert read(codec(FORM), "tags[10]=c&tags[9]=b&tags[0]=a") == {"tags": ["a", "b", "c"]}
