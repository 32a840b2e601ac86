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
