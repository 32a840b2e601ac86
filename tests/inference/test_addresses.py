"""Addresses of items: at the root, behind a word that is no collection, and links that stand beside or in an item."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from mockserver import MockServer
from mockserver.inference import Inference

DOCUMENT = Path(__file__).with_name("addresses.yaml")


@pytest.fixture(scope="module")
def server() -> MockServer:
    return MockServer([str(DOCUMENT)])


@pytest.fixture
def client(server: MockServer) -> httpx.Client:
    return server.mock().client


@pytest.mark.parametrize(
    ("operation", "told"),
    [
        ("list_spaces", "inferred: lists `space`; no parameter pages; / has the item /{spaceId}; "),
        ("make_space", "inferred: creates or replaces one of `space`; PUT on the item /{spaceId}, "),
        ("forget_topic", "inferred: stateless; /help/{topic} belongs to no collection"),
    ],
)
def test_items_at_the_root_are_called_after_their_parameter(server: MockServer, operation: str, told: str) -> None:
    """And what stands before another key at the root is the name of something else."""
    inferred = server.apis["addresses"].inferred
    assert isinstance(inferred, Inference)

    assert inferred.plan(operation).sentence.startswith(told)


def test_an_item_at_the_root_is_made_listed_and_gone(client: httpx.Client) -> None:
    """The item is what the list has: reading one answers what lies in it."""
    made = client.put("/attic")

    assert (made.status_code, made.text) == (201, "")
    assert "attic" in [each["name"] for each in client.get("/").json()["spaces"]]
    assert client.get("/attic").json().keys() == {"files"}
    assert client.delete("/attic").status_code == 204
    assert client.get("/attic").status_code == 404


def test_an_item_stands_in_what_is_called_like_its_parameter(client: httpx.Client) -> None:
    """Which has the link to it beside."""
    made = client.post("/plans", json={"wait": 3, "loud": True})

    assert made.json() == {"_selfUrl": made.headers["location"], "step": {"wait": 3, "loud": True}}
    assert client.get(made.headers["location"]).json() == made.json()
    assert {"wait": 3, "loud": True} in client.get("/plans").json()["steps"]


def test_a_created_item_has_the_link_to_itself(client: httpx.Client) -> None:
    """As those have it that were there before, whether or not it is required."""
    made = client.post("/tasks", json={"text": "Sweep"}).json()

    assert client.get(made["self_url"]).json() == made


def test_an_item_is_reached_through_its_parent(client: httpx.Client) -> None:
    """As beside it; through another parent it is not there, and cannot be changed."""
    note = client.post("/users/ann/notes", json={"text": "A"}).json()
    path = f"notes/{note['id']}"

    assert note == {"id": note["id"], "user_id": "ann", "text": "A"}
    assert client.get(path).json() == client.get(f"/users/ann/{path}").json() == note
    assert client.get(f"/users/bob/{path}").status_code == 404
    assert client.put(f"/users/bob/{path}", json={"text": "B"}).status_code == 404
    assert client.put(f"/users/ann/{path}", json={"text": "B"}).json() == {**note, "text": "B"}
    assert client.delete(f"/users/ann/{path}").status_code == 204
    assert client.get(path).status_code == 404


def test_keys_alone_are_the_answer_to_a_creation(client: httpx.Client) -> None:
    """Of one, and of each of several, in the form of the answer."""
    keys = client.post("/reviews", json=[{"stars": 4}, {"stars": 5}]).json()
    key = client.post("/tickets", json={"subject": "A"}).json()

    assert [client.get(f"/reviews/{each}").json() for each in keys] == [
        {"reviewId": keys[0], "stars": 4},
        {"reviewId": keys[1], "stars": 5},
    ]
    assert client.get(f"/tickets/{key}").json() == {"id": key, "subject": "A"}


def test_what_is_sent_beside_is_read_in_the_one_object_that_has_it(client: httpx.Client) -> None:
    """Keys apart, which would be those of something else."""
    key = client.post("/tickets", json={"subject": "A", "mail": "a@b.example"}).json()

    assert client.get(f"/tickets/{key}").json() == {"id": key, "subject": "A", "requester": {"mail": "a@b.example"}}


def test_fields_of_one_spelling_are_kept_apart(client: httpx.Client) -> None:
    """One of which the item only requires, without a schema of its own."""
    made = client.post("/tags", json={"Id": "1", "Name": "A", "name": "b"})

    assert made.json() == client.get("/tags/1").json() == {"Id": "1", "Name": "A", "name": "b"}


def test_a_refusal_has_its_message_however_its_property_is_written(client: httpx.Client) -> None:
    """`Message`, as well as `message`."""
    told = client.get("/tickets/404404").json()

    assert told == {"Error": {"Code": "404", "Message": "ticket 404404 does not exist"}}


def test_a_key_is_of_the_type_that_its_path_takes(client: httpx.Client) -> None:
    """Where the item has it as text and the path as a number; what is sent as text is kept as the number that it is."""
    made = client.post("/shelves", json={"label": "A", "depth": "0.5"}).json()

    assert made["id"].isdecimal()
    assert client.get(f"/shelves/{made['id']}").json() == made == {"id": made["id"], "label": "A", "depth": 0.5}


def test_a_list_shows_a_key_in_the_type_that_it_has_there(client: httpx.Client) -> None:
    """And what is called an upload makes one, whatever its answer lists."""
    key = client.post("/shelves", json={"label": "A"}).json()["id"]
    (made,) = client.post(f"/shelves/{key}/books", json={"file": "f", "kind": "k"}).json()["books"]

    assert client.get(f"/shelves/{key}/books").json()["books"] == [made]
    assert client.get(f"/shelves/{key}/books/{made['id']}").json()["id"] == str(made["id"])


def test_the_default_of_a_filter_leaves_out_what_its_other_values_stand_for(client: httpx.Client) -> None:
    """And nothing else: what has no such value at all is shown."""
    for state in ("open", "shut", "odd", None):
        client.post("/shelves", json={"label": f"{state}"} | ({} if state is None else {"state": state}))
    labels = [each["label"] for each in client.get("/shelves").json()]

    assert labels[-3:] == ["open", "odd", "None"]
    assert "shut" in [each["label"] for each in client.get("/shelves?state=shut").json()]


def test_one_key_of_a_parameter_that_takes_several_is_that_of_an_item(client: httpx.Client) -> None:
    """Of an array in a path."""
    first = client.get("/racks").json()[0]

    assert client.get(f"/racks/{first['id']}").json() == first
    assert client.get(f"/racks/{first['id']},999").status_code == 404


def test_the_location_of_what_is_created_is_such_as_its_header_takes(client: httpx.Client) -> None:
    """The whole URL where that is taken, else its path or the end of that."""
    made = client.post("/shelves", json={"label": "A"})

    assert made.status_code == 201
    assert made.headers["location"] == f"/{made.json()['id']}"


def test_a_default_that_stands_for_all_values_of_a_filter_leaves_out_none(client: httpx.Client) -> None:
    """`all` is not a value beside the others."""
    made = client.post("/shelves", json={"label": "deep", "depth": "9"}).json()

    assert client.get("/shelves").json()[-1] == client.get("/shelves?depth=9").json()[-1] == made


def test_a_choice_of_fields_keeps_those_that_an_item_requires(client: httpx.Client) -> None:
    """With their own values."""
    made = client.post("/shelves", json={"label": "A", "depth": "2"}).json()

    assert client.get("/shelves?fields=depth").json()[-1] == made
    assert client.get("/shelves?fields=id").json()[-1] == {"id": made["id"], "label": "A"}


@pytest.mark.parametrize("body", [b'{"mailAddress": "a@b.example", "size": 3}', b"mailAddress=a%40b.example&size=3"])
def test_a_body_of_a_media_type_that_nobody_knows_is_read_by_its_look(client: httpx.Client, body: bytes) -> None:
    """As JSON or as a form; and a key is the field whose name its parameter ends with."""
    made = client.post("/mails", content=body, headers={"Content-Type": "message/cpim"})

    assert (made.status_code, made.json()) == (201, {"mailAddress": "a@b.example", "size": 3})
    assert client.get("/mails/a@b.example").json() == made.json()


def test_a_body_that_looks_like_nothing_has_no_fields(client: httpx.Client) -> None:
    """A new item is made all the same."""
    made = client.post("/mails", content=b"\x00=\xff{", headers={"Content-Type": "message/cpim"})

    assert made.status_code == 201
    assert made.json()["mailAddress"].endswith("@example.com")
    assert client.get(f"/mails/{made.json()['mailAddress']}").json() == made.json()


def test_a_wrapper_may_be_called_like_a_field_of_the_item(client: httpx.Client) -> None:
    """A certificate has a `certificate`; a request's own wrapper is taken off, whatever it is called."""
    made = client.post("/certificates", json={"CertificateRequest": {"issuer": "us", "days": 9}}).json()["certificate"]
    read = client.get(f"/certificates/{made['id']}").json()

    assert read == {"certificate": made}
    assert made["terms"] == {"issuer": "us", "days": 9}


def test_keys_are_told_in_the_list_that_is_called_after_the_items(client: httpx.Client) -> None:
    """Not in another one beside it."""
    keys = client.post("/recipients", json=[{"mail": "a@b.example"}, {"mail": "c@d.example"}]).json()["kept_recipients"]

    assert [client.get(f"/recipients/{each}").json()["mail"] for each in keys] == ["a@b.example", "c@d.example"]


def test_a_list_may_show_one_part_of_its_items(client: httpx.Client) -> None:
    """The comment of a thread, as the thread has it."""
    made = client.post("/threads", json={"words": "Hello"}).json()["comment"]

    assert made["words"] == "Hello"
    assert made in client.get("/threads").json()["data"]
    assert client.get(f"/threads/{made['threadId']}").json()["comment"] == made


def test_a_key_is_called_after_the_item_and_the_parameter(client: httpx.Client) -> None:
    """`VpcLinkArn` for `{arn}`, and not the key of something else."""
    made = client.post("/vpc-links", json={"vpcId": "vpc-1"}).json()

    assert made["VpcId"] == "vpc-1"
    assert client.get(f"/vpc-links/{made['VpcLinkArn']}").json() == made


def test_an_answer_with_a_list_of_something_else_is_no_search(client: httpx.Client) -> None:
    """And a URL that is sent within a wrapper is the client's own, and no link to the item."""
    sent = {"url": "https://example.com/a", "marks": [{"mark": "m"}]}
    made = client.post("/leaves", json={"page": sent}).json()

    assert made == {"page": {"id": made["page"]["id"], **sent}}
    assert client.get(f"/leaves/{made['page']['id']}").json() == made


def test_a_body_may_be_one_or_several(client: httpx.Client) -> None:
    """And the answer has as many."""
    one = client.post("/beads", json={"hue": "red"}).json()
    several = client.post("/beads", json=[{"hue": "blue"}, {"hue": "grey"}]).json()

    assert [one["hue"], *(each["hue"] for each in several)] == ["red", "blue", "grey"]
    assert client.get("/beads").json()[-3:] == [one, *several]
