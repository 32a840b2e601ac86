"""Contact lists: searches that are saved, and run over the directory of contacts whenever a list is read.

Nobody logs in; the first user of the fixtures is the current one, and sees the lists of that user's brand. A deleted
list is kept with the time of its deletion, outside the index that everything is found through.
"""

from __future__ import annotations

from typing import Any

from mockserver.apis.crm_search import Criterion, Search
from mockserver.contract.validator import shown
from mockserver.contract.violations import Rejection, Violation
from mockserver.errors import Refusal
from mockserver.world import Collection, Index, Record, World

STORED = (
    "id",
    "created_at",
    "updated_at",
    "deleted_at",
    "created_by",
    "updated_by",
    "brand",
    "filters",
    "query",
    "args",
    "name",
    "is_editable",
    "touch_freq",
)
"""The fields of a list that are kept, in the order in which they are shown; the other two are not stored."""

TEXT = {"type": "string", "minLength": 1}
TEXTS = {"type": "array", "items": TEXT}
ID = {"$ref": "#/components/schemas/Uuid"}

USERS = Collection(
    "crm.users",
    schema={
        "type": "object",
        "required": ["id", "brand", "name", "email"],
        "properties": {"id": ID, "brand": ID, "name": TEXT, "email": TEXT},
        "additionalProperties": False,
    },
    least=1,  # the first is who calls
)
ATTRIBUTE_DEFS = Collection(
    "crm.attribute_defs",
    unique={"attribute": lambda definition: definition["attribute"]},
    schema={
        "type": "object",
        "required": ["id", "attribute", "name", "kind"],
        "properties": {
            "id": ID,
            "attribute": TEXT,
            "name": TEXT,
            "kind": {"enum": ["string", "number", "boolean", "date", "time", "array"]},
        },
        "additionalProperties": False,
    },
)
CONTACTS = Collection(
    "crm.contacts",
    schema={
        "type": "object",
        "required": ["id", "name", "emails", "phones", "tags"],
        "properties": {"id": ID, "name": TEXT, "emails": TEXTS, "phones": TEXTS, "tags": TEXTS},
    },
)
LISTS = Collection(
    "crm.lists",
    indexes={"standing": Index(partition=lambda saved: (saved["brand"],) if saved["deleted_at"] is None else ())},
    schema={
        "type": "object",
        "required": [*STORED],
        "properties": {name: {"$ref": f"#/components/schemas/ContactList/properties/{name}"} for name in STORED},
        "additionalProperties": False,
    },
    references={"created_by": "crm.users", "updated_by": "crm.users"},
)
COLLECTIONS = (USERS, ATTRIBUTE_DEFS, CONTACTS, LISTS)


class ListNotFound(Refusal):
    def __init__(self, id_: str) -> None:
        super().__init__(404, {"code": "NOT_FOUND", "message": f"Contact list {id_:.80} not found"})


def create_contact_list(world: World, body: dict[str, Any]) -> Record:
    user, now = _current_user(world), world.now().timestamp()
    saved = {
        "id": world.ids.uuid(),
        "created_at": now,
        "updated_at": now,
        "deleted_at": None,
        "created_by": user["id"],
        "updated_by": None,
        "brand": user["brand"],
        "is_editable": True,
        **_written(world, body),
    }
    return _answer(_shown(world, world[LISTS].put(saved)))


def update_contact_list(world: World, id_: str, body: dict[str, Any]) -> Record:
    saved = {
        **_standing_list(world, id_),
        "updated_at": world.now().timestamp(),
        "updated_by": _current_user(world)["id"],
        **_written(world, body),
    }
    return _answer(_shown(world, world[LISTS].put(saved)))


def list_contact_lists(world: World) -> Record:
    lists = world[LISTS].slice("standing", _current_user(world)["brand"])
    return {**_answer([_shown(world, saved) for saved in lists]), "info": {"count": len(lists), "total": 0}}


def delete_contact_list(world: World, id_: str) -> tuple[None, int]:
    world[LISTS].put({**_standing_list(world, id_), "deleted_at": world.now().timestamp()})
    return None, 204


def list_filter_options(world: World) -> Record:
    contacts = world[CONTACTS]
    tags = contacts.memo("tags", lambda: sorted({tag for contact in contacts for tag in contact["tags"]}))
    return _answer({"tag": {"values": tags, "operator": "all"}})


def _count_members(world: World, saved: Record) -> int:
    """How many contacts match the list now; the same search is run once until a contact changes."""
    contacts, search = world[CONTACTS], _search(world, saved)
    return contacts.memo(search.fingerprint, lambda: sum(map(search.test(), contacts)))


def _search(world: World, saved: Record) -> Search:
    definitions = world[ATTRIBUTE_DEFS]
    criteria = []
    for wanted in saved["filters"] or ():
        definition = definitions.get(wanted["attribute_def"].lower())
        attribute = definition["attribute"] if definition else None
        criteria.append(Criterion(attribute, wanted["operator"], wanted["value"], wanted["invert"]))
    return Search(tuple(criteria), saved["args"]["filter_type"], saved["args"]["q"])


def _current_user(world: World) -> Record:
    return next(iter(world[USERS]))


def _standing_list(world: World, id_: str) -> Record:
    lists = world[LISTS]
    saved = lists.get(id_)
    if saved is None or not lists.contains("standing", _current_user(world)["brand"], id_):
        raise ListNotFound(id_)
    return saved


def _written(world: World, body: dict[str, Any]) -> Record:
    """What the user writes of a list, with the defaults of whatever is left out."""
    args, touch_freq = body.get("args", {}), body.get("touch_freq")
    return {
        "filters": [_filter(world, given) for given in body.get("filters") or ()] or None,
        "query": args.get("q"),
        "args": {
            "filter_type": args.get("filter_type", "and"),
            "q": args.get("q"),
            "crm_tasks": args.get("crm_tasks"),
            "flows": args.get("flows"),
            "type": "contact_list_args",
        },
        "name": body["name"],
        "touch_freq": None if touch_freq is None else int(touch_freq),
    }


def _filter(world: World, given: dict[str, Any]) -> Record:
    return {
        "id": given.get("id") or world.ids.uuid(),
        "attribute_def": given["attribute_def"],
        "operator": given.get("operator", "eq"),
        "value": given["value"],
        "invert": given.get("invert", False),
        "type": "contact_list_filter",
    }


def _shown(world: World, saved: Record) -> Record:
    kept = {field: saved[field] for field in STORED}
    return {**kept, "member_count": _count_members(world, saved), "type": "contact_list"}


def _answer(data: Any) -> dict[str, Any]:
    return {"code": "OK", "data": data}


REFUSALS = {
    "not_found": ("NOT_FOUND", 404),
    "method_not_allowed": ("METHOD_NOT_ALLOWED", 405),
    "invalid": ("BAD_REQUEST", 400),
    "too_large": ("PAYLOAD_TOO_LARGE", 413),
}


FORMS = {"name": "must not be blank", "id": "must be a UUID", "attribute_def": "must be a UUID"}
"""What the patterns and lengths of these texts ask for, in words."""


def refuse(_world: World, rejection: Rejection) -> tuple[dict[str, str], int]:
    code, status = REFUSALS[rejection.kind]
    message = "; ".join(dict.fromkeys(map(_worded, rejection.violations))) or rejection.message
    return {"code": code, "message": message}, status


def _worded(violation: Violation) -> str:
    form = FORMS.get(violation.field.rpartition(".")[2])
    if form is None or violation.keyword not in ("minLength", "maxLength", "pattern", "format"):
        return str(violation)
    return f"{violation.where} {violation.field}: {form}, got {shown(violation.received)}"
