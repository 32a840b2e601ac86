"""What is required, may be empty and cannot be written is empty where a body has nothing of it."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.contract.codecs.multipart import BOUNDARY
from tests.contract.codecs.written import codec, read

FORM, MULTIPART, XML = "application/x-www-form-urlencoded", "multipart/form-data", "application/xml"
LABELS = {FORM: FORM, MULTIPART: f"{MULTIPART}; boundary={BOUNDARY}"}
MAP = {"type": "object", "additionalProperties": {"type": "string"}}
LIST = {"type": "array", "items": {"type": "string"}}
NAMED = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}
WITHIN = {"type": "object", "required": ["labels"], "properties": {"labels": MAP, "size": {"type": "integer"}}}
ITSELF = {"$ref": "#/components/schemas/Itself"}
SCHEMAS = {"Itself": {"type": "object", "required": ["again"], "properties": {"again": ITSELF}}}


def requiring(part: Any, **more: Any) -> dict[str, Any]:
    """An object that must have `part`."""
    return {"type": "object", "required": ["part"], "properties": {"part": part, "name": {"type": "string"}}, **more}


@pytest.mark.parametrize("media", [FORM, MULTIPART])
@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (requiring(MAP), {"part": {}}),
        (requiring(LIST), {"part": []}),
        (requiring({**MAP, "nullable": True}), {"part": {}}),
        (requiring(WITHIN), {"part": {"labels": {}}}),
        (requiring({"allOf": [MAP, {"type": "object"}]}), {"part": {}}),
        (
            {"allOf": [requiring(MAP), requiring(LIST, properties={"others": LIST}, required=["others"])]},
            {"part": {}, "others": []},
        ),
        (requiring(NAMED), {}),
        (requiring({**MAP, "minProperties": 1}), {}),
        (requiring({**LIST, "minItems": 1}), {}),
        (requiring({**LIST, "minItems": 0}), {"part": []}),
        (requiring({"type": "string"}), {}),
        (requiring({"type": ["object", "string"]}), {}),
        (requiring({}), {}),
        (requiring(MAP, required=[]), {}),
        (requiring({"oneOf": [NAMED, MAP]}), {}),
        ({"oneOf": [requiring(MAP), {"type": "object"}]}, {}),
        (requiring(ITSELF), {}),
        (requiring(MAP, required=[["part"], "part"]), {"part": {}}),
    ],
)
def test_a_form_without_fields_of_it(media: str, schema: Any, value: Any) -> None:
    """What must hold something is missing still, as is what may be something else, or is of one alternative alone."""
    of_type = codec(media, schema, **SCHEMAS)
    sent = {"name": "a"} if media == MULTIPART else {}

    assert read(of_type, of_type.write(sent), LABELS[media]) == {**sent, **value}


@pytest.mark.parametrize("media", [FORM, MULTIPART])
def test_what_lies_deeper_is_completed(media: str) -> None:
    """In an object that came, and in the items of an array."""
    items = {"type": "array", "items": WITHIN}
    of_type = codec(media, {"type": "object", "properties": {"parts": items, "part": WITHIN}})
    value = {"parts": [{"size": 1, "labels": {}}, {"size": 2, "labels": {"a": "b"}}], "part": {"size": 3, "labels": {}}}

    assert read(of_type, of_type.write(value), LABELS[media]) == value


@pytest.mark.parametrize(
    ("part", "text", "value"),
    [
        (LIST, "<a/>", {"part": []}),
        (LIST, "<a><part>1</part></a>", {"part": ["1"]}),
        ({**LIST, "xml": {"wrapped": True}}, "<a/>", {}),
        ({**LIST, "xml": {"wrapped": True}}, "<a><part/></a>", {"part": []}),
        ({**LIST, "minItems": 1}, "<a/>", {}),
        (MAP, "<a/>", {}),
        (MAP, "<a><part/></a>", {"part": {}}),
    ],
)
def test_xml_has_a_way_to_write_what_has_an_element_of_its_own(part: Any, text: str, value: Any) -> None:
    """Only an array that has none is empty where none of its items came."""
    assert read(codec(XML, requiring(part)), text) == value
