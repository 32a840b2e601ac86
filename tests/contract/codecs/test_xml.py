"""XML by the document's `xml` objects, and nothing that reaches out of it."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.contract.codecs.typed import Typed
from mockserver.contract.codecs.xml import XMLCodec
from tests.contract.codecs.written import codec, read, refused
from tests.contract.specimen import document
from tests.patience import bounded

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
        ({"$ref": "#/components/schemas/Pet"}, '<q:pet xmlns:q="https://example.com/pet"/>', {}),
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
    """A text is taken as it is; names count without a namespace where the document has none."""
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


TAG = {"type": "object", "xml": {"name": "tag"}, "properties": {"id": {"type": "integer", "xml": {"attribute": True}}}}
REF = {"$ref": "#/components/schemas/Tag"}
BOOK: dict[str, Any] = {
    "type": "object",
    "xml": {"name": "book"},
    "properties": {
        "title": {"type": "string", "xml": {"name": "label"}},
        "isbn": {"type": "string", "xml": {"attribute": True}},
        "pages": {"type": "integer"},
        "tags": {"type": "array", "items": REF, "xml": {"wrapped": True}},
        "notes": {"type": "array", "items": {"type": "string"}, "xml": {"wrapped": True}},
        "photos": {"type": "array", "items": {"type": "string", "xml": {"name": "photo"}}},
        "seller": {"type": "object", "xml": {"namespace": "https://example.com/s"}, "properties": {"a": {}}},
    },
}


@pytest.mark.parametrize(
    ("schema", "text", "pointer", "message"),
    [
        (BOOK, "<Book/>", "", "must have the root element <book>, got the root element <Book>"),
        (REF, "<Tag/>", "", "must have the root element <tag>, got the root element <Tag>"),
        (
            {"$ref": "#/components/schemas/Plain"},
            "<plain/>",
            "",
            "must have the root element <Plain>, got the root element <plain>",
        ),
        (
            {"oneOf": [REF, BOOK]},
            "<film/>",
            "",
            "must have the root element <tag> or <book>, got the root element <film>",
        ),
        (
            PET,
            "<pet/>",
            "",
            'must have the root element <pet xmlns="https://example.com/pet">, got the root element <pet>',
        ),
        (
            PET,
            '<pet xmlns="https://example.com/cat"/>',
            "",
            'must have the root element <pet xmlns="https://example.com/pet">, got the root element '
            '<pet xmlns="https://example.com/cat">',
        ),
        ({"type": "array", "xml": {"name": "tags"}, "items": REF}, "<list/>", "", "must have the root element <tags>"),
        ({"type": "array", "items": REF}, "<any><tag/><Tag/></any>", "/1", "must have the element <tag>, got"),
        ({"type": "integer", "xml": {"name": "n"}}, "<m>1</m>", "", "must have the root element <n>"),
        (BOOK, "<book><title>A</title></book>", "", "must have the element <label>, got the element <title>"),
        (BOOK, "<book><isbn>1</isbn></book>", "", "must have the attribute isbn, got the element <isbn>"),
        (BOOK, '<book pages="1"/>', "", "must have the element <pages>, got the attribute pages"),
        (BOOK, '<book title="A"/>', "", "must have the element <label>, got the attribute title"),
        (
            BOOK,
            "<book><tags><tag/><item/></tags></book>",
            "/tags/1",
            "must have the element <tag>, got the element <item>",
        ),
        (BOOK, "<book><notes><note>a</note></notes></book>", "/notes/0", "must have the element <notes>, got"),
        (
            BOOK,
            "<book><photos><photo>a</photo></photos></book>",
            "",
            "must have the element <photo>, got the element <photos>",
        ),
        (
            BOOK,
            "<book><seller><a>1</a></seller></book>",
            "/seller",
            'must have the element <seller xmlns="https://example.com/s">, got the element <seller>',
        ),
    ],
)
def test_what_is_called_otherwise_is_refused(schema: Any, text: str, pointer: str, message: str) -> None:
    """Roots, elements, items and attributes, with the name that is expected, the one that came, and the place."""
    found = refused(codec(XML, schema, Tag=TAG, Plain={"type": "object"}), text)

    assert (found.keyword, found.pointer) == ("element", pointer)
    assert found.message.startswith(message)


@pytest.mark.parametrize(
    ("schema", "text", "value"),
    [
        ({"type": "object"}, "<anything><b>1</b></anything>", {"b": "1"}),
        ({"oneOf": [REF, BOOK]}, '<tag id="1"/>', {"id": 1}),
        ({"oneOf": [REF, {"type": "object"}]}, "<anything/>", {}),
        ({"allOf": [REF]}, "<anything/>", {}),
        ({"allOf": [REF, {"xml": {"name": "label"}}]}, '<label id="2"/>', {"id": 2}),
        ({"$ref": "#/components/schemas/Dog House"}, "<kennel/>", {}),
        ({"$ref": "#/components/schemas/Circle"}, "<Circle/>", "<Circle/>"),
        (BOOK, "<book><other>1</other></book>", {"other": "1"}),
        (BOOK, '<book other="1"/>', {"other": "1"}),
        (BOOK, '<book xmlns="https://example.com/b"><pages>1</pages></book>', {"pages": 1}),
        (BOOK, "<book><notes><notes>a</notes></notes></book>", {"notes": ["a"]}),
    ],
)
def test_what_nothing_names_may_be_called_anything(schema: Any, text: str, value: Any) -> None:
    """What is not documented at all is judged by the schema."""
    circle = {"oneOf": [{"$ref": "#/components/schemas/Circle"}]}
    of_type = codec(XML, schema, Tag=TAG, Circle=circle, **{"Dog House": {"type": "object"}})

    assert read(of_type, text) == value


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (PET, VALUE),
        (BOOK, {"title": "A", "isbn": "1", "tags": [{"id": 1}], "notes": ["a"], "photos": ["b"], "seller": {"a": "1"}}),
        ({"$ref": "#/components/schemas/Derived"}, {"id": 1}),
        ({"oneOf": [REF, BOOK]}, {"id": 1}),
        ({"type": "array", "items": {"allOf": [REF]}}, [{"id": 1}]),
        (
            {
                "type": "object",
                "properties": {"a": {"type": "array", "items": {"allOf": [REF]}, "xml": {"wrapped": True}}},
            },
            {"a": [{"id": 1}]},
        ),
        (
            {
                "type": "object",
                "properties": {
                    "a": {
                        "type": "string",
                        "xml": {"attribute": True, "prefix": "p", "namespace": "https://example.com/p"},
                    },
                    "b": {
                        "type": "array",
                        "xml": {"wrapped": True, "prefix": "q", "namespace": "https://example.com/q"},
                        "items": {
                            "type": "string",
                            "xml": {"name": "c", "prefix": "r", "namespace": "https://example.com/r"},
                        },
                    },
                },
            },
            {"a": "1", "b": ["2", "3"]},
        ),
    ],
)
def test_what_is_written_is_read_again(schema: Any, value: Any) -> None:
    """By the names that it is written with, each prefix declared."""
    of_type = codec(XML, schema, Tag=TAG, Derived={"allOf": [REF, {"type": "object"}]})

    assert read(of_type, of_type.write(value)) == value


def test_only_the_properties_that_came_are_looked_at() -> None:
    """A list may have very many objects, each with few of the properties that there are."""
    properties = {f"p{number}": {"type": "array", "items": {"type": "string"}} for number in range(1000)}
    items = codec(XML, {"type": "array", "items": {"type": "object", "properties": properties}})
    text = "<all>" + "<each><p7>a</p7></each>" * 5000 + "</all>"

    with bounded():
        assert read(items, text) == [{"p7": ["a"]}] * 5000


def test_how_an_object_is_read_is_found_once() -> None:
    """Also where elements stand in the place of a text, of which no schema says anything."""
    made = XMLCodec(Typed(document()), PET)
    for _ in range(10):
        read(made, '<pet xmlns="https://example.com/pet"><label><b>a</b></label></pet>')

    assert len(made._plans) <= 2
