"""Saved lists of prospects: filters over a directory of contacts, kept by name in organizations.

An organization exists from its first saved list on, so it has a collection of its own: once its last list is
deleted it answers an empty array and not 404. Contacts are found through a register of the directory by value,
made once, so counting the matches of a filter costs the contacts that its values name and not the directory.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Any

from mockserver.contract.violations import Rejection, Violation
from mockserver.errors import Refusal
from mockserver.world import Collection, Index, Record, Table, World

Register = dict[tuple[str, str], set[str]]
"""(criterion, value without case) to the ids of the contacts that have it."""

FIELDS = {
    "industries": "industry",
    "job_titles": "jobTitle",
    "countries": "country",
    "company_sizes": "companySize",
    "domains": "companyDomain",
}
"""The criteria that restrict, and the contact's field that each is compared with."""

ORGANIZATIONS = Collection(
    "prospects.organizations",
    schema={
        "type": "object",
        "required": ["id"],
        "properties": {"id": {"type": "string", "minLength": 1}},
        "additionalProperties": False,
    },
)
LISTS = Collection(
    "prospects.lists",
    unique={"name": lambda saved: (saved["organizationId"], saved["name"])},
    indexes={"organization": Index(partition=lambda saved: (saved["organizationId"],))},
    schema={"$ref": "#/components/schemas/List"},
    references={"organizationId": "prospects.organizations"},
)
CONTACTS = Collection(
    "prospects.contacts",
    schema={
        "type": "object",
        "required": ["id", "name", "email", "company", *FIELDS.values()],
        "properties": {
            name: {"type": "string", "minLength": 1} for name in ("id", "name", "email", "company", *FIELDS.values())
        },
        "additionalProperties": False,
    },
)
COLLECTIONS = (ORGANIZATIONS, LISTS, CONTACTS)


class NotFound(Refusal):
    def __init__(self, message: str) -> None:
        super().__init__(404, {"error": message})


class IdNotFound(NotFound):
    def __init__(self, id_: str) -> None:
        super().__init__(
            f"Neither a list nor an organization has the id {_quoted(id_)}. "
            "Save a list first (POST /lists/save); its answer carries the list's id."
        )


class ListNotFound(NotFound):
    def __init__(self, id_: str) -> None:
        super().__init__(
            f"No list has the id {_quoted(id_)}. GET /lists/{{organization_id}} shows the lists of an organization."
        )


class NotTheOwner(NotFound):
    def __init__(self, id_: str, organization_id: str) -> None:
        super().__init__(
            f"The list {_quoted(id_)} does not belong to the organization {_quoted(organization_id)}. "
            "Leave organizationId out or send the list's own."
        )


def _quoted(id_: str) -> str:
    """An id as a refusal repeats it, cut short."""
    return f"'{id_:.80}'"


def get_lists(world: World, id_: str) -> Record | list[Record]:
    saved = world[LISTS].get(id_)
    if saved is not None:
        return saved
    if world[ORGANIZATIONS].get(id_) is None:
        raise IdNotFound(id_)
    return world[LISTS].slice("organization", id_)


def save_list(world: World, body: dict[str, Any]) -> Record:
    known = world[LISTS].find("name", (body["organizationId"], body["listName"]))
    if known is None:
        world[ORGANIZATIONS].put({"id": body["organizationId"]})
    return world[LISTS].put(
        {
            **(known or _never_synced(world, body)),
            "usedFilter": body["filter"],
            "contactsNum": int(body["contacts_found"]),
            "matchedContactsNum": _count_matches(world[CONTACTS], body["filter"]),
        }
    )


def refresh_list(world: World, id_: str, body: dict[str, Any] | None = None) -> Record:
    saved = _own_list(world, id_, body)
    matches = _count_matches(world[CONTACTS], saved["usedFilter"])
    synced = world.timestamp("milliseconds")
    return world[LISTS].put({**saved, "contactsNum": matches, "matchedContactsNum": matches, "lastSyncedTime": synced})


def delete_list(world: World, id_: str, body: dict[str, Any] | None = None) -> None:
    _own_list(world, id_, body)
    world[LISTS].delete(id_)


def _count_matches(directory: Table, criteria: dict[str, Any]) -> int:
    """How many contacts have, for every criterion that restricts, one of its values."""
    restricting = [criterion for criterion in FIELDS if criteria.get(criterion)]
    if not restricting:
        return len(directory)
    register = directory.memo("register", lambda: _register(directory))
    return len(set.intersection(*(_having(register, criterion, criteria[criterion]) for criterion in restricting)))


def _having(register: Register, criterion: str, values: list[str]) -> set[str]:
    distinct = {value.casefold() for value in values}
    return set().union(*(register.get((criterion, value), ()) for value in distinct))


def _register(directory: Table) -> Register:
    register: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for contact in directory:
        for criterion, field in FIELDS.items():
            register[criterion, contact[field].casefold()].add(contact["id"])
    return dict(register)


def _never_synced(world: World, body: dict[str, Any]) -> Record:
    return {
        "id": world.ids.uuid(),
        "name": body["listName"],
        "organizationId": body["organizationId"],
        "usedFilter": body["filter"],
        "contactsNum": 0,
        "matchedContactsNum": 0,
        "autoUpdateStatus": "disabled",
        "lastSyncedTime": None,
        "connectedIntegration": None,
    }


def _own_list(world: World, id_: str, body: dict[str, Any] | None) -> Record:
    saved = world[LISTS].get(id_)
    if saved is None:
        raise ListNotFound(id_)
    claimed: str | None = (body or {}).get("organizationId")
    if claimed is not None and claimed != saved["organizationId"]:
        raise NotTheOwner(id_, claimed)
    return saved


STATUSES = {"not_found": 404, "method_not_allowed": 405, "invalid": 400, "too_large": 413}


def refuse(_: World, rejection: Rejection) -> tuple[dict[str, str], int]:
    message = "; ".join(dict.fromkeys(map(_worded, rejection.violations))) or rejection.message
    return {"error": message}, STATUSES[rejection.kind]


def _worded(violation: Violation) -> str:
    blank = violation.keyword in ("pattern", "minLength")
    return str(replace(violation, message="must not be blank") if blank else violation)
