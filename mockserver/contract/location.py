"""Where a document states the rule that a request broke: a pointer to the parameter or to the part of a body's schema.

The walk follows the value's path through the schema as written, across references and alternatives, and stops at the
last part that the document describes: a rule that only a combination of parts makes is found at the whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mockserver.contract.bodies import media_type
from mockserver.contract.document import Document
from mockserver.contract.kinds import COMBINING
from mockserver.contract.operation import Described
from mockserver.contract.pointers import pointer_of
from mockserver.contract.violations import Violation
from mockserver.errors import DocumentError

DEEPEST = 40
"""Steps of one walk at most: a schema may refer back to itself."""


def locate(document: Document, described: Described, violation: Violation, content_type: str = "") -> str:
    """The pointer to the rule, or to the operation where it states none of its own.

    content_type: that of the request, by which the body's schema is chosen.
    """
    try:
        if violation.where == "body":
            return _body(document, described, violation, content_type) or described.pointer
        name = violation.path[0] if violation.path else ""
        return parameter_pointer(document, described, name, violation.where) or described.pointer
    except (DocumentError, KeyError, TypeError, AttributeError, IndexError):
        return described.pointer  # a flawed part of the document is quoted as far as it can be read


def parameter_pointer(document: Document, described: Described, name: str, where: str | None = None) -> str | None:
    """Where the document has a parameter of that name, in that place if one is given; None if it has none.

    That is the operation, its path item, or what either refers to.
    """
    shared = document.item(described.path).get("parameters", [])
    own = described.members.get("parameters", [])
    # an operation's own parameter replaces that of its path
    for listed, base in ((own, described.pointer), (shared, f"#{pointer_of(['paths', described.path])}")):
        for at, parameter in enumerate(listed):
            found = document.resolve(parameter)
            if where in (None, found["in"]) and str(found["name"]).lower() == name.lower():
                return str(parameter.get("$ref", f"{base}/parameters/{at}"))
    return None


def _body(document: Document, described: Described, violation: Violation, content_type: str) -> str | None:
    node, pointer = _target(document, described.members["requestBody"], f"{described.pointer}/requestBody")
    content: Mapping[str, Any] = node.get("content", {})
    wanted = media_type(content_type)
    name = next((each for each in content if media_type(each) == wanted), next(iter(content), None))
    if name is None or "schema" not in content[name]:
        return pointer
    path = violation.path
    missing = violation.keyword == "required" and path
    start = f"{pointer}{pointer_of(['content', name, 'schema'])}"
    found = _walk(document, content[name]["schema"], start, path[:-1] if missing else path, DEEPEST, set())
    return _rule(document, found, violation.keyword, path[-1] if missing else None)


def _target(document: Document, node: Any, pointer: str) -> tuple[Any, str]:
    """What a reference leads to in the end, and where that is."""
    for _ in range(DEEPEST):
        if not isinstance(node, Mapping) or not isinstance(node.get("$ref"), str):
            break
        pointer = node["$ref"]
        node = document.at(pointer)
    return node, pointer


def _walk(
    document: Document, schema: Any, pointer: str, path: Sequence[str], steps: int, seen: set[tuple[str, int]]
) -> str:
    """Where the value at a path is described, or the last part of the way that is.

    seen: places that have been looked through for the rest of the path, by its length. Alternatives that refer back to
    what they are alternatives of would else be tried in more ways than there is time for.
    """
    schema, pointer = _target(document, schema, pointer)
    if not path or not steps or not isinstance(schema, Mapping) or (pointer, len(path)) in seen:
        return pointer
    seen.add((pointer, len(path)))
    for below, keywords in _below(schema, path[0]):
        return _walk(document, below, f"{pointer}{pointer_of(keywords)}", path[1:], steps - 1, seen)
    for keyword in COMBINING:
        for at, branch in enumerate(schema.get(keyword, ())):
            place = f"{pointer}/{keyword}/{at}"
            found = _walk(document, branch, place, path, steps - 1, seen)
            # a walk that stayed at the branch's beginning found nothing of the path in it
            if found not in (place, _target(document, branch, place)[1]):
                return found
    return pointer


def _below(schema: Mapping[str, Any], name: str) -> list[tuple[Any, list[str]]]:
    """The schema of one member of a value, with the keywords that lead to it; empty if the schema has none."""
    properties = schema.get("properties", {})
    if name in properties:
        return [(properties[name], ["properties", name])]
    if name.isdecimal() and isinstance(schema.get("items"), Mapping):
        return [(schema["items"], ["items"])]
    if isinstance(schema.get("additionalProperties"), Mapping):
        return [(schema["additionalProperties"], ["additionalProperties"])]
    return []


def _rule(document: Document, pointer: str, keyword: str, missing: str | None) -> str:
    """The schema at a pointer, or the branch of it that requires the missing property."""
    if missing is None:
        return pointer
    schema = document.at(pointer)
    if missing in schema.get("required", ()):
        return f"{pointer}/required"
    for name in COMBINING:
        for at, branch in enumerate(schema.get(name, ())):
            node, place = _target(document, branch, f"{pointer}/{name}/{at}")
            if isinstance(node, Mapping) and missing in node.get("required", ()):
                return f"{place}/{keyword}"
    return pointer
