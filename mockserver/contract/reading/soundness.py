"""What an operation needs, brought into the form that OpenAPI asks for, each object once, when it is first needed.

Real documents hold numbers in quotes, `required: true` on a property, references that lead nowhere. What was meant is
put in place where it is plain, else the part is left out; either way the flaw is kept. So whoever compiles or walks an
operation finds every keyword of the right type, and a flaw costs what it touches and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from mockserver.contract.document import METHODS
from mockserver.contract.flaws import Flaw
from mockserver.contract.reading.objects import Objects
from mockserver.contract.reading.report import DROP, Report, Trail, shown
from mockserver.contract.routing import form_of, names_of, split_template
from mockserver.errors import DocumentError

# only from the beginning of a name on, so that a long one is not tried from each of its characters
QUERIED = re.compile(r"(?<![^?#&=])([^?#&=]++)=\{([^{}]++)\}")
"""A query parameter in a path: its name, and what the document calls its value."""

BROKEN = "x-mock-flaw"
"""What an operation has that is none: why it cannot be served."""

FRAME = {
    "paths": "{any}",
    "webhooks": "{any}",
    "components": "{any}",
    "security": "[Requirement]",
    "servers": "[Server]",
}
COMPONENTS = {
    "schemas": "Schema",
    "responses": "Response",
    "parameters": "Parameter",
    "examples": "Example",
    "requestBodies": "RequestBody",
    "headers": "Header",
    "links": "Link",
    "pathItems": "PathItem",
    "mediaTypes": "MediaType",
}


class Soundness:
    """Brings a document into form, part by part. `raw` is changed in place; `flaws` is added to."""

    def __init__(self, raw: dict[str, Any], flaws: list[Flaw], *, is_3_0: bool) -> None:
        self._raw = raw
        self._report = Report(flaws)
        self._objects = Objects(raw, self._report, is_3_0=is_3_0)
        self.has_paths = False

    def be_thorough(self) -> None:
        """From here on tell of words as well that are spelled almost like a keyword."""
        self._objects.thorough = True

    def objects(self, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Every object of a kind that has been brought into form, with its pointer."""
        return self._objects.objects(kind)

    def frame(self) -> None:
        """What holds the operations, without looking into them: paths, components, security, servers."""
        raw = self._raw
        for key, rule in FRAME.items():
            if key in raw:
                self._objects.member(raw, key, rule, (None, key))
        info = raw.get("info")
        raw["info"] = info if isinstance(info, dict) else {}
        if not isinstance(raw["info"].get("title"), str):
            raw["info"]["title"] = "API"
            self._report.say("no-title", (None, "info"), "The document has no title.", "Write it under info/title.")
        # the maps only: what is in them waits until an operation needs it, or large documents would start slowly
        components = raw.setdefault("components", {})
        for key in [each for each in components if not isinstance(each, str) or not each.startswith("x-")]:
            self._objects.member(components, key, "{any}", ((None, "components"), key))
        schemes = components.get("securitySchemes", {})
        for name in list(schemes):
            self._objects.member(schemes, name, "SecurityScheme", (((None, "components"), "securitySchemes"), name))
        self._objects.settle()
        self._paths()

    def _paths(self) -> None:
        self.has_paths = "paths" in self._raw
        paths = self._raw.setdefault("paths", {})
        trail = (None, "paths")
        taken: dict[tuple[Any, ...], str] = {}
        for path, item in list(paths.items()):
            if path.startswith("x-"):
                continue
            if not path.startswith("/"):
                told = f"A path begins with a slash; {path!r:.80} does not."
                self._report.say("path", (trail, path), told, "Add it.")
                del paths[path]
                if f"/{path}" in paths:
                    continue
                paths[f"/{path}"] = item
                path = f"/{path}"  # noqa: PLW2901  # from here on it is called so
            meant = self._objects.resolved("PathItem", item, (trail, path))
            if not isinstance(meant, dict):
                if meant is not DROP:
                    self._report.wrong("a path item", item, (trail, path), "operation")
                del paths[path]
                continue
            self._methods(meant, METHODS, (trail, path))
            paths[path] = self._told_apart(path, item, meant, taken)
            if "additionalOperations" in meant:
                self._objects.member(meant, "additionalOperations", "{any}", ((trail, path), "additionalOperations"))
                others = meant.get("additionalOperations", {})
                self._methods(others, tuple(others), ((trail, path), "additionalOperations"))

    def _told_apart(self, path: str, item: Any, meant: dict[str, Any], taken: dict[tuple[Any, ...], str]) -> Any:
        """The path item with only those operations that no earlier path of the same form has as well."""
        # 3.0.3, Paths Object: templates that differ in names alone are identical, and so invalid; the first one counts
        form, conditions = split_template(path)
        shape = form_of(form), frozenset(conditions.items())
        for method in [each for each in METHODS if each in meant]:
            earlier = taken.setdefault((*shape, method), path)
            if earlier != path:
                message = f"{method.upper()} {path} matches the same requests as {earlier}, which is served."
                self._report.say("same-path", (((None, "paths"), path), method), message, "Leave one out.", "operation")
                # a new one: another path may refer to the same path item, and be served
                item = {key: value for key, value in (meant if "$ref" in item else item).items() if key != method}
        return item

    def _methods(self, holder: dict[str, Any], methods: Iterable[str], trail: Trail) -> None:
        for method in methods:
            if method in holder and not isinstance(holder[method], dict):
                self._report.wrong("an operation", holder[method], (trail, method), "operation")
                holder[method] = {BROKEN: f"expected an operation, got {shown(holder[method])}. Correct it."}

    def operation(self, path: str, method: list[str]) -> None:
        """Bring an operation into form, and all that it leads to; `method` is where its path item has it."""
        above: Trail = ((None, "paths"), path)
        item, above = self._objects.followed("PathItem", self._raw["paths"][path], above)
        trail, operation = above, item
        for key in method:
            trail, operation = (trail, key), operation[key]
        if BROKEN in operation:
            raise DocumentError(operation[BROKEN])
        # the path item first: the operation shares its parameters, which must have their form by then
        self._objects.push("PathItem", item, above)
        self._objects.settle()
        self._objects.push("Operation", operation, trail)
        self._objects.settle()
        self._parameters(path, operation, item, trail)
        self._security(operation, trail)
        if not operation.get("responses"):
            message = "The operation has no responses; it is answered with 200 and no body."
            self._report.say("no-responses", trail, message, "Describe its responses.")
            operation["responses"] = {"200": {"description": ""}}

    def components(self) -> None:
        """Bring into form what no operation may lead to."""
        above: Trail = (None, "components")
        for key, kind in COMPONENTS.items():
            holder = self._raw["components"].get(key)
            if isinstance(holder, dict):
                self._objects.map(kind, holder, (above, key))
        self._objects.settle()

    def _parameters(self, path: str, operation: dict[str, Any], item: dict[str, Any], trail: Trail) -> None:
        """Path parameters are those of the template, each of them and no other."""
        form, _ = split_template(path)
        names = names_of(form)
        queried = {name: key for key, name in QUERIED.findall(path[len(form) :])}
        declared: set[str] = set()
        for owner, above in ((item, trail[0]), (operation, trail)):
            kept = []
            for at, written in enumerate(owner.get("parameters", ())):
                meant = self._objects.resolved("Parameter", written, trail)
                name, where = meant["name"], meant["in"]
                if where == "path" and name in queried:  # of `/#Action={action}`, as Amazon's documents write it
                    kept.append({**meant, "in": "query", "name": queried[name], "style": "form"})
                elif where == "path" and name not in names and names_of(f"{{{name or '-'}}}")[0] in names:
                    kept.append({**meant, "name": names_of(f"{{{name}}}")[0]})
                    declared.add(kept[-1]["name"])
                elif where == "path" and name not in names:
                    message = f"{path} has no parameter {name!r}; it is left out."
                    self._report.say("path-parameter", ((above, "parameters"), at), message, "Name it as in the path.")
                else:
                    kept.append(written)
                    declared |= {name} if where == "path" else set()
            if "parameters" in owner:
                owner["parameters"] = kept
        for name in dict.fromkeys(names):
            if name not in declared:
                message = f"The path parameter {name!r} is not described; any text is accepted."
                self._report.say("path-parameter", trail, message, "Describe it among the parameters.")
                described = {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
                operation.setdefault("parameters", []).append(described)

    def _security(self, operation: dict[str, Any], trail: Trail) -> None:
        """Security schemes that cannot be checked are not required: undeclared ones, and client certificates."""
        inherited = "security" not in operation
        requirements = self._raw.get("security", []) if inherited else operation["security"]
        schemes = self._raw["components"].get("securitySchemes", {})
        # of those that it names only: all schemes for each operation would take the square of their number
        named = dict.fromkeys(name for each in requirements for name in each)
        known = {
            name: self._objects.resolved("SecurityScheme", schemes[name], trail) for name in named if name in schemes
        }
        unchecked = {name: None for name in named if not _is_checked(known.get(name))}
        if not unchecked:
            return
        place = (None, "security") if inherited else (trail, "security")
        for name in unchecked:
            if known.get(name) is None:
                told = "is no security scheme that can be checked; it is not required."
                remedy = "Declare it in components/securitySchemes, or leave it out."
            else:  # mutualTLS: what is shown to whoever ends TLS is not in the request
                told, remedy = (
                    "asks for a client's certificate, which is not checked.",
                    "Check it in front of the server.",
                )
            self._report.say("security", place, f"{name!r} {told}", remedy)
        # with nothing left of any alternative one empty one stays: who may come with a certificate may come
        left = [{name: scopes for name, scopes in each.items() if name not in unchecked} for each in requirements]
        operation["security"] = [each for each in left if each] or left[:1]


def _is_checked(scheme: Any) -> bool:
    return isinstance(scheme, dict) and scheme.get("type") != "mutualTLS"
