"""Violations: how one is addressed and put in words."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.contract.violations import ABSENT, Violation


@pytest.mark.parametrize(
    ("where", "pointer", "path", "field", "words"),
    [
        ("body", "", (), "", "body: is wrong"),
        (
            "body",
            "/filters/countries/0",
            ("filters", "countries", "0"),
            "filters.countries.0",
            "body filters.countries.0: is wrong",
        ),
        ("query", "/limit", ("limit",), "limit", "query limit: is wrong"),
        ("body", "/a~1b/c~0d", ("a/b", "c~d"), "a/b.c~d", "body a/b.c~d: is wrong"),
        ("body", "/~01", ("~1",), "~1", "body ~1: is wrong"),
    ],
)
def test_a_violation_is_addressed_by_pointer_path_and_field(
    where: Any, pointer: str, path: tuple[str, ...], field: str, words: str
) -> None:
    """The pointer's segments unescaped, joined by dots, and a sentence with the place."""
    violation = Violation(where, pointer, "type", None, ABSENT, "is wrong")

    assert violation.path == path
    assert violation.field == field
    assert str(violation) == words


def test_absent_is_told_as_nothing() -> None:
    """What did not come is not null, and a message says so."""
    assert repr(ABSENT) == "nothing"
