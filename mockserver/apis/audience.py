"""The audience API: static lists of a workspace's contacts, and the upserts that put contacts on them.

A contact carries the ids of its lists; the index `active_members` turns them round, so a list's member count is
live and costs a look-up. A list's `updatedAt` moves with its members, so every write tells which lists it touched.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from mockserver.contract.violations import Rejection, Violation
from mockserver.errors import Refusal
from mockserver.world import Collection, Index, Record, World

LISTS = Collection(
    "audience.lists",
    unique={"name": lambda record: (record["workspace"], record["name"])},
    indexes={"of_workspace": Index(partition=lambda record: (record["workspace"],))},
    schema={
        "type": "object",
        "required": ["id", "workspace", "name", "description", "createdAt", "updatedAt"],
        "properties": {
            "workspace": {"type": "string"},
            **{
                field: {"$ref": f"#/components/schemas/List/properties/{field}"}
                for field in ("id", "name", "description", "createdAt", "updatedAt")
            },
        },
        "additionalProperties": False,
    },
)
CONTACT_FIELDS = ("id", "email", "firstName", "lastName", "status", "listIds", "createdAt", "updatedAt")
CONTACTS = Collection(
    "audience.contacts",
    unique={"email": lambda record: (record["workspace"], record["email"].casefold())},
    indexes={
        "active_members": Index(partition=lambda record: record["listIds"] if record["status"] == "active" else ())
    },
    schema={
        "type": "object",
        "required": ["workspace", *CONTACT_FIELDS],
        "properties": {
            "workspace": {"type": "string"},
            **{field: {"$ref": f"#/components/schemas/Contact/properties/{field}"} for field in CONTACT_FIELDS},
        },
        "additionalProperties": False,
    },
    references={"listIds": "audience.lists"},
)
COLLECTIONS = (LISTS, CONTACTS)

_fields_of = itemgetter(*CONTACT_FIELDS)
UPSERTED = ("firstName", "lastName", "status")
SHOWN = 80
"""How many characters of an id or name a refusal repeats."""


class ListNotFound(Refusal):
    """`unknown`: the ids that name no list of the workspace, by the field they came in."""

    def __init__(self, unknown: Mapping[str, str]) -> None:
        message = f"No list has the id {next(iter(unknown.values())):.{SHOWN}}. GET /api/v1/lists shows the ids."
        super().__init__(404, _error("list_not_found", message, [(field, "names no list") for field in unknown]))


class ListNameTaken(Refusal):
    """`holder`: the list that has the name."""

    def __init__(self, holder: Record) -> None:
        name = f"{holder['name']:.{SHOWN}}"
        message = f"A list named {name} exists already ({holder['id']}). Choose another name."
        super().__init__(409, _error("list_name_taken", message, [("name", "must be unique within the workspace")]))


def _error(code: str, message: str, details: Iterable[tuple[str, str]] = ()) -> dict[str, Any]:
    """The API's error body; `details` are pairs of field and what is wrong with it."""
    body: dict[str, Any] = {"code": code, "message": message}
    if listed := [{"field": field, "message": flaw} for field, flaw in details]:
        body["details"] = listed
    return {"error": body}


def list_lists(world: World, user: str, page: int = 1, limit: int = 50, id_: str | None = None) -> dict[str, Any]:
    offset = (page - 1) * limit
    if id_ is None:
        table = world[LISTS]
        total, lists = table.count("of_workspace", user), table.slice("of_workspace", user, offset, limit)
    elif list_ := _find_list(world, user, id_):
        total, lists = 1, [list_][offset:]
    else:
        raise ListNotFound({"id": id_})
    pagination = {"page": page, "limit": limit, "total": total, "totalPages": -(-total // limit)}
    return {"data": _lists_as_shown(world, lists), "pagination": pagination}


def create_list(world: World, user: str, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    if holder := world[LISTS].find("name", (user, body["name"])):
        raise ListNameTaken(holder)
    now = world.timestamp()
    list_ = {
        "id": world.ids.cuid(),
        "workspace": user,
        "name": body["name"],
        "description": body.get("description"),
        "createdAt": now,
        "updatedAt": now,
    }
    return {"data": _lists_as_shown(world, [world[LISTS].put(list_)])[0]}, 201


def upsert_contact(world: World, user: str, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    list_id = body.get("listId")
    _expect_lists(world, user, {"listId": list_id})
    before, contact = _upsert(world, user, body, list_id)
    _touch(world, _lists_changed(before, contact))
    return {"data": dict(zip(CONTACT_FIELDS, _fields_of(contact), strict=True))}, 200 if before else 201


def upsert_contacts(world: World, user: str, body: dict[str, Any]) -> dict[str, Any]:
    contacts, list_id = body["contacts"], body.get("listId")
    own = {f"contacts.{at}.listId": fields.get("listId") for at, fields in enumerate(contacts)}
    _expect_lists(world, user, {**own, "listId": list_id})
    created = 0
    changed: set[str] = set()
    for fields in contacts:
        before, contact = _upsert(world, user, fields, fields.get("listId", list_id))
        created += before is None
        changed |= _lists_changed(before, contact)
    _touch(world, changed)
    return {"data": {"created": created, "updated": len(contacts) - created}}


STATUSES = {
    "not_found": (404, "not_found"),
    "method_not_allowed": (405, "method_not_allowed"),
    "unauthorized": (401, "unauthorized"),
    "forbidden": (403, "missing_scope"),
    "invalid": (400, "invalid_request"),
    "too_large": (413, "payload_too_large"),
}
PATTERNS = {"email": "must be an e-mail address, such as ines@lumenharbor.example", "name": "must not be blank"}
"""What the document's patterns ask for, and the least lengths beside them, by the last part of the field, in words."""


def refuse(_: World, rejection: Rejection) -> tuple[dict[str, Any], int]:
    status, code = STATUSES[rejection.kind]
    if rejection.kind == "invalid":
        message = "The request is not as documented. Mend what details lists."
        return _error(code, message, dict.fromkeys(map(_detail, rejection.violations))), status
    if rejection.kind == "unauthorized":
        return _error(code, f"An API key was expected as Authorization: Bearer <key>, but {rejection.message}."), status
    if rejection.kind == "forbidden":
        required, granted = (", ".join(scopes) for scopes in (rejection.required_scopes, rejection.granted_scopes))
        message = f"This needs the scope {required}. The key has {granted or 'none'}; use one that has it."
        return _error(code, message), status
    return _error(code, rejection.message), status


def _detail(violation: Violation) -> tuple[str, str]:
    name = violation.path[-1] if violation.path else "body"
    wording = PATTERNS.get(name) if violation.keyword in ("pattern", "minLength") else None
    return violation.field or name, wording or violation.message


def _find_list(world: World, user: str, list_id: str) -> Record | None:
    list_ = world[LISTS].get(list_id)
    return list_ if list_ and list_["workspace"] == user else None


def _expect_lists(world: World, user: str, named: Mapping[str, str | None]) -> None:
    """Raises ListNotFound unless every id given is a list's; `named` is ids by the field they came in."""
    if unknown := {
        field: list_id
        for field, list_id in named.items()
        if list_id is not None and not _find_list(world, user, list_id)
    }:
        raise ListNotFound(unknown)


def _upsert(world: World, user: str, fields: dict[str, Any], list_id: str | None) -> tuple[Record | None, Record]:
    """The contact as it was (None: new) and as it is; an upsert that changes nothing writes nothing."""
    contacts = world[CONTACTS]
    before = contacts.find("email", (user, fields["email"].casefold()))
    draft = before or _new_contact(world.ids.cuid(), user, fields["email"], world.timestamp())
    contact = {**draft, **{name: fields[name] for name in UPSERTED if name in fields}}
    if list_id is not None and list_id not in contact["listIds"]:
        contact["listIds"] = [*contact["listIds"], list_id]
    if contact == before:
        return before, before
    return before, contacts.put({**contact, "updatedAt": world.timestamp()})


def _new_contact(id_: str, user: str, email: str, now: str) -> Record:
    return {
        "id": id_,
        "workspace": user,
        "email": email,
        "firstName": None,
        "lastName": None,
        "status": "active",
        "listIds": [],
        "createdAt": now,
        "updatedAt": now,
    }


def _lists_changed(before: Record | None, after: Record) -> set[str]:
    """The lists whose members changed: those joined, and all of them when the contact's status did."""
    if before is None or before["status"] != after["status"]:
        return set(after["listIds"])
    return set(after["listIds"][len(before["listIds"]) :])


def _touch(world: World, list_ids: Iterable[str]) -> None:
    for list_ in filter(None, map(world[LISTS].get, list_ids)):
        world[LISTS].put({**list_, "updatedAt": world.timestamp()})


def _lists_as_shown(world: World, lists: Sequence[Record]) -> list[dict[str, Any]]:
    members = world[CONTACTS].counts("active_members", map(itemgetter("id"), lists))
    return [
        {
            "id": list_["id"],
            "name": list_["name"],
            "description": list_["description"],
            "memberCount": count,
            "createdAt": list_["createdAt"],
            "updatedAt": list_["updatedAt"],
        }
        for list_, count in zip(lists, members, strict=True)
    ]
