"""Ids found in one response serve other operations, also where nothing in the document connects them."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest

from mockserver.contract.document import Document
from mockserver.verify.events import OperationRef
from mockserver.verify.pool import keys
from mockserver.verify.scores import opens_most
from tests.verify.broken.shelf import Record, Shelf
from tests.verify.flaws import contract, shelf_target, verified


class Scattered(Shelf):
    """Ids that nobody guesses."""

    def add(self, account: str, given: Record) -> Record:
        book = super().add(account, given)
        number = int(book["id"][1:])
        self.books[f"b{number * 7919 + 10_000_019}"] = self.books.pop(book["id"])
        book["id"] = f"b{number * 7919 + 10_000_019}"
        return book


def unlinked() -> Document:
    """The contract without links and examples, and with a parameter that is called like no property."""
    raw: Any = copy.deepcopy(contract().raw)
    raw["paths"]["/books/{which}"] = raw["paths"].pop("/books/{id}")
    [parameter] = raw["paths"]["/books/{which}"]["parameters"]
    parameter["name"] = "which"
    del parameter["example"]
    for item in raw["paths"].values():
        for operation in (each for each in item.values() if isinstance(each, dict)):
            for response in operation["responses"].values():
                response.pop("links", None)
    return Document(raw)


@pytest.mark.parametrize("writes", [True, False])
def test_a_record_of_a_list_is_asked_for(writes: bool) -> None:
    """Every operation on it succeeds, with and without a creation."""
    board = verified(replace(shelf_target(Scattered()), document=unlinked(), writes=writes), examples=10)

    assert [each.operation.operation_id for each in board.apis[0].silent] == []
    assert board.verdict == "clean", [(each.check, each.message) for each in board.findings]


@pytest.mark.parametrize(
    ("record", "parameter", "expected"),
    [
        ({"id": 1, "zone_id": "z"}, "zoneId", ["zone_id", "id"]),
        ({"name": "a", "id": 1}, "zone_name", ["name", "id"]),
        ({"Name": "a", "notes": "x"}, "ref", ["Name"]),
        ({"id": None, "tags": []}, "id", []),
    ],
)
def test_a_record_is_called_by_its_likeliest_property(
    record: dict[str, Any], parameter: str, expected: list[str]
) -> None:
    """As the parameter is called, as it ends, or as records usually are."""
    assert keys(record, parameter) == expected


def operation(name: str, path: str, *required: str) -> OperationRef:
    return OperationRef("t", name, "GET", path, (), required=required)


ZONE, RECORD = operation("zone", "/zones/{id}", "path.id"), operation("record", "/zones/{id}/r", "path.id", "query.q")
USER = operation("user", "/users/{id}", "path.id", "header.X-Tenant")


@pytest.mark.parametrize(
    ("silent", "words"),
    [
        (
            [ZONE, RECORD, USER],
            "A value of path id that exists may open most of them (zone, record): --set '*.path.i",
        ),
        ([USER], "A value of path id that exists may open it: --set 'user.path.id=VALUE'."),
        ([operation("all", "/all")], None),
        ([], None),
    ],
)
def test_the_value_that_opens_most_is_told(silent: list[OperationRef], words: str | None) -> None:
    """A path parameter is one value where the path up to it is the same."""
    told = opens_most(silent)

    assert told == words if words is None else (told or "").startswith(words)
