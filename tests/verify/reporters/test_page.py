"""The report as a browser lays it out: at desktop and phone width, light and dark, with the scoreboard's numbers."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from mockserver.verify import events
from mockserver.verify.events import Event
from mockserver.verify.reporters.html import html
from mockserver.verify.scoreboard import Scoreboard
from tests.output.browser import in_every_look, laid_out
from tests.verify.flaws import flaws, shelf_target, verified
from tests.verify.reporters.sample import RUN, board, finding

LOST = 'lost: [...document.querySelectorAll("a")].filter(each => !document.getElementById(each.hash.slice(1))).length,'
LONG = finding(curl=("curl http://127.0.0.1:8080/" + "x" * 600,), message="the answer " + "y" * 300)


@pytest.fixture(scope="module")
def broken() -> Scoreboard:
    """Two APIs: one sample with a very long command, and a real run against a real flaw."""
    scoreboard = board(*RUN[:9], events.Found("shelf", LONG), *RUN[12:])
    flaw = next(each for each in flaws() if each.name == "missing_header")
    scoreboard.apis += verified(shelf_target(flaw.app()), examples=2).apis
    return scoreboard


class Rows(HTMLParser):
    """The cells of the tables by operation, and the labelled figures of the tiles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.articles: list[str | None] = []
        self.texts: list[str] = []
        self._inside = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag == "td":
            self.rows[-1].append("")
            self._inside = True
        if tag == "article":
            self.articles.append(dict(attrs).get("id"))

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "td"

    def handle_data(self, data: str) -> None:
        self.texts.append(data.strip())
        if self._inside:
            self.rows[-1][-1] += f"{data} "


def assert_numbers(text: str, scoreboard: Scoreboard) -> None:
    """Every row and every tile says what the scoreboard says."""
    page = Rows(text)
    rows = [[" ".join(cell.split()) for cell in row] for row in page.rows if row]
    expected = [
        [
            f"{score.operation.operation_id} {score.operation.method} {score.operation.path}",
            " ".join([*map(str, sorted(score.statuses)), *score.unreached]),
            f"{score.cases:,}",
            f"{len(score.kept)} of {len(score.checks)}",
            str(sum(each.operation == score.operation for each in api.findings)),
        ]
        for api in scoreboard.apis
        for score in api.operations.values()
    ]
    failures = len(list(scoreboard.findings))
    shown = [word for word in page.texts if word]
    assert [row[:5] for row in rows] == expected
    assert (shown[shown.index("cases") - 1], len(page.articles)) == (f"{scoreboard.cases:,}", failures)
    assert shown[shown.index("failures", shown.index("Contract broken") + 5) - 1] == str(failures)


def test_the_page_has_the_scoreboard_s_numbers(broken: Scoreboard) -> None:
    """Cases, statuses, checks and failures of every operation."""
    assert_numbers(html(broken), broken)


def test_a_number_of_failures_leads_to_the_first_of_them(broken: Scoreboard) -> None:
    """Every operation with failures has one place, however many failures it has."""
    text = html(broken)
    leads = re.findall(r'<a href="#([^"]+\.[^"]+)"', text)
    places = re.findall(r'<span id="([^"]+)"', text)

    assert sorted(leads) == sorted(places)
    assert len(set(places)) == len(places) > 1


@pytest.mark.parametrize("phase", ["fuzzing", ""])
def test_a_failure_of_no_phase_is_shown(phase: str) -> None:
    """An engine that does not say in which phase it was is no reason to go without a report."""
    found: Event = events.Found("shelf", finding(phase=phase))

    assert "found while" in html(board(RUN[0], found, RUN[15]))


@in_every_look
def test_a_browser_lays_the_page_out(broken: Scoreboard, tmp_path: Path, width: int, scheme: str) -> None:
    """Nothing sticks out, however long a command is; every link has its place; the colours are the scheme's."""
    text, probe = laid_out(html(broken), tmp_path, width, scheme, tells=LOST)

    assert probe["lost"] == 0
    assert_numbers(text, broken)
