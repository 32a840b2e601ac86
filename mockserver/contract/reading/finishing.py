"""What remains to be done with an object once its members have their form, by its kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from mockserver.contract.reading.patterns import readable
from mockserver.contract.reading.report import Report, Trail
from mockserver.contract.reading.shapes import STYLES

STATUS = re.compile(r"[1-5][0-9X]{2}|default")


class Form(Protocol):
    """What is known of the document whose objects these are."""

    report: Report
    is_3_0: bool

    def is_stand_in(self, node: Any) -> bool:
        """Whether an object only stands where the document has none of its kind."""


def _schema(form: Form, node: dict[str, Any], trail: Trail) -> None:
    for key in ("allOf", "anyOf", "oneOf", "prefixItems", "enum"):
        if node.get(key) == []:
            form.report.wrong("at least one member", [], (trail, key))
            del node[key]
    for name in [each for each in node.get("patternProperties", ()) if readable(each) is None]:
        form.report.wrong("a regular expression", name, ((trail, "patternProperties"), name))
        del node["patternProperties"][name]
    if any(form.is_stand_in(each) for each in node.get("oneOf", ())):
        del node["oneOf"]  # what any value matches leaves nothing that only one of them matches
    node.pop("$schema", None)
    _modernise(form, node, trail)
    if not form.is_3_0:
        _newer(form, node, trail)


def _modernise(form: Form, node: dict[str, Any], trail: Trail) -> None:
    """Keywords of older JSON Schema, as of 2020-12."""
    if isinstance(node.get("items"), list):
        form.report.say("json-schema", (trail, "items"), "A list of `items` is read as `prefixItems`.", "Write it so.")
        first = node.pop("items")
        if first:
            node["prefixItems"] = first
        if "additionalItems" in node:
            node["items"] = node.pop("additionalItems")
    for name, dependent in node.pop("dependencies", {}).items():
        key = "dependentRequired" if isinstance(dependent, list) else "dependentSchemas"
        node.setdefault(key, {})[name] = dependent


def _newer(form: Form, node: dict[str, Any], trail: Trail) -> None:
    if node.pop("nullable", False):
        message = "`nullable` means nothing since OpenAPI 3.1; it is read as in 3.0."
        form.report.say("nullable", (trail, "nullable"), message, "Add 'null' to the types.")
        if isinstance(node.get("type"), str):
            node["type"] = [node["type"], "null"]
        # without any of these a value of any type is allowed already, null included
        elif "type" not in node and not node.keys().isdisjoint(("$ref", "allOf", "anyOf", "oneOf", "enum")):
            inner = dict(node)
            node.clear()
            node["anyOf"] = [inner, {"type": "null"}]
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if isinstance(node.get(exclusive), bool):
            message = f"{exclusive} is a number since OpenAPI 3.1; it is read as in 3.0."
            form.report.say("json-schema", (trail, exclusive), message, f"Write the bound there instead of in {bound}.")
            if node.pop(exclusive) and bound in node:
                node[exclusive] = node.pop(bound)


def _parameter(form: Form, node: dict[str, Any], trail: Trail) -> None:
    if node["in"] == "path":
        node["required"] = True
    style = node.get("style")
    if style is not None and style not in STYLES[node["in"]]:
        expected = ", ".join(STYLES[node["in"]]) or "none"
        message = f"Expected a style of {node['in']} parameters ({expected}), got {style!r}; the default counts."
        form.report.say("style", (trail, "style"), message, "Correct it.")
        del node["style"]
    _content(form, node, trail)


def _content(form: Form, node: dict[str, Any], trail: Trail) -> None:
    if "content" in node and not node["content"]:
        form.report.wrong("a media type", {}, (trail, "content"))
        del node["content"]


def _response(form: Form, node: dict[str, Any], trail: Trail) -> None:
    """A media type without a schema has that of the same with other parameters: these say nothing of what a body is."""
    content = node.get("content", {})
    known = {_type(name): name for name, each in content.items() if "schema" in each}
    for name, each in content.items():
        other = known.get(_type(name))
        if other is not None and each.keys().isdisjoint(("schema", "itemSchema", "$ref")):
            message = f"{name} has no schema, and {other} has; it counts for both."
            form.report.say("incomplete", ((trail, "content"), name), message, "Describe one of them only.")
            content[name] = {**each, "schema": content[other]["schema"]}


def _type(name: str) -> str:
    return name.partition(";")[0].strip().lower()


def _body(form: Form, node: dict[str, Any], trail: Trail) -> None:
    _response(form, node, trail)
    if not node.get("content"):
        form.report.say("incomplete", trail, "A request body needs content; any body is accepted.", "Describe it.")
        node["content"] = {"*/*": {}}


def _responses(form: Form, node: dict[str, Any], trail: Trail) -> None:
    responses = node.get("responses", {})
    for status in [each for each in responses if not each.startswith("x-") and not STATUS.fullmatch(each)]:
        place = ((trail, "responses"), status)
        if STATUS.fullmatch(status.upper()):
            responses[form.report.read_as(status, status.upper(), place)] = responses.pop(status)
        else:
            form.report.wrong("a status such as 200, 4XX or default", status, place)
            del responses[status]


FINISH: Mapping[str, Callable[[Form, dict[str, Any], Trail], None]] = {
    "Schema": _schema,
    "Parameter": _parameter,
    "Header": _content,
    "RequestBody": _body,
    "Response": _response,
    "Operation": _responses,
}
