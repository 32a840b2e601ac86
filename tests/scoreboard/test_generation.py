"""The share of schemas for which a value is made, on a suite of three schemas and a document of five operations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
from click.testing import CliRunner

from tests.scoreboard.generation import HOST, hosted, judged_otherwise, main, of_document, of_suite, served

PETSTORE = Path(__file__).parent.parent / "inference" / "petstore.yaml"
GROUPS: list[dict[str, Any]] = [
    {
        "description": "met",
        "schema": {"$ref": "#/$defs/a", "$defs": {"a": {"const": 7}}},
        "tests": [{"data": 7, "valid": True}],
    },
    {
        "description": "not met",
        "schema": {"minLength": 3, "maxLength": 1, "type": "string"},
        "tests": [{"description": "shorter than it may be", "data": "", "valid": True}],
    },
    {"description": "that nothing meets", "schema": False, "tests": [{"data": 7, "valid": False}]},
]


def suite(folder: Path) -> Path:
    (folder / "tests" / "draft2020-12").mkdir(parents=True)
    (folder / "remotes").mkdir()
    (folder / "tests" / "draft2020-12" / "some.json").write_bytes(orjson.dumps(GROUPS))
    return folder


def test_schemas_are_those_of_the_suite(tmp_path: Path) -> None:
    """Each with the suite's own tests."""
    found = list(of_suite(suite(tmp_path)))

    assert [name for name, _, _ in found] == ["some: met", "some: not met", "some: that nothing meets"]
    assert [tests for _, _, tests in found] == [each["tests"] for each in GROUPS]


def test_each_miss_is_told_with_its_reason(tmp_path: Path) -> None:
    """And the share of the others; a schema counts that something meets."""
    told = CliRunner().invoke(main, ["--suite", str(suite(tmp_path))])

    assert told.exit_code == 0
    assert "1 of 2" in told.output
    assert "some: not met: no valid value was found" in told.output
    assert "2 of 3" in told.output
    assert "some: not met: shorter than it may be: judged otherwise" in told.output


def test_what_is_referred_to_is_the_suites_own(tmp_path: Path) -> None:
    """At a host that is never asked, and nothing else."""
    folder = suite(tmp_path)
    (folder / "remotes" / "seven.json").write_text('{"const": 7}')
    with hosted(folder):
        media = served({"$ref": f"{HOST}seven.json"}, tmp_path)
        strange = served({"$ref": "http://127.0.0.1:9/other.json"}, tmp_path)

    tests = [{"description": "1", "data": 1, "valid": False}, {"description": "2", "data": 7, "valid": False}]
    assert judged_otherwise(media, tests) == ["2"]
    assert [flaw.kind for flaw in strange.document.flaws] == ["unreadable"]


def test_every_response_of_a_document_counts() -> None:
    """Also refusals."""
    count, misses = of_document(PETSTORE)

    assert (count, len(misses)) == (6, 1)
    assert "/broken" in misses[0].replace("~1", "/")
