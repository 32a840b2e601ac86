"""A form that could not be written whole says nothing of the provider that refuses it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from schemathesis.openapi.checks import MissingHeaderNotRejected, RejectedPositiveData

from mockserver.verify.checks.probe import Case
from mockserver.verify.registration import is_unwritten

FORM, MULTIPART, JSON = "application/x-www-form-urlencoded", "multipart/form-data", "application/json"


@pytest.mark.parametrize(
    ("media", "body", "failure", "moot"),
    [
        (FORM, {"a": "1", "b": {}}, RejectedPositiveData, True),
        (MULTIPART, {"a": {"b": [{"c": []}]}}, RejectedPositiveData, True),
        (f"{FORM}; charset=utf-8", {"a": []}, RejectedPositiveData, True),
        (FORM, {"a": "", "b": {"c": None}}, RejectedPositiveData, False),
        (FORM, {}, RejectedPositiveData, False),
        (FORM, {"b": {}}, MissingHeaderNotRejected, False),
        (JSON, {"b": {}}, RejectedPositiveData, False),
        (None, {"b": {}}, RejectedPositiveData, False),
    ],
)
def test_what_no_form_can_write_is_no_finding(media: str | None, body: Any, failure: Any, moot: bool) -> None:
    """An object or an array without content, however deep; other checks and other bodies count as ever."""
    case = cast("Case", SimpleNamespace(media_type=media, body=body))

    assert is_unwritten(failure.__new__(failure), case) is moot
