"""The crm API across requests: lists that are written, counted live, replaced and deleted, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx
import pytest

from mockserver import MockServer
from mockserver.apis.crm import ATTRIBUTE_DEFS, CONTACTS, LISTS
from mockserver.world import Record

Client = Callable[..., httpx.Client]
Freeze = Callable[[str], None]

PATH, OPTIONS = "/contacts/lists", "/contacts/lists/options"
WOW = "331b7eae-3871-419d-8d43-be0535655d3c"
TAGS = "5b3c994e-7569-4df8-b8db-f37421a684f7"
USER, BRAND = "80a227b2-29a0-11e7-b636-e4a7a08e15d4", "cc31c62f-a274-43c0-b079-ef04ac46cc86"
UNKNOWN = "00000000-0000-4000-8000-000000000000"
ARGS = {"filter_type": "and", "q": None, "crm_tasks": None, "flows": None, "type": "contact_list_args"}
BUYERS = {"attribute_def": TAGS, "value": "Buyer"}
NOW, EPOCH = "2026-04-22T10:00:00.250000Z", "1970-01-01T00:00:00Z"
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def crm(client: Client) -> httpx.Client:
    return client("crm")


@pytest.fixture
def directory(server: MockServer) -> list[Record]:
    """The contacts as seeded."""
    return list(server.world()[CONTACTS])


@pytest.fixture
def attribute(server: MockServer) -> Callable[[str], str]:
    """The id of the definition that leads to an attribute of the contact."""

    def definition_of(name: str) -> str:
        definition = server.world()[ATTRIBUTE_DEFS].find("attribute", name)
        assert definition is not None
        id_: str = definition["id"]
        return id_

    return definition_of


def save(crm: httpx.Client, **written: Any) -> dict[str, Any]:
    answer = crm.post(PATH, json={"name": "Spring campaign", **written})
    assert answer.status_code == 200, answer.text
    saved: dict[str, Any] = answer.json()["data"]
    return saved


def listed(crm: httpx.Client) -> list[dict[str, Any]]:
    lists: list[dict[str, Any]] = crm.get(PATH).json()["data"]
    return lists


def filtered(attribute_def: str, operator: str, value: Any, **more: Any) -> dict[str, Any]:
    return {"attribute_def": attribute_def, "operator": operator, "value": value, **more}


# Writing


def test_create(crm: httpx.Client, freeze: Freeze) -> None:
    """A list keeps what was written, gets defaults for the rest, and belongs to the current user and brand."""
    freeze(NOW)

    saved = save(crm, filters=[BUYERS])

    assert saved == {
        "id": saved["id"],
        "created_at": 1776852000.25,
        "updated_at": 1776852000.25,
        "deleted_at": None,
        "created_by": USER,
        "updated_by": None,
        "brand": BRAND,
        "filters": [
            {
                "id": saved["filters"][0]["id"],
                "attribute_def": TAGS,
                "operator": "eq",
                "value": "Buyer",
                "invert": False,
                "type": "contact_list_filter",
            }
        ],
        "query": None,
        "args": ARGS,
        "name": "Spring campaign",
        "is_editable": True,
        "touch_freq": None,
        "member_count": 71,
        "type": "contact_list",
    }
    assert UUID(saved["id"]) != UUID(saved["filters"][0]["id"])
    assert listed(crm)[-1] == saved


def test_written_whole(crm: httpx.Client) -> None:
    """Everything a user may write comes back as it was written."""
    wanted = filtered(UNKNOWN, "all", ["x"], id=WOW, invert=True)
    args = {"filter_type": "or", "q": "an", "crm_tasks": [{"a": [None]}], "flows": []}

    saved = save(crm, name="\0 Fr\u00fchling \U0001f33c", filters=[wanted], args=args, touch_freq=9007199254740991)

    assert saved["name"] == "\0 Fr\u00fchling \U0001f33c"
    assert saved["filters"] == [{**wanted, "type": "contact_list_filter"}]
    assert saved["args"] == {**args, "type": "contact_list_args"}
    assert saved["query"] == "an"
    assert saved["touch_freq"] == 9007199254740991


@pytest.mark.parametrize("written", [{}, {"filters": None}, {"filters": []}, {"args": {}}, {"args": {"q": None}}])
def test_nothing_asked(crm: httpx.Client, written: dict[str, Any]) -> None:
    """A list that asks for nothing reads back with null filters and default arguments, and has no members."""
    saved = save(crm, **written)

    assert saved["filters"] is None
    assert saved["args"] == ARGS
    assert saved["member_count"] == 0


@pytest.mark.parametrize(
    "text",
    [
        "null",
        "false",
        "0",
        "-0.0",
        "1.0",
        "1e+300",
        "123456789012345678901234567890",
        "-9223372036854775809",
        '""',
        '"\\u0000\\u2028"',
        '[1, [true, {"b": null, "a": []}]]',
        '{"type": "contact_list_filter"}',
    ],
)
def test_values_are_kept(crm: httpx.Client, text: str) -> None:
    """The value of a filter is any JSON, and comes back as it was sent."""
    body = f'{{"name": "Anything", "filters": [{{"attribute_def": "{TAGS}", "value": {text}}}]}}'

    answer = crm.post(PATH, content=body, headers=JSON)

    value = answer.json()["data"]["filters"][0]["value"]
    assert (type(value), value) == (type(json.loads(text)), json.loads(text))
    assert json.dumps(value) == json.dumps(json.loads(text))


def test_integral_frequency(crm: httpx.Client) -> None:
    """A whole number written with a fraction is stored as the integer it is."""
    answer = crm.post(PATH, content='{"name": "Monthly", "touch_freq": 30.0}', headers=JSON)

    assert '"touch_freq":30,' in answer.text.replace(" ", "")


def test_equal_names(crm: httpx.Client) -> None:
    """Two lists may have one name."""
    first, second = save(crm, name="Warm"), save(crm, name="Warm")

    assert first["id"] != second["id"]
    assert [saved["name"] for saved in listed(crm)].count("Warm") == 3


def test_update_replaces(crm: httpx.Client, freeze: Freeze) -> None:
    """What an update leaves out goes back to its default; who made the list and when stays."""
    saved = save(crm, filters=[BUYERS], args={"q": "an", "filter_type": "or", "flows": [1]}, touch_freq=7)
    freeze("2100-01-01T00:00:00Z")

    answer = crm.put(f"{PATH}/{saved['id']}", json={"name": "Bare"})

    assert answer.json()["data"] == {
        **saved,
        "name": "Bare",
        "filters": None,
        "args": ARGS,
        "query": None,
        "touch_freq": None,
        "member_count": 0,
        "updated_at": 4102444800.0,
        "updated_by": USER,
    }
    assert listed(crm)[-1] == answer.json()["data"]


def test_update_keeps_the_place(crm: httpx.Client) -> None:
    """An updated list stays where it was in the listing."""
    order = [saved["id"] for saved in listed(crm)]

    crm.put(f"{PATH}/{order[1]}", json={"name": "Moved?"})

    assert [saved["id"] for saved in listed(crm)] == order


def test_read_and_sent_back(crm: httpx.Client) -> None:
    """A list that is sent back as it was read changes in nothing but when and by whom it was updated."""
    for saved in listed(crm):
        answer = crm.put(f"{PATH}/{saved['id']}", json=saved).json()["data"]

        assert answer == {**saved, "updated_at": answer["updated_at"], "updated_by": USER}


def test_filter_ids(crm: httpx.Client) -> None:
    """An update keeps the filter ids that are given, unknown ones too, and makes the others."""
    answer = crm.put(f"{PATH}/{WOW}", json={"name": "Wow", "filters": [{**BUYERS, "id": UNKNOWN}, BUYERS]}).json()

    kept, made = (each["id"] for each in answer["data"]["filters"])
    assert kept == UNKNOWN
    assert UUID(made).version == 4


@pytest.mark.parametrize("held", [None, 7, "x", [], {"deep": [1]}])
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_read_only(crm: httpx.Client, method: str, held: Any) -> None:
    """What only the server sets is ignored in a body, whatever it holds, as are names it does not know."""
    names = "id created_at updated_at deleted_at created_by updated_by brand query is_editable member_count type colour"
    body = {"name": "Wow list", **dict.fromkeys(names.split(), held), "args": {"type": held}}
    body["filters"] = [{**BUYERS, "type": held}]

    answer = crm.request(method, PATH if method == "POST" else f"{PATH}/{WOW}", json=body)

    saved = answer.json()["data"]
    assert answer.status_code == 200
    assert (saved["created_by"], saved["brand"], saved["is_editable"], saved["deleted_at"]) == (USER, BRAND, True, None)
    assert (saved["query"], saved["member_count"], saved["type"]) == (None, 71, "contact_list")
    assert (saved["args"]["type"], saved["filters"][0]["type"]) == ("contact_list_args", "contact_list_filter")
    assert "colour" not in saved


# Deleting


@pytest.mark.parametrize("time", [NOW, EPOCH])
def test_delete(crm: httpx.Client, server: MockServer, freeze: Freeze, time: str) -> None:
    """A deleted list is neither found nor listed any more, but kept with the time of its deletion."""
    freeze(time)

    answer = crm.delete(f"{PATH}/{WOW}")

    assert (answer.status_code, answer.content) == (204, b"")
    assert WOW not in {saved["id"] for saved in listed(crm)}
    assert crm.get(PATH).json()["info"] == {"count": 5, "total": 0}
    assert crm.put(f"{PATH}/{WOW}", json={"name": "Back"}).status_code == 404
    assert crm.delete(f"{PATH}/{WOW}").status_code == 404
    kept = server.world()[LISTS].get(WOW)
    assert kept is not None
    assert (kept["deleted_at"], kept["name"]) == (server.world().now().timestamp(), "Wow list")


@pytest.mark.parametrize("id_", [UNKNOWN, WOW.upper(), "Wow list", "\0", f"{WOW}\n", "a/b", "x" * 100])
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_unknown_list(crm: httpx.Client, method: str, id_: str) -> None:
    """An id that no list has is 404, and the message names it, by 80 characters at most."""
    escaped = "".join(f"%{byte:02X}" for byte in id_.encode())

    answer = crm.request(method, f"{PATH}/{escaped}", json={"name": "Nobody"})

    assert answer.status_code == 404
    assert answer.json() == {"code": "NOT_FOUND", "message": f"Contact list {id_[:80]} not found"}
    assert len(listed(crm)) == 6


def test_another_brand(crm: httpx.Client, server: MockServer) -> None:
    """A list of another brand is not the current user's: neither listed nor found."""
    lists = server.world()[LISTS]
    theirs = {**next(iter(lists)), "id": UNKNOWN, "brand": UNKNOWN}
    lists.put(theirs)

    answers = [crm.put(f"{PATH}/{UNKNOWN}", json={"name": "Mine"}), crm.delete(f"{PATH}/{UNKNOWN}")]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert len(listed(crm)) == 6
    assert lists.get(UNKNOWN) == theirs


# Members


@pytest.mark.parametrize(
    ("wanted", "holds"),
    [
        (("tags", "eq", "Buyer"), lambda contact: "Buyer" in contact["tags"]),
        (("tags", "any", ["Buyer", "Seller"]), lambda contact: {"Buyer", "Seller"} & {*contact["tags"]}),
        (("tags", "all", ["Buyer", "Seller"]), lambda contact: {"Buyer", "Seller"} <= {*contact["tags"]}),
        (("tags", "like", "BUY"), lambda contact: any("buy" in tag.lower() for tag in contact["tags"])),
        (("tags", "gte", "T"), lambda contact: any(tag >= "T" for tag in contact["tags"])),
        (("city", "any", ["Waco", "Austin"]), lambda contact: contact["city"] in ("Waco", "Austin")),
        (("postal_code", "lte", "75999"), lambda contact: contact["postal_code"] <= "75999"),
        (("budget", "gte", 500_000), lambda contact: (contact["budget"] or 0) >= 500_000),
        (("rating", "lte", 3.5), lambda contact: (contact["rating"] or 9) <= 3.5),
        (("deals_closed", "eq", 2.0), lambda contact: contact["deals_closed"] == 2),
        (("bedrooms", "gte", 5), lambda contact: max(contact["bedrooms"], default=0) >= 5),
        (("birthday", "lte", "1965-12-31"), lambda contact: (contact["birthday"] or "9") <= "1965-12-31"),
        (("last_touch", "gte", 1.75e9), lambda contact: (contact["last_touch"] or 0) >= 1.75e9),
        (("do_not_contact", "eq", True), lambda contact: contact["do_not_contact"]),
    ],
)
def test_members(
    crm: httpx.Client,
    directory: list[Record],
    attribute: Callable[[str], str],
    wanted: tuple[str, str, Any],
    holds: Callable[[Record], Any],
) -> None:
    """A list counts the contacts of the directory that match; inverted, all the others."""
    name, operator, value = wanted

    plain = save(crm, filters=[filtered(attribute(name), operator, value)])
    inverted = save(crm, filters=[filtered(attribute(name), operator, value, invert=True)])

    expected = sum(bool(holds(contact)) for contact in directory)
    assert 0 < expected < 400
    assert plain["member_count"] == expected
    assert inverted["member_count"] == 400 - expected


@pytest.mark.parametrize(
    ("args", "holds"),
    [
        ({"filter_type": "and"}, lambda contact: is_buyer(contact) and contact["city"] == "Austin"),
        ({"filter_type": "or"}, lambda contact: is_buyer(contact) or contact["city"] == "Austin"),
        (
            {"filter_type": "or", "q": "AN"},
            lambda contact: (is_buyer(contact) or contact["city"] == "Austin") and mentions(contact, "an"),
        ),
    ],
)
def test_joined(
    crm: httpx.Client,
    directory: list[Record],
    attribute: Callable[[str], str],
    args: dict[str, str],
    holds: Callable[[Record], bool],
) -> None:
    """`and` asks for all filters, `or` for any, and `q` restricts either."""
    austin = {"attribute_def": attribute("city"), "value": "Austin"}

    saved = save(crm, filters=[BUYERS, austin], args=args)

    expected = sum(map(holds, directory))
    assert expected > 0
    assert saved["member_count"] == expected


def is_buyer(contact: Record) -> bool:
    return "Buyer" in contact["tags"]


def mentions(contact: Record, part: str) -> bool:
    return any(part in text.lower() for text in (contact["name"], *contact["emails"], *contact["phones"]))


@pytest.mark.parametrize("q", ["garza", "@INBOXLY.example", "+1512", "'"])
def test_query_alone(crm: httpx.Client, directory: list[Record], q: str) -> None:
    """Without filters `q` counts whoever it is found in: name, e-mail or phone, without case."""
    saved = save(crm, args={"q": q})

    assert saved["query"] == q
    assert saved["member_count"] == sum(mentions(contact, q.lower()) for contact in directory) > 0


@pytest.mark.parametrize(("invert", "members"), [(False, 0), (True, 400)])
def test_unknown_attribute(crm: httpx.Client, invert: bool, members: int) -> None:
    """An attribute that is not defined is one that no contact has."""
    saved = save(crm, filters=[filtered(UNKNOWN, "all", [], invert=invert)])

    assert saved["member_count"] == members


def test_definition_without_case(crm: httpx.Client) -> None:
    """The id of an attribute definition is found in either case, and kept as it came."""
    saved = save(crm, filters=[{**BUYERS, "attribute_def": TAGS.upper()}])

    assert saved["filters"][0]["attribute_def"] == TAGS.upper()
    assert saved["member_count"] == 71


def test_members_are_counted_when_read(crm: httpx.Client, server: MockServer, directory: list[Record]) -> None:
    """A contact that comes to match is a member at the next reading, and its new tag an option."""
    contacts = server.world()[CONTACTS]
    untagged = next(contact for contact in directory if not contact["tags"])
    before = [saved["member_count"] for saved in listed(crm)]

    contacts.put({**untagged, "tags": ["Warm"]})

    assert before == [0, 0, 0, 0, 0, 0]
    assert [saved["member_count"] for saved in listed(crm)] == [1, 0, 0, 0, 0, 0]
    assert crm.get(OPTIONS).json()["data"]["tag"]["values"][-1] == "Warm"


def test_options(crm: httpx.Client, directory: list[Record]) -> None:
    """The options are the tags in use, each once, in order; none of the documented lists asks for one of them."""
    tag = crm.get(OPTIONS).json()["data"]["tag"]

    assert tag == {"values": sorted({tag for contact in directory for tag in contact["tags"]}), "operator": "all"}
    assert not {"Warm", "Hot", "Past Client", "IOSAddressBook", "cool", "great"} & {*tag["values"]}


# Refusals


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "body name: is required"),
        ([], "body: must be of type object, got []"),
        ({"name": None}, "body name: must be of type string, got null"),
        ({"name": ""}, 'body name: must not be blank, got ""'),
        ({"name": " \n\x1c\x85\ufeff"}, 'body name: must not be blank, got " \\n\\u001c\x85\ufeff"'),
        ({"name": "x", "touch_freq": 0}, "body touch_freq: must be at least 1, got 0"),
        ({"name": "x", "touch_freq": 2**53}, "body touch_freq: must be at most 9007199254740991, got 9007199254740992"),
        ({"name": "x", "args": {"q": 1}}, "body args.q: must be of type null, string, got 1"),
        ({"name": "x", "args": {"filter_type": "xor"}}, 'body args.filter_type: must be one of and, or, got "xor"'),
        ({"name": "x", "args": {"flows": {}}}, "body args.flows: must be of type null, array, got {}"),
        ({"name": "x", "filters": [BUYERS] * 101}, "body filters: must have at most 100 item(s)"),
        (
            {"name": "x", "filters": [{**BUYERS, "operator": "is"}]},
            'body filters.0.operator: must be one of eq, gte, lte, like, any, all, got "is"',
        ),
        ({"name": "x", "filters": [{**BUYERS, "invert": 1}]}, "body filters.0.invert: must be of type boolean, got 1"),
        ({"name": "x", "filters": [{**BUYERS, "id": "f1"}]}, 'body filters.0.id: must be a UUID, got "f1"'),
        ({"name": "x", "filters": [{"attribute_def": TAGS}]}, "body filters.0.value: is required"),
        ({"name": "x", "filters": [{"value": 1}]}, "body filters.0.attribute_def: is required"),
        (
            {"name": "x", "filters": [BUYERS, {"attribute_def": f"{TAGS}\n", "value": 1}]},
            f'body filters.1.attribute_def: must be a UUID, got "{TAGS}\\n"',
        ),
    ],
)
@pytest.mark.parametrize(("method", "path"), [("POST", PATH), ("PUT", f"{PATH}/{WOW}"), ("PUT", f"{PATH}/{UNKNOWN}")])
def test_invalid(crm: httpx.Client, method: str, path: str, body: Any, message: str) -> None:
    """A body that breaks the contract is 400, told which rule it broke where, before the list is looked for."""
    before = listed(crm)

    answer = crm.request(method, path, json=body)

    assert answer.status_code == 400
    assert answer.json() == {"code": "BAD_REQUEST", "message": message}
    assert listed(crm) == before


def test_all_violations(crm: httpx.Client) -> None:
    """One refusal names everything that is wrong."""
    answer = crm.post(PATH, json={"filters": [{**BUYERS, "operator": "is"}, 3], "touch_freq": "monthly"})

    assert answer.json()["code"] == "BAD_REQUEST"
    assert sorted(answer.json()["message"].split("; ")) == [
        'body filters.0.operator: must be one of eq, gte, lte, like, any, all, got "is"',
        "body filters.1: must be of type object, got 3",
        "body name: is required",
        'body touch_freq: must be of type null, integer, got "monthly"',
    ]


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"{", "application/json"),
        (b"", "application/json"),
        (b'{"name": "\xff"}', "application/json"),
        (b'{"name": "Warm"}', "text/plain"),
    ],
)
def test_unreadable(crm: httpx.Client, content: bytes, media_type: str) -> None:
    """A body that is not JSON is 400 in the API's own shape."""
    answer = crm.post(PATH, content=content, headers={"Content-Type": media_type})

    assert answer.status_code == 400
    assert answer.json().keys() == {"code", "message"}
    assert answer.json()["code"] == "BAD_REQUEST"
    assert len(listed(crm)) == 6


def test_unreadable_id(crm: httpx.Client) -> None:
    """An id that is not UTF-8 is 400."""
    answer = crm.delete(f"{PATH}/%FF")

    assert answer.status_code == 400
    assert answer.json() == {"code": "BAD_REQUEST", "message": "path id: must be UTF-8 after percent-decoding"}


def test_too_large(crm: httpx.Client) -> None:
    """A body beyond the limit is 413 in the API's own shape, and nothing is saved."""
    answer = crm.post(PATH, content=b" " * (10 * 2**20 + 1), headers=JSON)

    assert answer.status_code == 413
    assert answer.json()["code"] == "PAYLOAD_TOO_LARGE"
    assert len(listed(crm)) == 6


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", OPTIONS, {"GET", "HEAD"}),
        ("DELETE", OPTIONS, {"GET", "HEAD"}),
        ("GET", f"{PATH}/{WOW}", {"PUT", "DELETE"}),
        ("PATCH", f"{PATH}/{WOW}", {"PUT", "DELETE"}),
        ("DELETE", PATH, {"GET", "HEAD", "POST"}),
    ],
)
def test_method_not_allowed(crm: httpx.Client, method: str, path: str, allowed: set[str]) -> None:
    """A method the document does not give a path is 405 with those it does; the literal path wins."""
    answer = crm.request(method, path)

    assert answer.status_code == 405
    assert answer.json()["code"] == "METHOD_NOT_ALLOWED"
    assert {*answer.headers["Allow"].split(", ")} - {"OPTIONS"} == allowed
    assert len(listed(crm)) == 6


@pytest.mark.parametrize("path", [f"{PATH}/", f"{PATH}/{WOW}/", f"{OPTIONS}/tag", f"{PATH}/a/b"])
def test_unknown_path(crm: httpx.Client, path: str) -> None:
    """Below a documented path an undocumented one is 404 in the API's own shape."""
    answer = crm.get(path)

    assert answer.status_code == 404
    assert answer.json().keys() == {"code", "message"}
    assert answer.json()["code"] == "NOT_FOUND"


def test_no_credentials(client: Client) -> None:
    """Nobody needs a credential, and one that comes is ignored."""
    answers = [client("crm", token).get(PATH) for token in (None, "anything")]

    assert [answer.status_code for answer in answers] == [200, 200]
