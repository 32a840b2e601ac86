"""Fixtures: what is loaded, and which words a flaw gets: always the file, the record and the field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mockserver.errors import FixtureError
from mockserver.world import Record
from mockserver.world.fixtures import check_references, load_collection, read_records
from mockserver.world.store import TableState
from tests.world.library import AUTHORS, BOOKS, book, library

FILE = Path("fixtures/library/books.json")


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "books.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def faultless(_: Record) -> Iterator[tuple[str, str]]:
    yield from ()


def test_records_are_read_in_their_order(tmp_path: Path) -> None:
    """A JSON array of objects, in UTF-8."""
    assert read_records(written(tmp_path, '[\n{"id": "b"},\n{"id": "é"}\n]\n')) == [{"id": "b"}, {"id": "é"}]
    assert read_records(written(tmp_path, "[]")) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[{},", "expected a JSON array of records, but it is not JSON: "),
        ("", "expected a JSON array of records, but it is not JSON: "),
        ("[" * 5000, "expected a JSON array of records, but it is not JSON: "),
        (b"[\xff]", "expected a JSON array of records, but it is not JSON: "),
        ('{"id": 1}', "expected a JSON array of records, got dict. Wrap the records in [ ]."),
        ("null", "expected a JSON array of records, got NoneType. Wrap the records in [ ]."),
        ('[{}, {}, "x"]', "record 3: expected a JSON object, got 'x'."),
        ("[[1]]", "record 1: expected a JSON object, got [1]."),
        (f'["{"x" * 500}"]', f"record 1: expected a JSON object, got '{'x' * 79}."),
    ],
)
def test_a_file_of_anything_else_is_refused(tmp_path: Path, text: str | bytes, words: str) -> None:
    """Bad JSON, no array, or a record that is no object: the file is named first, then the record."""
    path = written(tmp_path, text)

    with pytest.raises(FixtureError) as refused:
        read_records(path)

    assert str(refused.value).startswith(f"{path}: {words}")


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """With the reason and the way out."""
    with pytest.raises(FixtureError) as missing:
        read_records(tmp_path / "books.json")
    with pytest.raises(FixtureError) as folder:
        read_records(tmp_path)

    assert str(missing.value) == (
        f"{tmp_path / 'books.json'}: the fixture file cannot be read (No such file or directory). "
        "Restore it or its permissions."
    )
    assert "(Is a directory)" in str(folder.value)


def test_records_that_pass_are_loaded() -> None:
    """In their order."""
    state = load_collection(BOOKS, [book("b"), book("a")], faultless, FILE)

    assert [key for _, key in state.indexes["inserted"].get(None) or ()] == ["b", "a"]


@pytest.mark.parametrize(("field", "named"), [("year", "year"), ("", "the record")])
def test_a_record_that_breaks_its_schema_is_refused(field: str, named: str) -> None:
    """By the first flaw of the first such record."""

    def check(record: Record) -> Iterator[tuple[str, str]]:
        if record["year"] < 0:
            yield field, "must be at least 0"
            yield "title", "is not looked at any more"

    with pytest.raises(FixtureError) as refused:
        load_collection(BOOKS, [book("a"), book("b", year=-1), book("c", year=-1)], check, FILE)

    assert str(refused.value) == f"{FILE}: record 2: {named}: must be at least 0"


@pytest.mark.parametrize(
    ("records", "words"),
    [
        ([book("a"), book("b"), book("a")], "record 3: key: 'a'"),
        ([book("a", isbn="1"), book("b"), book("c", isbn="1")], "record 3: isbn: '1'"),
        ([book("a"), book("a")], "record 2: key: 'a'"),
    ],
)
def test_a_second_claimant_is_refused(records: list[Record], words: str) -> None:
    """Of a key or a unique value; the later record is the one named."""
    with pytest.raises(FixtureError) as refused:
        load_collection(BOOKS, records, faultless, FILE)

    assert str(refused.value) == f"{FILE}: {words} is already taken by an earlier record. Each must be different."


def test_too_few_records_are_refused() -> None:
    """Where an API cannot do without some."""
    with pytest.raises(FixtureError) as refused:
        load_collection(replace(BOOKS, least=1), [], faultless, FILE)

    assert str(refused.value) == f"{FILE}: expected at least 1 record(s), got 0. Add some."


def referring(**fields: Any) -> dict[str, TableState]:
    world = library(book("a"), book("b", **fields))
    world[AUTHORS].put({"name": "Frank"})
    return {each.name: world.state(each) for each in (BOOKS, AUTHORS)}


@pytest.mark.parametrize(
    "fields",
    [{}, {"author": None}, {"author": "Frank"}, {"editors": []}, {"editors": ["Frank", "Frank"], "author": "Frank"}],
)
def test_references_that_lead_somewhere_are_fine(fields: dict[str, Any]) -> None:
    """One value or a list of them; none at all refers to nothing."""
    check_references([BOOKS, AUTHORS], referring(**fields), {BOOKS.name: FILE})


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"author": "Nobody"}, "author: 'Nobody'"),
        ({"editors": ["Frank", "Nobody"]}, "editors: 'Nobody'"),
        ({"author": 5}, "author: 5"),
    ],
)
def test_a_dangling_reference_is_refused(fields: dict[str, Any], words: str) -> None:
    """The record, the field, the value and the collection it should be in."""
    with pytest.raises(FixtureError) as refused:
        check_references([BOOKS], referring(**fields), {BOOKS.name: FILE})

    assert str(refused.value) == (
        f"{FILE}: record 2: {words} is not the key of any record in library.authors. "
        "Add that record or correct the reference."
    )
