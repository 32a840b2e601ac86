"""Contact lists: each the stored result of one search among the people of a Sales Navigator directory.

Creating a list copies the people found into contacts of its own, so what happens to the directory later does not
reach it. The directory is indexed by company: a search costs the people of the companies it names, which is why its
results are not remembered. How many contacts a list has is counted and never stored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from mockserver.contract.bodies import value_text
from mockserver.contract.violations import ABSENT, Rejection, Violation
from mockserver.errors import Refusal
from mockserver.world import Collection, Index, Record, Table, World

CAPTURED = 5 * 25
"""People a search captures at most: five pages of 25 results."""

FILTERS = ("companyLinkedInUrls", "jobTitles", "keywords", "countries")
COPIED = (
    "firstName",
    "lastName",
    "fullName",
    "role",
    "companyName",
    "location",
    "seniority",
    "linkedInSalesNavigatorProfileUrl",
)
"""What a contact takes over from the person."""

SCHEMAS = "#/components/schemas"

PEOPLE = Collection(
    "salesnav.people",
    indexes={"by_company": Index(partition=lambda person: (person["company"],))},
    schema={
        "type": "object",
        "required": ["id", "company", "headline", "country", *COPIED],
        "properties": {
            "id": {"type": "string", "minLength": 1},
            "company": {"type": "string", "pattern": "^(?:[0-9a-z]|%[0-9a-f]{2})(?:[0-9a-z._-]|%[0-9a-f]{2})*$"},
            "headline": {"type": "string"},
            "country": {"$ref": f"{SCHEMAS}/Country"},
            **{name: {"$ref": f"{SCHEMAS}/Contact/properties/{name}"} for name in COPIED},
        },
        "additionalProperties": False,
    },
)
LISTS = Collection(
    "salesnav.lists",
    indexes={"by_account": Index(partition=lambda saved: (saved["account"],))},
    schema={
        "type": "object",
        "required": ["id", "account", "name", "filters", "createdAt", "updatedAt"],
        "properties": {
            "account": {"type": "string", "minLength": 1},
            **{
                name: {"$ref": f"{SCHEMAS}/ContactList/properties/{name}"}
                for name in ("id", "name", "filters", "createdAt", "updatedAt")
            },
        },
        "additionalProperties": False,
    },
)
CONTACTS = Collection(
    "salesnav.contacts",
    indexes={"by_list": Index(partition=lambda contact: (contact["listId"],))},
    schema={"$ref": f"{SCHEMAS}/Contact"},
    references={"listId": "salesnav.lists"},
)
COLLECTIONS = (PEOPLE, LISTS, CONTACTS)


def list_contact_lists(world: World, user: str, limit: int, offset: int) -> Record:
    lists = world[LISTS]
    page = [_shown(world, saved) for saved in lists.slice("by_account", user, offset, limit)]
    return _page(page, lists.count("by_account", user), limit, offset)


def create_contact_list(world: World, user: str, body: dict[str, Any]) -> tuple[Record, int]:
    now = world.timestamp()
    saved = world[LISTS].put(
        {
            "id": world.ids.token(12),
            "account": user,
            "name": body["name"],
            "filters": {name: body["filters"][name] for name in FILTERS if name in body["filters"]},
            "createdAt": now,
            "updatedAt": now,
        }
    )
    for person in _search(world[PEOPLE], saved["filters"]):
        world[CONTACTS].put(_contact(world, saved, person))
    return _shown(world, saved), 201


def get_contact_list(world: World, user: str, list_id: str) -> Record:
    return _shown(world, _own_list(world, user, list_id))


def delete_contact_list(world: World, user: str, list_id: str) -> tuple[None, int]:
    _own_list(world, user, list_id)
    for contact in world[CONTACTS].slice("by_list", list_id):
        world[CONTACTS].delete(contact["id"])
    world[LISTS].delete(list_id)
    return None, 204


def rename_contact_list(world: World, user: str, list_id: str, body: dict[str, Any]) -> Record:
    saved = _own_list(world, user, list_id)
    return _shown(world, world[LISTS].put({**saved, "name": body["name"], "updatedAt": world.timestamp()}))


def list_contacts(world: World, user: str, list_id: str, limit: int, offset: int) -> Record:
    _own_list(world, user, list_id)
    contacts = world[CONTACTS]
    page = contacts.slice("by_list", list_id, offset, limit)
    return _page(page, contacts.count("by_list", list_id), limit, offset)


def _search(directory: Table, filters: Mapping[str, Any]) -> list[Record]:
    """The people captured, company by company in the order of the URLs, each company in the directory's order."""
    slugs = dict.fromkeys(url.rstrip("/").rpartition("/")[2].lower() for url in filters["companyLinkedInUrls"])
    people = (person for slug in slugs for person in directory.slice("by_company", slug))
    return list(islice(_matching(people, filters), CAPTURED))


def _matching(people: Iterator[Record], filters: Mapping[str, Any]) -> Iterator[Record]:
    titles = [" ".join(title.casefold().split()) for title in filters.get("jobTitles", ())]
    words = filters.get("keywords", "").casefold().split()
    countries = frozenset(filters.get("countries", ()))
    for person in people:
        role = person["role"].casefold()
        text = f"{role}\n{person['headline'].casefold()}"
        if (
            (not countries or person["country"] in countries)
            and (not titles or any(_stands_in(title, role) for title in titles))
            and all(_stands_in(word, text) for word in words)
        ):
            yield person


def _stands_in(phrase: str, text: str) -> bool:
    at = text.find(phrase)
    while at >= 0:
        end = at + len(phrase)
        if not _is_word(text[max(at - 1, 0) : at]) and not _is_word(text[end : end + 1]):
            return True
        at = text.find(phrase, at + 1)
    return False


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _contact(world: World, saved: Record, person: Record) -> Record:
    return {
        "id": f"item_{world.ids.token(12)}",
        "listId": saved["id"],
        "baseContactId": person["id"],
        **{name: person[name] for name in COPIED},
        "createdAt": saved["createdAt"],
    }


def _own_list(world: World, user: str, list_id: str) -> Record:
    saved = world[LISTS].get(list_id)
    if saved is None or saved["account"] != user:
        raise ListNotFound(world, list_id)
    return saved


def _shown(world: World, saved: Record) -> Record:
    return {
        "id": saved["id"],
        "name": saved["name"],
        "filters": saved["filters"],
        "contactCount": world[CONTACTS].count("by_list", saved["id"]),
        "createdAt": saved["createdAt"],
        "updatedAt": saved["updatedAt"],
    }


def _page(items: list[Record], total: int, limit: int, offset: int) -> Record:
    more = offset + len(items) < total
    return {"items": items, "total": total, "limit": limit, "offset": offset, "hasMore": more}


@dataclass(frozen=True)
class ErrorKind:
    """What errors of one kind have in common; `action` is what the caller can do about them."""

    type: str
    code: str
    action: str


LIST_NOT_FOUND = ErrorKind(
    "NOT_FOUND", "CONTACT_LIST_NOT_FOUND", "Use the id of a list that GET /v1/contacts/lists returns."
)
INVALID = ErrorKind(
    "VALIDATION", "VALIDATION_ERROR", "Correct the fields named in 'fields' and send the request again."
)
REFUSALS = {
    "not_found": (
        404,
        "No such path",
        ErrorKind("NOT_FOUND", "PATH_NOT_FOUND", "Use a documented path: /v1/contacts/lists and below."),
    ),
    "method_not_allowed": (
        405,
        "Method not allowed",
        ErrorKind("VALIDATION", "METHOD_NOT_ALLOWED", "Use a method that the Allow header names."),
    ),
    "unauthorized": (
        401,
        "API key is missing or not valid",
        ErrorKind(
            "AUTHENTICATION",
            "UNAUTHORIZED",
            "Send a valid API key in the header 'Authorization: Bearer sk_live_...'.",
        ),
    ),
    "forbidden": (
        403,
        "LinkedIn Sales Navigator is not connected on the API key owner's account",
        ErrorKind(
            "AUTHORIZATION",
            "SALES_NAVIGATOR_NOT_CONNECTED",
            "Connect LinkedIn Sales Navigator on the account that owns the API key, "
            "or use the key of an account that has it.",
        ),
    ),
    "too_large": (
        413,
        "The request body is too large",
        ErrorKind("VALIDATION", "PAYLOAD_TOO_LARGE", "Send a smaller body."),
    ),
}
"""Status, message and error of what is refused before the request's own content is looked at."""


def _envelope(
    world: World,
    kind: ErrorKind,
    message: str,
    cause: str,
    *,
    details: Mapping[str, Any] | None = None,
    fields: list[dict[str, str]] | None = None,
) -> dict[str, Any]:
    return {
        "error": {
            "type": kind.type,
            "code": kind.code,
            "message": message,
            "errorCode": kind.code,
            "errorAction": kind.action,
            "details": details or {},
            "requestId": world.request_id(),
            "fields": fields or [],
            "debug": {"cause": cause},
        }
    }


class ListNotFound(Refusal):
    """The account has no list with this id: it never was, is deleted, or is another account's."""

    def __init__(self, world: World, list_id: str) -> None:
        message = f"Contact list '{list_id}' not found"
        cause = "The account of the API key has no contact list with this id."
        super().__init__(404, _envelope(world, LIST_NOT_FOUND, message, cause, details={"listId": list_id}))


NO_FILTER = "At least one filter (jobTitles, keywords, or countries) is required"
UNREADABLE = frozenset({"json", "contentType", "contentEncoding", "coding", "depth", "required"})
"""Keywords of the one violation there is if the body as a whole cannot be read."""

SHOWN = 80
"""Characters of a value at fault that a message shows."""

BLANK = "must not be blank"
FORMS = {
    "name": ({"minLength", "pattern"}, BLANK),
    "jobTitles": ({"minLength", "pattern"}, BLANK),
    "companyLinkedInUrls": (
        {"pattern", "not"},
        "must be a company LinkedIn URL (e.g., 'https://www.linkedin.com/company/stripe')",
    ),
    "countries": (
        {"minLength", "maxLength", "pattern"},
        "must be a two-letter country code in capitals (e.g., 'US')",
    ),
}
"""Field to the keywords that together describe one form, and that form in words."""


def refuse(world: World, rejection: Rejection) -> tuple[Any, int]:
    if rejection.kind != "invalid":
        status, message, kind = REFUSALS[rejection.kind]
        details = {"requiredScopes": list(rejection.required_scopes)} if rejection.kind == "forbidden" else None
        return _envelope(world, kind, message, rejection.message, details=details), status
    violations = rejection.violations
    if rejection.operation_id in ("get_contact_list", "delete_contact_list"):  # which document no 400
        unknown = ListNotFound(world, str(violations[0].received))
        return unknown.payload, unknown.status
    if rejection.operation_id != "create_contact_list":
        return _invalid(world, rejection), 400
    if not violations[0].pointer and violations[0].keyword in UNREADABLE:
        return {"error": "BAD_REQUEST", "message": f"The request body {_wording(violations[0])}"}, 400
    if all(violation.keyword == "anyOf" for violation in violations):
        return {"error": "BAD_REQUEST", "message": NO_FILTER}, 400
    return _invalid(world, rejection), 422


def _invalid(world: World, rejection: Rejection) -> dict[str, Any]:
    violations = rejection.violations
    messages = dict.fromkeys((violation.field or "body", _message(violation)) for violation in violations)
    fields = [{"field": field, "message": message} for field, message in messages]
    return _envelope(world, INVALID, _summary(violations[0]), rejection.message, fields=fields)


def _summary(violation: Violation) -> str:
    received = violation.received
    if received is ABSENT:
        problem = "missing or unreadable value"
    else:
        value = value_text(received)
        problem = f"invalid value: {value if len(value) <= SHOWN else f'{value[: SHOWN - 3]}...'}"
    return f"validation failed for '{violation.field or 'body'}': {problem}"


def _message(violation: Violation) -> str:
    return NO_FILTER if violation.keyword == "anyOf" else f"'{violation.field or 'body'}' {_wording(violation)}"


def _wording(violation: Violation) -> str:
    if violation.keyword == "required":
        return "is required"
    name = next((part for part in reversed(violation.path) if not part.isdecimal()), "")
    keywords, form = FORMS.get(name, (frozenset(), ""))
    return form if violation.keyword in keywords else violation.message
