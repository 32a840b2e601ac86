"""The workshop API: an account's lists, and which of its contacts are on them.

A page begins behind a place in the order, not behind a count of items, so pages stay stable while lists come and go.
A membership repeats its contact's name, by which memberships are ordered; nothing here renames a contact.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from mockserver.apis.workshop_cursor import Position, read_cursor, write_cursor
from mockserver.contract.violations import Rejection, Violation
from mockserver.errors import Refusal
from mockserver.world import Collection, Index, Record, World


def _by_title(list_: Record) -> Position:
    return list_["title"], list_["id"]


def _by_name(membership: Record) -> Position:
    return membership["contact_name"], membership["id"]


CONTACTS = Collection(
    "workshop.contacts",
    unique={"external_id": lambda contact: contact["external_id"] and (contact["account"], contact["external_id"])},
    schema={
        "type": "object",
        "required": ["id", "account", "external_id", "name", "email_address", "source"],
        "properties": {
            "id": {"$ref": "#/components/schemas/Membership/properties/contact_id"},
            "account": {"type": "string"},
            "external_id": {"type": "string", "minLength": 1, "nullable": True},
            "name": {"type": "string", "minLength": 1, "maxLength": 255},
            "email_address": {"type": "string"},
            "source": {"type": "string", "enum": ["api", "hris", "manual"]},
        },
        "additionalProperties": False,
    },
)
LISTS = Collection(
    "workshop.lists",
    unique={"external_id": lambda list_: (list_["account"], list_["external_id"])},
    indexes={"of_account": Index(partition=lambda list_: (list_["account"],), order=_by_title)},
    schema={
        "type": "object",
        "required": ["id", "account", "external_id", "title", "email_address", "list_type", "list_source"],
        "properties": {
            "id": {"$ref": "#/components/schemas/List/properties/id"},
            "account": {"type": "string"},
            "external_id": {"$ref": "#/components/schemas/ExternalId"},
            "title": {"$ref": "#/components/schemas/Title"},
            "email_address": {"$ref": "#/components/schemas/EmailAddress"},
            "list_type": {"$ref": "#/components/schemas/ListType"},
            "list_source": {"type": "string"},
        },
        "additionalProperties": False,
    },
)
MEMBERSHIPS = Collection(
    "workshop.memberships",
    unique={"contact": lambda membership: (membership["list_id"], membership["contact_id"])},
    indexes={"of_list": Index(partition=lambda membership: (membership["list_id"],), order=_by_name)},
    schema={
        "type": "object",
        "required": ["id", "list_id", "contact_id", "contact_name"],
        "properties": {
            "id": {"$ref": "#/components/schemas/Membership/properties/id"},
            "list_id": {"$ref": "#/components/schemas/Membership/properties/list_id"},
            "contact_id": {"$ref": "#/components/schemas/Membership/properties/contact_id"},
            "contact_name": {"type": "string", "minLength": 1, "maxLength": 255},
        },
        "additionalProperties": False,
    },
    references={"list_id": "workshop.lists", "contact_id": "workshop.contacts"},
)
COLLECTIONS = (CONTACTS, LISTS, MEMBERSHIPS)

WRITABLE = ("external_id", "title", "email_address", "list_type")
DEFAULT_LIMIT = 25


class ListNotFound(Refusal):
    def __init__(self) -> None:
        super().__init__(404, {"error": "List not found"})


class ExternalIdTaken(Refusal):
    def __init__(self, external_id: str) -> None:
        super().__init__(409, {"error": f"List with external_id {external_id} already exists"})


class ContactsNotFound(Refusal):
    """`ids`: those that lead to no contact synced through the API, as they came."""

    def __init__(self, ids: list[str]) -> None:
        super().__init__(404, {"error": f"Contacts not found for {len(ids)} ids", "ids_not_found": ids})


class MembershipsNotFound(Refusal):
    def __init__(self) -> None:
        super().__init__(404, {"error": "No memberships found for the contacts with the given IDs."})


def list_lists(world: World, user: str, limit: int | None = None, cursor: str | None = None) -> Record:
    limit, position = _start(limit, cursor)
    found = world[LISTS].after("of_account", user, position, limit + 1)
    return _page("/v1/lists", found, limit, _by_title, partial(_list_as_shown, world))


def get_list(world: World, user: str, id_: str) -> Record:
    return _list_as_shown(world, _expect_list(world, user, id_))


def create_list(world: World, user: str, body: dict[str, Any]) -> tuple[Record, int]:
    _expect_free(world, user, body["external_id"])
    world[LISTS].put(
        {
            "id": world.ids.uuid(),
            "account": user,
            "external_id": body["external_id"],
            "title": body["title"],
            "email_address": body.get("email_address"),
            "list_type": body.get("list_type", "standard"),
            "list_source": "api",
        }
    )
    return {"message": "List created successfully"}, 201


def update_list(world: World, user: str, id_: str, body: dict[str, Any] | None = None) -> Record:
    list_ = _expect_list(world, user, id_)
    changes = {field: value for field, value in (body or {}).items() if field in WRITABLE}
    if changes.get("external_id", list_["external_id"]) != list_["external_id"]:
        _expect_free(world, user, changes["external_id"])
    world[LISTS].put({**list_, **changes})
    return {"message": "List updated successfully"}


def delete_list(world: World, user: str, id_: str) -> Record:
    _expect_list(world, user, id_)
    for membership in world[MEMBERSHIPS].slice("of_list", id_):
        world[MEMBERSHIPS].delete(membership["id"])
    world[LISTS].delete(id_)
    return {"message": "List deleted successfully"}


def list_memberships(
    world: World, user: str, list_id: str, limit: int | None = None, cursor: str | None = None
) -> Record:
    _expect_list(world, user, list_id)
    limit, position = _start(limit, cursor)
    found = world[MEMBERSHIPS].after("of_list", list_id, position, limit + 1)
    return _page(_memberships_path(list_id), found, limit, _by_name, _membership_as_shown)


def create_memberships(
    world: World, user: str, list_id: str, body: dict[str, Any], external: bool | str | None = None
) -> tuple[Record, int]:
    _expect_list(world, user, list_id)
    for contact in _expect_contacts(world, user, body, external):
        if world[MEMBERSHIPS].find("contact", (list_id, contact["id"])) is None:
            world[MEMBERSHIPS].put(
                {
                    "id": world.ids.uuid(),
                    "list_id": list_id,
                    "contact_id": contact["id"],
                    "contact_name": contact["name"],
                }
            )
    return {"message": "List memberships created successfully"}, 201


def delete_memberships(
    world: World, user: str, list_id: str, body: dict[str, Any], external: bool | str | None = None
) -> Record:
    _expect_list(world, user, list_id)
    contacts = _expect_contacts(world, user, body, external)
    found = [world[MEMBERSHIPS].find("contact", (list_id, contact["id"])) for contact in contacts]
    memberships = [membership for membership in found if membership]
    if not memberships:
        raise MembershipsNotFound
    for membership in memberships:
        world[MEMBERSHIPS].delete(membership["id"])
    return {"message": "List memberships deleted successfully"}


REFUSALS = {
    "not_found": (404, "Not found"),
    "method_not_allowed": (405, "Method not allowed"),
    "unauthorized": (401, "API key is missing or invalid"),
    "forbidden": (403, "This endpoint is only available if you are using the API as your sync source"),
    "too_large": (413, "Request body is too large"),
}
WORDINGS: dict[str | tuple[str, str], str] = {
    "required": "is missing",
    "type": "must be {expected}",
    "enum": "must be one of: {expected}",
    "minLength": "must be filled",
    "maxLength": "length must be within 1 - {expected}",
    "pattern": "is in invalid format",
    "minItems": "size must be within 1 - 1000",
    "maxItems": "size must be within 1 - 1000",
    "minimum": "must be within 1 - 100",
    "maximum": "must be within 1 - 100",
    "json": "must be JSON in UTF-8",
    "depth": "must not nest deeper than {expected} levels",
    "contentType": "must be {expected} in UTF-8",
    "encoding": "must be UTF-8",
    "repeated": "must be given once",
    ("external_id", "pattern"): "must be filled",
    ("title", "pattern"): "must be filled",
    ("list_type", "type"): "must be one of: standard, location, department, team",
}
"""Words for a broken keyword, or for it in one field; the documented ones as documented, the others in their style."""
TYPES = {"string": "a string", "integer": "an integer", "array": "an array", "object": "an object"}


def refuse(_: World, rejection: Rejection) -> tuple[dict[str, Any], int]:
    if rejection.kind != "invalid":
        status, message = REFUSALS[rejection.kind]
        return {"error": message}, status
    if any(violation.where == "path" for violation in rejection.violations):
        return ListNotFound().payload, 404
    messages: dict[str, list[str]] = {}
    for violation in rejection.violations:
        field, *item = violation.path or ("body",)
        message = f"item {item[0]} must be a string" if item else _message(field, violation)
        if message not in messages.setdefault(field, []):
            messages[field].append(message)
    return {"error": messages}, 422


def _message(field: str, violation: Violation) -> str:
    if field == "external":
        return "must be a boolean"
    wording = WORDINGS.get((field, violation.keyword)) or WORDINGS.get(violation.keyword)
    if wording is None:
        return violation.message
    expected = violation.expected
    if isinstance(expected, list):
        expected = ", ".join(TYPES.get(each, str(each)) for each in expected if each != "null")
    return wording.format(expected=expected)


def _expect_list(world: World, user: str, list_id: str) -> Record:
    list_ = world[LISTS].get(list_id)
    if list_ is None or list_["account"] != user:
        raise ListNotFound
    return list_


def _expect_free(world: World, user: str, external_id: str) -> None:
    if world[LISTS].find("external_id", (user, external_id)):
        raise ExternalIdTaken(external_id)


def _expect_contacts(world: World, user: str, body: dict[str, Any], external: bool | str | None) -> list[Record]:
    """The account's contacts that the ids name, each once; ContactsNotFound unless all exist and come from the API."""
    if external is None:
        external = body.get("external", False)
    contacts = world[CONTACTS]
    known: list[Record] = []
    unknown: list[str] = []
    for id_ in dict.fromkeys(body["ids"]):
        contact = contacts.get(id_) if external is False else contacts.find("external_id", (user, id_))
        if contact and contact["account"] == user and contact["source"] == "api":
            known.append(contact)
        else:
            unknown.append(id_)
    if unknown:
        raise ContactsNotFound(unknown)
    return known


def _page(
    path: str, found: list[Record], limit: int, place: Callable[[Record], Position], show: Callable[[Record], Record]
) -> Record:
    """The page's envelope; `found` has one item more than the limit if another page follows."""
    items, has_more = found[:limit], len(found) > limit
    return {
        "object": "array",
        "has_more": has_more,
        "next": f"{path}?cursor={write_cursor(limit, place(items[-1]))}" if has_more else None,
        "limit": limit,
        "size": len(items),
        "data": [show(item) for item in items],
    }


def _start(limit: int | None, cursor: str | None) -> tuple[int, Position | None]:
    """The number of items to show and the place to start after: the cursor's, unless the query gives a limit."""
    carried, position = (DEFAULT_LIMIT, None) if cursor is None else read_cursor(cursor)
    return limit or carried, position


def _list_as_shown(world: World, list_: Record) -> Record:
    return {
        "object": "list",
        "id": list_["id"],
        "external_id": list_["external_id"],
        "title": list_["title"],
        "email_address": list_["email_address"],
        "list_type": list_["list_type"],
        "list_source": list_["list_source"],
        "memberships_count": world[MEMBERSHIPS].count("of_list", list_["id"]),
        "urls": {"memberships": _memberships_path(list_["id"])},
    }


def _membership_as_shown(membership: Record) -> Record:
    return {
        "object": "list_membership",
        "id": membership["id"],
        "list_id": membership["list_id"],
        "contact_id": membership["contact_id"],
        "urls": {"contact": f"/v1/contacts/{membership['contact_id']}"},
    }


def _memberships_path(list_id: str) -> str:
    return f"/v1/lists/{list_id}/memberships"
