"""Documents made to harm: each is refused or costs little, within seconds of processor time and a bounded memory."""

from __future__ import annotations

import json
import multiprocessing
import resource
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from mockserver.contract.contract import Contract
from mockserver.contract.generation import Generator, Style
from mockserver.contract.reading.check import check
from mockserver.contract.reading.reader import read
from mockserver.errors import DocumentError

PROCESSOR = 120
"""Seconds of processor time that an attempt may take before it is ended: what is not bounded takes hours."""

MEMORY = 3 * 1024**3
"""Bytes of address space that an attempt may take."""

MOST = 100
"""Operations that are compiled; a document of more is not checked, which takes a moment for each."""

STYLES: tuple[Style, ...] = ("documented", "fresh", "extreme")
"""In which values are made."""

LARGE = 100_000
"""Entries of the largest documents, whole; samples have a tenth of it."""

OK = {"200": {"description": "Done."}}


def document(schemas: dict[str, Any], root: Any = None, version: str = "3.0.3", **more: Any) -> str:
    """A document whose operation takes and answers `root`, in JSON."""
    schema = root if root is not None else {"$ref": f"#/components/schemas/{next(iter(schemas))}"}
    content = {"application/json": {"schema": schema, "example": {}}}
    operation = {
        "parameters": [{"name": "a", "in": "query", "schema": schema}],
        "requestBody": {"content": {**content, "application/x-www-form-urlencoded": {"schema": schema}}},
        "responses": {"200": {"description": "", "content": content}},
    }
    info = {"title": "Hostile", "version": "1"}
    paths = {"/a": {"post": operation}}
    return json.dumps({"openapi": version, "info": info, "paths": paths, "components": {"schemas": schemas}} | more)


def reference(name: object) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def chain(length: int) -> str:
    links = {f"s{at}": reference(f"s{at + 1}") for at in range(length)}
    return document({**links, f"s{length}": {"type": "string"}})


def fan(keyword: str, depth: int = 60) -> str:
    """Each schema refers twice to the next, so that there are 2 to the power of `depth` ways down."""
    twice = {f"s{at}": {keyword: [reference(f"s{at + 1}")] * 2} for at in range(depth)}
    return document({**twice, f"s{depth}": {"type": "object", "properties": {"a": {"type": "string"}}}})


def parts_fan(depth: int = 60) -> str:
    """The same where no two of them are alike."""
    twice = {
        f"s{at}": {"allOf": [reference(f"s{at + 1}"), {"allOf": [reference(f"s{at + 1}")]}]} for at in range(depth)
    }
    return document({**twice, f"s{depth}": {"type": "string"}})


def long_arrays(item: dict[str, Any]) -> dict[str, Any]:
    """Three levels of arrays that must be as long as any that is made."""
    for _ in range(3):
        item = {"type": "array", "minItems": 1000, "items": item}
    return item


def properties_fan(depth: int = 60) -> str:
    twice = {
        f"s{at}": {"type": "object", "properties": {"a": reference(f"s{at + 1}"), "b": reference(f"s{at + 1}")}}
        for at in range(depth)
    }
    return document({**twice, f"s{depth}": {"type": "string"}})


def line(length: int) -> str:
    """Each object holds the next."""
    links = {f"s{at}": {"type": "object", "properties": {"a": reference(f"s{at + 1}")}} for at in range(length)}
    return document({**links, f"s{length}": {"type": "string"}})


def circle(length: int) -> str:
    return document({f"s{at}": reference(f"s{(at + 1) % length}") for at in range(length)})


def enum(first: int, last: int) -> dict[str, object]:
    return {"enum": [f"value {at}" for at in range(first, last)]}


def closed(size: int) -> dict[str, object]:
    """An object that takes so many properties and no others."""
    names = {f"p{at}": {"type": "string"} for at in range(size)}
    return {"type": "object", "properties": names, "additionalProperties": False}


def nested(keyword: str, depth: int, *, many: bool = False) -> str:
    inner = '{"type": "string"}'
    before, after = (f'{{"{keyword}": [', "]}") if many else (f'{{"{keyword}": ', "}")
    text = before * depth + inner + after * depth
    return document({"a": {}}).replace('"schemas": {"a": {}}', f'"schemas": {{"a": {text}}}')


def aliases(depth: int, width: int) -> str:
    levels = "".join(f"  a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * width)}]\n" for n in range(1, depth))
    return f"openapi: 3.0.3\npaths: {{}}\nx-bomb:\n  a0: &a0 [lol]\n{levels}"


def merges(depth: int) -> str:
    levels = "".join(f"  a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}], k{n}: 1}}\n" for n in range(1, depth))
    return f"openapi: 3.0.3\npaths: {{}}\nx-bomb:\n  a0: &a0 {{k: 1}}\n{levels}"


def merges_of_nothing(number: int) -> str:
    """An object of as many properties as it merges empty objects."""
    keys = "".join(f"  k{at}: 1\n" for at in range(number))
    return f"openapi: 3.0.3\npaths: {{}}\ne: &e {{}}\nx-bomb:\n{keys}" + "  <<: *e\n" * number


def swagger_chain(kind: str, end: object, item: dict[str, object], length: int = 5000) -> str:
    """So many references after one another; `item`: the path item that has the first."""
    links = {f"r{at}": {"$ref": f"#/{kind}/r{at + 1}"} for at in range(length)}
    info = {"title": "Hostile", "version": "1"}
    return json.dumps({"swagger": "2.0", "info": info, "paths": {"/a": item}, kind: {**links, f"r{length}": end}})


def paths(number: int) -> str:
    return document({"a": {}}, paths={f"/p{at}/{{id}}": {"get": {"responses": OK}} for at in range(number)})


SMALL: dict[str, Callable[[], str]] = {
    "aliases of aliases": lambda: aliases(12, 12),
    "many small aliases": lambda: aliases(7, 7),
    "merges of merges": lambda: merges(40),
    "merges of nothing": lambda: merges_of_nothing(100_000),
    "a chain of responses of Swagger": lambda: swagger_chain(
        "responses", {"description": ""}, {"get": {"responses": {"200": {"$ref": "#/responses/r0"}}}}
    ),
    "a chain of parameters of Swagger": lambda: swagger_chain(
        "parameters",
        {"name": "a", "in": "query", "type": "string"},
        {"get": {"parameters": [{"$ref": "#/parameters/r0"}], "responses": OK}},
    ),
    "a circle of parameters of Swagger": lambda: swagger_chain(
        "parameters",
        {"$ref": "#/parameters/r0"},
        {"get": {"parameters": [{"$ref": "#/parameters/r0"}], "responses": OK}},
    ),
    "a chain of path items of Swagger": lambda: swagger_chain("x-items", {}, {"$ref": "#/x-items/r0"}),
    "a chain of objects": lambda: line(3_000),
    "a schema that is itself": lambda: document({"a": reference("a")}),
    "an object that holds itself": lambda: document({"a": {"type": "object", "properties": {"a": reference("a")}}}),
    "a form of itself": lambda: document({"a": {"allOf": [reference("a")], "oneOf": [reference("a"), reference("a")]}}),
    "allOf that fans out": lambda: fan("allOf"),
    "oneOf that fans out": lambda: fan("oneOf"),
    "anyOf that fans out": lambda: fan("anyOf"),
    "properties that fan out": properties_fan,
    "parts that fan out, each otherwise": parts_fan,
    "an array that contains a milliard": lambda: document(
        {"a": {"type": "array", "contains": {"type": "string"}, "minContains": 10**9}}, version="3.1.0"
    ),
    "an object of a milliard": lambda: document({"a": {"type": "object", "minProperties": 10**9}}),
    "very many patterns of names": lambda: document(
        {"a": {"minProperties": 900, "patternProperties": {f"^a{at}+$": {"type": "string"} for at in range(2000)}}},
        version="3.1.0",
    ),
    "a repetition of repetitions": lambda: document({"a": {"type": "string", "pattern": f"^{'(' * 40}a{'+)' * 40}$"}}),
    "groups that double": lambda: document(
        {"a": {"type": "string", "pattern": "^(a{9})" + "".join(rf"(\{at}\{at})" for at in range(1, 40)) + "$"}}
    ),
    "a text of a milliard characters": lambda: document({"a": {"type": "string", "pattern": "a", "minLength": 10**9}}),
    "deep arrays": lambda: nested("items", 300),
    "deep alternatives": lambda: nested("allOf", 300, many=True),
    "deeper than anyone reads": lambda: nested("items", 100_000),
    "a reference into everything": lambda: document({"a": {"$ref": "#"}}),
    "a reference into itself, longer each time": lambda: document({"a": {"$ref": "#/components/schemas/a/items"}}),
    "a catastrophic pattern": lambda: document({"a": {"pattern": "^(a|a?)+(?=b)$", "example": "a" * 5000}}),
    "a pattern of patterns": lambda: document({"a": {"pattern": "(" * 5000 + "a" + "){1,9}" * 5000}}),
    "a pattern that repeats": lambda: document({"a": {"pattern": "((a{1000}){1000}){1000}"}}),
    "numbers beyond all": lambda: document({"a": {"maximum": int("9" * 4000), "minLength": int("9" * 4000)}}),
    "servers of servers": lambda: document(
        {"a": {}}, servers=[{"url": "/" + "{a}" * 1000, "variables": {"a": {"default": "x", "enum": ["x"] * 1000}}}]
    ),
    "dynamic references in a circle": lambda: document(
        {
            "a": {"$dynamicAnchor": "n", "items": {"$dynamicRef": "#n"}},
            "b": {"$dynamicAnchor": "n", "allOf": [reference("a")]},
        },
        version="3.1.0",
    ),
    "dynamic references of many meanings": lambda: document(
        {f"s{at}": {"$dynamicAnchor": f"n{at % 40}", "allOf": [reference(f"s{(at * n + 1) % 400}") for n in range(5)],
                    "items": {"$dynamicRef": f"#n{(at * 7) % 40}"}} for at in range(400)},
        version="3.1.0",
    ),
    "dynamic references of many names": lambda: document(
        {f"s{at}": {"$dynamicAnchor": f"n{at}", "items": {"$dynamicRef": f"#n{at * 7 % 5000}"}} for at in range(5000)},
        version="3.1.0",
    ),
    "identifiers in identifiers": lambda: document(
        {f"s{at}": {"$id": f"x{at}/", "$ref": f"../x{at + 1}/"} for at in range(2000)}, version="3.1.0"
    ),
}  # fmt: skip
BIG: dict[str, Callable[[int], str]] = {
    "a long chain of references": lambda most: chain(most // 5),
    "a long circle of references": lambda most: circle(most // 10),
    "very many paths": paths,
    "a gigantic enum": lambda most: document({"a": {"enum": [f"value {at}" for at in range(3 * most)]}}),
    "a gigantic required": lambda most: document({"a": {"required": [f"p{at}" for at in range(most)]}}),
    "two gigantic enums in one": lambda most: document({"a": {"allOf": [enum(0, most), enum(most // 2, most), {}]}}),
    "two gigantic requireds in one": lambda most: document(
        {"a": {"allOf": [{"required": [f"{each}{at}" for at in range(most // 2)]} for each in "pq"]}}
    ),
    "a wide object": lambda most: document(
        {"a": {"properties": {f"p{at}": {"type": "string"} for at in range(most // 2)}}}
    ),
    "two wide objects in one": lambda most: document({"a": {"allOf": [closed(most // 2), closed(most // 2), {}]}}),
    "a long pattern": lambda most: document({"a": {"pattern": "a" * 50 * most}}),
}
"""Those whose size can be chosen."""

LONG: dict[str, Callable[[], str]] = {
    "long arrays of long arrays": lambda: document({"a": long_arrays({"type": "string"})}),
    "long arrays of long texts": lambda: document({"a": long_arrays({"type": "string", "minLength": 9000})}),
}
"""Those of which each value takes a second."""

DOCUMENTS = [
    *(pytest.param(build, id=name) for name, build in SMALL.items()),
    *(pytest.param(build, marks=pytest.mark.campaign, id=name) for name, build in LONG.items()),
    *(
        pytest.param(partial(build, size), marks=mark, id=f"{name}-{mark.name}")
        for name, build in BIG.items()
        for size, mark in ((LARGE // 10, pytest.mark.sample), (LARGE, pytest.mark.campaign))
    ),
]


def attempt(path: Path) -> None:
    """All that is done with a document before and when it is served and answered, and its check."""
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR, PROCESSOR))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        document = read(path)
    except DocumentError:
        return
    contract, generator = Contract(document), Generator(document)
    for name in list(contract.operations)[:MOST]:
        with suppress(DocumentError):
            operation = contract.operation(name)
            for media in operation.body.media if operation.body is not None else ():
                media.accepts({"a": "a" * 50})
                dict(media.examples)
            for media in (each for response in operation.responses.values() for each in response.media):
                for style in STYLES:
                    with suppress(DocumentError):
                        generator.value(media.schema, media.validator, 0, style=style)
    if len(contract.operations) <= MOST:
        check(document)


@pytest.mark.parametrize("build", DOCUMENTS)
def test_a_document_made_to_harm_does_not(tmp_path: Path, build: Callable[[], str]) -> None:
    """It is read, compiled and checked, or refused, in a process that would be ended if it took all there is."""
    path = tmp_path / "hostile.yaml"
    path.write_text(build())
    process = multiprocessing.get_context("fork").Process(target=attempt, args=(path,))

    process.start()
    process.join()

    assert process.exitcode == 0
