"""What clients of real APIs count on beyond the chain of create, read, change and delete."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mockserver import MockServer
from mockserver.mock import Mock

DOCUMENT = """
openapi: 3.1.0
info: {title: Shop, version: "1"}
paths:
  /customers:
    get:
      operationId: customers
      parameters: [{name: state, in: query, schema: {type: string}}]
      responses:
        "200":
          description: d
          content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Customer"}}}}
    post:
      operationId: add
      requestBody:
        content:
          application/json: {schema: {type: object, properties: {name: {type: string}, homepage: {type: string}}}}
      responses:
        "201":
          description: d
          content: {application/json: {schema: {$ref: "#/components/schemas/Customer"}}}
  /customers/{customer}:
    get:
      operationId: customer
      parameters: [{name: customer, in: path, required: true, schema: {type: string}}]
      responses:
        "200":
          description: d
          content: {application/json: {schema: {$ref: "#/components/schemas/Customer"}}}
components:
  schemas:
    Customer:
      type: object
      required: [id, name, balance, account, url]
      properties:
        id: {type: string}
        name: {type: string}
        state: {type: string}
        balance: {type: string, format: decimal}
        account: {type: object, required: [customer], properties: {customer: {type: string}}}
        url: {type: string, format: uri}
        homepage: {type: string, format: uri}
"""


@pytest.fixture(scope="module")
def mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mock]:
    file = tmp_path_factory.mktemp("clients") / "shop.yaml"
    file.write_text(DOCUMENT)
    with MockServer([str(file)]) as server, server.mock() as opened:
        yield opened


def test_what_was_sent_stays_where_the_rest_is_made(mock: Mock) -> None:
    """Nothing of it is made up as well."""
    made = mock.client.post("/customers", json={"name": "Ada"}).json()

    assert made["name"] == "Ada"
    assert mock.client.get(f"/customers/{made['id']}").json()["name"] == "Ada"


def test_a_reference_to_an_item_is_not_its_key(mock: Mock) -> None:
    """`{customer}` is the `id` of a customer, not what its account says of it."""
    plan = mock.server.apis["shop"].inferred.plan("customer")  # type: ignore[union-attr]  # an API made of a document infers

    assert plan.key.startswith("id ")


def test_an_item_links_to_itself(mock: Mock) -> None:
    """Where it is asked for, as the client called the server; a link that clients write is theirs."""
    made = mock.client.post("/customers", json={"name": "Ada", "homepage": "https://ada.example/"}).json()

    assert made["homepage"] == "https://ada.example/"
    assert made["url"].endswith(f"/customers/{made['id']}")
    assert mock.client.get(made["url"]).json()["id"] == made["id"]


@pytest.mark.parametrize("everything", ["all", "any", "ALL"])
def test_a_filter_for_everything_filters_nothing(mock: Mock, everything: str) -> None:
    """Which no item has as its own."""
    every = mock.client.get("/customers").json()

    assert mock.client.get("/customers", params={"state": everything}).json() == every
    assert mock.client.get("/customers", params={"state": "nowhere"}).json() == []


def test_a_decimal_reads_as_one(mock: Mock) -> None:
    """Clients make a number of it."""
    assert all(float(each["balance"]) >= 0 for each in mock.client.get("/customers").json())
