"""The console: colour, movement and width as the output takes them; nothing printed is obeyed."""

from __future__ import annotations

import io

import pytest
from rich.table import Table
from rich.text import Text

from mockserver.output.escaping import LINES
from mockserver.output.printing import UNBOUNDED, Output, coloured
from tests.output.terminal import Terminal


def printed(out: Output) -> str:
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue()


@pytest.mark.parametrize(
    ("terminal", "environment", "colour", "animated"),
    [
        (True, {}, True, True),
        (False, {}, False, False),
        (False, {"FORCE_COLOR": "1"}, True, False),
        (False, {"FORCE_COLOR": "3", "TERM": "dumb"}, True, False),
        (False, {"FORCE_COLOR": ""}, False, False),
        (True, {"FORCE_COLOR": "0"}, False, True),
        (True, {"NO_COLOR": "1"}, False, True),
        (True, {"NO_COLOR": ""}, True, True),
        (True, {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False, True),
        (True, {"TERM": "dumb"}, False, False),
        (True, {"TERM": "dumb", "FORCE_COLOR": "1"}, True, False),
    ],
)
def test_colour_and_movement(
    terminal: bool, environment: dict[str, str], colour: bool, animated: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NO_COLOR wins, then FORCE_COLOR, then the terminal; only a terminal that can is drawn over."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    out = Output(Terminal() if terminal else io.StringIO())
    out.print("[bold red]words[/]")

    assert ("\x1b[" in printed(out)) is colour
    assert out.animated is animated
    assert coloured(out.file) is colour


def test_a_stream_that_cannot_tell_is_no_terminal() -> None:
    """As one that is closed already."""
    closed = io.StringIO()
    closed.close()

    assert not coloured(closed)


def test_nothing_is_folded_where_nobody_watches() -> None:
    """A line of a file or a pipe is a line, so that it can be searched; a terminal has its own width."""
    out = Output(io.StringIO())
    out.print("word " * 300)

    assert printed(out) == ("word " * 300).rstrip() + "\n"
    assert out.width == UNBOUNDED
    assert Output(Terminal()).width < UNBOUNDED


def test_no_line_ends_in_blanks() -> None:
    """A table fills its cells; where a line is wrapped, that would leave empty ones."""
    table = Table(box=None)
    table.add_column("name")
    table.add_column("text")
    table.add_row("a", "short  ")
    table.add_row("b", Text("much longer than the other", style="bold"))
    out = Output(io.StringIO(), width=60)
    out.print(table)
    out.print(Text.assemble(("end", "bold"), "  ", "\n", "   ", "x"))

    assert printed(out) == " name  text\n a     short\n b     much longer than the other\nend\n   x\n"


def test_nothing_printed_is_obeyed() -> None:
    """Whatever forgot to escape what it prints, the console does not."""
    table = Table(box=None)
    table.add_column("\x1b[31mhead")
    table.add_row(Text("cell\u202e\x9b"))
    out = Output(io.StringIO(), width=60)
    out.print(table)
    out.print("\x1b]0;title", "line\nfeed")

    assert "\\x1b[31m" in printed(out)
    assert "\\x1b]0;title line\nfeed\n" in printed(out)
    assert not LINES.search(printed(out))


def test_a_command_stays_in_one_line() -> None:
    """It is longer than the terminal is wide, and has characters that the encoding lacks."""
    raw = io.BytesIO()
    out = Output(io.TextIOWrapper(raw, encoding="ascii"), width=20)
    out.command(f'curl http://127.0.0.1:8080/lists -d \'{{"title": "Größe …"}}\' {"x" * 80}', indent=2)
    out.file.flush()

    assert raw.getvalue().decode() == (
        f'  curl http://127.0.0.1:8080/lists -d \'{{"title": "Gr\\u00f6\\u00dfe \\u2026"}}\' {"x" * 80}\n'
    )
