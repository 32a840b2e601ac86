"""The share of schemas for which a value is made, on a suite of three schemas and a document of five operations."""

from __future__ import annotations

from pathlib import Path

import orjson
from click.testing import CliRunner

from tests.scoreboard.generation import main, of_document, of_suite

PETSTORE = Path(__file__).parent.parent / "inference" / "petstore.yaml"
GROUPS = [
    {
        "description": "met",
        "schema": {"$ref": "#/$defs/a", "$defs": {"a": {"const": 7}}},
        "tests": [{"data": 7, "valid": True}],
    },
    {
        "description": "not met",
        "schema": {"minLength": 3, "maxLength": 1, "type": "string"},
        "tests": [{"data": "", "valid": True}],
    },
    {"description": "that nothing meets", "schema": False, "tests": [{"data": 7, "valid": False}]},
]


def suite(folder: Path) -> Path:
    (folder / "tests" / "draft2020-12").mkdir(parents=True)
    (folder / "remotes").mkdir()
    (folder / "tests" / "draft2020-12" / "some.json").write_bytes(orjson.dumps(GROUPS))
    return folder


def test_schemas_count_that_something_meets(tmp_path: Path) -> None:
    """By the suite's own tests."""
    assert [name for name, _, _ in of_suite(suite(tmp_path))] == ["some: met", "some: not met"]


def test_each_miss_is_told_with_its_reason(tmp_path: Path) -> None:
    """And the share of the others."""
    told = CliRunner().invoke(main, ["--suite", str(suite(tmp_path))])

    assert told.exit_code == 0
    assert "1 of 2" in told.output
    assert "some: not met: no valid value was found" in told.output


def test_every_response_of_a_document_counts() -> None:
    """Also refusals."""
    count, misses = of_document(PETSTORE)

    assert (count, len(misses)) == (6, 1)
    assert "/broken" in misses[0].replace("~1", "/")
