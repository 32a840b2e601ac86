"""The audience API across requests: pages, scopes, upserts, live counts, and refusals that change nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from mockserver import MockServer
from mockserver.apis.audience import (
    CONTACTS,
    LISTS,
    ListNotFound,
    create_list,
    list_lists,
    upsert_contact,
    upsert_contacts,
)
from mockserver.world import World

Client = Callable[..., httpx.Client]
Freeze = Callable[[str], None]

NEWSLETTER = "clx_list_newsletter_id"
CUSTOMERS = "clx_list_customers_id"
FULL, READ, NONE = "ak_demo_full", "ak_demo_read", "ak_demo_none"
KNOWN = "blanco.bruno@onyxstudio.example"
NEW = "ines.carvalho@lumenharbor.example"
NOW = "2026-04-22T10:00:00Z"
LISTS_PATH, CONTACT, BULK = "/api/v1/lists", "/api/v1/contacts", "/api/v1/contacts/bulk"
NOT_AS_DOCUMENTED = "The request is not as documented. Mend what details lists."


@pytest.fixture
def audience(client: Client) -> httpx.Client:
    """A client whose key may do everything."""
    return client("audience", FULL)


def the_list(audience: httpx.Client, list_id: str) -> dict[str, Any]:
    found: dict[str, Any] = audience.get(LISTS_PATH, params={"id": list_id}).json()["data"][0]
    return found


def create(audience: httpx.Client, name: str) -> str:
    list_id: str = audience.post(LISTS_PATH, json={"name": name}).json()["data"]["id"]
    return list_id


def upsert(audience: httpx.Client, **contact: Any) -> dict[str, Any]:
    answer = audience.post(CONTACT, json=contact)
    assert answer.is_success, answer.text
    upserted: dict[str, Any] = answer.json()["data"]
    return upserted


def fields(answer: httpx.Response) -> list[str]:
    return [detail["field"] for detail in answer.json()["error"]["details"]]


# Lists


@pytest.mark.parametrize(
    ("page", "limit", "sizes"),
    [(1, 3, (3, 3)), (3, 3, (2, 3)), (4, 3, (0, 3)), (1, 100, (8, 1)), (8, 1, (1, 8)), (90071992547409, 100, (0, 1))],
)
def test_pages(audience: httpx.Client, page: int, limit: int, sizes: tuple[int, int]) -> None:
    """A page holds up to `limit` lists in creation order; beyond the last there is an empty one."""
    whole = audience.get(LISTS_PATH).json()["data"]

    answer = audience.get(LISTS_PATH, params={"page": page, "limit": limit})

    size, pages = sizes
    assert answer.status_code == 200
    assert len(answer.json()["data"]) == size
    assert answer.json()["data"] == whole[(page - 1) * limit :][:limit]
    assert answer.json()["pagination"] == {"page": page, "limit": limit, "total": 8, "totalPages": pages}


def test_default_page(audience: httpx.Client) -> None:
    """Without a limit a page holds 50 lists, and the 51st is the first of the second."""
    made = [create(audience, f"Lead list {number}") for number in range(43)]

    first, second = (audience.get(LISTS_PATH, params={"page": page}).json() for page in (1, 2))

    assert len(first["data"]) == 50
    assert [list_["id"] for list_ in second["data"]] == made[-1:]
    assert first["pagination"] == {"page": 1, "limit": 50, "total": 51, "totalPages": 2}
    assert second["pagination"] == {"page": 2, "limit": 50, "total": 51, "totalPages": 2}


@pytest.mark.parametrize(("page", "found"), [(1, 1), (2, 0)])
def test_one_list_has_pages_too(audience: httpx.Client, page: int, found: int) -> None:
    """With `id` the envelope counts the one list, which is on the first page."""
    answer = audience.get(LISTS_PATH, params={"id": NEWSLETTER, "page": page}).json()

    assert len(answer["data"]) == found
    assert answer["pagination"] == {"page": page, "limit": 50, "total": 1, "totalPages": 1}


def test_unknown_list(audience: httpx.Client) -> None:
    """An id that no list has is 404 in the API's error shape."""
    answer = audience.get(LISTS_PATH, params={"id": "clx_list_example_id"})

    assert answer.status_code == 404
    assert answer.json() == {
        "error": {
            "code": "list_not_found",
            "message": "No list has the id clx_list_example_id. GET /api/v1/lists shows the ids.",
            "details": [{"field": "id", "message": "names no list"}],
        }
    }


def test_new_lists_come_last(audience: httpx.Client) -> None:
    """A new list is empty, has a CUID, and stands behind the older ones."""
    list_id = create(audience, "Beta Testers")

    lists = audience.get(LISTS_PATH).json()
    assert lists["pagination"]["total"] == 9
    assert lists["data"][-1] == the_list(audience, list_id)
    assert lists["data"][-1]["memberCount"] == 0
    assert re.fullmatch("c[0-9a-z]{24}", list_id)


@pytest.mark.parametrize("description", [{}, {"description": None}])
def test_absent_description(audience: httpx.Client, description: dict[str, Any]) -> None:
    """A list made without a description has null in its place."""
    answer = audience.post(LISTS_PATH, json={"name": "Beta Testers", **description})

    assert answer.status_code == 201
    assert answer.json()["data"]["description"] is None


def test_name_taken(audience: httpx.Client) -> None:
    """A name is given to one list of the workspace; a second is refused and not stored."""
    answer = audience.post(LISTS_PATH, json={"name": "Paying Customers"})

    assert answer.status_code == 409
    assert answer.json() == {
        "error": {
            "code": "list_name_taken",
            "message": "A list named Paying Customers exists already (clx_list_customers_id). Choose another name.",
            "details": [{"field": "name", "message": "must be unique within the workspace"}],
        }
    }
    assert audience.get(LISTS_PATH).json()["pagination"]["total"] == 8


@pytest.mark.parametrize("name", ["paying customers", "Paying Customers ", "Paying  Customers"])
def test_names_compare_exactly(audience: httpx.Client, name: str) -> None:
    """A name that differs in case or space is another name, kept as it came."""
    answer = audience.post(LISTS_PATH, json={"name": name})

    assert answer.status_code == 201
    assert answer.json()["data"]["name"] == name


def test_workspaces_are_apart(server: MockServer) -> None:
    """Another workspace sees none of these lists and contacts, and may use their names and addresses for its own."""
    world, elsewhere = server.world(), "ws_elsewhere"
    before = list_lists(world, elsewhere)["pagination"]["total"]

    made, _ = create_list(world, elsewhere, {"name": "Paying Customers"})
    contact, status = upsert_contact(world, elsewhere, {"email": KNOWN, "listId": made["data"]["id"]})

    assert before == 0
    assert (status, contact["data"]["firstName"]) == (201, None)
    assert [list_["memberCount"] for list_ in list_lists(world, elsewhere)["data"]] == [1]
    assert list_lists(world, "ws_meridian")["pagination"]["total"] == 8


@pytest.mark.parametrize(
    "call",
    [
        lambda world: list_lists(world, "ws_elsewhere", id_=NEWSLETTER),
        lambda world: upsert_contact(world, "ws_elsewhere", {"email": KNOWN, "listId": NEWSLETTER}),
        lambda world: upsert_contacts(world, "ws_elsewhere", {"contacts": [{"email": KNOWN}], "listId": NEWSLETTER}),
    ],
    ids=["read", "upsert", "import"],
)
def test_lists_of_another_workspace(server: MockServer, call: Callable[[World], Any]) -> None:
    """A list of another workspace is 404, as if there were none."""
    with pytest.raises(ListNotFound) as refused:
        call(server.world())

    assert (refused.value.status, refused.value.payload["error"]["code"]) == (404, "list_not_found")


# Keys and scopes


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer ak_demo"}, {"Authorization": f"Basic {FULL}"}])
@pytest.mark.parametrize(
    ("method", "path"), [("GET", LISTS_PATH), ("POST", LISTS_PATH), ("POST", CONTACT), ("POST", BULK)]
)
def test_unauthorized(client: Client, method: str, path: str, headers: dict[str, str]) -> None:
    """Without a known bearer key every operation answers 401, whatever else is wrong."""
    answer = client("audience", None).request(method, path, headers=headers, params={"page": "x"})

    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "unauthorized"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    ("token", "method", "path", "message"),
    [
        (NONE, "GET", LISTS_PATH, "This needs the scope lists:read. The key has none; use one that has it."),
        (NONE, "POST", LISTS_PATH, "This needs the scope lists:write. The key has none; use one that has it."),
        (NONE, "POST", CONTACT, "This needs the scope contacts:write. The key has none; use one that has it."),
        (NONE, "POST", BULK, "This needs the scope contacts:write. The key has none; use one that has it."),
        (READ, "POST", LISTS_PATH, "This needs the scope lists:write. The key has lists:read; use one that has it."),
        (READ, "POST", CONTACT, "This needs the scope contacts:write. The key has lists:read; use one that has it."),
        (READ, "POST", BULK, "This needs the scope contacts:write. The key has lists:read; use one that has it."),
    ],
)
def test_missing_scope(client: Client, token: str, method: str, path: str, message: str) -> None:
    """A key without the operation's scope is told which one it lacks, before its request is looked at."""
    answer = client("audience", token).request(method, path, params={"page": "x"})

    assert answer.status_code == 403
    assert answer.json() == {"error": {"code": "missing_scope", "message": message}}


def test_reading_key(client: Client) -> None:
    """A key with `lists:read` reads the lists of the workspace that the other keys write to."""
    list_id = create(client("audience", FULL), "Beta Testers")

    assert the_list(client("audience", READ), list_id)["name"] == "Beta Testers"


# One contact


def test_new_contact(audience: httpx.Client, freeze: Freeze) -> None:
    """An unknown address makes an active contact, and the list it joins counts it."""
    freeze(NOW)

    answer = audience.post(CONTACT, json={"email": NEW, "firstName": "Inês", "listId": NEWSLETTER})

    assert answer.status_code == 201
    assert answer.json() == {
        "data": {
            "id": answer.json()["data"]["id"],
            "email": NEW,
            "firstName": "Inês",
            "lastName": None,
            "status": "active",
            "listIds": [NEWSLETTER],
            "createdAt": NOW,
            "updatedAt": NOW,
        }
    }
    assert the_list(audience, NEWSLETTER)["memberCount"] == 4821
    assert the_list(audience, NEWSLETTER)["updatedAt"] == NOW


def test_known_contact_keeps_what_is_not_given(audience: httpx.Client, freeze: Freeze) -> None:
    """An upsert of a known address answers 200 and changes the given fields only."""
    freeze(NOW)

    answer = audience.post(CONTACT, json={"email": KNOWN, "lastName": "Blanco Ruiz"})

    assert answer.status_code == 200
    contact = answer.json()["data"]
    assert (contact["firstName"], contact["lastName"], contact["status"]) == ("Bruno", "Blanco Ruiz", "active")
    assert (contact["listIds"], contact["updatedAt"]) == ([NEWSLETTER], NOW)


def test_null_removes_a_name(audience: httpx.Client) -> None:
    """A name given as null is removed, not kept."""
    assert upsert(audience, email=KNOWN, firstName=None)["firstName"] is None


def test_addresses_compare_without_case(audience: httpx.Client) -> None:
    """Another spelling in upper and lower case is the same contact, which keeps the first."""
    made = upsert(audience, email=NEW)

    answer = audience.post(CONTACT, json={"email": NEW.upper()})

    assert answer.status_code == 200
    assert (answer.json()["data"]["id"], answer.json()["data"]["email"]) == (made["id"], NEW)


def test_joining_twice_counts_once(audience: httpx.Client, freeze: Freeze) -> None:
    """A member that is added again changes neither its list nor itself."""
    before = upsert(audience, email=KNOWN)
    freeze(NOW)

    again = upsert(audience, email=KNOWN, listId=NEWSLETTER)

    assert again == before
    assert the_list(audience, NEWSLETTER)["memberCount"] == 4820
    assert the_list(audience, NEWSLETTER)["updatedAt"] == "2026-01-20T14:00:00Z"


def test_joining_another_list(audience: httpx.Client) -> None:
    """A contact that joins a list stays on those it is on."""
    contact = upsert(audience, email=KNOWN, listId=CUSTOMERS)

    assert contact["listIds"] == [NEWSLETTER, CUSTOMERS]
    assert the_list(audience, NEWSLETTER)["memberCount"] == 4820
    assert the_list(audience, CUSTOMERS)["memberCount"] == 1248


def test_leaving_and_coming_back(audience: httpx.Client, freeze: Freeze) -> None:
    """Unsubscribing takes a contact out of the counts of all its lists and touches them; subscribing puts it back."""
    upsert(audience, email=KNOWN, listId=CUSTOMERS)
    freeze(NOW)

    upsert(audience, email=KNOWN, status="unsubscribed")
    left = [the_list(audience, list_id) for list_id in (NEWSLETTER, CUSTOMERS)]
    freeze("2026-04-23T10:00:00Z")
    upsert(audience, email=KNOWN, status="active")
    back = [the_list(audience, list_id) for list_id in (NEWSLETTER, CUSTOMERS)]

    assert [(list_["memberCount"], list_["updatedAt"]) for list_ in left] == [(4819, NOW), (1247, NOW)]
    assert [(list_["memberCount"], list_["updatedAt"]) for list_ in back] == [
        (4820, "2026-04-23T10:00:00Z"),
        (1248, "2026-04-23T10:00:00Z"),
    ]


def test_unsubscribed_members_do_not_count(audience: httpx.Client, freeze: Freeze) -> None:
    """An unsubscribed contact on a list is not in its count, but its joining is a change of the list."""
    freeze(NOW)

    contact = upsert(audience, email=NEW, status="unsubscribed", listId=NEWSLETTER)

    assert contact["listIds"] == [NEWSLETTER]
    assert the_list(audience, NEWSLETTER)["memberCount"] == 4820
    assert the_list(audience, NEWSLETTER)["updatedAt"] == NOW


def test_a_name_is_no_change_of_the_list(audience: httpx.Client, freeze: Freeze) -> None:
    """A member's new name moves the member's `updatedAt`, not the list's."""
    freeze(NOW)

    assert upsert(audience, email=KNOWN, firstName="Brunello")["updatedAt"] == NOW
    assert the_list(audience, NEWSLETTER)["updatedAt"] == "2026-01-20T14:00:00Z"


def test_undocumented_properties(audience: httpx.Client) -> None:
    """A property that the document does not list is accepted and ignored."""
    contact = upsert(audience, email=NEW, id="mine", listIds=[NEWSLETTER], tags=["vip"])

    assert contact["id"] != "mine"
    assert contact["listIds"] == []


def test_upsert_onto_an_unknown_list(audience: httpx.Client, server: MockServer) -> None:
    """An unknown `listId` is 404 and the contact is not made."""
    before = len(server.world()[CONTACTS])

    answer = audience.post(CONTACT, json={"email": NEW, "listId": "clx_gone"})

    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "list_not_found"
    assert answer.json()["error"]["details"] == [{"field": "listId", "message": "names no list"}]
    assert len(server.world()[CONTACTS]) == before


# Many contacts


def test_bulk(audience: httpx.Client, freeze: Freeze) -> None:
    """An import counts new and known contacts; an address that comes twice updates the first."""
    freeze(NOW)
    contacts = [{"email": NEW}, {"email": KNOWN}, {"email": NEW.title(), "firstName": "Inês"}]

    answer = audience.post(BULK, json={"contacts": contacts, "listId": CUSTOMERS})

    assert answer.status_code == 200
    assert answer.json() == {"data": {"created": 1, "updated": 2}}
    assert upsert(audience, email=NEW)["firstName"] == "Inês"
    assert the_list(audience, CUSTOMERS)["memberCount"] == 1249
    assert the_list(audience, CUSTOMERS)["updatedAt"] == NOW
    assert the_list(audience, NEWSLETTER)["updatedAt"] == "2026-01-20T14:00:00Z"


def test_bulk_without_case(audience: httpx.Client, server: MockServer) -> None:
    """An address that comes in another case, in the import or before it, is the contact that it was."""
    before = len(server.world()[CONTACTS])
    contacts = [
        {"email": KNOWN.upper(), "lastName": None},
        {"email": NEW},
        {"email": NEW.upper(), "status": "unsubscribed"},
    ]

    answer = audience.post(BULK, json={"contacts": contacts, "listId": CUSTOMERS})

    assert answer.json() == {"data": {"created": 1, "updated": 2}}
    assert len(server.world()[CONTACTS]) == before + 1
    known, new = upsert(audience, email=KNOWN), upsert(audience, email=NEW)
    assert (known["firstName"], known["lastName"], known["listIds"]) == ("Bruno", None, [NEWSLETTER, CUSTOMERS])
    assert (new["email"], new["status"], new["listIds"]) == (NEW, "unsubscribed", [CUSTOMERS])
    assert the_list(audience, CUSTOMERS)["memberCount"] == 1248


def test_a_contacts_own_list_wins(audience: httpx.Client) -> None:
    """A contact with a `listId` of its own joins that list and not the outer one."""
    first, second = create(audience, "First"), create(audience, "Second")
    contacts = [{"email": NEW, "listId": second}, {"email": KNOWN}]

    audience.post(BULK, json={"contacts": contacts, "listId": first})

    assert upsert(audience, email=NEW)["listIds"] == [second]
    assert upsert(audience, email=KNOWN)["listIds"] == [NEWSLETTER, first]


def test_bulk_without_a_list(audience: httpx.Client) -> None:
    """An import that names no list makes contacts on none."""
    audience.post(BULK, json={"contacts": [{"email": NEW}]})

    assert upsert(audience, email=NEW)["listIds"] == []


def test_bulk_names_every_unknown_list(audience: httpx.Client, server: MockServer) -> None:
    """One unknown list refuses the whole import, and every field that names one is told."""
    before = len(server.world()[CONTACTS])
    contacts = [{"email": NEW}, {"email": "a@b.example", "listId": "clx_gone"}, {"email": KNOWN, "listId": NEWSLETTER}]

    answer = audience.post(BULK, json={"contacts": contacts, "listId": "clx_never"})

    assert answer.status_code == 404
    assert fields(answer) == ["contacts.1.listId", "listId"]
    assert len(server.world()[CONTACTS]) == before


def test_bulk_is_all_or_nothing(audience: httpx.Client, server: MockServer) -> None:
    """One contact that is not as documented refuses the import, and nothing of it is stored."""
    before = len(server.world()[CONTACTS])

    answer = audience.post(BULK, json={"contacts": [{"email": NEW}, {"email": "nobody"}], "listId": CUSTOMERS})

    assert answer.status_code == 400
    assert answer.json()["error"]["details"] == [
        {"field": "contacts.1.email", "message": "must be an e-mail address, such as ines@lumenharbor.example"}
    ]
    assert len(server.world()[CONTACTS]) == before
    assert the_list(audience, CUSTOMERS)["memberCount"] == 1247


@pytest.mark.parametrize(("number", "status"), [(0, 400), (1, 200), (1000, 200), (1001, 400)])
def test_bulk_bounds(audience: httpx.Client, number: int, status: int) -> None:
    """An import holds 1 to 1000 contacts."""
    contacts = [{"email": f"reader.{at}@lumenharbor.example"} for at in range(number)]

    answer = audience.post(BULK, json={"contacts": contacts, "listId": NEWSLETTER})

    assert answer.status_code == status
    assert the_list(audience, NEWSLETTER)["memberCount"] == 4820 + (number if status == 200 else 0)


# Refusals


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("page=0", "page"),
        ("page=-1", "page"),
        ("page=90071992547410", "page"),
        ("page=1.0", "page"),
        ("page=", "page"),
        ("page=%2B1", "page"),
        ("page=1&page=2", "page"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=ten", "limit"),
        ("limit=1_0", "limit"),
        ("id=", "id"),
        ("id=%FF", "id"),
    ],
)
def test_invalid_query(audience: httpx.Client, query: str, field: str) -> None:
    """A parameter that is not as documented is 400 and named."""
    answer = audience.get(f"{LISTS_PATH}?{query}")

    assert answer.status_code == 400
    assert (answer.json()["error"]["code"], answer.json()["error"]["message"]) == ("invalid_request", NOT_AS_DOCUMENTED)
    assert fields(answer) == [field]


def test_every_violation_at_once(audience: httpx.Client) -> None:
    """All parameters at fault are in one answer."""
    answer = audience.get(f"{LISTS_PATH}?page=0&limit=101&id=")

    assert sorted(fields(answer)) == ["id", "limit", "page"]


@pytest.mark.parametrize(
    ("body", "field", "message"),
    [
        ({}, "name", "is required"),
        ({"name": ""}, "name", "must not be blank"),
        ({"name": " \n\u2003"}, "name", "must not be blank"),
        ({"name": None}, "name", "must be of type string, got null"),
        ({"name": 7}, "name", "must be of type string, got 7"),
        ({"name": "Beta Testers", "description": 7}, "description", None),
        ([], "body", "must be of type object, got []"),
    ],
)
def test_invalid_list(audience: httpx.Client, body: Any, field: str, message: str | None) -> None:
    """A list that is not as documented is 400, with the field and what is wrong with it."""
    answer = audience.post(LISTS_PATH, json=body)

    assert answer.status_code == 400
    assert fields(answer) == [field]
    assert message in (None, answer.json()["error"]["details"][0]["message"])


@pytest.mark.parametrize(
    "email",
    [
        "nobody",
        "nobody@localhost",
        "a b@lumenharbor.example",
        "ines@lumen_harbor.example",
        "ines@-lumen.example",
        "ines@lumen.example\n",
        " ines@lumen.example",
        "inês@lumen.example",
        f"{'i' * 65}@lumen.example",
        f"{'i' * 64}@{'l' * 63}.{'u' * 63}.{'m' * 62}",
        "@lumen.example",
        7,
        None,
    ],
)
def test_invalid_email(audience: httpx.Client, email: Any) -> None:
    """What is no e-mail address is refused as one."""
    answer = audience.post(CONTACT, json={"email": email})

    assert answer.status_code == 400
    assert set(fields(answer)) == {"email"}


@pytest.mark.parametrize(
    "email",
    [
        "ines+news@lumen.example",
        "o'hara@lumen.example",
        "i@l.co",
        "ines@xn--lumen-kva.example",
        f"{'i' * 64}@{'l' * 63}.{'u' * 63}.{'m' * 61}",
    ],
)
def test_valid_email(audience: httpx.Client, email: str) -> None:
    """The unusual but valid addresses are accepted as they come."""
    assert upsert(audience, email=email)["email"] == email


@pytest.mark.parametrize(
    ("contact", "field"),
    [
        ({"firstName": "Inês"}, "email"),
        ({"email": NEW, "status": "bounced"}, "status"),
        ({"email": NEW, "status": None}, "status"),
        ({"email": NEW, "listId": ""}, "listId"),
        ({"email": NEW, "listId": None}, "listId"),
        ({"email": NEW, "lastName": ["Carvalho"]}, "lastName"),
    ],
)
def test_invalid_contact(audience: httpx.Client, contact: dict[str, Any], field: str) -> None:
    """A contact that is not as documented is 400, alone and in an import."""
    alone = audience.post(CONTACT, json=contact)
    imported = audience.post(BULK, json={"contacts": [contact]})

    assert (alone.status_code, set(fields(alone))) == (400, {field})
    assert (imported.status_code, set(fields(imported))) == (400, {f"contacts.0.{field}"})


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"{", "application/json"),
        (b"", "application/json"),
        (b'{"name": "\xff"}', "application/json"),
        (b'{"name": "\\ud800"}', "application/json"),
        (b'{"name": "Beta Testers"}', "text/plain"),
        ('{"name": "Beta Testers"}'.encode("utf-16"), "application/json; charset=utf-16"),
    ],
    ids=["cut short", "empty", "not UTF-8", "lone surrogate", "not declared as JSON", "UTF-16"],
)
@pytest.mark.parametrize("path", [LISTS_PATH, CONTACT, BULK])
def test_unreadable_body(audience: httpx.Client, path: str, content: bytes, content_type: str) -> None:
    """A body that is not JSON in UTF-8 is refused as a whole."""
    answer = audience.post(path, content=content, headers={"Content-Type": content_type})

    assert answer.status_code == 400
    assert fields(answer) == ["body"]


def test_too_large(audience: httpx.Client, server: MockServer) -> None:
    """A body beyond the server's bound is 413 in the API's error shape."""
    answer = audience.post(LISTS_PATH, json={"name": "x" * (10 * 1024 * 1024)})

    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "payload_too_large"
    assert len(server.world()[LISTS]) == 8


@pytest.mark.parametrize("path", [LISTS_PATH, CONTACT, BULK])
def test_method_not_allowed(audience: httpx.Client, path: str) -> None:
    """A method that a path does not have is 405 and told which it has."""
    answer = audience.delete(path)

    assert answer.status_code == 405
    assert answer.json()["error"]["code"] == "method_not_allowed"
    assert "POST" in answer.headers["Allow"]


def test_path_below_a_documented_one(audience: httpx.Client) -> None:
    """A path that the API does not have is 404 in its error shape, when it lies below one that it has."""
    answer = audience.get(f"{LISTS_PATH}/{NEWSLETTER}")

    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"


def test_long_values_are_not_echoed_whole(audience: httpx.Client) -> None:
    """A refusal repeats 80 characters of an id or name at most."""
    upserted = audience.post(CONTACT, json={"email": NEW, "listId": "x" * 5000})
    audience.post(LISTS_PATH, json={"name": "y" * 5000})
    created = audience.post(LISTS_PATH, json={"name": "y" * 5000})

    assert (upserted.status_code, created.status_code) == (404, 409)
    assert f"the id {'x' * 80}." in upserted.json()["error"]["message"]
    assert f"named {'y' * 80} exists" in created.json()["error"]["message"]


# The seed


def test_seed(server: MockServer) -> None:
    """The seed has believable spread: contacts in several lists, in none, unsubscribed, without a name."""
    contacts = list(server.world()[CONTACTS])

    assert len({contact["email"].casefold() for contact in contacts}) == len(contacts) > 5500
    assert any(len(contact["listIds"]) > 2 for contact in contacts)
    assert any(not contact["listIds"] for contact in contacts)
    assert any(contact["status"] == "unsubscribed" and NEWSLETTER in contact["listIds"] for contact in contacts)
    assert any(contact["firstName"] is None for contact in contacts)
