"""A table where its columns fit, else one record after the other; no word is broken in two."""

from __future__ import annotations

import io

import pytest
from rich.text import Text

from mockserver.output.printing import Output
from mockserver.output.table import Column, show_table

COLUMNS = [
    Column("method", title=True),
    Column("path", title=True),
    Column("calls", right=True),
    Column("remark", words=True, room=10),
    Column(""),
]
ROWS = [
    [Text("GET"), Text("/contacts/lists"), Text("7"), Text("is asked for often"), Text("ok")],
    [Text("DELETE"), Text("/contacts/lists/{id}"), Text("12"), Text(""), Text("a\nb")],
]


def shown(width: int, **options: bool) -> list[str]:
    out = Output(io.StringIO(), width=width)
    show_table(out, COLUMNS, ROWS, indent=1, **options)
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue().splitlines()


@pytest.mark.parametrize("width", [80, 200, 2000])
def test_columns_where_there_is_room(width: int) -> None:
    """A cell of several lines keeps them."""
    assert shown(width) == [
        " method  path                  calls  remark",
        " GET     /contacts/lists           7  is asked for often  ok",
        " DELETE  /contacts/lists/{id}     12                      a",
        "                                                          b",
    ]


def test_words_are_wrapped_before_the_columns_are_given_up() -> None:
    """Though not into less than the room that they were given."""
    assert shown(52)[:4] == [
        " method  path                  calls  remark",
        " GET     /contacts/lists           7  is asked    ok",
        "                                      for often",
        " DELETE  /contacts/lists/{id}     12              a",
    ]


def test_records_where_there_is_none() -> None:
    """What names a row stands above the rest, of which as much stands in a line as fits."""
    assert shown(40) == [
        " GET /contacts/lists",
        "   calls: 7  remark: is asked for often",
        "   ok",
        " DELETE /contacts/lists/{id}",
        "   calls: 12",
        "   :",
        "     a",
        "     b",
    ]


def test_records_may_be_set_apart() -> None:
    """As the rows of a table may."""
    assert shown(40, spaced=True)[3:5] == ["", " DELETE /contacts/lists/{id}"]
    assert shown(80, spaced=True)[2:4] == ["", " DELETE  /contacts/lists/{id}     12                      a"]


def test_a_table_may_have_no_headings() -> None:
    """Where its cells say what they are."""
    assert shown(80, headings=False)[0].startswith(" GET ")


def test_no_rows_are_no_table() -> None:
    """Headings of nothing say nothing."""
    out = Output(io.StringIO(), width=80)
    show_table(out, COLUMNS, [])
    assert isinstance(out.file, io.StringIO)

    assert out.file.getvalue() == ""
