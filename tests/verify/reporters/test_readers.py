"""Reports opened by what reads them: JUnit by junitparser, SARIF and HAR by the schemas that their readers go by."""

from __future__ import annotations

import json
import shutil
import subprocess
import tarfile
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import junitparser
import pytest
from jsonschema import Draft6Validator
from jsonschema.validators import validator_for
from referencing import Registry, Resource

from mockserver.verify import events
from mockserver.verify.events import Finding, OperationRef
from mockserver.verify.grading import Policy
from mockserver.verify.reporters.har import Har
from mockserver.verify.reporters.junit import junit
from mockserver.verify.reporters.sarif import as_sarif
from mockserver.verify.scoreboard import Scoreboard
from tests.verify.reporters.sample import GET, LIST, PING, RUN, finding

SCHEMAS = {"har": "har-schema@2.0.0", "sarif": "@microsoft/jest-sarif@1.0.0-beta.0"}
"""Packages of npm that carry the schemas of SARIF 2.1.0 and HAR 1.2."""

KNOWN = replace(finding(check="ignored_auth"), operation=LIST)
REFUSED = finding(check="positive_data_acceptance", status=404)


def located(each: Finding, line: int | None = 12) -> Finding:
    return replace(each, file="specs/shelf.yaml", line=line, place="responses")


def many(number: int) -> OperationRef:
    return OperationRef("shelf", f"read_{number}", "GET", f"/{number}", ("200",))


@pytest.fixture
def scoreboard() -> Scoreboard:
    """A broken run with a group over two operations, a warning, a known finding, and one that is gone."""
    wrong = located(finding(check="content_type_conformance"))
    known = {KNOWN.fingerprint: "ticket 7", KNOWN.fingerprint._replace(operation="get_book"): ""}
    board = Scoreboard(7, "mockserver verify shelf", policy=Policy(known=known))
    operations = (LIST, GET, many(1), many(2))
    started = events.ApiStarted("shelf", "Shelf", "https://x", operations, events.PHASES, 7, source="specs/a.yaml")
    for event in (started, *RUN[4:9]):
        board.on_event(event)
    for found in (*(replace(wrong, operation=many(at)) for at in (1, 2)), located(REFUSED, None), KNOWN):
        board.on_event(events.Found("shelf", found))
    board.on_event(events.ApiFinished("shelf", 1.5, "completed"))
    for event in RUN[-4:]:
        board.on_event(event)
    return board


def packed(name: str, folder: Path) -> dict[str, Any]:
    """The JSON files of a package, by name; skipped where there is no npm."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("needs npm, which has the schemas")
    subprocess.run([npm, "pack", SCHEMAS[name], "--silent"], cwd=folder, check=True, capture_output=True)
    [archive] = folder.glob("*.tgz")
    with tarfile.open(archive) as files:
        found = [each for each in files.getmembers() if each.name.endswith(".json") and "lib/" in each.name]
        texts = {Path(each.name).name: files.extractfile(each) for each in found}
        return {name: json.load(text) for name, text in texts.items() if text is not None}


@pytest.mark.gate  # fetches the schema
def test_sarif_is_what_its_schema_asks_for(scoreboard: Scoreboard, tmp_path: Path) -> None:
    """Of a whole run, of one that was broken off, and of one without anything."""
    [schema] = [each for name, each in packed("sarif", tmp_path).items() if name.startswith("sarif")]
    validator = validator_for(schema)(schema)
    interrupted = Scoreboard(7)
    interrupted.broke_off = "interrupted by SIGTERM"

    for board in (scoreboard, interrupted, Scoreboard(7)):
        assert [error.message for error in validator.iter_errors(json.loads(json.dumps(as_sarif(board))))] == []


@pytest.mark.gate  # fetches the schemas
def test_an_archive_is_what_its_schema_asks_for(tmp_path: Path) -> None:
    """Silence, bodies that are no text, and the remark of a run that was broken off included."""
    schemas = packed("har", tmp_path)
    registry: Registry[Any] = Registry().with_resources(
        (each["$id"].rstrip("#"), Resource.from_contents(each)) for each in schemas.values() if "$id" in each
    )
    file = StringIO()
    archive = Har(file)
    for event in RUN:
        archive.on_event(event)
    archive.close("interrupted by SIGTERM")
    validator = Draft6Validator(schemas["har.json"], registry=registry)

    assert [error.message for error in validator.iter_errors(json.loads(file.getvalue()))] == []


def test_sarif_has_a_result_per_group_the_worst_first(scoreboard: Scoreboard) -> None:
    """At its lines of the document, with how to repeat it, what is known and what is gone."""
    [run] = as_sarif(scoreboard)["runs"]
    results = run["results"]

    assert [(each["ruleId"], each["level"], each.get("baselineState")) for each in results] == [
        ("not_a_server_error", "error", "new"),
        ("content_type_conformance", "error", "new"),
        ("positive_data_acceptance", "warning", "new"),
        ("ignored_auth", "error", "unchanged"),
        ("ignored_auth", "none", "absent"),
    ]
    assert [each["ruleIndex"] for each in results] == [2, 0, 3, 1, 1]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == sorted({each["ruleId"] for each in results})
    first, *_ = results[1]["locations"]
    assert first["physicalLocation"] == {
        "artifactLocation": {"uri": "specs/shelf.yaml"},
        "region": {"startLine": 12},
    }
    assert [each["logicalLocations"][0]["name"] for each in results[1]["locations"]] == ["read_1", "read_2"]
    assert results[1]["message"]["text"].startswith("500 is image/png (2 operations). it broke")
    assert results[0]["locations"][0]["physicalLocation"] == {"artifactLocation": {"uri": "specs/a.yaml"}}
    assert results[3]["suppressions"] == [{"kind": "external", "justification": "ticket 7"}]
    assert results[0]["properties"]["curl"][0].startswith("curl ")
    assert len({each["partialFingerprints"]["mockserver/v1"] for each in results}) == 5
    assert run["invocations"][0]["executionSuccessful"]


def test_junit_is_read_with_all_that_it_says(scoreboard: Scoreboard, tmp_path: Path) -> None:
    """Counts, classes, files, times and properties; failures first, each with its commands; known ones are skipped."""
    path = tmp_path / "junit.xml"
    path.write_text(junit(scoreboard, datetime(2026, 1, 1, tzinfo=UTC)))
    xml = junitparser.JUnitXml.fromfile(str(path))
    suite, other = list(xml)
    cases = list(suite)
    told = {(case.classname, case.name): case for case in cases}
    worst = cases[0]
    known = told["shelf.list_books", "ignored_auth"]
    warned = told["shelf.get_book", "positive_data_acceptance"]

    assert (xml.tests, xml.failures, xml.errors, xml.skipped) == (12, 3, 0, 4)
    assert (suite.name, suite.timestamp, other.name) == ("shelf", "2026-01-01T00:00:00+00:00", "ping")
    assert [(case.name, case.classname) for case in cases[:3]] == [
        ("not_a_server_error", "shelf.get_book"),
        ("content_type_conformance", "shelf.read_1"),
        ("content_type_conformance", "shelf.read_2"),
    ]
    [failure] = worst.result
    assert (failure.message, failure.type) == ("Server error: 500", "not_a_server_error")
    assert "repeat it:\ncurl " in failure.text
    assert "also on 1 other operation" in told["shelf.read_1", "content_type_conformance"].result[0].text
    assert [each.message for each in known.result] == ["known: ticket 7"]
    assert warned.result == []
    assert str(warned.system_out).startswith("warning: Server error")
    element = told["shelf.read_1", "content_type_conformance"]._elem
    assert (element.get("file"), element.get("line")) == ("specs/shelf.yaml", "12")
    said = {each.get("name"): each.get("value") for each in worst._elem.iter("property")}
    assert said.items() >= {"operation": "GET /books/{id}", "severity": "error"}.items()
    assert sum(float(case.time) for case in cases) == pytest.approx(0.512, abs=0.01)
    assert PING.operation_id in {case.classname.partition(".")[2] for case in other}


@pytest.mark.parametrize("operations", [(PING,), (PING, LIST)], ids=["all sent", "one not sent"])
def test_sarif_says_as_an_error_what_keeps_a_run_from_being_clean(operations: tuple[OperationRef, ...]) -> None:
    """Whoever looks only at results would take none of them for a contract that is kept."""
    board = Scoreboard(7)
    for event in (events.ApiStarted("ping", "Ping", "", operations, events.PHASES, 7), *RUN[-3:]):
        board.on_event(event)
    (run,) = as_sarif(board)["runs"]
    told = [(each["level"], each["message"]["text"]) for each in run["invocations"][0]["toolExecutionNotifications"]]

    missing = [] if len(operations) == 1 else [("error", "ping: Never sent, so not verified: list_books.")]
    assert (run["results"], told, run["invocations"][0]["exitCode"]) == ([], missing, 2 if missing else 0)
