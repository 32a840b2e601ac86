"""Parameters: every style, explode and type of OpenAPI's table, and the tricks one can play with raw text."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.contract.kinds import read_primitive
from mockserver.contract.operation import Operation
from mockserver.contract.pairs import Undecodable, percent_decode, split_cookies, split_query
from mockserver.contract.violations import ABSENT
from mockserver.errors import DocumentError
from tests.contract.specimen import decoded as values_of
from tests.contract.specimen import document, one_operation, operation

TEXT = {"type": "string"}
LIST = {"type": "array", "items": TEXT}
OBJECT = {"type": "object", "properties": {"R": {"type": "integer"}, "G": TEXT}, "additionalProperties": TEXT}
LOOP = {"$ref": "#/components/schemas/Loop"}
COLORS = ["blue", "black", "brown"]
RGB = {"R": 100, "G": "200", "B": "150"}
RG = {"R": 100, "G": "200"}
IN_PAIRS = {"name": "color", "in": "path"}


def compiled(parameter: dict[str, Any], version: str = "3.0.3") -> Operation:
    described = {"operationId": "specimen", "parameters": [parameter], "responses": {"204": {"description": "Done."}}}
    return operation(document({"/things": {"get": described}}, version=version))


def decoded(parameter: dict[str, Any], pairs: dict[str, list[str]]) -> tuple[Any, list[tuple[str, str]]]:
    """What the only parameter is given, or ABSENT, and (keyword, pointer) of its violations."""
    values, violations = values_of(compiled(parameter), parameter["in"], pairs)
    assert set(values) <= {parameter["name"]}
    assert all(each.where == parameter["in"] for each in violations)
    return values.get(parameter["name"], ABSENT), [(each.keyword, each.pointer) for each in violations]


# OpenAPI 3.0.3, Parameter Object, "Style Examples"; `label` without explode is comma-separated, as 3.0.4 corrects it
# after RFC 6570. (place, style, explode, empty, string, array, object); None where the table has n/a.
STYLES = [
    ("path", "matrix", False, ";color", ";color=blue", ";color=blue,black,brown", ";color=R,100,G,200,B,150"),
    ("path", "matrix", True, ";color", ";color=blue", ";color=blue;color=black;color=brown", ";R=100;G=200;B=150"),
    ("path", "label", False, ".", ".blue", ".blue,black,brown", ".R,100,G,200,B,150"),
    ("path", "label", True, ".", ".blue", ".blue.black.brown", ".R=100.G=200.B=150"),
    ("query", "form", False, "color=", "color=blue", "color=blue,black,brown", "color=R,100,G,200,B,150"),
    ("query", "form", True, "color=", "color=blue", "color=blue&color=black&color=brown", "R=100&G=200"),
    ("cookie", "form", False, "color=", "color=blue", "color=blue,black,brown", "color=R,100,G,200,B,150"),
    ("cookie", "form", True, "color=", "color=blue", "color=blue; color=black; color=brown", "R=100; G=200"),
    ("cookie", "cookie", True, "color=", "color=blue", "color=blue; color=black; color=brown", "R=100; G=200"),
    ("path", "simple", False, None, "blue", "blue,black,brown", "R,100,G,200,B,150"),
    ("path", "simple", True, None, "blue", "blue,black,brown", "R=100,G=200,B=150"),
    ("header", "simple", False, "", "blue", "blue,black,brown", "R,100,G,200,B,150"),
    ("header", "simple", True, "", "blue", "blue, black,brown", "R=100, G=200,B=150"),
    ("query", "spaceDelimited", False, None, None, "color=blue%20black%20brown", "color=R%20100%20G%20200%20B%20150"),
    ("query", "spaceDelimited", False, None, None, "color=blue+black+brown", "color=R+100+G+200+B+150"),
    ("query", "spaceDelimited", True, None, None, "color=blue&color=black&color=brown", "R=100&G=200"),
    ("query", "pipeDelimited", False, None, None, "color=blue|black|brown", "color=R|100|G|200|B|150"),
    ("query", "pipeDelimited", False, None, None, "color=blue%7Cblack%7cbrown", "color=R%7C100%7CG|200|B|150"),
    ("query", "pipeDelimited", True, None, None, "color=blue&color=black&color=brown", "R=100&G=200"),
    ("query", "deepObject", True, None, None, None, "color[R]=100&color%5BG%5D=200&color[B]=150"),
]


def pairs_of(place: str, written: str) -> dict[str, list[str]]:
    if place == "query":
        return split_query(written)
    return split_cookies([written]) if place == "cookie" else {"color": [written]}


@pytest.mark.parametrize(("place", "style", "explode", "empty", "string", "array", "obj"), STYLES)
def test_every_style_is_read(
    place: str, style: str, explode: bool, empty: str | None, string: str | None, array: str | None, obj: str | None
) -> None:
    """A value comes out the same however the document has it written."""
    parameter = {"name": "color", "in": place, "style": style, "explode": explode}
    spread = explode and style in ("form", "spaceDelimited", "pipeDelimited", "cookie")
    cases = [
        (TEXT, empty, ""),
        (TEXT, string, "blue"),
        (LIST, array, COLORS),
        (OBJECT, obj, RG if spread else RGB),
    ]

    read = [
        (decoded({**parameter, "schema": schema}, pairs_of(place, written)), wanted)
        for schema, written, wanted in cases
        if written is not None
    ]

    assert [got for got, _ in read] == [(wanted, []) for _, wanted in read]


@pytest.mark.parametrize(
    ("place", "style", "explode"),
    [("query", "form", True), ("cookie", "form", True), ("path", "simple", False), ("header", "simple", False)],
)
def test_each_place_has_a_default_style(place: str, style: str, explode: bool) -> None:
    """Without `style` and `explode` the place decides, as OpenAPI has it."""
    written = {"color": ["a,b", "c"]} if explode else {"color": ["a,b"]}

    implied = decoded({"name": "color", "in": place, "schema": LIST}, written)
    stated = decoded({"name": "color", "in": place, "schema": LIST, "style": style, "explode": explode}, written)

    assert implied == stated == (["a,b", "c"] if explode else ["a", "b"], [])


@pytest.mark.parametrize(
    ("place", "style", "allowed"),
    [
        ("query", "simple", "form, spaceDelimited, pipeDelimited, deepObject"),
        ("path", "form", "simple, label, matrix"),
        ("header", "form", "simple"),
        ("cookie", "deepObject", "form, cookie"),
    ],
)
def test_a_style_that_its_place_does_not_know_is_refused(place: str, style: str, allowed: str) -> None:
    """The refusal names the parameter and the styles there are."""
    with pytest.raises(DocumentError) as refused:
        compiled({"name": "color", "in": place, "style": style, "schema": TEXT})

    assert str(refused.value) == (
        "specimen.yaml: specimen (at #/paths/~1things/get) cannot be served: "
        f"parameter color: style {style!r} is not allowed in {place}; expected one of {allowed}."
    )


@pytest.mark.parametrize(
    ("style", "explode", "schema", "written", "value"),
    [
        ("form", False, LIST, "color=a%2Cb,c", ["a,b", "c"]),
        ("form", False, LIST, "color=", []),
        ("form", False, LIST, "color=a,,b", ["a", "", "b"]),
        ("form", True, LIST, "color=a,b", ["a,b"]),
        ("form", True, LIST, "color=", [""]),
        ("form", True, LIST, "color=a&color", ["a", ""]),
        ("spaceDelimited", False, LIST, "color=a%2520b", ["a%20b"]),
        ("pipeDelimited", False, LIST, "color=a%257Cb", ["a%7Cb"]),
        ("form", False, OBJECT, "color=R,1,na%2Cme,x", {"R": 1, "na,me": "x"}),
        ("form", False, OBJECT, "color=", {}),
        ("deepObject", True, OBJECT, "color[na%255Dme]=%2541", {"na%5Dme": "%41"}),
        ("deepObject", True, OBJECT, "color[%C3%A9]=x", {"é": "x"}),
        ("deepObject", True, {"type": "object"}, "color[a][b]=x&color[a][c][]=y", {"a": {"b": "x", "c": ["y"]}}),
        ("deepObject", True, {"type": "object"}, "color[]=x&color[a]=y", {"": "x", "a": "y"}),
        (
            "deepObject",
            True,
            {"type": "object"},
            "color[][a]=x&color[a]=1&color[a]=2",
            {"": {"a": "x"}, "a": ["1", "2"]},
        ),
        ("deepObject", True, {"type": "object"}, "color[][a]=x&color[][]=y", {"": {"a": "x", "": "y"}}),
        ("deepObject", True, {"type": "object"}, "color[a[b]=x", {"a[b": "x"}),
        ("deepObject", True, {"type": ["object", "array"]}, "color[a[b]=x", {"a[b": "x"}),
        ("deepObject", True, LIST, "color[]=a&color[]=b", ["a", "b"]),
        ("deepObject", True, LIST, "color[1]=b&color[0]=a", ["a", "b"]),
        ("form", True, TEXT, "color=a%26b%3Dc", "a&b=c"),
        ("form", True, TEXT, "color=a=b", "a=b"),
        ("form", True, TEXT, "color=a+b%2Bc", "a b+c"),
        ("form", True, TEXT, "color=%zz%4", "%zz%4"),
        ("form", True, TEXT, "color=%00", "\x00"),
        ("form", True, TEXT, "color=%F0%9F%91%8D", "👍"),
        ("form", True, TEXT, "color=Ã©", "é"),
    ],
)
def test_an_encoded_delimiter_is_data(
    style: str, explode: bool, schema: dict[str, Any], written: str, value: Any
) -> None:
    """Text is split while it is percent-encoded and decoded once, when it has been."""
    parameter = {"name": "color", "in": "query", "style": style, "explode": explode, "schema": schema}

    assert decoded(parameter, split_query(written)) == (value, [])


NESTED = {
    "type": "array",
    "items": {"type": "object", "properties": {"Name": TEXT, "Value": LIST, "Size": {"type": "integer"}}},
}
WITHIN = {"type": "object", "properties": {"Name": TEXT, "To": {"allOf": [LIST]}, "member": NESTED}}


@pytest.mark.parametrize(
    ("schema", "written", "value"),
    [
        (NESTED, "color.1.Name=a&color.1.Value.1=b", [{"Name": "a", "Value": ["b"]}]),
        (NESTED, "color.2.Name=b&color.1.Size=3&color.10.Name=c", [{"Size": 3}, {"Name": "b"}, {"Name": "c"}]),
        (NESTED, "color.member.1.Value.member.2=c&color.member.1.Value.member.1=b", [{"Value": ["b", "c"]}]),
        (WITHIN, "color.Name=a&color.To.member.1=b", {"Name": "a", "To": ["b"]}),
        (WITHIN, "color.member.1.Name=a", {"member": [{"Name": "a"}]}),
        (WITHIN, "color.N%C3%A4me=%41%2E", {"Näme": "A."}),
        (WITHIN, "Name=a", {"Name": "a"}),
        (LIST, "color.1=a", ABSENT),
    ],
)
def test_what_lies_within_is_read_with_dots(schema: dict[str, Any], written: str, value: Any) -> None:
    """Where no style can write it, items are numbered from one, with or without `member` before the number."""
    parameter = {"name": "color", "in": "query", "schema": schema}

    assert decoded(parameter, split_query(written)) == (value, [])


def test_what_is_wrong_within_is_told_by_its_place() -> None:
    """The pointer leads through properties and items."""
    parameter = {"name": "color", "in": "query", "schema": NESTED}

    assert decoded(parameter, split_query("color.1.Size=x")) == ([{"Size": "x"}], [("type", "/color/0/Size")])
    assert decoded(parameter, split_query("color.1.Name=x&color.1.Name=y")) == (ABSENT, [("repeated", "/color")])


@pytest.mark.parametrize(
    ("style", "explode", "schema", "written", "keyword"),
    [
        ("form", True, TEXT, "color=a&color=b", "repeated"),
        ("form", True, TEXT, "color=a&color=a", "repeated"),
        ("form", True, TEXT, "color&color", "repeated"),
        ("form", False, LIST, "color=a&color=b", "repeated"),
        ("form", True, OBJECT, "R=1&R=2", "repeated"),
        ("deepObject", True, OBJECT, "color[R]=1&color[R]=2", "repeated"),
        ("form", True, TEXT, "color=%ff", "encoding"),
        ("form", True, TEXT, "color=\xff", "encoding"),
        ("form", True, TEXT, "color=%c0%af", "encoding"),
        ("form", True, TEXT, "color=%ed%a0%80", "encoding"),
        ("form", False, LIST, "color=a,%ff", "encoding"),
        ("form", False, OBJECT, "color=%ff,1", "encoding"),
        ("deepObject", True, OBJECT, "color[R]=%ff", "encoding"),
        ("deepObject", True, OBJECT, "color[R]=1&color[R][a]=2", "form"),
        ("form", False, OBJECT, "color=R,1,G", "style"),
    ],
)
def test_what_cannot_be_decoded_is_one_violation(
    style: str, explode: bool, schema: dict[str, Any], written: str, keyword: str
) -> None:
    """A scalar that came twice, text that is not UTF-8 and a value without its style's form are told as such."""
    parameter = {"name": "color", "in": "query", "style": style, "explode": explode, "schema": schema}

    assert decoded(parameter, split_query(written)) == (ABSENT, [(keyword, "/color")])


@pytest.mark.parametrize(
    ("style", "explode", "schema", "written"),
    [
        ("label", False, TEXT, "blue"),
        ("label", True, LIST, "blue"),
        ("matrix", False, TEXT, ";colour=blue"),
        ("matrix", False, TEXT, "blue"),
        ("matrix", True, LIST, ";color=blue;colour=black"),
        ("matrix", True, LIST, "color=blue"),
        ("simple", False, OBJECT, "R,100,G"),
    ],
)
def test_a_path_value_must_have_its_styles_form(
    style: str, explode: bool, schema: dict[str, Any], written: str
) -> None:
    """A label begins with a dot, a matrix parameter with its name, an object is names and values in turn."""
    parameter = {**IN_PAIRS, "style": style, "explode": explode, "schema": schema}

    assert decoded(parameter, {"color": [written]}) == (ABSENT, [("style", "/color")])


@pytest.mark.parametrize(
    ("schema", "written", "value"),
    [
        ({"type": "integer"}, "5", 5),
        ({"type": "integer"}, "-5", -5),
        ({"type": "integer"}, "007", 7),
        ({"type": "integer"}, "9" * 300, int("9" * 300)),
        ({"type": "number"}, "1.5e3", 1500.0),
        ({"type": "number"}, "-0.5", -0.5),
        ({"type": "number"}, "7", 7.0),
        ({"type": "boolean"}, "true", True),
        ({"type": "boolean"}, "false", False),
        (TEXT, "true", "true"),
        (TEXT, "5", "5"),
        (TEXT, "", ""),
        ({"anyOf": [{"type": "boolean"}, {"type": "string", "enum": [""]}]}, "", ""),
        ({"oneOf": [{"type": "integer"}, {"type": "string", "pattern": "^a"}]}, "5", 5),
        ({"allOf": [{"minimum": 1}, {"anyOf": [{"type": "integer"}]}]}, "5", 5),
        ({}, "5", "5"),
        ({"type": "array", "items": {"type": "integer"}}, "5", [5]),
    ],
)
def test_text_is_read_as_the_type_asked_for(schema: dict[str, Any], written: str, value: Any) -> None:
    """Numbers and booleans become values, and only where the schema asks for them."""
    read, violations = decoded({"name": "a", "in": "query", "schema": schema}, {"a": [written]})

    assert (read, violations) == (value, [])
    assert type(read) is type(value)


def test_a_recursive_schema_is_no_endless_search_for_types() -> None:
    """A schema that is an alternative of itself has the types of the others."""
    described = document(
        {"/things": {"get": {"parameters": [{"name": "a", "in": "query", "schema": LOOP}], "responses": {}}}},
        {"schemas": {"Loop": {"anyOf": [LOOP, {"type": "integer"}]}}},
    )

    assert values_of(operation(described), "query", {"a": ["5"]}) == ({"a": 5}, [])


@pytest.mark.parametrize("kind", ["integer", "number", "boolean"])
@pytest.mark.parametrize(
    "written",
    [
        "",
        "+5",
        "1_0",
        " 5",
        "5 ",
        "5,0",
        "0x10",
        "٣",
        "²",
        "--5",
        "-",
        "True",
        "1e400",
        "1e9999",
        "NaN",
        "inf",
        "null",
        "%",
    ],
)
def test_what_is_not_of_the_type_stays_text_and_is_refused(kind: str, written: str) -> None:
    """Integers are plain ASCII decimals with an optional minus, numbers those of JSON, booleans two words."""
    raw = written.replace("%", "%25").encode().decode("latin-1")

    assert decoded({"name": "a", "in": "query", "schema": {"type": kind}}, {"a": [raw]}) == (written, [("type", "/a")])


@pytest.mark.parametrize(
    ("written", "kind"),
    [("5.0", "integer"), ("1e3", "integer"), ("05.0", "number"), ("5.", "number"), ("9" * 4001, "integer")],
)
def test_an_integer_is_not_written_as_a_number(written: str, kind: str) -> None:
    """`5.0` in a query is not the integer 5, nor is anything else but digits."""
    assert decoded({"name": "a", "in": "query", "schema": {"type": kind}}, {"a": [written]})[1] == [("type", "/a")]


def test_a_number_too_large_for_a_float_stays_text() -> None:
    """There is no infinity to be had from digits alone."""
    assert read_primitive("9" * 400, frozenset({"number"})) == "9" * 400


def test_a_required_parameter_must_come() -> None:
    """Its absence is a violation; that of an optional one is not."""
    assert decoded({"name": "a", "in": "query", "required": True, "schema": TEXT}, {}) == (ABSENT, [("required", "/a")])
    assert decoded({"name": "a", "in": "query", "schema": TEXT}, {}) == (ABSENT, [])
    assert decoded({"name": "a", "in": "query", "schema": LIST}, {}) == (ABSENT, [])
    assert decoded({"name": "a", "in": "query", "schema": {**LIST}, "explode": False}, {}) == (ABSENT, [])


@pytest.mark.parametrize("style", ["form", "deepObject"])
@pytest.mark.parametrize("written", ["", "color=blue", "color[=1", "colour[R]=1"])
def test_an_object_of_which_nothing_came_is_absent(style: str, written: str) -> None:
    """Its own name alone says nothing where its properties have names of their own."""
    parameter = {"name": "color", "in": "query", "style": style, "explode": True, "schema": OBJECT}

    assert decoded(parameter, split_query(written)) == (ABSENT, [])
    assert decoded({**parameter, "style": "form", "explode": False}, {}) == (ABSENT, [])


@pytest.mark.parametrize(
    "schema",
    [{"type": "integer", "default": 25}, {"$ref": "#/components/schemas/Size"}],
)
def test_a_default_stands_in_for_what_did_not_come(schema: dict[str, Any]) -> None:
    """The schema's default, also behind a reference."""
    described = document(
        {"/things": {"get": {"parameters": [{"name": "a", "in": "query", "schema": schema}], "responses": {}}}},
        {"schemas": {"Size": {"type": "integer", "default": 25}}},
    )

    assert values_of(operation(described), "query", {}) == ({"a": 25}, [])
    assert values_of(operation(described), "query", {"a": ["3"]}) == ({"a": 3}, [])


def test_in_3_1_a_default_may_stand_beside_a_reference() -> None:
    """What is said beside the reference wins over what it leads to."""
    schema = {"$ref": "#/components/schemas/Size", "default": 50}
    described = document(
        {"/things": {"get": {"parameters": [{"name": "a", "in": "query", "schema": schema}], "responses": {}}}},
        {"schemas": {"Size": {"type": "integer", "default": 25}}},
        "3.1.0",
    )

    assert values_of(operation(described), "query", {}) == ({"a": 50}, [])


@pytest.mark.parametrize("schema", [True, {"type": ["integer", "null"]}])
def test_a_3_1_schema_may_be_a_boolean_or_of_several_types(schema: Any) -> None:
    """`true` takes any text; one of several types is enough to be read as it."""
    read, _ = values_of(compiled({"name": "a", "in": "query", "schema": schema}, "3.1.0"), "query", {"a": ["5"]})

    assert read == {"a": "5" if schema is True else 5}


def test_a_parameter_may_be_allowed_to_be_empty() -> None:
    """With `allowEmptyValue` a bare name is no violation, whatever the type; another wrong value still is."""
    parameter = {"name": "a", "in": "query", "allowEmptyValue": True, "schema": {"type": "integer"}}

    assert decoded(parameter, split_query("a")) == ("", [])
    assert decoded(parameter, split_query("a=")) == ("", [])
    assert decoded(parameter, split_query("a=x")) == ("x", [("type", "/a")])


@pytest.mark.parametrize(
    ("written", "value", "violations"),
    [
        ("%7B%22b%22%3A%5B1%5D%7D", {"b": [1]}, []),
        ('{"b":1}', {"b": 1}, [("type", "/a/b")]),
        ("%7B", ABSENT, [("json", "/a")]),
        ("", ABSENT, [("json", "/a")]),
        ("%ff", ABSENT, [("encoding", "/a")]),
        ("[" * 101 + "]" * 101, ABSENT, [("depth", "/a")]),
    ],
)
def test_a_parameter_may_be_json(written: str, value: Any, violations: list[tuple[str, str]]) -> None:
    """With `content` the text is JSON and checked like a body."""
    schema = {"type": "object", "properties": {"b": {"type": "array"}}}
    parameter = {"name": "a", "in": "query", "content": {"application/json": {"schema": schema}}}

    assert decoded(parameter, {"a": [written]}) == (value, violations)
    assert decoded(parameter, {}) == (ABSENT, [])


def test_a_parameter_of_text_is_read_as_text() -> None:
    """With `content` of another media type the text is the value, or a number where the schema wants one."""
    parameter = {"name": "a", "in": "query", "content": {"text/plain": {"schema": {"type": "integer"}}}}

    assert decoded(parameter, {"a": ["%31"]}) == (1, [])
    assert decoded(parameter, {"a": ["x"]}) == ("x", [("type", "/a")])
    assert decoded(parameter, {}) == (ABSENT, [])


@pytest.mark.parametrize(
    ("media", "schema", "written", "value", "violations"),
    [
        ("text/plain", {"type": "string", "maxLength": 5}, "a%20b", "a b", []),
        ("text/plain", {"type": "string", "maxLength": 2}, "a%20b", "a b", [("maxLength", "/a")]),
        ("text/plain; charset=utf-8", {"type": "string"}, "[1]", "[1]", []),
        ("application/vnd.x+json", {"type": "array"}, "[1]", [1], []),
        (
            "application/xml",
            {"type": "object", "xml": {"name": "r"}},
            "%3Cr%3E%3Cb%3E1%3C/b%3E%3C/r%3E",
            {"b": "1"},
            [],
        ),
        ("application/xml", {"type": "object"}, "%3Cr", ABSENT, [("xml", "/a")]),
    ],
)
def test_a_parameter_may_be_of_any_media_type(
    media: str, schema: dict[str, Any], written: str, value: Any, violations: list[tuple[str, str]]
) -> None:
    """It is read as a body of that type."""
    parameter = {"name": "a", "in": "query", "content": {media: {"schema": schema}}}

    assert decoded(parameter, {"a": [written]}) == (value, violations)


def test_violations_point_into_a_parameter() -> None:
    """A wrong item is named by its place, and the parameter's name is escaped."""
    parameter = {"name": "a/b", "in": "query", "schema": {"type": "array", "items": {"type": "integer"}}}

    assert decoded(parameter, {"a/b": ["1", "x", "y"]}) == ([1, "x", "y"], [("type", "/a~1b/1"), ("type", "/a~1b/2")])


def test_header_names_have_no_case_and_lines_of_a_list_are_one() -> None:
    """A header given in two lines is one list; a scalar in two lines is refused."""
    named = {"name": "X-Colors", "in": "header"}

    assert decoded({**named, "schema": LIST}, {"x-colors": ["blue , black", "brown"]}) == (COLORS, [])
    assert decoded({**named, "schema": LIST}, {}) == (ABSENT, [])
    assert decoded({**named, "schema": TEXT}, {"x-colors": ["a", "b"]}) == (ABSENT, [("repeated", "/X-Colors")])
    assert decoded({**named, "schema": TEXT}, {"x-colors": ["%41"]}) == ("%41", [])


def test_values_of_an_object_have_their_propertys_type() -> None:
    """A property is read as its own type, another as that of `additionalProperties`."""
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "additionalProperties": {"type": "boolean"}}
    parameter = {"name": "o", "in": "query", "style": "deepObject", "schema": schema}

    assert decoded(parameter, split_query("o[n]=5&o[b]=true")) == ({"n": 5, "b": True}, [])
    assert decoded(parameter, split_query("o[n]=x&o[b]=5")) == (
        {"n": "x", "b": "5"},
        [("type", "/o/n"), ("type", "/o/b")],
    )


def test_all_parameters_of_a_place_are_decoded() -> None:
    """One call gives every value by name and collects the violations of all."""
    parameters = [{"name": name, "in": "query", "schema": {"type": "integer"}} for name in "abc"]

    values, violations = values_of(one_operation(parameters=parameters), "query", {"a": ["1"], "b": ["x"], "z": ["9"]})

    assert values == {"a": 1, "b": "x"}
    assert [each.field for each in violations] == ["b"]


@pytest.mark.parametrize(
    ("text", "meant"),
    [("a", "a"), ("%41%20", "A "), ("a+b", "a+b"), ("%2525", "%25"), ("%zz", "%zz"), ("%", "%"), ("Ã©", "é"), ("", "")],
)
def test_percent_encoding_is_undone_once(text: str, meant: str) -> None:
    """Raw bytes and encoded ones mean the same; what is no escape is text."""
    assert percent_decode(text) == meant


@pytest.mark.parametrize("text", ["%ff", "\xff", "%c3", "%C0%80", "%ed%a0%80", "%f5%80%80%80"])
def test_what_is_not_utf_8_is_undecodable(text: str) -> None:
    """Stray bytes, overlong forms, surrogates and what lies beyond Unicode have no text."""
    with pytest.raises(Undecodable) as refused:
        percent_decode(text)

    assert (refused.value.keyword, refused.value.received) == ("encoding", text)


@pytest.mark.parametrize(
    ("query", "pairs"),
    [
        ("", {}),
        ("&&", {}),
        ("a", {"a": [""]}),
        ("a=", {"a": [""]}),
        ("a=1&a=2&b=3", {"a": ["1", "2"], "b": ["3"]}),
        ("=1", {"": ["1"]}),
        ("a=b=c", {"a": ["b=c"]}),
        ("a%20b=1&a+b=2", {"a b": ["1", "2"]}),
        ("%ff=1&a=%ff", {"a": ["%ff"]}),
        ("a=1;b=2", {"a": ["1;b=2"]}),
        ("a=+", {"a": ["%20"]}),
    ],
)
def test_a_query_is_split_by_ampersands(query: str, pairs: dict[str, list[str]]) -> None:
    """Names are decoded, values stay raw, empty pieces and names that are not UTF-8 are passed over."""
    assert split_query(query) == pairs


@pytest.mark.parametrize(
    ("headers", "pairs"),
    [
        ([], {}),
        (["a=1; b=2"], {"a": ["1"], "b": ["2"]}),
        (["a=1", "a=2"], {"a": ["1", "2"]}),
        (["a=b=c;;  ; no"], {"a": ["b=c"]}),
    ],
)
def test_cookies_are_split_by_semicolons(headers: list[str], pairs: dict[str, list[str]]) -> None:
    """Pieces without an equals sign name no cookie."""
    assert split_cookies(headers) == pairs
