"""Lines of a document: what it has at a pointer as YAML, and where its author finds that."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from mockserver.api import Api
from mockserver.contract.document import Document
from mockserver.contract.pointers import pointer_of
from mockserver.contract.quotation import LINES
from mockserver.errors import DocumentError, WorldError

WHOLE = 400
"""Lines of a part that somebody asks for by itself."""


def lines(api: Api, pointer: str) -> dict[str, Any]:
    """What the document has at a pointer, as the schema `Lines` has it; WorldError if nothing."""
    with suppress(DocumentError):
        api.document.at(pointer)
        return cited(api, pointer, WHOLE, whole=True)
    raise WorldError("unknown", f"the document of {api.name} has nothing at {pointer!r:.100}.")


def cited(api: Api, pointer: str, most: int = LINES, *, whole: bool = False) -> dict[str, Any]:
    """The same of a pointer that leads to something, cut to so many lines."""
    place = next(iter(api.document.places([pointer])), None)
    return {
        "pointer": pointer,
        "file": api.document.source if place is None else place.file,
        "line": None if place is None else place.line,
        "text": api.contract.quote(pointer, most, whole=whole),
        "inferred": _inferred(api.document, pointer),
    }


def documented(api: Api, operation_id: str, status: int | None) -> dict[str, str | None]:
    """Where the document describes an operation's parameters, its body, and its response of a status."""
    described = api.contract.operations[operation_id]
    pointer, members = described.pointer, described.members
    responses = {str(each) for each in members.get("responses", {})}
    # an exact status before its range before the default (OpenAPI 3.0.3, Responses Object)
    names = () if status is None else (str(status), f"{status // 100}XX", "default")
    found = next((each for each in names if each in responses), None)
    shared = f"#{pointer_of(['paths', described.path])}" if "parameters" in api.document.item(described.path) else None
    # those of the path item stand elsewhere, and are what a reader looks for where the operation has none
    own = pointer if "parameters" in members else shared
    return {
        "parameters": None if own is None else f"{own}/parameters",
        "requestBody": f"{pointer}/requestBody" if "requestBody" in members else None,
        "response": None if found is None else f"{pointer}/responses/{found}",
    }


def _inferred(document: Document, pointer: str) -> str | None:
    """Why what stands at a pointer, or the nearest part around it, was inferred; None if it is documented."""
    parts = pointer.split("/")
    for length in range(len(parts), 1, -1):
        with suppress(DocumentError):
            node = document.at("/".join(parts[:length]))
            if isinstance(node, Mapping) and isinstance(node.get("x-inferred"), str):
                return str(node["x-inferred"])
    return None
