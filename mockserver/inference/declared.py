"""What is said of an operation or a path in place of what would be inferred: the seam of every correction.

Whoever reads corrections (`x-mock` in a document, an overlay, options) parses them into `Declared`, one for each
operationId or path template, and gives them to `Inference`. Each stage asks for its own part and infers where nothing
is said, so one part can be corrected and the others stay inferred.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, get_args

Role = Literal[
    "list",
    "create",
    "read",
    "replace",
    "merge",
    "delete",
    "create_or_replace",
    "action",
    "search",
    "count",
    "bulk",
    "singleton_read",
    "singleton_write",
    "singleton_delete",
    "stateless",
]
ROLES: tuple[str, ...] = get_args(Role)

Control = Literal["limit", "offset", "page", "cursor", "after", "before"]
"""What a query parameter does to a page. `after` and `before` are keys of records, a `cursor` is opaque."""
CONTROLS: tuple[str, ...] = get_args(Control)


@dataclass(frozen=True)
class Declared:
    """What is said of one operation or path; None: it is inferred.

    resource: the collection's name below that of the API. key, owner: a field of the item, dotted where it is nested.
    envelope: the JSON Pointer of the list in the answer of a list, or of the item in any other; empty: it is the whole
    answer. paging: query parameters by what they do. references: fields of the item, dotted, and the resources whose
    keys they hold. seeds: the records that the collection begins with. reason: where it is said.
    """

    resource: str | None = None
    role: Role | None = None
    key: str | None = None
    envelope: str | None = None
    paging: Mapping[Control, str] | None = None
    owner: str | None = None
    references: Mapping[str, str] | None = None
    seeds: tuple[Mapping[str, Any], ...] | None = None
    stateless: bool | None = None
    reason: str = "declared"

    def over(self, other: Declared) -> Declared:
        """Both merged; this one takes precedence."""
        told = {each.name: getattr(self, each.name) for each in fields(self)}
        return Declared(**{name: getattr(other, name) if value is None else value for name, value in told.items()})


NOTHING = Declared()
Declarations = Mapping[str, Declared]
"""Declarations by operationId or path template; those of an operation take precedence over those of its path."""


def declared_of(declarations: Declarations, operation_id: str, path: str) -> Declared:
    """The declaration for an operation."""
    own, shared = declarations.get(operation_id), declarations.get(path)
    if own is None or shared is None:
        return own or shared or NOTHING
    return own.over(shared)
