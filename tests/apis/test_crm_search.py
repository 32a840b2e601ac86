"""Saved searches, held against a single contact: every operator over every kind of value."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.apis.crm_search import OPERATORS, Criterion, Search

CONTACT = {"name": "Sofía Treviño", "emails": ["sofia@inboxly.example"], "phones": ["+15125550144"], "city": "Austin"}
IN_AUSTIN = Criterion("city", "eq", "Austin", invert=False)
IN_WACO = Criterion("city", "eq", "Waco", invert=False)


@pytest.mark.parametrize(
    ("has", "operator", "value", "passes"),
    [
        ("Plano", "eq", "Plano", True),
        ("Plano", "eq", "plano", False),
        (4, "eq", 4.0, True),
        (4.5, "eq", 4.5, True),
        (4, "eq", "4", False),
        (1, "eq", True, False),
        (True, "eq", True, True),
        (True, "eq", 1, False),
        (False, "eq", 0, False),
        (0, "eq", 0, True),
        ({"a": 1, "b": [2]}, "eq", {"b": [2.0], "a": 1}, True),
        ({"a": 1}, "eq", {"a": True}, False),
        (["Buyer", "Seller"], "eq", "Seller", True),
        (["Buyer", "Seller"], "eq", ["Buyer", "Seller"], False),
        ([["a"]], "eq", ["a"], True),
        (2**70, "eq", 2**70, True),
        (5, "gte", 5, True),
        (5, "gte", 5.5, False),
        (5, "lte", 2**70, True),
        (5, "gte", "5", False),
        ("10", "gte", "9", False),
        ("10", "gte", 9, False),
        (5, "gte", True, False),
        (True, "gte", 0, False),
        (True, "gte", True, False),
        ({}, "lte", {}, False),
        (5, "lte", None, False),
        ("Plano", "gte", "Dallas", True),
        ("Plano", "lte", "Dallas", False),
        ("Plano", "gte", 0, False),
        ("2024-05-01", "gte", "2024-05-01", True),
        ("2024-05-01", "lte", "2024-04-30", False),
        ("2024-05-01", "gte", "2024-05-01T00:00:00Z", True),
        ("2024-05-01T01:00:00+02:00", "lte", "2024-04-30T23:00:00Z", True),
        ("2024-05-01", "lte", "someday", False),
        ("2024-05-01", "gte", 1714521600, False),
        ("2024-05-01 10:00", "lte", "2024-05-01", False),
        ("2024-05-01-10", "gte", "2024-05-01", False),
        ("2024-05-01-10", "gte", "2024-05-01-09", True),
        ("2024-02-30", "gte", "2024-02-01", False),
        ("0001-01-01T00:00:00+14:00", "lte", "9999-12-31T23:59:59-12:00", True),
        ("2024-13-01", "gte", "2024-12-31", False),
        ("2024-13-01", "gte", "2024-13-00", True),
        ([1, 9], "gte", 5, True),
        ([1, 9], "lte", 0, False),
        ("Oak Hollow Drive", "like", "OAK", True),
        ("Straße", "like", "STRASSE", True),
        ("Oak Hollow Drive", "like", "", True),
        ("Oak Hollow Drive", "like", "oak drive", False),
        (["Open House", "Buyer"], "like", "house", True),
        (45, "like", "4", False),
        ("45", "like", 4, False),
        (["Buyer", "Seller"], "any", ["Tenant", "Seller"], True),
        (["Buyer", "Seller"], "any", ["Tenant"], False),
        (["Buyer", "Seller"], "any", "Seller", True),
        (["Buyer", "Seller"], "any", [], False),
        ("Plano", "any", ["Plano", "Dallas"], True),
        (4, "any", [4.0, "x"], True),
        (["Buyer", "Seller"], "all", ["Seller", "Buyer"], True),
        (["Buyer", "Seller"], "all", ["Seller", "Tenant"], False),
        (["Buyer", "Seller"], "all", "Seller", True),
        (["Buyer", "Seller"], "all", [], True),
        ("Plano", "all", ["Plano", "Plano"], True),
        ("Plano", "all", None, False),
        ([3], "all", [3, 3.0], True),
    ],
)
def test_operators(has: Any, operator: str, value: Any, passes: bool) -> None:
    """A filter passes by its operator and the kinds of the values, and inverted exactly when it otherwise would not."""
    contact = {"attribute": has}

    plain = Criterion("attribute", operator, value, invert=False).test()(contact)
    inverted = Criterion("attribute", operator, value, invert=True).test()(contact)

    assert plain is passes
    assert inverted is not passes


@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize(
    ("attribute", "contact"), [("city", {}), ("city", {"city": None}), ("city", {"city": []}), (None, {"city": "Waco"})]
)
@pytest.mark.parametrize("value", [None, "", []])
def test_missing_attribute(attribute: str | None, contact: dict[str, Any], operator: str, value: Any) -> None:
    """A contact without the attribute, as all are without one that is not defined, passes inverted filters only."""
    assert not Criterion(attribute, operator, value, invert=False).test()(contact)
    assert Criterion(attribute, operator, value, invert=True).test()(contact)


@pytest.mark.parametrize(
    ("criteria", "filter_type", "q", "matches"),
    [
        ((IN_AUSTIN,), "and", None, True),
        ((IN_WACO,), "and", None, False),
        ((IN_AUSTIN, IN_WACO), "and", None, False),
        ((IN_AUSTIN, IN_WACO), "or", None, True),
        ((IN_AUSTIN, IN_WACO), "or", "nobody", False),
        ((IN_WACO,), "or", "treviño", False),
        ((IN_AUSTIN,), "and", "SOFÍA TREV", True),
        ((), "and", "treviño", True),
        ((), "or", "INBOXLY", True),
        ((), "and", "5550144", True),
        ((), "and", "Austin", False),
        ((), "and", None, False),
        ((), "or", None, False),
        ((), "and", "", False),
        ((IN_AUSTIN,), "and", "", True),
    ],
)
def test_searches(criteria: tuple[Criterion, ...], filter_type: str, q: str | None, matches: bool) -> None:
    """Filters are joined by the filter type, `q` restricts what they find, and asking for nothing finds nobody."""
    assert Search(criteria, filter_type, q).test()(CONTACT) is matches


@pytest.mark.parametrize(
    "other",
    [
        Search((IN_WACO,), "and", None),
        Search((IN_AUSTIN,), "or", None),
        Search((IN_AUSTIN,), "and", "a"),
        Search((IN_AUSTIN, IN_AUSTIN), "and", None),
        Search((IN_AUSTIN._replace(invert=True),), "and", None),
        Search((IN_AUSTIN._replace(operator="like"),), "and", None),
        Search((IN_AUSTIN._replace(attribute=None),), "and", None),
        Search((IN_AUSTIN._replace(value=["Austin"]),), "and", None),
    ],
)
def test_fingerprints(other: Search) -> None:
    """Searches share a fingerprint if they ask for the same, and only then."""
    search = Search((IN_AUSTIN,), "and", None)

    assert search.fingerprint == Search((Criterion("city", "eq", "Austin", invert=False),), "and", None).fingerprint
    assert search.fingerprint != other.fingerprint
