"""What public documents have and few examples show: a key in the query, a file for an object, refusals with headers."""

from __future__ import annotations

from pathlib import Path

import pytest

from mockserver import MockServer
from mockserver.mock import Mock

DOCUMENT = Path(__file__).with_name("odd_requests.yaml")


@pytest.fixture(scope="module")
def server() -> MockServer:
    return MockServer([str(DOCUMENT)])


@pytest.fixture
def mock(server: MockServer) -> Mock:
    """Not closed: some of its requests break the contract, as they must."""
    mock = server.mock()
    mock.reset()
    return mock


def test_an_item_is_found_by_the_key_in_the_query(mock: Mock) -> None:
    """Or in the body, of any media type in a range such as application/*+json."""
    first, second = (each["id"] for each in mock.client.get("/teams").json()[:2])
    headers = {"Content-Type": "application/merge+json"}

    by_query = mock.client.put(f"/teams?id={first}", headers=headers, content=b'{"name": "a"}')
    by_body = mock.client.put("/teams", headers=headers, content=b'{"id": "%s", "name": "b"}' % second.encode())

    assert (by_query.status_code, by_body.status_code) == (200, 200)
    assert mock.client.get(f"/teams/{first}").json()["name"] == "a"
    assert mock.client.get(f"/teams/{second}").json()["name"] == "b"


def test_a_refusal_has_the_headers_that_its_response_requires(mock: Mock) -> None:
    """They are made as those of other answers are."""
    refused = mock.client.put("/teams", headers={"Content-Type": "application/a+json"}, content=b"{")

    assert refused.status_code == 400
    assert refused.headers["x-server"]


def test_a_header_is_text_or_json_as_its_media_type_says(mock: Mock) -> None:
    """A text in a header of JSON has its quotes."""
    headers = mock.client.get("/teams").headers

    assert not headers["x-cache"].startswith('"')
    assert headers["x-track"].startswith('"')


def test_a_required_link_is_sent_as_its_schema_asks(mock: Mock) -> None:
    """Also where the links of the page are others, or there are none."""
    answer = mock.client.get("/teams")

    assert answer.status_code == 200
    assert answer.headers["link"].endswith('; rel="self"')


def test_keys_are_such_as_every_path_takes(mock: Mock) -> None:
    """A path further below may take whole numbers only; a parameter behind the key begins no other way to the item."""
    key = mock.client.get("/teams").json()[0]["id"]

    assert key.isdecimal()
    assert mock.client.get(f"/teams/{key}").status_code == 200
    assert mock.client.delete(f"/teams/{key}/1").status_code == 200


def test_a_file_in_the_place_of_an_object_changes_none_of_its_fields(mock: Mock) -> None:
    """There is nothing in it that the object has."""
    key = mock.client.get("/teams").json()[0]["id"]
    before = mock.client.get(f"/teams/{key}/logo").json()

    put = mock.client.put(f"/teams/{key}/logo", headers={"Content-Type": "image/png"}, content=b"\x89PNG")

    assert put.status_code == 200
    assert before
    assert mock.client.get(f"/teams/{key}/logo").json() == before


def test_what_is_created_of_other_words_is_not_empty(mock: Mock) -> None:
    """A job has none of the fields that start it, and what it has is made up."""
    made = mock.client.post("/jobs", json={"script": "x"})

    assert made.status_code == 201
    assert made.json().keys() == {"state", "finished"}


def test_alternatives_that_any_object_keeps_have_a_valid_value(mock: Mock) -> None:
    """One property is such as the other alternative does not take."""
    assert mock.client.get("/settings").status_code == 200


def test_parameters_side_by_side_are_told_apart(mock: Mock) -> None:
    """By the values that the second may have."""
    assert mock.client.get("/pages/a.b.html").json() == {"page": "a.b", "type": ".html"}
    assert mock.client.get("/pages/a.txt").status_code == 400
