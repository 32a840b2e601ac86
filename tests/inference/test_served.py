"""A document that nobody wrote code for, served: every operation answers inside its contract."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from mockserver import MockServer
from mockserver.errors import MockServerError
from mockserver.inference.answers import echoed
from mockserver.mock import Mock

PETSTORE = Path(__file__).with_name("petstore.yaml")


@pytest.fixture
def mock() -> Mock:
    """Not closed: some of its requests break the contract, as they must."""
    return MockServer([str(PETSTORE)]).mock()


def test_a_read_answers_the_record_inside_its_wrapper(mock: Mock) -> None:
    """A wrong example is passed over; the right one is a record from the beginning."""
    assert mock.client.get("/pets/1").json() == {"data": {"id": 1, "petId": 1, "name": "Rex"}}


def test_a_list_has_the_records_and_its_required_header(mock: Mock) -> None:
    """The same in every world, like fixtures: a seed decides what comes into being later."""
    answer = mock.client.get("/pets")
    elsewhere = MockServer([str(PETSTORE)], seed=5).mock().client.get("/pets")

    assert answer.status_code == 200
    assert answer.json() == mock.state["petstore.pets"]
    assert [pet["petId"] for pet in answer.json()] == [1, 2, 3, 4]
    assert answer.headers["x-next"].startswith("/")
    assert mock.client.get("/pets").content == answer.content
    assert elsewhere.content == answer.content


def test_a_page_has_no_more_items_than_were_asked_for(mock: Mock) -> None:
    """The parameter is known by its name."""
    assert len(mock.client.get("/pets?limit=1").json()) == 1


def test_what_is_created_is_there(mock: Mock) -> None:
    """Read back, listed, deleted, gone; a tag of more than ten characters does not fit the answer and is made anew."""
    short = mock.client.post("/pets", json={"name": "Rex", "tag": "dog"}, headers={"X-Key": "any"})
    long = mock.client.post("/pets", json={"name": "Max", "tag": "a dog of great age"}, headers={"X-Key": "any"})
    made = short.json()

    assert (short.status_code, made["name"], made["tag"]) == (201, "Rex", "dog")
    assert mock.client.get(f"/pets/{made['petId']}").json() == {"data": made}
    assert made in mock.client.get("/pets").json()
    assert long.status_code == 201
    assert long.json()["name"] == "Max"
    assert len(long.json()["tag"]) <= 10
    assert mock.client.delete(f"/pets/{made['petId']}").status_code == 204
    assert mock.client.get(f"/pets/{made['petId']}").status_code == 404
    assert made not in mock.client.get("/pets").json()


def test_what_does_not_exist_is_a_problem_where_the_document_has_no_answer_for_it(mock: Mock) -> None:
    """A truthful 404, in the server's own name; the request broke nothing."""
    answer = mock.client.get("/pets/700")

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == "pet 700 does not exist."


def test_what_was_sent_never_becomes_part_of_itself() -> None:
    """A wrapper and what it wraps may both have a field of one name."""
    sent = {"data": {"data": 1}}

    assert echoed({"data": {"data": 0}}, sent, Anything()) == {"data": {"data": 1}}
    assert sent == {"data": {"data": 1}}


def test_what_cannot_stand_in_an_answer_is_left_out_in_few_steps() -> None:
    """True is not 1, and to judge a large answer for each of its fields takes the square of their number."""
    names = [f"n{number}" for number in range(1000)]
    judge = Numbers()
    told = echoed(dict.fromkeys(names, 1), {**dict.fromkeys(names, 2), "n7": True, "n8": "a"}, judge)

    assert told == {**dict.fromkeys(names, 2), "n7": 1, "n8": 1}
    assert told["n7"] is not True
    assert judge.judged < 50


class Numbers:
    """Takes objects of numbers, and counts them."""

    judged = 0

    def accepts(self, value: Any) -> bool:
        self.judged += 1
        return all(type(each) is int for each in value.values())


class Anything:
    """Takes every body."""

    def accepts(self, value: Any) -> bool:
        del value
        return True


def test_what_is_documented_without_a_body_is_answered_so(mock: Mock) -> None:
    """Its operation has no operationId either."""
    answer = mock.client.delete("/pets/1")

    assert answer.status_code == 204
    assert answer.content == b""
    assert mock.requests("delete_pets_petid").count == 1


def test_a_refusal_is_the_documented_one_with_every_violation_in_its_place(mock: Mock) -> None:
    """The message is cut to what its schema takes."""
    answer = mock.client.post("/pets", json={"name": "", "photos": 3}, headers={"X-Key": "any"})

    assert answer.status_code == 422
    assert answer.json()["status"] == 422
    assert {each["field"]: each["message"] for each in answer.json()["errors"]} == {
        "name": "must have at least 1 character(s)",
        "photos": "must be of type array, got 3",
    }
    assert len(answer.json()["message"]) <= 40


def test_the_default_answer_stands_for_a_refusal(mock: Mock) -> None:
    """Its code is the status, and the message stands where a message goes."""
    answer = mock.client.get("/pets?limit=0")

    assert answer.status_code == 400
    assert answer.json()["code"] == 400
    assert answer.json()["error"]["message"] == "query limit: must be at least 1, got 0"


def test_what_no_answer_is_documented_for_is_a_problem(mock: Mock) -> None:
    """The document says nothing of a wrong identifier."""
    answer = mock.client.get("/pets/seven")

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"] == [
        {"pointer": "/petId", "in": "path", "message": 'must be of type integer, got "seven"'}
    ]


def test_any_credential_of_the_right_kind_is_known(mock: Mock) -> None:
    """And none is the documented 401, which has no body here."""
    nobody = mock.client.post("/pets", json={"name": "Rex"})
    anybody = mock.client.post("/pets", json={"name": "Rex"}, headers={"X-Key": "whatever"})

    assert (nobody.status_code, nobody.content) == (401, b"")
    assert anybody.status_code == 201


def test_an_operation_that_cannot_be_answered_says_why(mock: Mock) -> None:
    """It costs itself; the others are served."""
    answer = mock.client.get("/broken")

    assert answer.status_code == 501
    assert answer.headers["content-type"] == "application/problem+json"
    assert "no valid value was found" in answer.json()["detail"]


def test_an_unknown_method_and_an_unknown_path_are_problems(mock: Mock) -> None:
    """No operation words them."""
    method, path = mock.client.patch("/pets"), mock.client.get("/pet")

    assert (method.status_code, method.headers["allow"]) == (405, "GET, HEAD, POST")
    assert path.status_code == 404
    assert path.json()["nearest"][0] == "/pets"


def test_paths_lie_below_those_of_the_servers_as_well(mock: Mock) -> None:
    """With the variables' defaults."""
    answer = mock.client.get("/v2/pets/1")

    assert answer.json()["data"]["petId"] == 1
    assert mock.requests("getPet").count == 1


def test_a_mounted_document_is_served_below_its_prefix_only() -> None:
    """So two that claim one path can be served side by side."""
    server = MockServer([str(PETSTORE), f"other={PETSTORE}"], mounts={"other": "/other/api"})
    client = server.mock().client

    client.delete("/pets/2")

    assert client.get("/other/api/pets/1").json()["data"]["petId"] == 1
    assert client.get("/other/api/v2/pets/2").json()["data"]["petId"] == 2
    assert client.get("/pets/2").status_code == 404


@pytest.mark.parametrize(
    ("given", "options", "message"),
    [
        (["petstor"], {}, "unknown API 'petstor': expected one of audience, crm, prospects, salesnav, workshop"),
        (["workshp"], {}, "Did you mean workshop?"),
        ([str(PETSTORE), f"other={PETSTORE}"], {}, "--mount NAME=/prefix"),
        ([str(PETSTORE), str(PETSTORE.parent / ".." / "inference" / "petstore.yaml")], {}, "are called 'petstore'"),
        ([str(PETSTORE)], {"mounts": {"pets": "/x"}}, "no API is called 'pets'; expected one of petstore"),
        ([str(PETSTORE)], {"mounts": {"petstore": "x/"}}, "expected a path such as /petstore"),
        (["./none.yaml"], {}, "none.yaml"),
    ],
)
def test_what_cannot_be_served_is_said(given: list[str], options: dict[str, Any], message: str) -> None:
    """When the server is made."""
    with pytest.raises(MockServerError, match=re.escape(message)):
        MockServer(given, **options)
