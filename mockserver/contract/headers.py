"""Values of response headers as text: comma-separated, as OpenAPI's style `simple` has it, or JSON under `content`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from mockserver.contract.bodies import is_json, media_type, value_text, write_json
from mockserver.contract.examples import named_examples
from mockserver.contract.violations import Violation

if TYPE_CHECKING:
    from mockserver.contract.document import Document
    from mockserver.contract.parameters import Parameter

SENDABLE = re.compile(r"(?:[!-~\x80-\xff](?:[\t -~\x80-\xff]*[!-~\x80-\xff])?)?")
"""Text that a header can carry as it is: one line of Latin-1 without blanks at its ends (RFC 9110, 5.5)."""


def header_text(value: Any, described: Mapping[str, Any]) -> str:
    """The text of a header's value, given the header object."""
    if _is_json(described) or ("content" in described and not isinstance(value, str)):
        return write_json(value).decode()
    if isinstance(value, Mapping):
        # style `simple` (OpenAPI 3.0.3, Style Values): `a=1,b=2` if exploded, else `a,1,b,2`
        separator = "=" if described.get("explode") else ","
        return ",".join(f"{name}{separator}{value_text(each)}" for name, each in value.items())
    return ",".join(map(value_text, value)) if isinstance(value, list) else value_text(value)


def _is_json(described: Mapping[str, Any]) -> bool:
    content = described.get("content")
    # of several types, which OpenAPI does not allow here, the first counts
    return isinstance(content, Mapping) and any(is_json(media_type(each)) for each in [*content][:1])


def fits(header: Parameter, text: str) -> bool:
    """Whether a header can carry the text, and it reads as a valid value."""
    violations: list[Violation] = []
    if SENDABLE.fullmatch(text) is not None:
        header.decode({header.name.lower(): [text]}, violations)
        return not violations
    return False


def first_examples(
    document: Document, headers: Iterable[Parameter], described: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, str]]:
    """(name, text) of the first example of each header that keeps its schema."""
    for header in headers:
        members = described[header.name]
        texts = (header_text(each, members) for each in named_examples(document, members).values())
        found = next((each for each in texts if fits(header, each)), None)
        if found is not None:
            yield header.name, found


def schema_of(described: Mapping[str, Any]) -> Any:
    """The schema of a header object, which may stand below a media type."""
    content = described.get("content")
    media = next(iter(content.values()), {}) if isinstance(content, Mapping) else described
    return media.get("schema", {})
