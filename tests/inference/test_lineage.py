"""Items behind the key of their owner, and what an item tells of the records below it."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from mockserver import MockServer
from tests.inference.shape import FOLDER


@pytest.fixture(scope="module")
def owned() -> MockServer:
    return MockServer([str(FOLDER / "owned.yaml")])


@pytest.fixture
def repos(owned: MockServer) -> Iterator[httpx.Client]:
    with owned.mock() as mock:
        yield mock.client


@pytest.fixture(scope="module")
def within() -> MockServer:
    return MockServer([str(FOLDER / "within.yaml")])


@pytest.fixture
def orders(within: MockServer) -> Iterator[httpx.Client]:
    with within.mock() as mock:
        yield mock.client


def test_what_is_created_elsewhere_is_the_callers(repos: httpx.Client) -> None:
    """The owner is who `/user` says; the item lies behind both keys, and is listed."""
    me = repos.get("/user").json()["login"]
    made = repos.post("/user/repos", json={"name": "mine", "size": 3}).json()

    assert made["owner"]["login"] == me
    assert repos.get(f"/repos/{me}/mine").json() == made
    assert made in repos.get("/user/repos", params={"per_page": 50}).json()


def test_one_resource_is_seen_through_the_path_of_its_owner(repos: httpx.Client) -> None:
    """The list below one owner has no others, and shows what its schema has."""
    made = repos.post("/orgs/acme/repos", json={"name": "theirs"}).json()

    assert (made["owner"]["login"], repos.get("/repos/acme/theirs").json()) == ("acme", made)
    assert [each["name"] for each in repos.get("/orgs/acme/repos").json()] == ["theirs"]
    assert repos.get("/orgs/others/repos").json() == []
    assert repos.get("/repos/others/theirs").status_code == 404


def test_two_owners_may_have_items_of_one_name(repos: httpx.Client) -> None:
    """And each is told from the other in every other way as well."""
    first, second = (repos.post(f"/orgs/{org}/repos", json={"name": "same"}).json() for org in ("acme", "zeta"))
    taken = repos.post("/orgs/acme/repos", json={"name": "same"})

    assert first["id"] != second["id"]
    assert taken.status_code == 409


def test_what_lies_below_is_counted_at_every_depth(repos: httpx.Client) -> None:
    """By its state as well; it goes with what it lies below."""
    repos.post("/orgs/acme/repos", json={"name": "deep"})
    issues = [repos.post("/repos/acme/deep/issues", json={"title": each}).json()["number"] for each in ("a", "b")]
    issue = f"/repos/acme/deep/issues/{issues[0]}"
    repos.post(f"{issue}/comments", json={"body": "c"})

    assert repos.get("/repos/acme/deep").json()["open_issues"] == 2
    assert repos.get(issue).json()["comments"] == 1

    repos.patch(issue, json={"state": "closed"})

    assert repos.get("/repos/acme/deep").json()["open_issues"] == 1
    assert repos.delete("/repos/acme/deep").status_code == 204
    assert repos.get(issue).status_code == 404
    assert repos.post("/repos/acme/deep/issues", json={"title": "late"}).status_code == 404


def test_what_is_sent_within_is_kept_below(orders: httpx.Client) -> None:
    """Counters, keys and the list itself tell of it."""
    lines = [{"name": "a", "state": "closed"}, {"name": "b", "state": "open"}]
    made = orders.post("/orders", json={"note": "n", "lines": lines}).json()
    below = orders.get(f"/orders/{made['id']}/lines").json()

    assert [each["name"] for each in below] == ["a", "b"]
    assert (made["lines"], made["lines_total"], made["open_lines"]) == (below, 2, 1)
    assert made["line_ids"] == [each["id"] for each in below]


def test_a_list_within_that_is_replaced_is_replaced_below(orders: httpx.Client) -> None:
    """One that is not sent stays."""
    made = orders.post("/orders", json={"lines": [{"name": "a", "state": "open"}]}).json()
    path = f"/orders/{made['id']}"
    orders.put(path, json={"lines": [{"name": "z", "state": "open"}]})
    kept = orders.patch(path, json={"note": "later"}).json()

    assert [each["name"] for each in kept["lines"]] == ["z"]
    assert orders.get(f"{path}/lines/{made['lines'][0]['id']}").status_code == 404


def test_first_records_tell_the_truth(orders: httpx.Client) -> None:
    """What an order begins with is what lies below it."""
    for order in orders.get("/orders").json():
        below = orders.get(f"/orders/{order['id']}/lines").json()
        assert (order["lines"], order["lines_total"]) == (below, len(below))
