"""Schemas with a discriminator, rewritten so that violations are those of the alternative that was meant.

Of a `oneOf` a validator can only say that no alternative matches. The discriminator names the alternative, so `if` and
`then` validate the value against that one only, and every violation is reported where it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.contract.document import Document


def told_apart(document: Document) -> Document:
    """The document with every discriminated `oneOf` rewritten; it accepts what the original accepts."""
    return Document(_rewritten(document.raw), document.source)


def _rewritten(node: Any) -> Any:
    if isinstance(node, list):
        return [_rewritten(each) for each in node]
    if not isinstance(node, Mapping):
        return node
    rewritten = {name: _rewritten(value) for name, value in node.items()}
    discriminator = rewritten.get("discriminator")
    if "oneOf" in rewritten and isinstance(discriminator, Mapping) and "mapping" in discriminator:
        del rewritten["oneOf"], rewritten["discriminator"]
        return rewritten | _by_name(discriminator["propertyName"], discriminator["mapping"])
    return rewritten


def _by_name(name: str, forms: Mapping[str, str]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": [name],
        "properties": {name: {"enum": [*forms]}},
        "allOf": [
            {
                "if": {"type": "object", "required": [name], "properties": {name: {"enum": [value]}}},
                "then": {"$ref": reference},
            }
            for value, reference in forms.items()
        ],
    }
