"""Shapes of documents: small ones in `shapes/`, and how a client of each creates, reads, lists and changes a record.

A record has a name and a size, wherever the shape puts them; that is all that the model in `test_state_machine` knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

FOLDER = Path(__file__).with_name("shapes")
Pointer = tuple[str, ...]
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
MERGE_PATCH, JSON_PATCH = "application/merge-patch+json", "application/json-patch+json"


@dataclass(frozen=True)
class Follow:
    """How a list is followed: by a number that grows by one or by the items seen, a token, a link, or the last key.

    token: where the answer has it; empty: in the `Link` header.
    """

    kind: Literal["page", "offset", "token", "link", "key"]
    parameter: str
    token: Pointer = ()
    origin: int = 1


@dataclass(frozen=True)
class Shape:
    """A document and its collection. Pointers are paths of properties; `key` is where an item has its identifier.

    item: where items lie, if not below `path`. parent: where what `{}` stands for has its key; tally: its member that
    lists the items, and the one that counts them. ending: behind an item's path. wrap: of an item in requests and
    answers. element: of an item in a list. limit: the parameter for the length of a page. creates: whether POST answers
    the item, a Location, or there is only PUT. sent_bare: requests have no wrapper. chosen: whether clients choose the
    identifier. merge: method and media type. gone: the status of what was deleted.
    """

    name: str
    path: str = "/pets"
    item: str = ""
    parent: Pointer = ("name",)
    tally: tuple[str, str] | None = None
    ending: str = ""
    key: Pointer = ("id",)
    wrap: Pointer = ()
    items: Pointer = ()
    element: Pointer = ()
    name_at: Pointer = ("name",)
    size_at: Pointer = ("size",)
    sent_as: tuple[str, str] | None = None
    sent_bare: bool = False
    constant: Mapping[str, Any] | None = None
    limit: str | None = None
    follow: Follow | None = None
    media: str = JSON
    creates: Literal["item", "location", "put"] = "item"
    chosen: bool = False
    merge: tuple[str, str] | None = ("PATCH", JSON)
    replace: bool = True
    gone: int = 404

    @property
    def file(self) -> Path:
        return FOLDER / f"{self.name}.yaml"


SHAPES = (
    Shape("bare"),
    Shape("limit_offset", items=("data",), limit="limit", follow=Follow("offset", "offset", origin=0)),
    Shape("page_numbers", limit="per_page", follow=Follow("link", "")),
    Shape("cursor", items=("items",), limit="limit", follow=Follow("token", "cursor", ("next_cursor",))),
    Shape(
        "page_tokens",
        "/v1/pets",
        key=("name",),
        items=("pets",),
        name_at=("displayName",),
        limit="pageSize",
        follow=Follow("token", "pageToken", ("nextPageToken",)),
    ),
    Shape(
        "starting_after",
        "/v1/customers",
        items=("data",),
        limit="limit",
        follow=Follow("key", "starting_after"),
        media=FORM,
        merge=("POST", FORM),
        replace=False,
    ),
    Shape(
        "json_api",
        wrap=("data",),
        items=("data",),
        name_at=("attributes", "name"),
        size_at=("attributes", "size"),
        constant={"type": "pets"},
        limit="page[size]",
        follow=Follow("page", "page[number]"),
        replace=False,
    ),
    Shape("wrapped", ending=".json", wrap=("pet",), items=("pets",), limit="limit", merge=None),
    Shape(
        "nested_key",
        "/namespaces/default/pets",
        key=("metadata", "name"),
        items=("items",),
        name_at=("spec", "name"),
        size_at=("spec", "size"),
        limit="limit",
        follow=Follow("token", "continue", ("metadata", "continue")),
        merge=("PATCH", MERGE_PATCH),
        chosen=True,
    ),
    Shape(
        "chosen", key=("slug",), items=("results",), limit="limit", follow=Follow("link", "", ("next",)), chosen=True
    ),
    Shape("put_creates", creates="put", chosen=True, merge=None),
    Shape(
        "nested",
        "/orgs/acme/repos/{}/issues",
        key=("number",),
        name_at=("title",),
        limit="per_page",
        follow=Follow("page", "page"),
    ),
    Shape(
        "free_parents",
        "/tenants/acme/pets",
        items=("values",),
        limit="pagelen",
        follow=Follow("link", "", ("next",)),
    ),
    Shape(
        "suffixes",
        "/2010/Messages",
        ending=".json",
        key=("sid",),
        items=("messages",),
        sent_as=("Name", "Size"),
        limit="PageSize",
        follow=Follow("link", "", ("next_page_uri",)),
        merge=None,
        replace=False,
    ),
    Shape(
        "location",
        items=("data",),
        limit="limit",
        follow=Follow("token", "after", ("cursor", "next")),
        creates="location",
        replace=False,
    ),
    Shape("gone", limit="take", follow=Follow("offset", "skip", origin=0), gone=410),
    Shape(
        "json_patch",
        items=("value",),
        limit="$top",
        follow=Follow("link", "", ("@odata.nextLink",)),
        merge=("PATCH", JSON_PATCH),
        replace=False,
    ),
    Shape("view", "/posts", name_at=("title",), constant={"user_id": 7}),
    Shape(
        "hal",
        items=("_embedded", "pets"),
        limit="size",
        follow=Follow("link", "", ("_links", "next", "href")),
        merge=None,
    ),
    Shape(
        "elements",
        "/customers",
        wrap=("customer",),
        items=("list",),
        element=("customer",),
        sent_bare=True,
        limit="limit",
        follow=Follow("token", "offset", ("next_offset",)),
        merge=None,
        replace=False,
    ),
    Shape(
        "strict",
        "/accounts",
        key=("account_id",),
        items=("accounts",),
        constant={"secret": "s"},
        limit="page_size",
        follow=Follow("page", "page"),
    ),
    Shape(
        "owned",
        "/orgs/acme/repos",
        item="/repos/acme",
        key=("name",),
        name_at=("title",),
        limit="per_page",
        follow=Follow("page", "page"),
        chosen=True,
        replace=False,
    ),
    Shape("within", "/orders/{}/lines", parent=("id",), tally=("lines", "lines_total"), replace=False),
    Shape("kinds", constant={"petType": "cat"}, limit="limit", follow=Follow("offset", "offset", origin=0)),
    Shape(
        "kinds_of_enum",
        "/payments",
        items=("data",),
        constant={"kind": "card", "last4": "4242"},
        merge=("PATCH", MERGE_PATCH),
    ),
    Shape(
        "shared",
        "/v1/projects%2Facme/pets",
        item="/v1",
        key=("name",),
        items=("pets",),
        name_at=("displayName",),
        limit="pageSize",
        follow=Follow("token", "pageToken", ("nextPageToken",)),
    ),
)
