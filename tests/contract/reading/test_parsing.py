"""The text of a document: JSON and YAML alike, in several encodings, and what is wrong with a text."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mockserver.contract.reading.parsing import Unparsable, parse

MOST = sys.float_info.max


def value(text: str | bytes) -> Any:
    read, flaws = parse(text if isinstance(text, bytes) else text.encode())
    assert flaws == []
    return read


@pytest.mark.parametrize(
    "encoded",
    [
        "{name: Zoë}".encode(),
        b"\xef\xbb\xbf" + "name: Zoë".encode(),
        "\ufeffname: Zoë".encode("utf-16-le"),
        "\ufeffname: Zoë".encode("utf-16-be"),
        b"\xef\xbb\xbf" + '{"name": "Zoë"}'.encode(),
    ],
)
def test_a_text_may_say_its_encoding(encoded: bytes) -> None:
    """UTF-8 with or without a byte order mark, and UTF-16 with one."""
    read, _ = parse(encoded)

    assert read == {"name": "Zoë"}


MERGED = {"a": {"one": 1}, "b": {"one": 2, "two": 2}, "c": {"one": 1, "two": 2}}


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("a: &x {one: 1}\nb: *x\n", {"a": {"one": 1}, "b": {"one": 1}}),
        ("a: &x {one: 1, two: 2}\nb: {two: 0, <<: *x}\n", {"a": {"one": 1, "two": 2}, "b": {"one": 1, "two": 0}}),
        ("a: &x {one: 1}\nb: &y {one: 2, two: 2}\nc: {<<: [*x, *y]}\n", MERGED),
        ("a: &x {one: 1}\nb: &y {one: 2, two: 2}\nc: {<<: *x, <<: *y}\n", MERGED),
        ("? [a, 1]\n: here\n", {"['a', 1]": "here"}),
        ("a: &k word\n*k : there\n", {"a": "word", "word": "there"}),
        ("&k key: 1\nb: *k\n", {"key": 1, "b": "key"}),
        ("'<<': {a: 1}\n", {"<<": {"a": 1}}),
        ("- 1e999\n- -1e999\n- !!float 1e999\n", [MOST, -MOST, MOST]),
        ("- !!str 1\n- !!float 1\n- !!bool true\n- !!null ~\n- !!map {a: 1}\n", ["1", 1.0, True, None, {"a": 1}]),
        ("- ! 7\n- !!timestamp 2026-01-01\n- !!binary YQ==\n", ["7", "2026-01-01", "YQ=="]),
        ("%YAML 1.2\n---\na: 1\n...\n", {"a": 1}),
        ("# nothing but a remark\n", None),
        ("{a: 1}", {"a": 1}),
        ("a: |\n  two\n  lines\nb: >\n  one\n  line\n", {"a": "two\nlines\n", "b": "one line\n"}),
    ],
)
def test_yaml_has_its_value(text: str, read: Any) -> None:
    """Anchors, merges, tags, block scalars and keys of every kind."""
    found, _ = parse(text.encode())

    assert found == read


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_json_is_read_as_it_was_written(written: Any) -> None:
    """Whatever JSON says, whole integers of any length included."""
    assert value(b" " + json.dumps([written]).encode()) == [written]


@given(JSON)
def test_yaml_is_read_as_it_was_written(written: Any) -> None:
    """With quotes and tags, nothing can be taken for something else."""
    text = yaml.safe_dump({"value": written}, default_style='"')

    assert value(text.encode()) == {"value": written}


@pytest.mark.parametrize(
    ("text", "pointer", "line"),
    [
        ("a: 1\na: 2\n", "#/a", 2),
        ("x:\n  - {}\n  - y/z:\n      b: 1\n      b: 1\n", "#/x/1/y~1z/b", 5),
        ("a: {b: 1, 'b': 2}", "#/a/b", 1),
    ],
)
def test_a_key_that_stands_twice_is_a_flaw(text: str, pointer: str, line: int) -> None:
    """The last one counts, and the flaw says where the second stands."""
    _, [flaw] = parse(text.encode())

    assert (flaw.kind, flaw.pointer, flaw.costs) == ("duplicate-key", pointer, "nothing")
    assert f"line {line})" in flaw.message


def test_json_with_a_slip_is_read_as_yaml() -> None:
    """A trailing comma or a remark keeps nothing from being served."""
    read, [flaw] = parse(b'{"a": [1, 2,], # here\n "b": 1,}')

    assert read == {"a": [1, 2], "b": 1}
    assert flaw.kind == "json"
    assert flaw.message.startswith("The text begins like JSON but is not (")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: [", "did not find"),
        ('{"a": ]', "unexpected character"),
        ("a: *nowhere", r"line 1: \*nowhere refers to no value above it"),
        ("a: &x [*x]", r"line 1: \*x refers to no value above it, or to itself"),
        ("a: 1\n---\nb: 2\n", "line 2 begins a second document"),
        ("a: !!python/object/apply:os.system [ls]", "line 1: the tag tag:yaml.org,2002:python/object/apply:os.system"),
        ("a: !Ref Thing", "line 1: the tag !Ref of 'Thing' has no meaning"),
        ("a: !!int three", "the tag tag:yaml.org,2002:int of 'three' has no meaning"),
        ("a: {<<: 1}", "line 1 merges a value that is not an object"),
        ("[" * 5000, "unexpected end|nests deeper|ecursion|depth"),
        ("a: " + "[" * 300, "line 1 nests deeper than 200 levels"),
        ("[" * 255 + "]" * 255, "it nests deeper than 254 levels"),
        ('{"a":' * 900 + "1" + "}" * 900, "it nests deeper than 254 levels"),
        (b"a: \xff\xfe", "invalid|utf-8"),
        (b"\xff\xfea", "truncated"),
        ("a: \x07", "control characters are not allowed"),
    ],
)
def test_what_does_not_parse_says_why(text: str | bytes, reason: str) -> None:
    """One error, with the line where there is one, whatever the text holds."""
    with pytest.raises(Unparsable, match=reason):
        parse(text if isinstance(text, bytes) else text.encode())


def test_json_may_nest_as_deep_as_it_can_be_written() -> None:
    """Whoever walks a document goes as deep, and Python has an end."""
    value, flaws = parse(b"[" * 254 + b"]" * 254)

    assert (value == [], flaws) == (False, [])


def test_aliases_of_aliases_are_bounded() -> None:
    """A text that stands for a billion values is refused before anyone walks through them."""
    levels = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10))

    with pytest.raises(Unparsable, match="its aliases expand to more than 20,000,000 values"):
        parse(f"a0: &a0 [lol]\n{levels}".encode())


def test_a_long_key_that_is_no_text_is_refused() -> None:
    """A list as a key becomes text, but not a list of thousands."""
    with pytest.raises(Unparsable, match="the key that ends in line 1 is not text but 1001 values"):
        parse(f"? [{', '.join('1' * 1000)}] : here".encode())


def test_without_the_c_parser_yaml_is_read_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """PyYAML may have been built without libyaml."""
    monkeypatch.delattr(yaml, "CSafeLoader")

    assert value("a: [1, 'x', ~]") == {"a": [1, "x", None]}
