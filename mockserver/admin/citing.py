"""Lines of a document: what it has at a pointer as YAML, and where its author finds that."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from mockserver.catalog import Api
from mockserver.contract.document import Document
from mockserver.contract.quotation import LINES
from mockserver.errors import DocumentError, WorldError

WHOLE = 400
"""Lines of a part that somebody asks for by itself."""


def lines(api: Api, pointer: str) -> dict[str, Any]:
    """What the document has at a pointer, as the schema `Lines` has it; WorldError if nothing."""
    with suppress(DocumentError):
        api.document.at(pointer)
        return cited(api, pointer, WHOLE)
    raise WorldError("unknown", f"the document of {api.name} has nothing at {pointer!r:.100}.")


def cited(api: Api, pointer: str, most: int = LINES) -> dict[str, Any]:
    """The same of a pointer that leads to something, cut to so many lines."""
    place = next(iter(api.document.places([pointer])), None)
    return {
        "pointer": pointer,
        "file": api.document.source if place is None else place.file,
        "line": None if place is None else place.line,
        "text": api.contract.quote(pointer, most),
        "inferred": _inferred(api.document, pointer),
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
