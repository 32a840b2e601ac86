"""XML by the document's `xml` objects, and nothing that reaches out of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.codecs.written import codec, read, refused

XML = "application/xml"
PET: dict[str, Any] = {
    "type": "object",
    "xml": {"name": "pet", "namespace": "https://example.com/pet", "prefix": "p"},
    "properties": {
        "id": {"type": "integer", "xml": {"attribute": True}},
        "name": {"type": "string", "xml": {"name": "label"}},
        "photos": {"type": "array", "items": {"type": "string", "xml": {"name": "photo"}}, "xml": {"wrapped": True}},
        "tags": {"type": "array", "items": {"type": "string"}},
        "owner": {"type": "object", "properties": {"age": {"type": "integer"}}},
    },
}
VALUE = {"id": 7, "name": "Rex", "photos": ["a", "b"], "tags": ["x", "y"], "owner": {"age": 40}}
TEXT = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<p:pet id="7" xmlns:p="https://example.com/pet"><label>Rex</label><photos><photo>a</photo><photo>b</photo></photos>'
    "<tags>x</tags><tags>y</tags><owner><age>40</age></owner></p:pet>"
)


def test_a_value_is_written_by_its_xml_objects() -> None:
    """Names, attributes, wrapped and bare arrays, namespaces."""
    assert codec(XML, PET).write(VALUE).decode() == TEXT


def test_a_document_is_read_by_them() -> None:
    """In the types of the schema."""
    assert read(codec(XML, PET), TEXT) == VALUE


@pytest.mark.parametrize(
    ("schema", "text", "value"),
    [
        ({"type": "array", "items": {"type": "integer"}}, "<list><n>1</n><n>2</n></list>", [1, 2]),
        ({"type": "integer"}, "<n>1</n>", 1),
        ({"type": "object"}, '<a x="1"><b>2</b></a>', {"x": "1", "b": "2"}),
        ({"$ref": "#/components/schemas/Pet"}, "<Pet/>", {}),
        ({"type": "object", "properties": {"a": {"xml": {"nodeType": "text"}}}}, "<x>t</x>", {"a": "t"}),
        ({"type": "string"}, "<anything/>", "<anything/>"),
        ({}, "<anything/>", "<anything/>"),
        ({"properties": {"b": {"type": "integer"}}}, "<a><b>2</b></a>", {"b": 2}),
        ({"items": {"properties": {"b": {"type": "integer"}}}}, "<a><x><b>2</b></x></a>", [{"b": 2}]),
        ({"type": "object", "properties": {"b": {"type": "string"}}}, "<a>text</a>", "text"),
        ({"type": "object", "properties": {"b": {"type": "string"}}}, "<a> </a>", {}),
        ({"type": "object", "properties": {"b": {"type": "string"}}}, "<a><b><c>1</c></b></a>", {"b": {"c": "1"}}),
        ({"type": "object", "properties": {"b": {"type": "string"}}}, "<a><b>1</b><b>2</b></a>", {"b": ["1", "2"]}),
        ({"type": "object", "additionalProperties": {"type": "string"}}, "<a><b>1</b><b/></a>", {"b": ["1", ""]}),
        ({"type": "object", "properties": {"b": {"type": "string"}}}, '<a xmlns="u"><b>2</b></a>', {"b": "2"}),
    ],
)
def test_what_the_schema_says_decides(schema: Any, text: str, value: Any) -> None:
    """A text is taken as it is; names count without their namespace."""
    assert read(codec(XML, schema, Pet=PET), text) == value


def test_arrays_whose_items_are_called_alike_stand_within_their_own_elements() -> None:
    """Else nobody could tell whose an item is; one that is alone stands as OpenAPI asks."""
    items = {"type": "array", "items": {"type": "string", "xml": {"name": "item"}}}
    alone = {**items, "items": {"type": "string", "xml": {"name": "one"}}}
    schema = {"type": "object", "properties": {"a": items, "b": {**items, "xml": {"name": "B"}}, "c": alone}}
    of_type = codec(XML, schema)
    value = {"a": ["1", "2"], "b": ["3"], "c": ["4"]}

    written = of_type.write(value).decode().partition("\n")[2]

    assert written == "<root><a><item>1</item><item>2</item></a><B><item>3</item></B><one>4</one></root>"
    assert read(of_type, written) == value


@pytest.mark.parametrize(
    ("schema", "value", "text"),
    [
        ({"$ref": "#/components/schemas/Dog"}, {"a": None, "b": 1.5}, "<Dog><b>1.5</b></Dog>"),
        ({"type": "array", "items": {"type": "integer"}}, [1, 2], "<root><item>1</item><item>2</item></root>"),
        ({}, {"a": {"b": True}}, "<root><a><b>true</b></a></root>"),
        ({}, {"a": "\x00<&"}, "<root><a>&lt;&amp;</a></root>"),
        ({"xml": {"name": "n"}}, 5, "<n>5</n>"),
    ],
)
def test_a_root_is_called_as_its_schema(schema: Any, value: Any, text: str) -> None:
    """By its own name, else that of the component; characters that XML cannot carry are left out."""
    assert codec(XML, schema, Dog={"type": "object"}).write(value).decode().partition("\n")[2] == text


@pytest.mark.parametrize(
    ("text", "keyword"),
    [
        ("<a>", "xml"),
        ("", "xml"),
        ("{}", "xml"),
        ('<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>', "xml"),
        ('<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>', "xml"),
        ('<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>', "xml"),
        ('<?xml version="1.0" encoding="nothing"?><a/>', "xml"),
        ("<a>" * 150 + "</a>" * 150, "depth"),
    ],
)
def test_what_is_no_xml_or_reaches_out_is_refused(text: str, keyword: str) -> None:
    """Entities and document types, too."""
    assert refused(codec(XML, PET), text).keyword == keyword


def test_what_is_written_as_text_stays_so() -> None:
    """An example of a document may be written out."""
    assert codec(XML, PET).write("<pet/>") == b"<pet/>"
