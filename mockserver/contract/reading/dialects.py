"""The dialect of JSON Schema that a document says its schemas are written in: OpenAPI 3.1 has 2020-12 by default.

Keywords of older drafts are read as those of 2020-12 where both have them, so such a document is served; whatever else
a dialect has means nothing here, and that is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.contract.flaws import Flaw
from mockserver.contract.pointers import pointer_of

KNOWN = re.compile(
    r"https?://(json-schema\.org/draft/2020-12/schema|spec\.openapis\.org/oas/3\.[12]/(dialect|schema)/[a-z0-9.-]+)#?"
)
"""JSON Schema 2020-12, and the dialects that OpenAPI makes of it."""
OLDER = re.compile(r"https?://json-schema\.org/(draft-0[3-7]|draft/2019-09)/(hyper-)?schema#?")
MOST = 20
"""Places of which each is named."""


def flaws_of_dialects(raw: Mapping[str, Any], text: bytes) -> Iterator[Flaw]:
    """One for each place that names another dialect; before OpenAPI 3.1 the keywords mean nothing."""
    if str(raw.get("openapi", "")).startswith("3.0"):
        return
    named = [("#/jsonSchemaDialect", raw.get("jsonSchemaDialect"))]
    if b"$schema" in text:
        named += list(_schemas(raw))
    for pointer, dialect in named[:MOST]:
        if dialect is not None and not (isinstance(dialect, str) and KNOWN.fullmatch(dialect)):
            yield _flaw(pointer, dialect)


def _schemas(raw: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """(pointer, dialect) wherever a schema names one; what only looks so is data in an example."""
    rest: list[tuple[tuple[str, ...], Any]] = [((), raw)]
    while rest:
        path, node = rest.pop()
        if isinstance(node, Mapping):
            if isinstance(node.get("$schema"), str):
                yield f"#{pointer_of((*path, '$schema'))}", node["$schema"]
            inner = [(key, each) for key, each in node.items() if key not in ("example", "examples", "const", "enum")]
            rest += [((*path, str(key)), each) for key, each in reversed(inner)]
        elif isinstance(node, list):
            rest += [((*path, str(at)), each) for at, each in enumerate(node)]


def _flaw(pointer: str, dialect: Any) -> Flaw:
    older = isinstance(dialect, str) and OLDER.fullmatch(dialect)
    reason = "an older draft" if older else "a dialect that is not known here"
    return Flaw(
        "dialect",
        pointer,
        f"{dialect!r:.120} is {reason}; schemas are read as JSON Schema 2020-12, which differs in some keywords.",
        "Write the schemas in 2020-12 and leave this out.",
    )
