"""The guide on a terminal, in a pager, and in a file."""

from __future__ import annotations

import io
import re
from typing import Any

import click
import pytest
from click.testing import CliRunner

from mockserver.cli import main
from mockserver.guide.page import ORDER, Page, page, pages
from mockserver.guide.terminal import show, show_contents
from mockserver.output.printing import Output
from tests.output.terminal import Terminal

PAGE = Page(
    "one",
    "# One\n\nSee [Limits](limits.md#x), or `this`.\n\n## Two\n\n```sh\n"
    + "curl " * 30
    + "\n```\n\n```json a.json\n[1]\n```\n\n"
    + "word " * 60
    + "\n",
)


@pytest.fixture
def paged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was given to a pager."""
    given: list[str] = []
    monkeypatch.setattr(click, "echo_via_pager", given.append)
    return given


def shown(text: Page, width: int, **options: Any) -> str:
    terminal = Terminal()
    show(Output(terminal, width=width, **options), text)
    return terminal.getvalue()


def plain(text: str) -> list[str]:
    return re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines()


def test_a_page_is_laid_out_for_the_terminal(paged: list[str]) -> None:
    """Prose is as wide as the terminal, at most a hundred; commands stay on a line, as they are pasted."""
    narrow, wide = plain(shown(PAGE, 40)), plain(shown(PAGE, 240))

    assert narrow[:3] == ["One", "", "See Limits (mockserver guide limits), or"]
    assert max(len(line) for line in narrow if "word" in line) <= 40
    assert 90 <= max(len(line) for line in wide if "word" in line) <= 100
    assert "    " + ("curl " * 30).rstrip() in narrow
    assert narrow[narrow.index("  a.json:") + 1] == "    [1]"
    assert paged == []


def test_colours_are_those_of_the_terminal(paged: list[str]) -> None:
    """Some where it has any, but none behind the words: a ground may be light or dark."""
    codes = {code for found in re.findall(r"\x1b\[([0-9;]*)m", shown(PAGE, 80)) for code in found.split(";")}

    assert codes
    assert not [code for code in codes if re.fullmatch(r"4[0-8]|10[0-7]", code)]
    assert "\x1b" not in shown(PAGE, 80, colour=False)


def test_a_long_page_goes_to_a_pager(paged: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is a terminal that is shorter than the page."""
    monkeypatch.setenv("LINES", "20")
    long = Page("long", PAGE.text + "\n\nword" * 20)

    written = shown(long, 80)

    assert written == ""
    assert plain(paged[0])[0] == "One"
    monkeypatch.setenv("TERM", "dumb")
    assert "One" in shown(long, 80)
    assert len(paged) == 1


def test_a_file_gets_the_markdown() -> None:
    """As another program reads it."""
    file = io.StringIO()

    show(Output(file), PAGE)

    assert file.getvalue() == PAGE.text


def test_the_contents_fit() -> None:
    """Every page has its line, however narrow the terminal."""
    terminal = Terminal()

    show_contents(Output(terminal, width=60), pages())

    lines = plain(terminal.getvalue())
    assert {name for name in ORDER if any(line.startswith(name) for line in lines)} == set(ORDER)
    assert max(map(len, lines)) <= 76  # the last line is one that can be searched for


@pytest.mark.parametrize("name", ORDER)
def test_the_command_shows_a_page(name: str) -> None:
    """Whole, where nobody watches."""
    result = CliRunner().invoke(main, ["guide", name])

    assert (result.exit_code, result.output) == (0, page(name).text)


def test_the_command_lists_the_pages() -> None:
    """Where none is named."""
    result = CliRunner().invoke(main, ["guide"])

    assert result.exit_code == 0
    assert all(each.purpose in result.output for each in pages())


def test_the_command_says_what_pages_there_are() -> None:
    """Where another one is named."""
    result = CliRunner().invoke(main, ["guide", "verifi"])

    assert result.exit_code == 2
    assert "the guide has no page 'verifi'. Did you mean verify?" in result.output
