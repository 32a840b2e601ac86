"""Sequences of items in one body."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.codecs.written import codec, read, refused
from tests.patience import bounded

ANY: dict[str, Any] = {"type": "array", "items": {}}


def test_blank_lines_are_no_items() -> None:
    """Also with the line ends of Windows."""
    assert read(codec("application/jsonl", ANY), '{"a":1}\r\n\r\n2\r\n') == [{"a": 1}, 2]


def test_a_line_that_is_no_json_is_named() -> None:
    """By its place."""
    flaw = refused(codec("application/jsonl", ANY), "1\n{\n")

    assert (flaw.keyword, flaw.pointer) == ("json", "/1")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (["a\nb"], "data: a\ndata: b\n\n"),
        (
            [{"data": {"n": 1}, "event": "tick", "id": "7", "retry": 10}],
            'event: tick\nid: 7\nretry: 10\ndata: {"n":1}\n\n',
        ),
        ([{"n": 1}, {"n": 2}], 'data: {"n":1}\n\ndata: {"n":2}\n\n'),
        ("text", "data: text\n\n"),
    ],
)
def test_an_event_is_written_with_its_fields(value: Any, text: str) -> None:
    """What is no event itself is the data of one."""
    assert codec("text/event-stream", ANY).write(value).decode() == text


def test_events_are_read_with_their_fields() -> None:
    """Comments and unknown fields are passed over."""
    text = ": hello\n\nevent: tick\ndata: a\ndata:b\nretry: 10\nother: x\n\n"

    assert read(codec("text/event-stream", ANY), text) == [{"event": "tick", "data": "a\nb", "retry": 10}]


def test_an_event_may_have_very_many_lines() -> None:
    """They are put together once."""
    with bounded():
        found = read(codec("text/event-stream", ANY), "data: line\n" * 500_000)

    assert found == [{"data": "\n".join(["line"] * 500_000)}]


@pytest.mark.parametrize("media", ["text/csv", "text/event-stream"])
def test_text_of_another_encoding_is_refused(media: str) -> None:
    """It is UTF-8 unless it says otherwise."""
    assert refused(codec(media, ANY), b"\xff").keyword == "encoding"


def test_a_table_that_is_none_is_refused() -> None:
    """A quote is left open."""
    assert refused(codec("text/csv", ANY), 'a,b\n"1,2').keyword == "csv"
