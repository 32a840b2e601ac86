"""The records of a world through the control plane; what is checked and how is tests/test_state.py's matter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from mockserver import MockServer
from tests.control.steps import LIST, errors, rename, titles

ABSENT = "00000000-0000-4000-8000-000000000000"


def test_collections(control: httpx.Client, server: MockServer) -> None:
    """Every collection is listed with its API and how many records it has."""
    listed = control.get("/state").json()

    assert listed["world"] == "default"
    counts = {each["name"]: (each["api"], each["count"]) for each in listed["collections"]}
    assert counts["workshop.lists"] == ("workshop", 22)
    assert counts["workshop.credentials"] == ("workshop", 2)
    assert {api for api, _ in counts.values()} == set(server.apis)


def test_records_come_in_pages(control: httpx.Client) -> None:
    """A collection's records come in order, a page at a time."""
    pages = [
        control.get("/state/workshop.lists", params={"offset": offset, "limit": 10}).json() for offset in (0, 10, 20)
    ]

    assert [len(page["records"]) for page in pages] == [10, 10, 2]
    assert {(page["collection"], page["total"]) for page in pages} == {("workshop.lists", 22)}
    assert pages[0]["records"][0]["id"] == LIST
    assert len({record["id"] for page in pages for record in page["records"]}) == 22
    assert control.get("/state/workshop.lists?offset=9007199254740991").json()["records"] == []


def test_replace(control: httpx.Client, server: MockServer) -> None:
    """Whole collections are what was sent, and the API shows it at once."""
    lists = control.get("/state/workshop.lists?limit=1000").json()["records"]

    answer = control.put("/state", json={"workshop.memberships": [], "workshop.lists": lists[:1]})

    assert answer.status_code == 200
    assert answer.json() == {"world": "default", "counts": {"workshop.memberships": 0, "workshop.lists": 1}}
    assert list(titles(server, "default")) == [LIST]


def test_patch(control: httpx.Client, server: MockServer) -> None:
    """Records change, come and go, in one world only."""
    control.post("/worlds", json={"name": "t1"})
    new = {**control.get("/state/workshop.lists?limit=1").json()["records"][0], "id": ABSENT, "external_id": "new"}

    answer = control.patch("/state?world=t1", json={"workshop.lists": {LIST: {"title": "Patched"}, ABSENT: new}})

    assert answer.json() == {"world": "t1", "counts": {"workshop.lists": 23}}
    assert titles(server, "t1")[LIST] == "Patched"
    assert ABSENT not in titles(server, "default")


@pytest.mark.parametrize(
    ("method", "body", "expected"),
    [
        (
            "PUT",
            {"workshop.memberships": [{"id": 5}]},
            {
                "body /workshop.memberships/0/id": "must be of type string, got 5",
                "body /workshop.memberships/0/list_id": "is required",
                "body /workshop.memberships/0/contact_id": "is required",
                "body /workshop.memberships/0/contact_name": "is required",
            },
        ),
        ("PUT", {"nope": []}, {"body /nope": "is not the name of a collection"}),
        ("PATCH", {"nope": {}}, {"body /nope": "is not the name of a collection"}),
        (
            "PATCH",
            {"workshop.lists": {LIST: {"title": 1, "list_type": "x"}}},
            {
                f"body /workshop.lists/{LIST}/title": "must be of type string, got 1",
                f"body /workshop.lists/{LIST}/list_type": "must be one of",
            },
        ),
    ],
)
def test_flaws(
    control: httpx.Client, server: MockServer, method: str, body: dict[str, Any], expected: dict[str, str]
) -> None:
    """Every flaw of the records is listed with its place, and nothing has changed."""
    before = control.get("/export").json()

    answer = control.request(method, "/state", json=body)

    assert answer.status_code == 409
    found = errors(answer)
    assert found.keys() == expected.keys()
    assert all(found[place].startswith(message) for place, message in expected.items())
    assert control.get("/export").json() == before


def test_export_and_import(control: httpx.Client, server: MockServer) -> None:
    """A whole world is one JSON that another world becomes."""
    rename(control, "default", "Exported")
    control.post("/clock/freeze", json={"at": "2026-04-22T10:30:00Z"})
    control.post("/faults", json={"id": "slow", "delay": {"kind": "fixed", "seconds": 0}})
    control.post("/worlds", json={"name": "t1"})
    exported = control.get("/export").json()

    world = control.post("/import?world=t1", json=exported).json()

    assert (world["name"], world["faults"], world["clock"]["now"]) == ("t1", 1, "2026-04-22T10:30:00Z")
    assert titles(server, "t1")[LIST] == "Exported"
    assert control.get("/export?world=t1").json() == exported


def test_import_creates_a_world(control: httpx.Client, server: MockServer) -> None:
    """One that there is not begins with what is imported, and a reset leads back to it."""
    rename(control, "default", "Exported")
    exported = control.get("/export").json()
    control.post("/worlds/default/reset")

    answer = control.post("/import?world=t1", json=exported)
    rename(control, "t1", "Changed")
    control.post("/worlds/t1/reset")

    assert answer.status_code == 201
    assert answer.json() == control.get(f"{server.url}{answer.headers['location']}").json() | {
        "clock": answer.json()["clock"]
    }
    assert titles(server, "t1")[LIST] == "Exported"
    assert titles(server, "default")[LIST] != "Exported"


def test_a_refused_import_creates_nothing(control: httpx.Client) -> None:
    """Neither the world nor any part of it."""
    exported = control.get("/export").json()
    del exported["collections"]["workshop.lists"]

    assert control.post("/import?world=t1", json=exported).status_code == 409
    assert control.get("/worlds/t1").status_code == 404


def test_import_is_all_or_nothing(control: httpx.Client) -> None:
    """A flaw in the last collection leaves the first as it was."""
    exported = control.get("/export").json()
    rename(control, "default", "Before")
    before = control.get("/export").json()
    exported["collections"]["workshop.memberships"][-1]["list_id"] = ABSENT
    exported["clock"]["frozenAt"] = "2026-04-22T10:30:00Z"

    answer = control.post("/import", json=exported)

    assert answer.status_code == 409
    assert list(errors(answer)) == ["body /collections/workshop.memberships/512/list_id"]
    assert control.get("/export").json() == before


@pytest.mark.parametrize(
    "path", ["/state/nope", "/state?world=t9", "/state/workshop.lists?world=t9", "/export?world=t9"]
)
def test_not_found(control: httpx.Client, path: str) -> None:
    """A collection or world that is not there is refused."""
    answer = control.get(path)

    assert answer.status_code == 404
    assert errors(answer) == {}


def test_a_page_names_keys_and_fields(control: httpx.Client) -> None:
    """Each record by the key that patches it, and the fields of the schema, in its order."""
    page = control.get("/state/workshop.credentials").json()

    assert page["keys"] == [each["token"] for each in page["records"]]
    assert page["fields"][0] == "token"


def test_a_record_with_what_refers_to_it(control: httpx.Client) -> None:
    """And what it refers to, by field."""
    found = control.get("/state/workshop.lists/record", params={"key": LIST}).json()
    [member, *_] = found["referredBy"]
    other = control.get("/state/workshop.memberships/record", params={"key": member["key"]}).json()

    assert (found["record"]["id"], found["refersTo"]) == (LIST, [])
    assert member.items() >= {"collection": "workshop.memberships", "field": "list_id"}.items()
    assert {"field": "list_id", "collection": "workshop.lists", "key": LIST, "exists": True} in other["refersTo"]
    assert (other["referredBy"], other["more"]) == ([], 0)


def test_an_inferred_record_with_what_refers_to_it() -> None:
    """References are those of the inference there; a value of no record is said to be one."""
    library = str(Path(__file__).parents[1] / "inference" / "library.yaml")
    with MockServer([library]) as server, httpx.Client(base_url=f"{server.url}/_mock") as control:
        names = [each["name"] for each in control.get("/state").json()["collections"]]
        found = [
            control.get(f"/state/{name}/record", params={"key": key}).json()
            for name in names
            for key in control.get(f"/state/{name}").json()["keys"]
        ]

    refers = {(each["collection"], each["key"]): each["refersTo"] for each in found}
    referred = {(each["collection"], each["key"]): each["referredBy"] for each in found}
    links = {(*source, to["collection"], to["key"]) for source, all_ in refers.items() for to in all_ if to["exists"]}
    back = {(by["collection"], by["key"], *target) for target, all_ in referred.items() for by in all_}
    assert links
    assert links == back


def test_no_such_record(control: httpx.Client) -> None:
    """The refusal says which key, collection and world."""
    answer = control.get("/state/workshop.lists/record?key=none")

    assert answer.status_code == 404
    assert answer.json()["detail"] == "No record of workshop.lists has the key 'none' in the world 'default'."
