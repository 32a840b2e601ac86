"""The prospects API across requests: upserts by name, filters over the directory, refreshes, owners, refusals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver import MockServer
from mockserver.apis.prospects import CONTACTS, FIELDS, LISTS, ORGANIZATIONS, _count_matches
from mockserver.catalog import load_apis
from mockserver.seeding import seed_world
from mockserver.world import World

Freeze = Callable[[str], None]

LEADERS = "0a616195-cb46-4ff8-b741-605937b8d3ab"
SECURITY = "ec4039b6-4a14-4083-9f75-4e20dadf381d"
PILOT = "e6b9e924-9e1d-4af5-af53-5fd9ac7aae6f"
NOBODY = "00000000-0000-4000-8000-000000000000"
OWNER, STRANGER = "org_harborline", "org_northfield"
PATHS = [("POST", f"/lists/refresh/{LEADERS}"), ("DELETE", f"/lists/{LEADERS}")]

taking_an_owner = pytest.mark.parametrize(("method", "path"), PATHS, ids=["refresh", "delete"])


@pytest.fixture
def prospects(client: Callable[[str], httpx.Client]) -> httpx.Client:
    return client("prospects")


def save(prospects: httpx.Client, **changes: Any) -> dict[str, Any]:
    """Saves a list that matches everyone, but for the changes."""
    body = {"organizationId": OWNER, "listName": "Everyone in reach", "contacts_found": 7, "filter": {}} | changes
    answer = prospects.post("/lists/save", json=body)
    assert answer.status_code == 200, answer.text
    saved: dict[str, Any] = answer.json()
    return saved


def lists_of(prospects: httpx.Client, organization_id: str) -> list[dict[str, Any]]:
    lists: list[dict[str, Any]] = prospects.get(f"/lists/{organization_id}").json()
    return lists


def matching(world: World, criteria: dict[str, Any]) -> int:
    """How many contacts match, counted one by one."""
    return sum(
        all(
            not criteria.get(criterion)
            or any(value.casefold() == contact[field].casefold() for value in criteria[criterion])
            for criterion, field in FIELDS.items()
        )
        for contact in world[CONTACTS]
    )


# Reading


def test_one_list(prospects: httpx.Client) -> None:
    """An id that names a list answers that list."""
    answer = prospects.get(f"/lists/{LEADERS}")

    assert answer.status_code == 200
    assert answer.json()["id"] == LEADERS
    assert answer.json()["name"] == "Engineering leaders, Germany and Netherlands"


def test_lists_of_an_organization(prospects: httpx.Client) -> None:
    """An id that names an organization answers all its lists and no other's, oldest first."""
    first, second = (save(prospects, organizationId="org_new", listName=name)["id"] for name in ("b", "a"))

    assert [each["id"] for each in lists_of(prospects, "org_new")] == [first, second]
    assert {each["organizationId"] for each in lists_of(prospects, OWNER)} == {OWNER}
    assert len(lists_of(prospects, OWNER)) == 4


def test_list_before_organization(prospects: httpx.Client) -> None:
    """An id that names both a list and an organization answers the list."""
    save(prospects, organizationId=LEADERS)

    assert prospects.get(f"/lists/{LEADERS}").json()["id"] == LEADERS


def test_organization_without_lists(prospects: httpx.Client) -> None:
    """An organization whose last list is deleted answers an empty array."""
    prospects.delete(f"/lists/{PILOT}")

    assert lists_of(prospects, "org_quillstone") == []
    assert lists_of(prospects, "org_saltmarsh") == []


@pytest.mark.parametrize("organization_id", ["a/b", "ä ö", "%2F", "..", "\x00", "save?x=1"])
def test_any_organization_id(prospects: httpx.Client, organization_id: str) -> None:
    """An organization is found under any id it was saved with, once that is percent-encoded."""
    encoded = "".join(f"%{byte:02X}" for byte in organization_id.encode())
    saved = save(prospects, organizationId=organization_id)

    assert prospects.get(f"/lists/{encoded}").json() == [saved]


# Saving


def test_create(prospects: httpx.Client) -> None:
    """A new name makes a list that was never synced, and its organization with it."""
    saved = save(prospects, organizationId="org_new", listName="Energy", filter={"industries": ["Energy"]})

    assert saved == {
        "id": saved["id"],
        "name": "Energy",
        "organizationId": "org_new",
        "usedFilter": {"industries": ["Energy"]},
        "contactsNum": 7,
        "matchedContactsNum": 83,
        "autoUpdateStatus": "disabled",
        "lastSyncedTime": None,
        "connectedIntegration": None,
    }
    assert prospects.get(f"/lists/{saved['id']}").json() == saved
    assert lists_of(prospects, "org_new") == [saved]


def test_update(prospects: httpx.Client) -> None:
    """A known name gets a new filter and new counts, and keeps its id, its place and all else."""
    before = lists_of(prospects, OWNER)
    saved = save(prospects, listName=before[1]["name"], contacts_found=3, filter={"countries": ["Japan"]})

    assert saved == before[1] | {"usedFilter": {"countries": ["Japan"]}, "contactsNum": 3, "matchedContactsNum": 65}
    assert lists_of(prospects, OWNER) == [before[0], saved, *before[2:]]


def test_same_name_elsewhere(prospects: httpx.Client) -> None:
    """A name is taken within its organization only, and names are told apart by case."""
    ids = {
        save(prospects, organizationId=organization, listName=name)["id"]
        for organization in (OWNER, STRANGER)
        for name in ("Alpine", "alpine")
    }

    assert len(ids) == 4


def test_name_free_again(prospects: httpx.Client) -> None:
    """A name whose list was deleted makes a new list."""
    name = prospects.get(f"/lists/{LEADERS}").json()["name"]
    prospects.delete(f"/lists/{LEADERS}")

    assert save(prospects, listName=name)["id"] != LEADERS


@pytest.mark.parametrize(("sent", "stored"), [("0", 0), ("3.0", 3), ("-0", 0), ("9007199254740991", 9007199254740991)])
def test_contacts_found(prospects: httpx.Client, sent: str, stored: int) -> None:
    """contactsNum is contacts_found as saved, an integer."""
    body = f'{{"organizationId": "o", "listName": "l", "contacts_found": {sent}, "filter": {{}}}}'
    answer = prospects.post("/lists/save", content=body)

    assert f'"contactsNum":{stored},' in answer.text


def test_filter_kept_exactly(prospects: httpx.Client) -> None:
    """usedFilter is the filter to the letter: long integers, NUL, any keys, any depth, known and unknown criteria."""
    kept = (
        '{"zeta":123456789012345678901234567890,"alpha":-1.5,"\\u0000":"\\u0000","ключ":[[[{"":null}]]],'
        '"domains":[],"countries":["JAPAN","japan"],"true":false}'
    )
    body = f'{{"organizationId": "o", "listName": "l", "contacts_found": 0, "filter": {kept}}}'
    saved = prospects.post("/lists/save", content=body.encode())
    read = prospects.get(f"/lists/{saved.json()['id']}")

    assert f'"usedFilter":{kept},' in saved.text
    assert read.text == saved.text


# Filters


@pytest.mark.parametrize(
    ("criteria", "matches"),
    [
        ({}, 1000),
        ({"industries": [], "domains": []}, 1000),
        ({"seniorities": ["VP"], "revenue": {"min": 5}}, 1000),
        ({"countries": ["Japan"]}, 65),
        ({"countries": ["JAPAN"]}, 65),
        ({"countries": ["Japan", "japan"]}, 65),
        ({"countries": ["Sweden"]}, 22),
        ({"countries": ["Japan", "Sweden"]}, 87),
        ({"countries": ["Jap"]}, 0),
        ({"countries": [""]}, 0),
        ({"countries": ["Japan"], "industries": []}, 65),
        ({"countries": ["Japan"], "job_titles": ["Atlantis"]}, 0),
        ({"job_titles": ["vp engineering", "VP Sales"], "industries": ["Software"]}, 5),
        ({"company_sizes": ["10001+"]}, 54),
        ({"domains": ["Underhill-Stack.example"]}, 17),
    ],
)
def test_matches(prospects: httpx.Client, server: MockServer, criteria: dict[str, Any], matches: int) -> None:
    """Values compare without case, any of one criterion, all of the criteria; nothing else restricts."""
    saved = save(prospects, filter=criteria)

    assert saved["matchedContactsNum"] == matches == matching(server.world(), criteria)


DIRECTORY = seed_world(load_apis(["prospects"]))
CRITERIA = st.fixed_dictionaries(
    {},
    optional={
        criterion: st.lists(st.sampled_from(sorted({contact[field] for contact in DIRECTORY[CONTACTS]})), max_size=4)
        for criterion, field in FIELDS.items()
    },
)


@given(CRITERIA)
def test_matches_any_filter(criteria: dict[str, Any]) -> None:
    """Looking contacts up by value counts what going through them one by one counts."""
    assert _count_matches(DIRECTORY[CONTACTS], criteria) == matching(DIRECTORY, criteria)


def test_fixture_counts() -> None:
    """The counts of the seeded lists are true, and those of a synced list agree."""
    for seeded in DIRECTORY[LISTS]:
        assert seeded["matchedContactsNum"] == matching(DIRECTORY, seeded["usedFilter"])
        assert seeded["lastSyncedTime"] is None or seeded["contactsNum"] == seeded["matchedContactsNum"]


# Refreshing


def test_refresh(prospects: httpx.Client, freeze: Freeze) -> None:
    """A refresh sets both counts to the matches and lastSyncedTime to now, and is kept."""
    freeze("2026-04-22T10:00:00.25Z")
    before = prospects.get(f"/lists/{SECURITY}").json()
    answer = prospects.post(f"/lists/refresh/{SECURITY}")

    assert (before["contactsNum"], before["matchedContactsNum"], before["lastSyncedTime"]) == (31, 32, None)
    assert answer.status_code == 200
    assert answer.json() == before | {"contactsNum": 32, "lastSyncedTime": "2026-04-22T10:00:00.250Z"}
    assert prospects.get(f"/lists/{SECURITY}").json() == answer.json()


def test_refresh_counts_anew(prospects: httpx.Client, server: MockServer) -> None:
    """A change of the directory reaches a list with the next refresh, not before."""
    directory = server.world()[CONTACTS]
    known = next(contact for contact in directory if contact["jobTitle"] == "Security Engineer")
    directory.put({**known, "id": NOBODY})
    unrefreshed = prospects.get(f"/lists/{SECURITY}").json()
    refreshed = prospects.post(f"/lists/refresh/{SECURITY}").json()

    assert unrefreshed["matchedContactsNum"] == 32
    assert (refreshed["contactsNum"], refreshed["matchedContactsNum"]) == (33, 33)


def test_save_after_refresh(prospects: httpx.Client, freeze: Freeze) -> None:
    """A save after a refresh sets contactsNum to contacts_found again and leaves lastSyncedTime."""
    freeze("2026-04-22T10:00:00Z")
    saved = save(prospects)
    refreshed = prospects.post(f"/lists/refresh/{saved['id']}").json()
    again = save(prospects)

    assert (saved["contactsNum"], refreshed["contactsNum"], again["contactsNum"]) == (7, 1000, 7)
    assert again["lastSyncedTime"] == "2026-04-22T10:00:00.000Z"


# Deleting


def test_delete(prospects: httpx.Client) -> None:
    """A deletion answers 200 without content, and the list is gone for good."""
    answer = prospects.delete(f"/lists/{LEADERS}")

    assert (answer.status_code, answer.content) == (200, b"")
    assert "content-type" not in answer.headers
    assert LEADERS not in [each["id"] for each in lists_of(prospects, OWNER)]
    assert [prospects.request(method, path).status_code for method, path in PATHS] == [404, 404]


# The owner in the body


@taking_an_owner
@pytest.mark.parametrize("body", [None, {}, {"organizationId": OWNER}, {"reason": 5}], ids=str)
def test_optional_owner(prospects: httpx.Client, method: str, path: str, body: Any) -> None:
    """A body may be left out, name the list's own organization, or say other things."""
    answer = prospects.request(method, path, json=body) if body is not None else prospects.request(method, path)

    assert answer.status_code == 200


@taking_an_owner
@pytest.mark.parametrize("organization_id", [STRANGER, "org_nobody", OWNER.upper(), "", "x" * 81])
def test_wrong_owner(prospects: httpx.Client, method: str, path: str, organization_id: str) -> None:
    """An organization that is not the list's own is answered 404, and nothing changes."""
    before = prospects.get(f"/lists/{LEADERS}").json()
    answer = prospects.request(method, path, json={"organizationId": organization_id})

    assert answer.status_code == 404
    assert answer.json() == {
        "error": f"The list '{LEADERS}' does not belong to the organization '{organization_id[:80]}'. "
        "Leave organizationId out or send the list's own."
    }
    assert prospects.get(f"/lists/{LEADERS}").json() == before


@taking_an_owner
@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b'{"organizationId": 4}', "body organizationId:"),
        (b'{"organizationId": null}', "body organizationId:"),
        (b'{"organizationId": ["org_harborline"]}', "body organizationId:"),
        (b"null", "body:"),
        (b"[]", "body:"),
        (b'"org_harborline"', "body:"),
        (b"{", "body:"),
        (b'{"organizationId": "\xff"}', "body:"),
    ],
)
def test_unusable_owner(prospects: httpx.Client, method: str, path: str, body: bytes, place: str) -> None:
    """A body that is not an object with a string is answered 400, and nothing changes."""
    before = prospects.get(f"/lists/{LEADERS}").json()
    answer = prospects.request(method, path, content=body)

    assert answer.status_code == 400
    assert answer.json()["error"].startswith(place)
    assert prospects.get(f"/lists/{LEADERS}").json() == before


# Refusals


@pytest.mark.parametrize(
    ("method", "path", "message"),
    [
        (
            "GET",
            "/lists/org_nobody",
            "Neither a list nor an organization has the id 'org_nobody'. "
            "Save a list first (POST /lists/save); its answer carries the list's id.",
        ),
        (
            "DELETE",
            "/lists/org_harborline",
            "No list has the id 'org_harborline'. GET /lists/{organization_id} shows the lists of an organization.",
        ),
        (
            "POST",
            f"/lists/refresh/{NOBODY}",
            f"No list has the id '{NOBODY}'. GET /lists/{{organization_id}} shows the lists of an organization.",
        ),
    ],
)
def test_unknown_id(prospects: httpx.Client, method: str, path: str, message: str) -> None:
    """An id that names nothing is answered 404, and an organization can be neither refreshed nor deleted."""
    answer = prospects.request(method, path)

    assert (answer.status_code, answer.json()) == (404, {"error": message})


WHOLE = {"organizationId": OWNER, "listName": "Refused", "contacts_found": 1, "filter": {}}


@pytest.mark.parametrize("name", list(WHOLE))
@pytest.mark.parametrize("value", [None, True, -1, 1.5, [], ["x"], {"countries": "Japan"}, "", " \t\n", "\ufeff\x85"])
def test_wrong_value(prospects: httpx.Client, server: MockServer, name: str, value: Any) -> None:
    """A value of the wrong kind is answered 400 that names its field, and nothing is stored."""
    answer = prospects.post("/lists/save", json=WHOLE | {name: value})

    assert answer.status_code == 400
    assert answer.json()["error"].startswith(f"body {name}")
    assert server.world()[LISTS].find("name", (OWNER, "Refused")) is None


@pytest.mark.parametrize("number", ["9007199254740992", "-1", "1e400", "0.5", '"3"', "NaN", "1" * 5000])
def test_wrong_number(prospects: httpx.Client, number: str) -> None:
    """contacts_found is an integer from 0 to 9007199254740991."""
    body = f'{{"organizationId": "o", "listName": "l", "contacts_found": {number}, "filter": {{}}}}'
    answer = prospects.post("/lists/save", content=body)

    assert answer.status_code == 400


@pytest.mark.parametrize("criterion", list(FIELDS))
@pytest.mark.parametrize("value", [None, "Japan", {}, [1], ["Japan", None], [["Japan"]]], ids=str)
def test_wrong_criterion(prospects: httpx.Client, criterion: str, value: Any) -> None:
    """A known criterion is an array of strings."""
    answer = prospects.post("/lists/save", json=WHOLE | {"filter": {criterion: value}})

    assert answer.status_code == 400
    assert answer.json()["error"].startswith(f"body filter.{criterion}")


@pytest.mark.parametrize("name", ["", " "])
def test_every_violation(prospects: httpx.Client, server: MockServer, name: str) -> None:
    """The one message names every violation once, and a refused save does not bring its organization into being."""
    body = {"organizationId": "org_refused", "listName": name, "contacts_found": -1, "filter": {"domains": [7]}}
    answer = prospects.post("/lists/save", json=body)

    assert answer.status_code == 400
    assert sorted(answer.json()["error"].split("; ")) == [
        "body contacts_found: must be at least 0, got -1",
        "body filter.domains.0: must be of type string, got 7",
        "body listName: must not be blank",
    ]
    assert server.world()[ORGANIZATIONS].get("org_refused") is None


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("GET", "/lists/save", "POST"),
        ("DELETE", "/lists/save", "POST"),
        ("PUT", f"/lists/{LEADERS}", "DELETE, GET, HEAD"),
        ("GET", f"/lists/refresh/{LEADERS}", "POST"),
    ],
)
def test_wrong_method(prospects: httpx.Client, method: str, path: str, allow: str) -> None:
    """A known path with another method is answered 405 in this API's shape; the literal path wins."""
    answer = prospects.request(method, path)

    assert (answer.status_code, answer.headers["allow"]) == (405, allow)
    assert list(answer.json()) == ["error"]


@pytest.mark.parametrize("path", [f"/lists/{LEADERS}/contacts", f"/lists/{LEADERS}/", f"/lists/refresh/{LEADERS}/x"])
def test_unknown_path(prospects: httpx.Client, path: str) -> None:
    """An unknown path below a documented one is answered 404 in this API's shape."""
    answer = prospects.get(path)

    assert answer.status_code == 404
    assert answer.json() == {"error": f"no documented path matches {path}"}
