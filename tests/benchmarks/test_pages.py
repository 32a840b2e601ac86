"""What 25 generated items cost, measured on a document of one list."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.benchmarks.pages import Page, pages, report, summary

PET = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string", "minLength": 10}}}
PETS = {"type": "array", "items": PET}


def document(schema: object, method: str = "get") -> dict[str, object]:
    content = {"application/json": {"schema": schema}}
    operation = {"operationId": "pets", "responses": {"200": {"description": "Pets.", "content": content}}}
    return {"openapi": "3.0.3", "info": {"title": "Pets", "version": "1"}, "paths": {"/pets": {method: operation}}}


@pytest.mark.parametrize("schema", [PETS, {"type": "object", "properties": {"total": {}, "data": PETS}}])
def test_every_list_is_measured(tmp_path: Path, schema: object) -> None:
    """Its own items, or those within an object."""
    file = tmp_path / "pets.json"
    file.write_text(json.dumps(document(schema)))

    (page,) = pages(file, 2)

    assert (page.document, page.operation) == ("pets.json", "pets")
    assert page.seconds > 0
    assert page.size >= 25 * len('{"name":"..........."}') - 25


@pytest.mark.parametrize("text", ["{", json.dumps(document(PET)), json.dumps(document(PETS, "post"))])
def test_what_lists_nothing_has_no_pages(tmp_path: Path, text: str) -> None:
    """Nor has what cannot be read."""
    file = tmp_path / "pets.json"
    file.write_text(text)

    assert list(pages(file, 1)) == []


def test_the_slowest_are_shown_and_all_are_counted() -> None:
    """With their size in kB."""
    found = [Page("a.json", "fast", 0.001, 900), Page("b.json", "slow", 0.004, 51_000)]

    assert [list(row) for row in report(found, 1).rows] == [["b.json", "slow", "4.00 ms", "51"]]
    assert summary(found) == "1 of 2 lists within 2.00 ms for 25 items; half within 2.50 ms."
    assert summary([]).startswith("0 of 0")
