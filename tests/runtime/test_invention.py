"""`Prefer: dynamic=true` and fault rules that fuzz: values that are made anew, and are the same again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mockserver import MockServer
from mockserver.mock import Mock

FOLDER = Path(__file__).parent.parent / "inference"
LISTS = "/v1/lists"
DYNAMIC = {"Prefer": "dynamic=true"}


@pytest.fixture(scope="module")
def server() -> MockServer:
    return MockServer(
        ["workshop", f"pets={FOLDER / 'petstore.yaml'}", f"edges={Path(__file__).with_name('edges.yaml')}"]
    )


@pytest.fixture
def mock(server: MockServer) -> Mock:
    """Not closed: some of its requests break the contract, as they must."""
    return server.mock()


def test_every_answer_is_another(mock: Mock) -> None:
    """Valid, with what was sent in it, and said to be so."""
    answers = [mock.client.get("/pets?limit=1", headers=DYNAMIC) for _ in range(5)]

    assert {answer.status_code for answer in answers} == {200}
    assert {answer.headers["preference-applied"] for answer in answers} == {"dynamic=true"}
    assert len({answer.text for answer in answers}) == 5
    assert {len(answer.json()) for answer in answers} == {1}
    assert mock.client.get("/pets/7", headers=DYNAMIC).json()["data"]["petId"] == 7


def test_the_same_requests_to_the_same_seed_are_answered_alike(mock: Mock) -> None:
    """After a reset, too."""
    before = [mock.client.get("/pets", headers=DYNAMIC).text for _ in range(3)]
    mock.reset()
    after = [mock.client.get("/pets", headers=DYNAMIC).text for _ in range(3)]

    assert before == after


def test_an_api_with_state_is_asked_for_what_it_might_hold(mock: Mock) -> None:
    """Its records stay as they are, and no credential is needed, as for a documented example."""
    kept = mock.state.export()["collections"]
    answer = mock.client.get(LISTS, headers=DYNAMIC)

    assert answer.status_code == 200
    assert answer.headers["preference-applied"] == "dynamic=true"
    assert mock.state.export()["collections"] == kept


@pytest.mark.parametrize("prefer", ["dynamic=false", "dynamic", "dynamic=true"])
def test_a_write_that_is_kept_is_left_to_its_handler(mock: Mock, prefer: str) -> None:
    """An answer that tells of a new record would not be true."""
    headers = {**mock.headers("workshop"), "Prefer": prefer}
    answer = mock.client.post(LISTS, headers=headers, json={"external_id": "DYN-1", "title": "Dynamic"})

    assert "preference-applied" not in answer.headers
    assert answer.status_code == 201


def test_a_status_may_be_asked_for_as_well(mock: Mock) -> None:
    """It is what decides then, of a write, too; one that is not documented is not there."""
    refused = mock.client.post("/pets", headers={"Prefer": "dynamic=true, code=422"})
    unknown = mock.client.get("/pets/7", headers={"Prefer": "dynamic=true, code=418"})

    assert refused.status_code == 422
    assert refused.headers["preference-applied"] == "dynamic=true, code=422"
    assert set(refused.json()) >= {"message", "errors"}
    assert "preference-applied" not in unknown.headers


def test_a_status_without_an_example_is_made_up(mock: Mock) -> None:
    """The same each time, whatever was sent; so is the documented reply of a fault rule."""
    first, second = (mock.client.post("/pets", headers={"Prefer": "code=422"}) for _ in range(2))
    with mock.fault("pets.createPet", reply={"kind": "documented", "status": 422}):
        failed = mock.client.post("/pets", json={"name": "Rex"})

    assert first.status_code == 422
    assert first.headers["preference-applied"] == "code=422"
    assert first.text == second.text
    assert set(first.json()) >= {"message", "errors"}
    assert failed.text == first.text
    assert "preference-applied" not in failed.headers


def test_an_answer_without_a_body_has_none(mock: Mock) -> None:
    """Whatever is preferred."""
    answer = mock.client.delete("/pets/7", headers={"Prefer": "dynamic=true, code=204"})

    assert (answer.status_code, answer.content) == (204, b"")


def edges(mock: Mock, count: int = 120) -> list[Any]:
    return [mock.client.get("/edges").json() for _ in range(count)]


def test_a_client_meets_the_edges_of_a_schema(mock: Mock) -> None:
    """Each of them some time, and nothing beyond."""
    with mock.fuzz("edges.get_edges") as rule:
        found = edges(mock)

        assert rule.fired == len(found)
    texts = [each["text"] for each in found]
    assert "" in texts
    assert max(map(len, texts)) == 500
    assert any("optional" not in each for each in found)
    assert any("optional" in each for each in found)
    assert any(each["nothing"] is None for each in found)
    assert {each["kind"] for each in found} == {"a", "b", "c"}
    assert any(each["open"] not in ("x", "y") for each in found)
    assert any(each["suggested"] not in ("x", "y") for each in found)
    assert any("undocumentedProperty" in each for each in found)
    assert all(each["closed"].keys() <= {"a"} for each in found)
    assert {len(each["map"]) > 5 for each in found} == {True, False}
    assert all(isinstance(value, int) for each in found for value in each["map"].values())


def test_answers_of_a_fuzz_keep_the_contract_and_come_again(server: MockServer) -> None:
    """In a world of the same seed; none is noted as a breach."""
    first, second = server.mock(), server.mock()
    for each in (first, second):
        each.fuzz("pets.listPets")
    texts = [[mock.client.get("/pets").text for _ in range(10)] for mock in (first, second)]

    assert texts[0] == texts[1]
    assert len(set(texts[0])) > 5
    assert [str(each.answered_by) for each in first.requests("pets.listPets")] == ["fault mock-1"] * 10
    assert not any(each.breach for each in first.requests("pets.listPets"))
    contract = server.apis["pets"].contract
    assert all(contract.operation("listPets").responses["200"].accepts(json.loads(text)) for text in texts[0])


def test_what_no_operation_answers_is_not_fuzzed(mock: Mock) -> None:
    """Nor what has no valid value: it is answered as ever."""
    mock.fuzz()

    assert mock.client.get("/nowhere").status_code == 404
    assert mock.client.get("/broken").status_code == 501


def test_a_fuzz_takes_what_a_fault_takes(mock: Mock) -> None:
    """Which requests, and how many of them."""
    mock.fuzz("edges.get_edges", times=1, request_headers={"X-Client": "new"})

    old = mock.client.get("/edges").text
    assert mock.client.get("/edges", headers={"X-Client": "new"}).text != old
    assert mock.client.get("/edges", headers={"X-Client": "new"}).text == old
