"""Lines: where in the text something stands, whatever the text is written in."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.contract.reading.lines import duplicates, lines

YAML = """\
openapi: 3.0.3
paths:
  /a~b:
    get: {tags: [x,
      y]}
  "/c":
    - one
    -
      two: &t
        three: 3
    - ? [no, text]
      : four
    - five: *t
      six: 6
"""
JSON = """{
  "openapi": "3.0.3", "paths": {
    "/a~b": {
      "get": {"tags": ["x",
        "y"]}},
    "\\/\\u0063": ["one",
      {"two": {
        "three": 3}}, {}, [],
      {"five": null,
       "six": "{[\\"]}"}]
  }}
"""


@pytest.mark.parametrize(
    ("path", "in_yaml", "in_json"),
    [
        ((), 1, 1),
        (("openapi",), 1, 2),
        (("paths",), 2, 2),
        (("paths", "/a~b"), 3, 3),
        (("paths", "/a~b", "get", "tags"), 4, 4),
        (("paths", "/a~b", "get", "tags", "0"), 4, 4),
        (("paths", "/a~b", "get", "tags", "1"), 5, 5),
        (("paths", "/c", "0"), 7, 6),
        (("paths", "/c", "1"), 9, 7),
        (("paths", "/c", "1", "two", "three"), 10, 8),
        (("paths", "/a~b", "put", "x"), 3, 3),
        (("nothing",), 1, 1),
    ],
)
def test_a_path_has_a_line(path: tuple[str, ...], in_yaml: int, in_json: int) -> None:
    """That of the key, or of the item of an array; what is not there has that of what would hold it."""
    assert lines(YAML.encode(), [path]) == {path: in_yaml}
    assert lines(JSON.encode(), [path]) == {path: in_json}


def test_what_follows_a_strange_key_has_its_line() -> None:
    """A key that is no text, an alias, and strings that look like structure."""
    assert lines(YAML.encode(), [("paths", "/c", "3", "six")]) == {("paths", "/c", "3", "six"): 14}
    assert lines(JSON.encode(), [("paths", "/c", "4", "six")]) == {("paths", "/c", "4", "six"): 10}


def paths_of(value: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(each for key, child in items for each in paths_of(child, (*path, str(key))))]


VALUES = st.recursive(
    st.none() | st.text() | st.integers(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=15,
)


@given(VALUES)
def test_json_with_one_value_a_line_has_a_line_for_each(value: Any) -> None:
    """The line on which the standard library writes it, for every path at once."""
    text = json.dumps([value], indent=1).encode()

    found = lines(text, paths_of([value]))

    written = [line for _, line in sorted(found.items(), key=lambda each: paths_of([value]).index(each[0]))]
    assert written == sorted(written)
    assert len(set(written)) == len(written)


@given(VALUES, st.text(), VALUES)
def test_a_key_that_stands_twice_is_found(value: Any, key: str, other: Any) -> None:
    """In JSON, whose parsers are silent about it; and none is found where there is none."""
    name = json.dumps(key)
    text = f"[{json.dumps(value)},\n{{{name}: {json.dumps(other)},\n{name}: 1}}]"

    assert [*duplicates(json.dumps([value]).encode())] == []
    assert [*duplicates(text.encode())] == [(("1", key), 3)]
