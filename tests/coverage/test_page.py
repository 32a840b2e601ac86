"""The page of contract coverage: its numbers, and how a browser lays it out."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from mockserver import MockServer
from mockserver.coverage.counting.coverage import Coverage
from mockserver.coverage.counting.outline import KINDS, Outline
from mockserver.coverage.counting.summary import Summary
from mockserver.coverage.page import page
from tests.output.browser import in_every_look, laid_out

OPEN_EXAMPLE = 'const example = document.querySelector("[popover]"); example.showPopover();'
EXAMPLE_IS_OPEN = 'open: example.matches(":popover-open"),'


@pytest.fixture(scope="module")
def summary() -> Summary:
    """Some of one API, as a handful of requests exercise it."""
    server = MockServer(["workshop"])
    outline, coverage = Outline(server.apis.values()), Coverage()
    server.observe(lambda exchange: coverage.add(outline, exchange))
    with server.mock() as mock:
        headers = mock.headers("workshop")
        for number in range(1_200):
            mock.client.get("/v1/lists", params={"limit": 1 + number % 5}, headers=headers)
        made = {"external_id": "<b>", "title": "Größe & <script>alert(1)</script>", "list_type": "team"}
        mock.client.post("/v1/lists", json=made, headers=headers)
        with mock.expect_violations("unauthorized"):
            mock.client.get("/v1/lists/unknown")
        mock.client.delete("/v1/lists/3d4e06a3-544b-4cc7-924e-e077ef133cf6", headers=headers)
    return Summary(outline, coverage)


class Numbers(HTMLParser):
    """The figures that a page shows: every cell's hits, the tiles, the pointers of the gaps."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.cells: dict[tuple[str, str], int] = {}
        self.texts: list[str] = []
        self._operation = ""
        self._status: str | None = None
        self._label = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._operation = given.get("data-operation") or self._operation
        self._status = given.get("data-status") or (self._status if tag == "b" else None)
        self._label = tag == "b"

    def handle_endtag(self, tag: str) -> None:
        self._label = self._label and tag != "b"

    def handle_data(self, data: str) -> None:
        if self._status is not None and not self._label and data.strip():
            self.cells[self._operation, self._status] = int(data.replace(",", ""))
        self.texts.append(data.strip())


def assert_numbers(text: str, summary: Summary) -> None:
    """Every number of the page is that of the summary."""
    numbers = Numbers(text)
    expected = {
        (item.key.operation, item.key.name): summary.hits(item) for item in summary.items if item.key.kind == "status"
    }
    assert numbers.cells == expected
    assert numbers.cells["list_lists", "200"] == 1_200
    for kind, words in KINDS.items():
        figure = summary.of_kind(kind)
        at = numbers.texts.index(words)
        tile = [each for each in numbers.texts[at - 3 : at + 4] if each]
        assert tile == [str(figure), words, f"{figure.exercised} of {figure.parts}"]
    whole = summary.figure()
    assert f"{whole.exercised} of {whole.parts} parts of the contract exercised by 1,203 requests" in " ".join(
        numbers.texts
    )
    assert {item.pointer for item in summary.missing()} <= set(numbers.texts)


def test_the_page_has_the_summary_s_numbers(summary: Summary) -> None:
    """Cells, tiles, the whole, and the pointer of every gap."""
    assert_numbers(page(summary), summary)


def test_the_page_needs_nothing_beside_itself(summary: Summary) -> None:
    """No address of anything is in it, and what clients sent is text."""
    text = page(summary)

    assert not re.search(r"""(src|href)="(?!#)|url\(|@import""", text)
    assert "<script>alert" not in text
    assert "Größe &amp; &lt;script&gt;" in text


def test_an_example_stands_behind_every_cell_that_was_hit(summary: Summary) -> None:
    """Each button opens an example of its own; a cell without hits has none."""
    text = page(summary)
    opens = re.findall(r'popovertarget="(x\d+)" data-status', text)

    assert len(opens) == len(set(opens)) == 4
    assert sorted(re.findall(r'<div popover id="(x\d+)"', text)) == sorted(opens)


def test_what_the_document_says_stands_behind_every_cell_without_hits(summary: Summary) -> None:
    """Each leads to the quotation of its own status."""
    text = page(summary)
    leads = re.findall(r'<a class="gap" href="#(g\d+)" data-status="(\w+)"', text)

    assert len(leads) == len([item for item in summary.missing() if item.key.kind == "status"]) > 0
    for anchor, status in leads:
        [gap] = re.findall(rf'<li id="{anchor}">(.*?)</li>', text, re.DOTALL)
        assert f"/responses/{status}</code>" in gap
        assert f"&#39;{status}&#39;:" in gap


@in_every_look
def test_a_browser_lays_the_page_out(summary: Summary, tmp_path: Path, width: int, scheme: str) -> None:
    """At desktop and phone width, light and dark: nothing sticks out, the numbers are there, an example opens."""
    text, probe = laid_out(page(summary), tmp_path, width, scheme, first=OPEN_EXAMPLE, tells=EXAMPLE_IS_OPEN)

    assert probe["open"]
    assert_numbers(text, summary)
