"""Reports hold the whole run in the forms that others read: JUnit XML, HAR 1.2, JSON and a page."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree

import pytest

from mockserver.errors import VerifyError
from mockserver.verify.reporters.files import Reports
from mockserver.verify.reporters.har import Har
from mockserver.verify.reporters.html import html
from mockserver.verify.reporters.junit import junit
from mockserver.verify.reporters.machine import as_json, json_text
from tests.verify.reporters.sample import RUN, board


def test_junit_names_operation_and_check() -> None:
    """A test case is a check on an operation; failures, errors and skips are counted at every level."""
    root = ElementTree.fromstring(junit(board()).encode())

    cases = {(case.get("classname"), case.get("name")): case for case in root.iter("testcase")}
    failure = cases["shelf.get_book", "not_a_server_error"].find("failure")
    assert failure is not None
    assert failure.get("message") == "Server error: 500"
    assert "#/paths/~1books~1{id}/get/responses" in str(failure.text)
    assert "curl x" in str(failure.text)
    assert cases["shelf.list_books", "a"].find("failure") is None
    assert cases["shelf.delete_book", "every check"].find("skipped") is not None
    assert cases["shelf.get_book", "a success"].find("skipped") is not None
    assert root.attrib.items() >= {"tests": "9", "failures": "1", "errors": "2"}.items()
    assert root[0].attrib.items() >= {"tests": "8", "failures": "1", "errors": "2", "skipped": "2"}.items()
    assert [suite.get("name") for suite in root] == ["shelf", "ping"]


def test_junit_tells_of_operations_that_were_not_sent() -> None:
    """It is not verified, which is an error; what may not be sent without --allow-writes is skipped."""
    root = ElementTree.fromstring(junit(board(*RUN[:1], RUN[-1])).encode())
    told = {
        kind: [case.get("classname") for case in root.iter("testcase") if case.find(kind) is not None]
        for kind in ("error", "skipped")
    }

    assert told == {"error": ["shelf.list_books", "shelf.get_book"], "skipped": ["shelf.delete_book"]}


def test_an_archive_has_every_exchange() -> None:
    """Request and answer are there as sent; a body that is no text is in base64; silence has the status 0."""
    file = StringIO()
    archive = Har(file)
    for event in RUN:
        archive.on_event(event)
    archive.close()

    log = json.loads(file.getvalue())["log"]
    good, silent, bad, _ = log["entries"]
    assert (log["version"], log["creator"]["name"]) == ("1.2", "mockserver verify")
    assert good["request"]["queryString"] == [{"name": "limit", "value": "1"}, {"name": "limit", "value": "2"}]
    assert good["response"]["content"] == {"size": 13, "mimeType": "application/json", "text": '{"items": []}'}
    assert good["startedDateTime"] == "2026-01-01T12:00:00.000+00:00"
    assert bad["request"]["postData"] == {"mimeType": "application/json", "text": '{"title": "<b>"}'}
    assert bad["response"]["content"]["encoding"] == "base64"
    assert bad["response"]["redirectURL"] == "/x"
    assert bad["comment"] == "shelf.get_book; fuzzing; failed: not_a_server_error"
    assert silent["response"]["status"] == 0
    assert sum(good["timings"].values()) == good["time"] == 12.0


def test_an_archive_of_nothing_is_one() -> None:
    """A run without requests leaves a valid file."""
    file = StringIO()
    Har(file).close()

    assert json.loads(file.getvalue())["log"]["entries"] == []


def test_json_has_the_whole_scoreboard() -> None:
    """What a machine asks: the verdict, numbers by operation, findings with rule, requests and the seed."""
    told = json.loads(json_text(board()))

    [operation, broken] = told["apis"][0]["operations"]
    [found] = told["apis"][0]["findings"]
    assert told == as_json(board())
    assert (told["verdict"], told["exitCode"], told["seed"], told["cases"]) == ("broken", 1, 7, 4)
    assert operation["statuses"] == {"200": 1}
    assert operation["unreachedStatuses"] == ["400", "413"]
    assert broken["checks"]["not_a_server_error"] == {"passed": 0, "failed": 3}
    assert found.items() >= {"operationId": "get_book", "occurrences": 3, "curl": ["curl x"]}.items()
    assert found["exchanges"][0]["status"] == 500
    assert told["apis"][0]["unsent"] == ["delete_book"]
    assert told["apis"][1]["verdict"] == "clean"


class Text(HTMLParser):
    """The text of a page, and its tags."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_shows_numbers_and_findings() -> None:
    """Everything a reader asks first is there as text, and nothing that a server answered is markup."""
    page = Text(html(board(), datetime(2026, 1, 1, tzinfo=UTC)))

    for part in (
        "Contract broken",
        "2026-01-01 00:00 UTC, seed 7",
        "Server error",
        "3 times",
        "the document says, at #/paths/~1books~1{id}/get/responses",
        "curl x",
        "answered 500",
        "delete_book",
        "mockserver verify shelf ping --seed 7",
    ):
        assert part in page.text
    assert page.tags.count("script") == 1
    assert page.tags.count("article") == 1
    assert "<b>" not in page.tags


@pytest.mark.parametrize(
    ("happened", "words"),
    [(RUN[-4:], "Contract kept"), ((RUN[0], RUN[11], RUN[15]), "Verification incomplete"), (RUN, "Contract broken")],
)
def test_the_page_begins_with_the_verdict(happened: tuple[object, ...], words: str) -> None:
    """Three words tell whether to read on."""
    page = html(board(*happened))  # type: ignore[arg-type]  # slices of a run

    assert f"<title>{words}" in page


def test_reports_are_written(tmp_path: Path) -> None:
    """Several at once, each to its file."""
    paths = {kind: tmp_path / f"report.{kind}" for kind in ("junit", "json", "html", "har")}

    with Reports([f"{kind}={path}" for kind, path in paths.items()]) as reports:
        for event in RUN:
            reports.on_event(event)
        written = reports.write(board())

    assert dict(written) == paths
    assert all(path.stat().st_size > 500 for path in paths.values())
    assert len(json.loads(paths["har"].read_text())["log"]["entries"]) == 4


def test_two_reports_of_a_kind_are_both_written(tmp_path: Path) -> None:
    """Neither takes the other's place."""
    asked = [(kind, tmp_path / f"{number}.{kind}") for kind in ("json", "har") for number in (1, 2)]

    with Reports([f"{kind}={path}" for kind, path in asked]) as reports:
        for event in RUN:
            reports.on_event(event)
        written = reports.write(board())

    texts = [path.read_text() for _, path in asked]
    assert written == asked
    assert texts[0] == texts[1]
    assert texts[2] == texts[3] > ""


def test_no_report_is_no_file() -> None:
    """Without reports a run leaves nothing behind."""
    with Reports([]) as reports:
        reports.on_event(RUN[0])

        assert reports.write(board()) == []


@pytest.mark.parametrize("asked", ["xml=x", "junit", "junit=", "=x"])
def test_an_unknown_report_is_refused(asked: str) -> None:
    """The message lists the kinds there are."""
    with pytest.raises(VerifyError, match="junit=FILE, json=FILE, html=FILE, sarif=FILE, har=FILE"):
        Reports([asked])


def test_a_report_that_cannot_be_written_is_told_before_the_run(tmp_path: Path) -> None:
    """Nobody waits for a run whose report has no place."""
    (tmp_path / "taken").write_text("a file")

    with (
        pytest.raises(VerifyError, match="it cannot be written: Not a directory"),
        Reports([f"har={tmp_path}/first", f"json={tmp_path}/taken/x"]),
    ):
        pytest.fail("the block must not begin")

    assert [each.name for each in tmp_path.iterdir()] == ["taken"]


def test_the_last_good_report_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    """A run that comes to nothing leaves every report as it was, and nothing beside it."""
    paths = {kind: tmp_path / kind for kind in ("junit", "json", "html", "har")}
    for path in paths.values():
        path.write_text("the last good one")

    with suppress(RuntimeError), Reports([f"{kind}={path}" for kind, path in paths.items()]) as reports:
        for event in RUN[:6]:
            reports.on_event(event)
        raise RuntimeError

    assert {path.read_text() for path in tmp_path.iterdir()} == {"the last good one"}
    assert len(list(tmp_path.iterdir())) == 4


def test_folders_of_reports_are_made(tmp_path: Path) -> None:
    """As coverage's are, and pytest's own."""
    with Reports([f"json={tmp_path}/new/folder/report.json"]) as reports:
        reports.write(board())

    assert json.loads((tmp_path / "new/folder/report.json").read_text())["verdict"] == "broken"


def test_a_run_that_was_broken_off_says_so_in_every_report(tmp_path: Path) -> None:
    """Whoever reads one later must not take it for the whole run."""
    paths = {kind: tmp_path / kind for kind in ("junit", "json", "html", "har")}
    scoreboard = board(*RUN[-4:])
    scoreboard.interrupted, scoreboard.broke_off = True, "interrupted by SIGTERM"
    with Reports([f"{kind}={path}" for kind, path in paths.items()]) as reports:
        reports.write(scoreboard)
    root = ElementTree.fromstring(paths["junit"].read_bytes())
    told = json.loads(paths["json"].read_text())

    assert [each.get("message") for each in root.iter("error")] == ["not the whole run: interrupted by SIGTERM"]
    assert (root.get("tests"), root.get("errors")) == ("2", "1")
    assert (told["verdict"], told["interrupted"], told["brokeOff"]) == ("incomplete", True, "interrupted by SIGTERM")
    assert "Not the whole run: interrupted by SIGTERM." in Text(paths["html"].read_text()).text
    assert json.loads(paths["har"].read_text())["log"]["comment"] == "not the whole run: interrupted by SIGTERM"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a full disk")
@pytest.mark.parametrize("kind", ["junit", "json", "html", "har"])
def test_a_full_disk_costs_its_report_and_nothing_else(kind: str, tmp_path: Path) -> None:
    """The other reports are there, and the failure is told."""
    other = tmp_path / "other.json"

    with Reports([f"{kind}=/dev/full", f"json={other}"]) as reports:
        for event in RUN * 20:
            reports.on_event(event)
        written = reports.write(board())

    assert written == [("json", other)]
    assert json.loads(other.read_text())["cases"] == 4
    assert reports.failures == [f"--report {kind}=/dev/full: it cannot be written: No space left on device."]
