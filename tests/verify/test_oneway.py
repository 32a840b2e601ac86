"""Properties that only one direction has are found in the document as it stands."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.contract.document import Document
from mockserver.verify.oneway import one_way

SECRET = {"type": "string", "writeOnly": True}
SCHEMAS: dict[str, Any] = {
    "Secret": SECRET,
    "Account": {
        "properties": {
            "secret": {"$ref": "#/components/schemas/Secret"},
            "owner": {"$ref": "#/components/schemas/Account"},
            "name": {"type": "string", "writeOnly": False},
        },
        "allOf": [{"properties": {"keys": {"type": "array", "items": {"properties": {"text": SECRET}}}}}],
        "anyOf": [{"$ref": "#/components/schemas/Account"}],
    },
}
DOCUMENT = Document({"openapi": "3.1.0", "components": {"schemas": SCHEMAS}, "paths": {}})
ACCOUNT = "#/components/schemas/Account"


@pytest.mark.parametrize(
    ("value", "places"),
    [
        ({"secret": "x", "name": "y"}, [("/secret", f"{ACCOUNT}/properties/secret")]),
        ({"owner": {"secret": None}}, [("/owner/secret", f"{ACCOUNT}/properties/secret")]),
        (
            {"keys": [{}, {"text": "x"}]},
            [("/keys/1/text", f"{ACCOUNT}/allOf/0/properties/keys/items/properties/text")],
        ),
        ({"name": "y", "other": 1}, []),
        ([{"secret": "x"}], []),
        ("secret", []),
    ],
)
def test_a_property_of_requests_is_found_in_a_value(value: Any, places: list[tuple[str, str]]) -> None:
    """In the value and in the document, through references, combined schemas and arrays, however they recur."""
    found = list(one_way(DOCUMENT, {"$ref": ACCOUNT}, value, "#/somewhere"))

    assert found == places
