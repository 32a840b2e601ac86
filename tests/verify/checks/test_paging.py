"""Pages are followed as the contract says they follow, and every way of not adding up has its words."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.contract.contract import Contract
from mockserver.contract.document import Document
from mockserver.contract.violations import ABSENT
from mockserver.verify.checks.paging import (
    Pager,
    Walk,
    flaw_of,
    following,
    items_of,
    next_link,
    pager_of,
    says_more,
)
from mockserver.verify.checks.probe import Prober
from mockserver.verify.citations import Citations
from mockserver.verify.events import OperationRef
from mockserver.verify.targets import Target

OPERATION = OperationRef("t", "list", "GET", "/lists", ("200",))


def walked(size: int, *pages: list[Any], ended: bool = True, **others: Any) -> Walk:
    return Walk(size, [str(at) for at in range(len(pages))], list(pages), ended, **others)


def pager(**names: Any) -> Pager:
    return Pager(**{"operation": OPERATION, "size": "limit", "offset": None, "page": None, "least": 1, "most": 50,
                    "following": {}, **names})  # fmt: skip


WHOLE = walked(50, [1, 2, 3, 4])


@pytest.mark.parametrize(
    ("walk", "whole", "words"),
    [
        (walked(2, [1, 2], [3, 4]), WHOLE, None),
        (walked(2, [1, 2], [3, 4], []), WHOLE, None),
        (walked(2, [1, 2], [3, 4], total=4), WHOLE, None),
        (walked(2, [1, 2], ended=False), WHOLE, None),
        (walked(2, [1, 2], [3, 4], [5, 6]), walked(4, [1, 2, 3, 4], ended=False), None),
        (walked(2, [1, 2, 3], [4]), WHOLE, "a page has 3 items, although the limit was 2"),
        (walked(2, [1, 2], [2, 3], [4]), WHOLE, "2 is listed twice"),
        (walked(2, [1, 2], [4]), WHOLE, "3 is on no page of 2 items, but on one of 50; 1 missing in total"),
        (walked(2, [1, 2]), WHOLE, "3 is on no page of 2 items"),
        (walked(2, [1, 2], [4, 3]), WHOLE, "another order"),
        (walked(2, [1, 2], [3, 4], [5]), WHOLE, "have other items"),
        (walked(2, [1, 2], [3, 4], total=5), WHOLE, "there are 5 items, but the pages have 4"),
        (walked(2, [1, 2], ended=False, broken=404), WHOLE, "the page after page 1 is answered 404"),
        (walked(2, [1], [3, 4]), walked(2, [1, 2], ended=False), "2 is on no page"),
    ],
)
def test_pages_are_held_against_one_large_page(walk: Walk, whole: Walk, words: str | None) -> None:
    """What is lost, doubled, too long or miscounted is told; a walk that was cut short proves nothing beyond it."""
    flaw = flaw_of(walk, whole)

    assert flaw is None if words is None else words in str(flaw)


@pytest.mark.parametrize(
    ("walk", "requests"),
    [
        (walked(2, [1], [2, 3, 4], [5]), "1"),
        (walked(2, [1, 1]), "0"),
        (walked(2, [1, 2], [3, 4], [2]), "02"),
        (Walk(2, ["0", "1", "2"], [[1, 2], [3, 4]], broken=404), "12"),
        (walked(2, [1, 2], [3, 4], total=5), "01"),
        (walked(2, [1, 2], [4]), "w01"),
    ],
)
def test_only_the_requests_that_show_it_are_told(walk: Walk, requests: str) -> None:
    """Nobody pastes nine commands where one will do; a loss needs the large page and all the small ones."""
    whole = Walk(50, ["w"], [[1, 2, 3, 4]], ended=True)

    flaw = flaw_of(walk, whole)

    assert flaw is not None
    assert "".join(flaw.requests) == requests


@pytest.mark.parametrize(
    ("pager", "body", "expected"),
    [
        (pager(), {"next": "/lists?cursor=c&limit=2"}, {"cursor": "c", "limit": "2"}),
        (pager(), {"links": {"next": "?cursor=c"}}, {"cursor": "c"}),
        (pager(), {"next": "https://h/base/lists?cursor=c"}, {"cursor": "c"}),
        (pager(), {"next": "/others?cursor=c"}, None),
        (pager(), {"next": None}, None),
        (pager(following={"cursor": "$response.body#/after"}), {"after": "c"}, {"limit": 2, "cursor": "c"}),
        (pager(following={"cursor": "$response.body#/after"}), {"after": None}, None),
        (pager(offset="offset"), {}, {"limit": 2, "offset": 2}),
        (pager(offset="offset"), {"hasMore": False}, None),
        (pager(page="page"), {}, {"limit": 2, "page": 2}),
        (pager(page="page"), ["a", "b"], {"limit": 2, "page": 2}),
        (pager(), {}, None),
    ],
)
def test_a_full_page_is_followed(pager: Pager, body: Any, expected: dict[str, Any] | None) -> None:
    """A link in the answer goes first, then the contract's own link, then counting."""
    query = following(pager, {"limit": 2}, walked(2, ["a", "b"]), body)

    assert query == expected


@pytest.mark.parametrize(
    ("page", "body", "expected"),
    [(["a"], {}, None), ([], {"has_more": True}, None), (["a"], {"more": True}, {"limit": 2, "offset": 1})],
)
def test_a_short_page_is_the_last_unless_it_says_otherwise(
    page: list[str], body: dict[str, Any], expected: dict[str, Any] | None
) -> None:
    """Where an answer says whether more follows, it is believed; an empty page is always the last."""
    query = following(pager(offset="offset"), {"limit": 2}, walked(2, page), body)

    assert query == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [([1], [1]), ({"items": [1], "total": 1}, [1]), ({"a": [], "b": []}, None), ({"id": 1}, None), (ABSENT, None)],
)
def test_the_items_are_the_one_array(body: Any, expected: list[Any] | None) -> None:
    """A body with two arrays does not say which is the page."""
    items = items_of(body)

    assert items == expected


@pytest.mark.parametrize("word", ["b2", "", 7])
def test_a_next_that_is_no_link_is_none(word: Any) -> None:
    """A cursor called `next` is no address."""
    link = next_link({"next": word})

    assert link is ABSENT


def described(names: list[dict[str, Any]], **link: Any) -> Prober:
    operation = {
        "operationId": "list",
        "parameters": [{"in": "query", **each} for each in names],
        "responses": {"200": {"description": "", "links": {"more": link} if link else {}}, "400": {"description": ""}},
    }
    document = Document({"openapi": "3.1.0", "paths": {"/lists": {"get": operation, "post": operation}}})
    return Prober(Target("t", document, "http://h"), Citations(Contract(document)), (OPERATION,), alone=True)


INTEGER = {"type": "integer"}


@pytest.mark.parametrize(
    ("prober", "expected"),
    [
        (described([{"name": "limit", "schema": {**INTEGER, "minimum": 5, "maximum": 20}}]), pager(least=5, most=20)),
        (described([{"name": "limit", "schema": INTEGER}, {"name": "offset", "schema": INTEGER}]),
         pager(offset="offset", most=100)),
        (described([{"name": "per_page", "schema": INTEGER}, {"name": "page", "schema": INTEGER}]),
         pager(size="per_page", page="page", most=100)),
        (described([{"name": "limit", "schema": INTEGER}, {"name": "cursor", "schema": {}}],
                   operationId="list", parameters={"query.cursor": "$response.body#/after"}),
         pager(following={"cursor": "$response.body#/after"}, most=100)),
        (described([{"name": "limit", "schema": INTEGER}], operationId="list", parameters={"id": "$request.query.id"}),
         pager(most=100)),
        (described([{"name": "limit", "schema": {"type": "string"}}]), None),
        (described([]), None),
    ],
)  # fmt: skip
def test_the_contract_says_how_an_operation_pages(prober: Prober, expected: Pager | None) -> None:
    """Names and types of query parameters, their bounds, and a link from the operation to itself."""
    found = pager_of(prober, OPERATION)

    assert found == expected


def test_only_reads_are_paged() -> None:
    """A POST with a limit is no list."""
    prober = described([{"name": "limit", "schema": INTEGER}])

    found = pager_of(prober, OperationRef("t", "search", "POST", "/lists", ()))

    assert found is None


@pytest.mark.parametrize(
    ("names", "page", "body", "told"),
    [
        ({"offset": "offset"}, [1, 2], [1, 2], True),
        ({"page": "page"}, [1, 2], [1, 2], True),
        ({"following": {"cursor": "$response.body#/next"}}, [1, 2], [1, 2], True),
        ({}, [1, 2], {"data": [1, 2], "next": None}, True),
        ({}, [1], [1], True),
        ({}, [1, 2], [1, 2], False),
    ],
)
def test_a_full_page_tells_nothing_where_nothing_leads_on(
    names: dict[str, Any], page: list[Any], body: Any, told: bool
) -> None:
    """A limit alone, without an offset, a page, a cursor or a link, cannot be walked to the end."""
    assert says_more(pager(**names), walked(2, page), body) is told
