"""Figures, examples, quotations, and what is written of them."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest

from mockserver.coverage.counting.coverage import SHOWN, Coverage
from mockserver.coverage.counting.outline import Key
from mockserver.coverage.counting.summary import Figure, Summary
from mockserver.coverage.report import write
from mockserver.coverage.terminal import show
from mockserver.output.printing import Output
from tests.coverage.specimen import exchange, outline


def covered(*arguments: dict[str, object]) -> Coverage:
    coverage = Coverage()
    contract = outline()
    for each in arguments:
        coverage.add(contract, exchange(**each))  # type: ignore[arg-type]  # keywords of a test's own
    return coverage


def test_a_preflight_is_no_exchange() -> None:
    """A browser asked for itself; the page's own request comes after it."""
    headers = {"Origin": "https://page.example", "Access-Control-Request-Method": "PUT"}

    coverage = covered({"method": "OPTIONS", "operation_id": None, "headers": headers})

    assert (coverage.exchanges, coverage.hits) == (0, {})


def test_the_percentage_is_parts_exercised_of_all_parts() -> None:
    """Every part counts once, however often it was exercised."""
    summary = Summary(outline(), covered({}, {}, {"body": {"name": "a"}}))
    whole = summary.figure()

    assert whole == Figure(4, len(summary.items)) == Figure(4, 34)
    assert whole.percent == pytest.approx(100 * 4 / 34)
    assert summary.of_kind("status") == Figure(1, 4)
    assert summary.of_operation("specimen", "list_things") == Figure(0, 2)
    assert summary.of_operation("specimen", "") == Figure(0, 4)
    assert summary.of_api("specimen") == whole
    assert len(summary.missing()) == 30


@pytest.mark.parametrize(
    ("figure", "written"),
    [(Figure(0, 0), "100.0%"), (Figure(2, 3), "66.6%"), (Figure(1999, 2000), "99.9%"), (Figure(5, 5), "100.0%")],
)
def test_a_percentage_is_cut_not_rounded(figure: Figure, written: str) -> None:
    """Only all of it is a hundred."""
    assert str(figure) == written


def test_processes_are_merged() -> None:
    """Hits add up; the first example of each status stays."""
    one, other = (
        covered({"target": "/things/1"}),
        covered({"target": "/things/2"}, {"target": "/things/2", "status": 404}),
    )
    one.merge(Coverage.from_json(json.loads(json.dumps(other.to_json()))))
    done = Key("specimen", "put_thing", "status", "200")
    refused = Key("specimen", "put_thing", "status", "4XX")

    assert one.exchanges == 3
    assert (one.hits[done], one.hits[refused]) == (2, 1)
    assert (one.examples[done].target, one.examples[refused].target) == ("/things/1", "/things/2")


def test_an_example_shows_bodies_but_no_headers() -> None:
    """A long body is cut."""
    coverage = covered({"body": {"name": "a" * SHOWN}, "headers": {"Authorization": "Bearer secret"}})
    (example,) = coverage.examples.values()

    assert example.sent == f'{{"name":"{"a" * (SHOWN - 9)}…'
    assert example.received == '{"ok": true}'
    assert "secret" not in json.dumps(coverage.to_json())


def test_an_answer_without_a_message_is_an_empty_example() -> None:
    """Nothing was received then."""
    (example,) = covered({"response": None}).examples.values()

    assert (example.status, example.received) == (200, "")


def test_json_has_every_part_with_its_hits() -> None:
    """One that is missing is quoted."""
    report = Summary(outline(), covered({}, {})).to_json()
    parts = {item["name"]: item for item in report["items"]}

    assert (report["version"], report["exercised"], report["parts"], report["exchanges"]) == (1, 3, 34, 2)
    assert report["percent"] == pytest.approx(100 * 3 / 34, abs=1e-4)
    assert report["apis"] == {"specimen": {"percent": 8.8235, "exercised": 3, "parts": 34}}
    assert report["kinds"]["operation"] == {"percent": 50.0, "exercised": 1, "parts": 2}
    assert parts["200"]["hits"] == 0
    assert parts["put_thing"] == {
        "api": "specimen",
        "operation": "put_thing",
        "kind": "operation",
        "name": "put_thing",
        "pointer": "#/paths/~1things~1{id}/put",
        "hits": 2,
    }
    assert parts["query mode=slow"]["quote"] == "slow"


def test_a_terminal_in_colours_has_the_same_words() -> None:
    """Green for whole, yellow for some, red for none."""
    out = StringIO()
    show(Output(out, width=200, colour=True), Summary(outline(), covered({})))

    assert "\x1b[33m" in out.getvalue()
    assert "\x1b[31m" in out.getvalue()
    assert "no request reached it" in out.getvalue()


def test_folders_of_a_report_are_made(tmp_path: Path) -> None:
    """JSON goes into the file, the page into the folder."""
    summary = Summary(outline(), covered({}))
    page = write(summary, "html", tmp_path / "a" / "b")
    figures = write(summary, "json", tmp_path / "c" / "d.json")

    assert page == tmp_path / "a" / "b" / "index.html"
    assert json.loads(figures.read_text())["exercised"] == 3
