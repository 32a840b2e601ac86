"""Values look like what their fields are called, and those of one object agree with each other."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from mockserver.contract.generation.fields import TEXTS
from mockserver.contract.generation.formats import FORMATS
from mockserver.contract.generation.words import words_of
from tests.contract.generation.made import NOW, Sample, value

TEXT = {"type": "string"}


def record(*names: str, about: str = "", seed: int = 1, **properties: Any) -> dict[str, Any]:
    """A record with texts of these names, and further properties."""
    whole = {**dict.fromkeys(names, TEXT), **properties}
    made: dict[str, Any] = value({"type": "object", "properties": whole}, seed, about)
    return made


def test_a_person_has_one_name() -> None:
    """In every field that is made of it."""
    made = record("firstName", "last_name", "full name", "emailAddress", "username", "name", about="users")

    assert made["full name"] == made["name"] == f"{made['firstName']} {made['last_name']}"
    assert made["emailAddress"] == f"{made['username']}@example.com"


def test_who_has_an_e_mail_address_is_somebody() -> None:
    """Whatever the object is called; but a company stays one."""
    order, company = record("customer", "name", "email", about="orders"), record("name", "email", about="companies")

    assert order["name"] == order["customer"]
    assert order["email"] == f"{order['name'].lower().replace(' ', '.')}@example.com"
    assert company["email"] != f"{company['name'].lower().replace(' ', '.')}@example.com"


def test_an_operation_of_a_json_patch_is_one() -> None:
    """A made patch can be applied."""
    assert record("op", "path")["op"] == "add"


@pytest.mark.parametrize("seed", range(20))
def test_times_are_in_their_order(seed: int) -> None:
    """Created, updated, deleted, now, due; birthdays of adults."""
    made = record(
        "created_at",
        "updatedAt",
        "deleted_at",
        "expires_at",
        seed=seed,
        birth_date={"type": "string", "format": "date"},
    )
    created, updated, deleted, expires = (
        datetime.fromisoformat(made[each]) for each in ("created_at", "updatedAt", "deleted_at", "expires_at")
    )

    assert created < updated < deleted < NOW < expires
    assert date.fromisoformat(made["birth_date"]) < NOW.date() - timedelta(days=18 * 365)


def test_a_whole_number_can_be_a_time() -> None:
    """Seconds since 1970, milliseconds if the name says so, unless the bounds forbid it."""
    made = record(
        created={"type": "integer"},
        created_ms={"type": "integer", "format": "int64"},
        updated_at={"type": "integer", "maximum": 9},
    )

    assert made["created"] < NOW.timestamp()
    assert made["created_ms"] // 1000 == made["created"]
    assert made["updated_at"] <= 9


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("petName", r"[A-Z][a-z]+"),
        ("postal_code", r"\d{5}"),
        ("phoneNumber", r"\+1 202-555-0\d{3}"),
        ("price", r"\d+\.\d\d"),
        ("avatar_url", r"https://example\.com/images/[a-z-]+\.png"),
        ("ip", r"192\.0\.2\.\d+"),
        ("currencyCode", r"[A-Z]{3}"),
        ("sku", r"[A-Z]{3}-\d{4}"),
        ("version", r"\d\.\d\.\d"),
        ("sha", r"[0-9a-f]{40}"),
        ("description", r"[A-Z][^.]+\."),
        ("paid_at", r"2025-.*Z|2026-.*Z"),
        ("something", r"[a-z]+"),
    ],
)
def test_a_text_looks_like_what_its_field_is_called(name: str, expected: str) -> None:
    """The last words of the name decide."""
    assert re.fullmatch(expected, record(name)[name])


@pytest.mark.parametrize("name", [*TEXTS, "notes"])
def test_every_known_field_has_a_text(name: str) -> None:
    """Within a length, too."""
    made = value({"type": "object", "properties": {name: {"type": "string", "maxLength": 12, "minLength": 2}}})

    assert 2 <= len(made[name]) <= 12


@pytest.mark.parametrize("form", FORMATS)
def test_every_known_format_has_a_valid_text(form: str) -> None:
    """The validator asserts formats."""
    sample, schema = Sample(), {"type": "string", "format": form}

    assert sample.validator(schema).accepts(sample.value(schema))


@pytest.mark.parametrize(
    ("about", "expected"),
    [
        ("companies", None),
        ("pets", r"[A-Z][a-z]+"),
        ("products", r"[A-Z][a-z]+ [A-Z][a-z]+"),
        ("", r"[A-Z][a-z]+ [A-Z][a-z]+"),
    ],
)
def test_a_name_is_that_of_what_the_record_is(about: str, expected: str | None) -> None:
    """A pet is not called like a company."""
    made = record("name", "company", about=about)

    if expected is None:
        assert made["name"] == made["company"]
    else:
        assert re.fullmatch(expected, made["name"])


def test_a_number_is_in_the_range_that_its_name_says() -> None:
    """Unless the bounds have it otherwise."""
    made = record(
        age={"type": "integer"},
        latitude={"type": "number"},
        rating={"type": "number", "minimum": 50},
        year={"type": "integer"},
    )

    assert 18 < made["age"] < 70
    assert 30 <= made["latitude"] <= 47
    assert made["rating"] >= 50
    assert 2015 <= made["year"] <= 2026


@pytest.mark.parametrize("name", ["createdAt", "created_at", "X-Created-At", "CREATED_AT", "created at"])
def test_a_name_is_taken_apart_whatever_it_is_written_in(name: str) -> None:
    """Camel case, snake case, a header's case."""
    assert words_of(name)[-2:] == ("created", "at")
