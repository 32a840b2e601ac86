"""Stores as large as one likes: fixtures of N contacts, all on one list, in the folder that `--fixtures` takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson

AUDIENCE_LIST = "clx_list_newsletter_id"
WORKSHOP_LIST = "3d4e06a3-544b-4cc7-924e-e077ef133cf6"
JOINED = "2026-01-10T09:00:00Z"
Record = dict[str, Any]


def write(folder: Path, api: str, size: int) -> None:
    """`size` contacts of the API and their places on the list; its lists and credentials stay the shipped ones."""
    for collection, records in POPULATIONS[api](size).items():
        path = folder / api / f"{collection}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.writelines(_array(records))


def audience(size: int) -> dict[str, Iterable[Record]]:
    """Active contacts of the newsletter list."""
    return {"contacts": map(audience_contact, range(size))}


def workshop(size: int) -> dict[str, Iterable[Record]]:
    """Contacts that come from the API, on the list of all employees but for the last."""
    return {
        "contacts": map(workshop_contact, range(size)),
        "memberships": map(workshop_membership, range(size - 1)),
    }


POPULATIONS = {"audience": audience, "workshop": workshop}


def email(number: int) -> str:
    return f"person{number}@example.com"


def audience_id(number: int) -> str:
    return f"c{number:024d}"


def audience_contact(number: int) -> Record:
    return {
        "id": audience_id(number),
        "workspace": "ws_meridian",
        "email": email(number),
        "firstName": "Person",
        "lastName": f"Number {number}",
        "status": "active",
        "listIds": [AUDIENCE_LIST],
        "createdAt": JOINED,
        "updatedAt": JOINED,
    }


def workshop_id(number: int) -> str:
    return str(UUID(int=number, version=4))


def workshop_name(number: int) -> str:
    return f"Person {number:09d}"


def workshop_contact(number: int) -> Record:
    return {
        "id": workshop_id(number),
        "account": "acct_larkspur_foods",
        "external_id": f"E{number}",
        "name": workshop_name(number),
        "email_address": email(number),
        "source": "api",
    }


def workshop_membership(number: int) -> Record:
    return {
        "id": workshop_id(2**32 + number),
        "list_id": WORKSHOP_LIST,
        "contact_id": workshop_id(number),
        "contact_name": workshop_name(number),
    }


def _array(records: Iterable[Record]) -> Iterator[bytes]:
    before = b"["
    for record in records:
        yield before + orjson.dumps(record)
        before = b",\n"
    yield b"]"
