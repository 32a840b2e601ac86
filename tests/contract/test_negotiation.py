"""Which documented media type an Accept header asks for."""

from __future__ import annotations

import pytest

from mockserver.contract.negotiation import MOST, accepted
from mockserver.contract.operation import Response
from tests.contract.specimen import one_operation

TYPES = ("application/json", "application/xml", "text/csv; header=present", "text/plain")


def response(*names: str) -> Response:
    content = {name: {"schema": {"type": "string"}} for name in names}
    return one_operation(responses={"200": {"description": "", "content": content}}).responses["200"]


def sent_as(accept: str, *names: str) -> str | None:
    offer = response(*(names or TYPES)).offer(accept)
    return None if offer is None else offer.content_type


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("*/*", "application/json"),
        ("application/xml", "application/xml"),
        ("APPLICATION/XML", "application/xml"),
        ("text/*", "text/csv; header=present"),
        ("text/plain;q=0.5, application/xml;q=0.4", "text/plain"),
        ("application/xml;q=0.4, text/plain;q=0.5", "text/plain"),
        ("text/plain, application/xml", "application/xml"),
        ("application/json;q=0, */*", "application/xml"),
        ("*/*;q=0.1, text/plain;q=0.2, application/json;q=0.15", "text/plain"),
        ("text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8", "application/xml"),
        ("text/*;q=0.9, text/plain;q=0.1, application/*;q=0.5", "text/csv; header=present"),
        ("text/csv;header=absent", None),
        ("text/csv;header=absent, text/csv;q=0.1", "text/csv; header=present"),
        ("text/csv;header=PRESENT;q=0.2, text/csv;q=0.9, text/plain;q=0.3", "text/plain"),
        ('text/csv;charset="a,b"', "text/csv; header=present"),
        ("image/png", None),
        ("*/*;q=0", None),
        ("*/*;q=0.000", None),
        ("application/xml;q=1.000", "application/xml"),
        ("application/xml;q=2", "application/xml"),
        ("nonsense", "application/json"),
        ("", "application/json"),
        (",,, ;q=1, text/plain", "text/plain"),
    ],
)
def test_the_best_type_that_is_accepted_is_sent(accept: str, expected: str | None) -> None:
    """The most specific range decides a type's quality; of equal ones the first is taken, JSON before others."""
    assert sent_as(accept) == expected


@pytest.mark.parametrize(
    ("names", "accept", "expected"),
    [
        (["image/*"], "*/*", "image/png"),
        (["image/*"], "image/*", "image/png"),
        (["image/*"], "image/webp", "image/webp"),
        (["image/*"], "image/webp;q=0.1, image/*;q=0.2", "image/png"),
        (["image/*"], "text/plain", None),
        (["*/*"], "*/*", "application/json"),
        (["*/*"], "application/xml", "application/xml"),
        (["*/*"], "multipart/mixed", "multipart/mixed; boundary=mockserver-part-b3a1f0"),
        (["*/*"], "text/csv;q=0.1, application/xml;q=0.3", "application/xml"),
        (["application/*+json"], "*/*", "application/vnd.mock+json"),
        (["application/*+json"], "application/hal+json", "application/hal+json"),
        (["application/*+json"], "application/xml", None),
        (["application/vnd.things.v1+json"], "application/json", None),
        (["application/json", "*/*"], "text/html", "text/html"),
    ],
)
def test_of_a_range_the_type_that_the_client_names_is_sent(names: list[str], accept: str, expected: str | None) -> None:
    """A Content-Type names one type, never a range."""
    assert sent_as(accept, *names) == expected


@pytest.mark.parametrize(
    ("names", "negotiable"), [((), False), (["text/plain"], False), (["text/*"], True), (["text/plain", "a/b"], True)]
)
def test_a_response_of_one_type_is_not_negotiated(names: list[str], negotiable: bool) -> None:
    """So it costs nothing."""
    assert response(*names).negotiable is negotiable


def test_of_very_many_ranges_the_first_count() -> None:
    """A header is of any length, and what is remembered of it must not fill the memory."""
    ranges = accepted(", ".join(f"a/b{number}" for number in range(20_000)))

    assert [each.name for each in ranges] == [f"a/b{number}" for number in range(MOST)]


def test_a_header_of_no_range_takes_all() -> None:
    """However long it is."""
    assert [each.name for each in accepted("x" * 100_000)] == ["*/*"]
