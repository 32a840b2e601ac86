"""The workshop API across requests: keyset pages, accounts, memberships, and refusals that change nothing."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver import MockServer
from mockserver.apis.workshop import CONTACTS, LISTS, MEMBERSHIPS, refuse
from mockserver.apis.workshop_cursor import read_cursor, write_cursor
from mockserver.contract.violations import Rejection, Violation

Client = Callable[..., httpx.Client]

API, HRIS = "wk_demo_api", "wk_demo_hris"
LARKSPUR, TIDEWATER = "acct_larkspur_foods", "acct_tidewater_health"
LISTS_PATH = "/v1/lists"
ALL_EMPLOYEES = "/v1/lists/3d4e06a3-544b-4cc7-924e-e077ef133cf6"
ALL_EMPLOYEES_MEMBERS = f"{ALL_EMPLOYEES}/memberships"
CONTACT, EXTERNAL_CONTACT = "937ccbe2-4cb5-4c76-96bf-29510b514dfa", "1234567890"
NEIGHBOUR_CONTACT = "5e0c1f5c-0f3b-4f0e-9a40-3d2f8c3a7b11"
NOT_FOUND = {"error": "List not found"}

SPECIFICATION = yaml.safe_load((Path(__file__).parents[2] / "specs" / "workshop.yaml").read_text("utf-8"))
CURSOR_PATTERN = SPECIFICATION["components"]["parameters"]["cursor"]["schema"]["pattern"]
EMAIL_PATTERN = SPECIFICATION["components"]["schemas"]["EmailAddress"]["pattern"]


@pytest.fixture
def workshop(client: Client) -> httpx.Client:
    """A client whose account syncs through the API."""
    return client("workshop", API)


def lists(workshop: httpx.Client) -> dict[str, dict[str, Any]]:
    """All lists of the account by external id, in order."""
    page = workshop.get(LISTS_PATH, params={"limit": 100}).json()
    return {list_["external_id"]: list_ for list_ in page["data"]}


def path_of(workshop: httpx.Client, external_id: str) -> str:
    return f"{LISTS_PATH}/{lists(workshop)[external_id]['id']}"


def create(workshop: httpx.Client, title: str, external_id: str = "NEW-1") -> str:
    """The path of a list made for the test."""
    answer = workshop.post(LISTS_PATH, json={"external_id": external_id, "title": title})
    assert answer.status_code == 201, answer.text
    return path_of(workshop, external_id)


def members(workshop: httpx.Client, path: str) -> list[str]:
    """The contact ids on the list at `path`, in the order of its pages."""
    return [membership["contact_id"] for membership in walk(workshop, f"{path}/memberships?limit=100")]


def walk(workshop: httpx.Client, path: str) -> list[dict[str, Any]]:
    """The items of every page from `path` on."""
    items: list[dict[str, Any]] = []
    following: str | None = path
    while following:
        page = workshop.get(following).json()
        items += page["data"]
        following = page["next"]
    return items


def contact_ids(server: MockServer, account: str, *sources: str) -> list[str]:
    return [each["id"] for each in server.world()[CONTACTS] if each["account"] == account and each["source"] in sources]


# Pages and cursors


@pytest.mark.parametrize("limit", [1, 2, 5, 16, 17, 100])
def test_pages_of_lists(workshop: httpx.Client, limit: int) -> None:
    """Following `next` shows every list once, ordered by title, the documented one first."""
    found = walk(workshop, f"{LISTS_PATH}?limit={limit}")

    assert len(found) == 16
    assert found == list(lists(workshop).values())
    assert [list_["title"] for list_ in found] == sorted(list_["title"] for list_ in found)
    assert found[0]["external_id"] == "XYZ-098"


@pytest.mark.parametrize("limit", [3, 50, 100])
def test_pages_of_memberships(workshop: httpx.Client, server: MockServer, limit: int) -> None:
    """Following `next` shows every membership once, ordered by the contact's name, then by id."""
    found = walk(workshop, f"{ALL_EMPLOYEES_MEMBERS}?limit={limit}")

    names = {contact["id"]: contact["name"] for contact in server.world()[CONTACTS]}
    order = [(names[membership["contact_id"]], membership["id"]) for membership in found]
    assert len(found) == 100
    assert order == sorted(order)
    assert len({name for name, _ in order}) < 100, "no two contacts share a name, so ids decide nothing"
    assert found[0]["id"] == "80d43a50-e9a8-41ea-8aa2-7d361292f0d9"


def test_the_cursor_carries_the_limit(workshop: httpx.Client) -> None:
    """A page keeps the size of the page before it, unless a limit is given; without either it is 25."""
    first = workshop.get(ALL_EMPLOYEES_MEMBERS).json()
    second = workshop.get(ALL_EMPLOYEES_MEMBERS, params={"limit": 3}).json()

    carried = workshop.get(second["next"]).json()
    given = workshop.get(f"{second['next']}&limit=7").json()
    after = workshop.get(given["next"]).json()

    assert (first["limit"], first["size"]) == (25, 25)
    assert [(page["limit"], page["size"]) for page in (carried, given, after)] == [(3, 3), (7, 7), (7, 7)]
    assert carried["data"] == given["data"][:3] == first["data"][3:6]
    assert after["data"] == first["data"][10:17]


def test_the_last_page(workshop: httpx.Client) -> None:
    """The page that holds the last item has nothing behind it, even if it is full."""
    page = workshop.get(LISTS_PATH, params={"limit": 16}).json()

    assert (page["size"], page["has_more"], page["next"]) == (16, False, None)


def test_an_empty_page(workshop: httpx.Client) -> None:
    """A list without members has one empty page."""
    page = workshop.get(f"{path_of(workshop, 'STD-031')}/memberships", params={"limit": 1}).json()

    assert page == {"object": "array", "has_more": False, "next": None, "limit": 1, "size": 0, "data": []}


def test_pages_stay_stable(workshop: httpx.Client) -> None:
    """Lists that come and go in front of a cursor, or the very list it stands on, move no other list to or fro."""
    before = list(lists(workshop).values())
    page = workshop.get(LISTS_PATH, params={"limit": 4}).json()

    create(workshop, "Accounting")
    workshop.delete(f"{LISTS_PATH}/{before[3]['id']}")
    following = workshop.get(page["next"]).json()

    assert following["data"] == before[4:8]


def test_pages_of_memberships_stay_stable(workshop: httpx.Client, server: MockServer) -> None:
    """Members that come and go in front of a cursor, or the very one it stands on, move no other to or fro."""
    path = path_of(workshop, "DEP-ENG")
    before = members(workshop, path)
    page = workshop.get(f"{path}/memberships", params={"limit": 4}).json()

    workshop.post(f"{path}/memberships", json={"ids": [CONTACT]})
    workshop.request("DELETE", f"{path}/memberships", json={"ids": [before[0], before[3]]})
    following = walk(workshop, page["next"])

    assert [membership["contact_id"] for membership in following] == before[4:]
    assert members(workshop, path) == [CONTACT, *before[1:3], *before[4:]]


def test_a_cursor_into_a_deleted_list(workshop: httpx.Client) -> None:
    """Once its list is deleted, a cursor leads to no list."""
    page = workshop.get(ALL_EMPLOYEES_MEMBERS, params={"limit": 4}).json()
    workshop.delete(ALL_EMPLOYEES)

    answer = workshop.get(page["next"])

    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


def test_a_list_behind_the_cursor_is_seen(workshop: httpx.Client) -> None:
    """A list made behind a cursor is on the pages to come."""
    page = workshop.get(LISTS_PATH, params={"limit": 4}).json()

    create(workshop, "Warehouse")

    assert "Warehouse" in [list_["title"] for list_ in walk(workshop, page["next"])]


@pytest.mark.parametrize(
    "titles",
    [
        ["Same", "Same", "Same"],
        ["A", "A\x00", "A\x00\x00", "A ", "Aa"],
        ["Zoë", "Zoé", "zoo", "Ärzte", "日本", "\U0001f600", "\uffff"],
        ["x" * 255, "x" * 254, "\U0001f600" * 255],
        ['"}', "\\", "%2F&cursor=", "\n!", "`abc"],
    ],
)
def test_any_title_can_be_paged(workshop: httpx.Client, titles: list[str]) -> None:
    """Lists are in the order of the code points of their titles, and a cursor can stand on any of them."""
    for number, title in enumerate(titles):
        create(workshop, title, f"NEW-{number}")

    found = walk(workshop, f"{LISTS_PATH}?limit=1")

    order = [(list_["title"], list_["id"]) for list_ in found]
    assert order == sorted(order)
    assert len(found) == 16 + len(titles)


@pytest.mark.parametrize("account", [API, HRIS])
def test_a_cursor_is_no_key(client: Client, workshop: httpx.Client, account: str) -> None:
    """A cursor names a place in the order, so another account reads its own lists with it."""
    cursor = write_cursor(100, ("All", ""))

    titles = [list_["title"] for list_ in walk(client("workshop", account), f"{LISTS_PATH}?cursor={cursor}")]

    assert titles == [list_["title"] for list_ in lists(client("workshop", account)).values()]


def test_a_cursor_of_another_listing(workshop: httpx.Client, server: MockServer) -> None:
    """A cursor names a place and no listing: on another one it begins behind that place."""
    names = {contact["id"]: contact["name"] for contact in server.world()[CONTACTS]}
    everyone = [names[id_] for id_ in members(workshop, ALL_EMPLOYEES)]
    page = workshop.get(LISTS_PATH, params={"limit": 4}).json()

    found = walk(workshop, page["next"].replace(LISTS_PATH, ALL_EMPLOYEES_MEMBERS))

    assert page["data"][-1]["title"] == "Chicago Office"
    assert [names[each["contact_id"]] for each in found] == [name for name in everyone if name > "Chicago Office"]
    assert 0 < len(found) < 100


@pytest.mark.parametrize(
    "examples", [pytest.param(100, marks=pytest.mark.sample), pytest.param(1000, marks=pytest.mark.campaign)]
)
def test_every_match_of_the_pattern_is_a_cursor(examples: int) -> None:
    """Whatever the contract's pattern admits can be read: a limit from 1 to 100 and a position."""
    exactly = settings(max_examples=examples)
    exactly(given(st.from_regex(CURSOR_PATTERN))(assert_a_cursor))()


def assert_a_cursor(cursor: str) -> None:
    limit, (name, id_) = read_cursor(cursor)

    assert 1 <= limit <= 100
    assert isinstance(name, str)
    assert isinstance(id_, str)
    assert base64.urlsafe_b64decode(cursor).startswith(b'{"sort":"name","order":"asc"')


@settings(max_examples=1000)
@given(st.integers(1, 100), st.text(st.characters(exclude_categories=["Cs"])), st.uuids().map(str))
def test_every_cursor_matches_the_pattern(limit: int, name: str, id_: str) -> None:
    """Whatever is written as a cursor matches the contract's pattern and reads back as it was."""
    cursor = write_cursor(limit, (name, id_))

    assert re.search(CURSOR_PATTERN, cursor)
    assert cursor.startswith("eyJzb3J0IjoibmFtZSIsIm9yZGVyIjoiY")
    assert read_cursor(cursor) == (limit, (name, id_))


def test_every_limit_in_a_cursor() -> None:
    """The pattern admits the limits from 1 to 100 and no other number of three digits."""
    one = write_cursor(1, ("", ""))
    admitted = [
        number
        for number in range(1000)
        if re.search(CURSOR_PATTERN, one.replace("MDAx", base64.b64encode(f"{number:03}".encode()).decode()))
    ]

    assert admitted == list(range(1, 101))


GOOD = write_cursor(5, ("All Employees", "3d4e06a3"))


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "abc",
        "25",
        f"{GOOD}\n",
        f"\n{GOOD}",
        f"{GOOD}=",
        f"{GOOD} ",
        GOOD[:-4],
        GOOD[:-8] + GOOD[-4:],
        GOOD * 2,
        GOOD.lower(),
        base64.urlsafe_b64encode(json.dumps({"sort": "name", "order": "asc"}).encode()).decode(),
        base64.urlsafe_b64encode(b'{"sort":"name","order":"asc","limit": "000", "after":""} ').decode(),
        base64.urlsafe_b64encode(b'{"sort":"name","order":"asc","limit": "005", "after":"pppppp"} ').decode(),
    ],
)
def test_bad_cursors(workshop: httpx.Client, cursor: str) -> None:
    """What was not written as a cursor is refused, also by engines whose $ lets a newline pass."""
    answers = [workshop.get(path, params={"cursor": cursor}) for path in (LISTS_PATH, ALL_EMPLOYEES_MEMBERS)]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert [answer.json() for answer in answers] == [{"error": {"cursor": ["is in invalid format"]}}] * 2
    assert not re.search(CURSOR_PATTERN, cursor)


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("limit=0", {"limit": ["must be within 1 - 100"]}),
        ("limit=101", {"limit": ["must be within 1 - 100"]}),
        ("limit=-1", {"limit": ["must be within 1 - 100"]}),
        ("limit=ten", {"limit": ["must be an integer"]}),
        ("limit=", {"limit": ["must be an integer"]}),
        ("limit=5.0", {"limit": ["must be an integer"]}),
        ("limit=%2B5", {"limit": ["must be an integer"]}),
        ("limit=%FF", {"limit": ["must be UTF-8"]}),
        ("limit=1&limit=2", {"limit": ["must be given once"]}),
        ("limit=0&cursor=x", {"limit": ["must be within 1 - 100"], "cursor": ["is in invalid format"]}),
    ],
)
@pytest.mark.parametrize("path", [LISTS_PATH, ALL_EMPLOYEES_MEMBERS])
def test_bad_pages(workshop: httpx.Client, path: str, query: str, error: dict[str, list[str]]) -> None:
    """A bad limit is refused in the documented shape, together with a bad cursor."""
    answer = workshop.get(f"{path}?{query}")

    assert (answer.status_code, answer.json()) == (422, {"error": error})


# Keys and accounts

WRITES = [
    ("POST", LISTS_PATH),
    ("PATCH", ALL_EMPLOYEES),
    ("DELETE", ALL_EMPLOYEES),
    ("POST", ALL_EMPLOYEES_MEMBERS),
    ("DELETE", ALL_EMPLOYEES_MEMBERS),
]
READS = [("GET", LISTS_PATH), ("GET", ALL_EMPLOYEES), ("GET", ALL_EMPLOYEES_MEMBERS)]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wk_demo"}, {"Authorization": f"Basic {API}"}])
@pytest.mark.parametrize(("method", "path"), [*READS, *WRITES])
def test_unauthorized(client: Client, method: str, path: str, headers: dict[str, str]) -> None:
    """Without a known bearer key every operation answers 401, whatever else is wrong."""
    answer = client("workshop", None).request(method, path, headers=headers, params={"limit": 0})

    assert answer.status_code == 401
    assert answer.json() == {"error": "API key is missing or invalid"}
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("list_path", [ALL_EMPLOYEES, f"{LISTS_PATH}/unknown"])
@pytest.mark.parametrize(("method", "path"), WRITES)
def test_other_sync_source(client: Client, server: MockServer, method: str, path: str, list_path: str) -> None:
    """An account with another sync source cannot write, which it hears before its request is looked at."""
    answer = client("workshop", HRIS).request(method, path.replace(ALL_EMPLOYEES, list_path), json=[])

    assert answer.status_code == 403
    assert answer.json() == {"error": "This endpoint is only available if you are using the API as your sync source"}
    assert (len(server.world()[LISTS]), len(server.world()[MEMBERSHIPS])) == (22, 513)


def test_reading_with_another_sync_source(client: Client) -> None:
    """An account with another sync source reads its own lists and their members."""
    hris = client("workshop", HRIS)

    found = lists(hris)

    assert list(found) == ["TW-ALL", "TW-CLIN", "TW-DESK", "TW-HAR", "TW-HIL", "TW-NIGHT"]
    assert {list_["list_source"] for list_ in found.values()} == {"hris"}
    assert hris.get(f"{LISTS_PATH}/{found['TW-ALL']['id']}").json() == found["TW-ALL"]
    assert len(members(hris, path_of(hris, "TW-ALL"))) == found["TW-ALL"]["memberships_count"] == 60


@pytest.mark.parametrize(
    ("method", "suffix"),
    [
        ("GET", ""),
        ("PATCH", ""),
        ("DELETE", ""),
        ("GET", "/memberships"),
        ("POST", "/memberships"),
        ("DELETE", "/memberships"),
    ],
)
def test_accounts_are_apart(client: Client, workshop: httpx.Client, method: str, suffix: str) -> None:
    """Another account's list is not found, and its external ids are free."""
    theirs = path_of(client("workshop", HRIS), "TW-ALL")

    answer = workshop.request(method, f"{theirs}{suffix}", json={"ids": [CONTACT]})

    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)
    assert create(workshop, "All Staff", "TW-ALL") != theirs


@pytest.mark.parametrize(("method", "suffix"), [("GET", ""), ("GET", "/memberships")])
def test_reading_is_apart_too(client: Client, method: str, suffix: str) -> None:
    """The documented list is not found by the other account."""
    answer = client("workshop", HRIS).request(method, f"{ALL_EMPLOYEES}{suffix}")

    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


@pytest.fixture
def neighbour(client: Client, server: MockServer) -> httpx.Client:
    """A client of a third account, which writes too and has a contact with the documented external id."""
    world, credentials = server.world(), server.apis["workshop"].credentials
    assert credentials is not None
    account = {"account": "acct_neighbour"}
    world[credentials].put({"token": "wk_neighbour", **account, "scopes": ["sync-source:api"], "description": "third"})
    contact = {"id": NEIGHBOUR_CONTACT, **account, "external_id": EXTERNAL_CONTACT, "source": "api"}
    world[CONTACTS].put({**contact, "name": "Noor", "email_address": "noor@example.com"})
    return client("workshop", "wk_neighbour")


def test_writing_is_apart(workshop: httpx.Client, neighbour: httpx.Client) -> None:
    """Two accounts that both write take the same external ids for lists and contacts of their own."""
    path = create(neighbour, "All Employees", "XYZ-098")
    added = neighbour.post(f"{path}/memberships?external", json={"ids": [EXTERNAL_CONTACT]})

    assert added.status_code == 201
    assert path != ALL_EMPLOYEES
    assert members(neighbour, path) == [NEIGHBOUR_CONTACT]
    assert workshop.get(path).status_code == 404


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_contacts_are_apart(neighbour: httpx.Client, method: str) -> None:
    """A contact of another account is not found, though the API is its source as well."""
    path = create(neighbour, "All Employees")

    answer = neighbour.request(method, f"{path}/memberships", json={"ids": [NEIGHBOUR_CONTACT, CONTACT]})

    assert answer.status_code == 404
    assert answer.json() == {"error": "Contacts not found for 1 ids", "ids_not_found": [CONTACT]}
    assert members(neighbour, path) == []


@pytest.mark.parametrize("id_", ["unknown", "3D4E06A3-544B-4CC7-924E-E077EF133CF6", "%00", "%FF", "a%2Fb", "..."])
@pytest.mark.parametrize(
    ("method", "suffix", "body"),
    [
        ("GET", "", None),
        ("PATCH", "", {"title": "Sales"}),
        ("PATCH", "", None),
        ("DELETE", "", None),
        ("GET", "/memberships", None),
        ("POST", "/memberships", {"ids": ["unknown"]}),
        ("DELETE", "/memberships", {"ids": ["unknown"]}),
    ],
)
def test_unknown_lists(workshop: httpx.Client, method: str, suffix: str, body: Any, id_: str) -> None:
    """A list that does not exist is not found, before its members are looked for."""
    answer = workshop.request(method, f"{LISTS_PATH}/{id_}{suffix}", json=body)

    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_unreadable_ids(workshop: httpx.Client, method: str) -> None:
    """An id that is no UTF-8 can name no list, which is told before what else is wrong."""
    answer = workshop.request(method, f"{LISTS_PATH}/%FF/memberships?external=x", json={"ids": []})

    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


# Lists


def test_new_list(workshop: httpx.Client) -> None:
    """A list is made with what is given; its type is standard, its address null and its source the API otherwise."""
    path = create(workshop, "Legal", "DEP-LEG")

    id_ = path.rpartition("/")[2]
    assert workshop.get(path).json() == {
        "object": "list",
        "id": id_,
        "external_id": "DEP-LEG",
        "title": "Legal",
        "email_address": None,
        "list_type": "standard",
        "list_source": "api",
        "memberships_count": 0,
        "urls": {"memberships": f"{path}/memberships"},
    }
    assert re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", id_)


@pytest.mark.parametrize(
    "given_",
    [
        {"email_address": "legal@example.com", "list_type": "department"},
        {"email_address": None, "list_type": "location"},
        {"email_address": "o'hara+x@a-1.co", "list_type": "team"},
        {"email_address": "root@localhost", "list_type": "standard"},
    ],
)
def test_optional_fields(workshop: httpx.Client, given_: dict[str, Any]) -> None:
    """What is given is kept; a property that the document does not list is passed over."""
    body = {"external_id": "DEP-LEG", "title": "Legal", **given_, "list_source": "hris", "id": "x", "owner": 1}

    answer = workshop.post(LISTS_PATH, json=body)

    made = lists(workshop)["DEP-LEG"]
    assert answer.status_code == 201
    assert {field: made[field] for field in given_} == given_
    assert made["list_source"] == "api"


FILLED, STRING = "must be filled", "must be a string"
TYPE = "must be one of: standard, location, department, team"
FORMAT = "is in invalid format"


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, {"external_id": ["is missing"], "title": ["is missing"]}),
        ({"external_id": "", "title": " \t\u00a0"}, {"external_id": [FILLED], "title": [FILLED]}),
        ({"external_id": 98, "title": None}, {"external_id": [STRING], "title": [STRING]}),
        ({"external_id": "A", "title": "x" * 256}, {"title": ["length must be within 1 - 255"]}),
        ({"external_id": "A", "title": "B", "email_address": ""}, {"email_address": [FORMAT]}),
        ({"external_id": "A", "title": "B", "email_address": "a@b.c\n"}, {"email_address": [FORMAT]}),
        ({"external_id": "A", "title": "B", "email_address": "a b@c.d"}, {"email_address": [FORMAT]}),
        ({"external_id": "A", "title": "B", "email_address": "a@-b.c"}, {"email_address": [FORMAT]}),
        ({"external_id": "A", "title": "B", "email_address": 1}, {"email_address": [STRING]}),
        ({"external_id": "A", "title": "B", "email_address": {}}, {"email_address": [STRING]}),
        ({"external_id": "A", "title": "B", "list_type": "Team"}, {"list_type": [TYPE]}),
        ({"external_id": "A", "title": "B", "list_type": None}, {"list_type": [TYPE]}),
        (
            {"title": [], "email_address": "x", "list_type": 1},
            {"external_id": ["is missing"], "title": [STRING], "email_address": [FORMAT], "list_type": [TYPE]},
        ),
        ([], {"body": ["must be an object"]}),
        (None, {"body": ["must be an object"]}),
    ],
)
def test_bad_lists(workshop: httpx.Client, body: Any, error: dict[str, list[str]]) -> None:
    """All that is wrong with a new list is told at once, by parameter, and nothing is made."""
    answer = workshop.post(LISTS_PATH, content=json.dumps(body))

    assert (answer.status_code, answer.json()) == (422, {"error": error})
    assert len(lists(workshop)) == 16


@pytest.mark.parametrize(
    ("content", "content_type", "message"),
    [
        (b"", "application/json", "is missing"),
        (b"{", "application/json", "must be JSON in UTF-8"),
        (b'{"title":"\xff"}', "application/json", "must be JSON in UTF-8"),
        (b"title=Legal", "application/x-www-form-urlencoded", "must be application/json in UTF-8"),
        (b"{}", "application/json; charset=utf-16", "must be application/json in UTF-8"),
        (b"[" * 101 + b"]" * 101, "application/json", "must not nest deeper than 100 levels"),
    ],
)
@pytest.mark.parametrize(
    ("method", "path"), [("POST", LISTS_PATH), ("POST", ALL_EMPLOYEES_MEMBERS), ("DELETE", ALL_EMPLOYEES_MEMBERS)]
)
def test_unreadable_bodies(
    workshop: httpx.Client, method: str, path: str, content: bytes, content_type: str, message: str
) -> None:
    """A payload that cannot be read is refused in the documented shape, under `body`."""
    answer = workshop.request(method, path, content=content, headers={"Content-Type": content_type})

    assert (answer.status_code, answer.json()) == (422, {"error": {"body": [message]}})


@pytest.mark.parametrize(("method", "path"), [each for each in WRITES if each != ("DELETE", ALL_EMPLOYEES)])
def test_large_bodies(workshop: httpx.Client, method: str, path: str) -> None:
    """A payload beyond what the server reads is refused in the API's shape."""
    answer = workshop.request(method, path, content=b" " * (10 * 1024 * 1024 + 1))

    assert (answer.status_code, answer.json()) == (413, {"error": "Request body is too large"})


@pytest.mark.parametrize("external_id", ["XYZ-098", "LOC-BOS"])
def test_external_id_taken(workshop: httpx.Client, external_id: str) -> None:
    """An external id names one list of the account; a second is refused."""
    answer = workshop.post(LISTS_PATH, json={"external_id": external_id, "title": "Legal"})

    assert answer.status_code == 409
    assert answer.json() == {"error": f"List with external_id {external_id} already exists"}
    assert "Legal" not in [list_["title"] for list_ in lists(workshop).values()]


@pytest.mark.parametrize("external_id", ["xyz-098", "XYZ-098 ", "{XYZ}", "\x00"])
def test_external_ids_compare_exactly(workshop: httpx.Client, external_id: str) -> None:
    """An external id that differs in any character is another one."""
    body = {"external_id": external_id, "title": "Legal"}

    answers = [workshop.post(LISTS_PATH, json=body) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 409]
    assert answers[1].json() == {"error": f"List with external_id {external_id} already exists"}


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Everybody"},
        {"external_id": "XYZ-099"},
        {"external_id": "XYZ-098"},
        {"email_address": "everybody@example.com"},
        {"email_address": None},
        {"list_type": "team"},
        {"title": "Everybody", "external_id": "XYZ-099", "email_address": None, "list_type": "team"},
        {},
    ],
)
def test_update(workshop: httpx.Client, changes: dict[str, Any]) -> None:
    """What is given changes, and the rest stays, members included."""
    before = workshop.get(ALL_EMPLOYEES).json()

    answer = workshop.patch(ALL_EMPLOYEES, json={**changes, "id": "x", "list_source": "x", "memberships_count": 0})

    assert (answer.status_code, answer.json()) == (200, {"message": "List updated successfully"})
    assert workshop.get(ALL_EMPLOYEES).json() == {**before, **changes}


def test_update_without_a_payload(workshop: httpx.Client) -> None:
    """Every parameter of an update is optional, so none at all changes nothing."""
    before = lists(workshop)

    answer = workshop.patch(ALL_EMPLOYEES)

    assert (answer.status_code, answer.json()) == (200, {"message": "List updated successfully"})
    assert lists(workshop) == before


def test_a_new_title_moves_a_list(workshop: httpx.Client) -> None:
    """Lists are ordered by the titles they have now."""
    workshop.patch(ALL_EMPLOYEES, json={"title": "Everybody"})

    titles = [list_["title"] for list_ in walk(workshop, f"{LISTS_PATH}?limit=3")]

    assert titles == sorted(titles)
    assert titles.index("Everybody") == 5


def test_a_new_external_id_frees_the_old_one(workshop: httpx.Client) -> None:
    """An external id that its list gave up can be taken again."""
    workshop.patch(ALL_EMPLOYEES, json={"external_id": "XYZ-099"})

    assert create(workshop, "Legal", "XYZ-098") != ALL_EMPLOYEES
    assert workshop.post(LISTS_PATH, json={"external_id": "XYZ-099", "title": "Legal"}).status_code == 409


def test_update_to_a_taken_external_id(workshop: httpx.Client) -> None:
    """Another list's external id is refused, and nothing of the request is done."""
    before = lists(workshop)

    answer = workshop.patch(path_of(workshop, "LOC-BOS"), json={"title": "Boston", "external_id": "XYZ-098"})

    assert answer.status_code == 409
    assert answer.json() == {"error": "List with external_id XYZ-098 already exists"}
    assert lists(workshop) == before


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"title": "", "list_type": "x"}, {"title": [FILLED], "list_type": [TYPE]}),
        ({"external_id": None, "email_address": "x"}, {"external_id": [STRING], "email_address": [FORMAT]}),
        ("title", {"body": ["must be an object"]}),
    ],
)
@pytest.mark.parametrize("path", [ALL_EMPLOYEES, f"{LISTS_PATH}/unknown"])
def test_bad_updates(workshop: httpx.Client, path: str, body: Any, error: dict[str, list[str]]) -> None:
    """All that is wrong with an update is told before the list is looked for, and nothing is done."""
    before = lists(workshop)

    answer = workshop.patch(path, json=body)

    assert (answer.status_code, answer.json()) == (422, {"error": error})
    assert lists(workshop) == before


def test_delete(workshop: httpx.Client, server: MockServer) -> None:
    """A deleted list is gone with its memberships; its contacts stay, and its external id is free."""
    kept = len(server.world()[MEMBERSHIPS]) - 100

    answer = workshop.delete(ALL_EMPLOYEES)

    assert (answer.status_code, answer.json()) == (200, {"message": "List deleted successfully"})
    assert workshop.delete(ALL_EMPLOYEES).json() == workshop.get(ALL_EMPLOYEES_MEMBERS).json() == NOT_FOUND
    assert len(server.world()[MEMBERSHIPS]) == kept
    assert server.world()[CONTACTS].get(CONTACT) is not None
    assert members(workshop, create(workshop, "All Employees", "XYZ-098")) == []


# Memberships


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ("", {"ids": [CONTACT]}),
        ("", {"ids": [CONTACT], "external": False}),
        ("", {"ids": [EXTERNAL_CONTACT], "external": True}),
        ("?external", {"ids": [EXTERNAL_CONTACT]}),
        ("?external=", {"ids": [EXTERNAL_CONTACT]}),
        ("?external=true", {"ids": [EXTERNAL_CONTACT], "external": False}),
        ("?external=false", {"ids": [CONTACT], "external": True}),
    ],
)
def test_external(workshop: httpx.Client, query: str, body: dict[str, Any]) -> None:
    """Contacts are named by id, or by external id where the query or else the payload says so."""
    path = create(workshop, "Legal")

    added = workshop.post(f"{path}/memberships{query}", json=body)
    then = members(workshop, path)
    removed = workshop.request("DELETE", f"{path}/memberships{query}", json=body)

    assert (added.status_code, added.json()) == (201, {"message": "List memberships created successfully"})
    assert then == [CONTACT]
    assert (removed.status_code, removed.json()) == (200, {"message": "List memberships deleted successfully"})
    assert members(workshop, path) == []


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ("", {"ids": [EXTERNAL_CONTACT]}),
        ("", {"ids": [CONTACT], "external": True}),
        ("?external=false", {"ids": [EXTERNAL_CONTACT], "external": True}),
        ("?external", {"ids": [CONTACT], "external": False}),
    ],
)
@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_ids_of_the_other_kind(workshop: httpx.Client, method: str, query: str, body: dict[str, Any]) -> None:
    """An id of the other kind names no contact."""
    answer = workshop.request(method, f"{ALL_EMPLOYEES_MEMBERS}{query}", json=body)

    assert answer.status_code == 404
    assert answer.json() == {"error": "Contacts not found for 1 ids", "ids_not_found": body["ids"]}


def test_a_new_member(workshop: httpx.Client) -> None:
    """A membership of a new member has an id of its own and stands where the contact's name puts it."""
    path = path_of(workshop, "DEP-ENG")
    count = workshop.get(path).json()["memberships_count"]

    workshop.post(f"{path}/memberships", json={"ids": [CONTACT]})

    first = workshop.get(f"{path}/memberships", params={"limit": 1}).json()["data"][0]
    assert first == {
        "object": "list_membership",
        "id": first["id"],
        "list_id": path.rpartition("/")[2],
        "contact_id": CONTACT,
        "urls": {"contact": f"/v1/contacts/{CONTACT}"},
    }
    assert first["id"] != "80d43a50-e9a8-41ea-8aa2-7d361292f0d9"
    assert workshop.get(path).json()["memberships_count"] == count + 1


def test_adding_twice(workshop: httpx.Client) -> None:
    """A contact that is on the list, or that comes twice in a request, is on it once, by the membership it has."""
    before = walk(workshop, ALL_EMPLOYEES_MEMBERS)

    answer = workshop.post(ALL_EMPLOYEES_MEMBERS, json={"ids": [CONTACT, CONTACT]})

    assert answer.status_code == 201
    assert walk(workshop, ALL_EMPLOYEES_MEMBERS) == before


def test_a_thousand_ids(workshop: httpx.Client, server: MockServer) -> None:
    """A request may name a thousand ids, not one more."""
    path = create(workshop, "Everybody")
    ids = contact_ids(server, LARKSPUR, "api")
    ids = [*ids, *[CONTACT] * (1000 - len(ids))]

    thousand = workshop.post(f"{path}/memberships", json={"ids": ids})
    more = workshop.post(f"{path}/memberships", json={"ids": [*ids, CONTACT]})

    assert thousand.status_code == 201
    assert workshop.get(path).json()["memberships_count"] == len(members(workshop, path)) == 126
    assert (more.status_code, more.json()) == (422, {"error": {"ids": ["size must be within 1 - 1000"]}})


def test_contacts_that_cannot_be_added(workshop: httpx.Client, server: MockServer) -> None:
    """Contacts from another source or another account are not found; they are named once, in their order."""
    manual = contact_ids(server, LARKSPUR, "manual")[0]
    theirs = contact_ids(server, TIDEWATER, "hris")[0]
    path = create(workshop, "Legal")

    answer = workshop.post(f"{path}/memberships", json={"ids": ["b", manual, CONTACT, theirs, "", "b", "a"]})

    assert answer.status_code == 404
    assert answer.json() == {
        "error": "Contacts not found for 5 ids",
        "ids_not_found": ["b", manual, theirs, "", "a"],
    }
    assert members(workshop, path) == []


def test_external_ids_of_other_sources(workshop: httpx.Client) -> None:
    """A contact from another source is not found by its external id either."""
    answer = workshop.post(f"{ALL_EMPLOYEES_MEMBERS}?external", json={"ids": ["EXT-01", "50113"]})

    assert answer.json() == {"error": "Contacts not found for 2 ids", "ids_not_found": ["EXT-01", "50113"]}


def test_one_unknown_id_keeps_everyone_on_the_list(workshop: httpx.Client) -> None:
    """A removal with an unknown id is refused as a whole."""
    answer = workshop.request("DELETE", ALL_EMPLOYEES_MEMBERS, json={"ids": [CONTACT, "abc123"]})

    assert answer.json() == {"error": "Contacts not found for 1 ids", "ids_not_found": ["abc123"]}
    assert CONTACT in members(workshop, ALL_EMPLOYEES)


def test_removing_some(workshop: httpx.Client, server: MockServer) -> None:
    """Of the contacts given, those on the list are removed; it is enough that there is one."""
    path = create(workshop, "Legal")
    first, second, third = contact_ids(server, LARKSPUR, "api")[:3]
    workshop.post(f"{path}/memberships", json={"ids": [first, second]})

    answer = workshop.request("DELETE", f"{path}/memberships", json={"ids": [third, second, second]})

    assert (answer.status_code, answer.json()) == (200, {"message": "List memberships deleted successfully"})
    assert members(workshop, path) == [first]


def test_removing_none(workshop: httpx.Client) -> None:
    """If none of the contacts is on the list, that is said, and other lists keep them."""
    path = create(workshop, "Legal")

    answer = workshop.request("DELETE", f"{path}/memberships", json={"ids": [CONTACT]})

    assert answer.status_code == 404
    assert answer.json() == {"error": "No memberships found for the contacts with the given IDs."}
    assert CONTACT in members(workshop, ALL_EMPLOYEES)


BOOLEAN, SIZE = "must be a boolean", "size must be within 1 - 1000"


@pytest.mark.parametrize(
    ("query", "body", "error"),
    [
        ("", {}, {"ids": ["is missing"]}),
        ("", {"ids": []}, {"ids": [SIZE]}),
        ("", {"ids": "abc"}, {"ids": ["must be an array"]}),
        ("", {"ids": None, "external": None}, {"ids": ["must be an array"], "external": [BOOLEAN]}),
        ("", {"ids": ["a", 1, None]}, {"ids": ["item 1 must be a string", "item 2 must be a string"]}),
        ("", {"ids": [], "external": "true"}, {"ids": [SIZE], "external": [BOOLEAN]}),
        ("?external=1", {"ids": []}, {"external": [BOOLEAN], "ids": [SIZE]}),
        ("?external=TRUE", {"ids": [CONTACT], "external": 1}, {"external": [BOOLEAN]}),
        ("?external&external", {"ids": [CONTACT]}, {"external": [BOOLEAN]}),
        ("?external=%FF", {"ids": [CONTACT]}, {"external": [BOOLEAN]}),
        ("", [], {"body": ["must be an object"]}),
    ],
)
@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_bad_memberships(
    workshop: httpx.Client, method: str, query: str, body: Any, error: dict[str, list[str]]
) -> None:
    """All that is wrong with a request for memberships is told at once, by parameter, and nothing is done."""
    answer = workshop.request(method, f"{ALL_EMPLOYEES_MEMBERS}{query}", json=body)

    assert (answer.status_code, answer.json()) == (422, {"error": error})
    assert len(members(workshop, ALL_EMPLOYEES)) == 100


def test_words_for_any_rule(server: MockServer) -> None:
    """A rule that the API has no words for is told in the server's."""
    message = "must be a multiple of {2}"
    violation = Violation("query", "/limit", "multipleOf", 2, 3, message)

    payload, status = refuse(server.world(), Rejection("invalid", message, "list_lists", (violation,)))

    assert (status, payload) == (422, {"error": {"limit": [message]}})


# Paths beside the documented ones


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("PUT", LISTS_PATH, {"GET", "POST"}),
        ("POST", ALL_EMPLOYEES, {"GET", "PATCH", "DELETE"}),
        ("PATCH", ALL_EMPLOYEES_MEMBERS, {"GET", "POST", "DELETE"}),
    ],
)
def test_other_methods(workshop: httpx.Client, method: str, path: str, allow: set[str]) -> None:
    """An undocumented method is refused in the API's shape, naming the documented ones."""
    answer = workshop.request(method, path)

    assert (answer.status_code, answer.json()) == (405, {"error": "Method not allowed"})
    assert allow <= set(answer.headers["Allow"].split(", "))


@pytest.mark.parametrize("path", [f"{ALL_EMPLOYEES}/members", f"{ALL_EMPLOYEES_MEMBERS}/1", f"{LISTS_PATH}/"])
def test_other_paths(workshop: httpx.Client, path: str) -> None:
    """A path below the documented ones that is none of them is refused in the API's shape."""
    answer = workshop.get(path)

    assert (answer.status_code, answer.json()) == (404, {"error": "Not found"})


def test_the_contact_of_a_membership(workshop: httpx.Client) -> None:
    """A contact's path is on another page of the documentation, so nothing is served there."""
    answer = workshop.get(f"/v1/contacts/{CONTACT}")

    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", [LISTS_PATH, ALL_EMPLOYEES, ALL_EMPLOYEES_MEMBERS, f"{LISTS_PATH}/unknown"])
def test_head(workshop: httpx.Client, path: str) -> None:
    """HEAD is answered like GET, without the body."""
    got = workshop.get(path)

    answer = workshop.head(path)

    assert (answer.status_code, answer.content) == (got.status_code, b"")
    assert answer.headers["Content-Length"] == got.headers["Content-Length"]


# The fixtures


def test_the_members_of_the_fixtures(server: MockServer) -> None:
    """Every membership joins a list and a contact of one account, repeats the contact's name, and is of its source."""
    world = server.world()

    for membership in world[MEMBERSHIPS]:
        list_, contact = world[LISTS].get(membership["list_id"]), world[CONTACTS].get(membership["contact_id"])
        assert list_ is not None
        assert contact is not None
        assert list_["account"] == contact["account"]
        assert membership["contact_name"] == contact["name"]
        assert list_["list_source"] == contact["source"]


def test_the_documented_contact(server: MockServer) -> None:
    """The contact of the documented membership is the one with the documented external id."""
    found = server.world()[CONTACTS].find("external_id", (LARKSPUR, EXTERNAL_CONTACT))

    assert found is not None
    assert found["id"] == CONTACT
    assert server.world()[CONTACTS].find("external_id", (TIDEWATER, EXTERNAL_CONTACT)) is not None


@pytest.mark.parametrize("address", ["a@b", "A.b!#$%&'*+/=?^_`{|}~-@x.y", "a..b@c", f"a@{'x' * 63}"])
def test_addresses(address: str) -> None:
    """The contract's pattern admits what the HTML standard calls a valid address, in every engine without a newline."""
    assert re.search(EMAIL_PATTERN, address)
    assert not any(re.search(EMAIL_PATTERN, f"{address}{end}") for end in ("\n", "\r", " ", "\n\n", "@"))
