"""What an operation needs, brought into the form that OpenAPI asks for, each object once, when it is first needed.

Real documents hold numbers in quotes, `required: true` on a property, references that lead nowhere. What was meant is
put in place where it is plain, else the part is left out; either way the flaw is kept. So whoever compiles or walks an
operation finds every keyword of the right type, and a flaw costs what it touches and nothing else.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from mockserver.contract.document import LONGEST_CHAIN, METHODS
from mockserver.contract.flaws import Cost, Flaw
from mockserver.contract.kinds import COMBINING
from mockserver.contract.pointers import path_of_reference, pointer_of
from mockserver.contract.reading.patterns import readable
from mockserver.contract.reading.shapes import ESSENTIAL, REFERABLE, SHAPES, STYLES
from mockserver.contract.reading.tree import MISSING, at_path
from mockserver.contract.reading.words import WORDS, Wrong
from mockserver.contract.routing import form_of, names_of, split_template
from mockserver.errors import DocumentError

Trail = tuple[Any, Any]
"""Where something stands: the trail of what holds it (None for the document) and the key there."""

STATUS = re.compile(r"[1-5][0-9X]{2}|default")
QUERIED = re.compile(r"([^?#&=]+)=\{([^{}]+)\}")
"""A query parameter in a path: its name, and what the document calls its value."""

DROP: Any = object()
"""In place of a value: leave the keyword out."""

MOST_WAYS = 10_000
"""Schemas by which one value is validated, each counted as often as it applies; real documents need some hundreds."""

CONDITIONS = ("not", "if", "then", "else")

BROKEN = "x-mock-flaw"
"""What an operation has that is none: why it cannot be served."""

STAND_INS: Mapping[str, dict[str, Any]] = {"Schema": {}, "Response": {"description": ""}}
"""What is put where an object of a kind is none; of other kinds there is simply one less."""

MOST_FLAWS = 10_000
"""Flaws that are kept of one document."""

SHOWN = 60


SIMILAR = 0.85
"""How like a keyword a word has to be to be taken for it misspelt; 1 is the same."""

SPELLED = frozenset(SHAPES) - {"Requirement", "Flows"}


class Seen(NamedTuple):
    """An object that has been normalized, and where it was found first."""

    node: dict[str, Any]
    trail: Trail | None


class Soundness:
    """Brings a document into form, part by part. `raw` is changed in place; `flaws` is added to."""

    def __init__(self, raw: dict[str, Any], flaws: list[Flaw], *, is_3_0: bool) -> None:
        self._raw = raw
        self._flaws = flaws
        self._is_3_0 = is_3_0
        self._seen: dict[tuple[str, int], Seen] = {}  # the objects too, so that no other gets the same id
        self._weights: dict[int, int] = {}
        self.thorough = self.has_paths = False
        self._rest: list[tuple[str, dict[str, Any], Trail]] = []

    def frame(self) -> None:
        """What holds the operations, without looking into them: paths, components, security, servers."""
        raw = self._raw
        for key, rule in FRAME.items():
            if key in raw:
                self._member(raw, key, rule, (None, key))
        info = raw.get("info")
        raw["info"] = info if isinstance(info, dict) else {}
        if not isinstance(raw["info"].get("title"), str):
            raw["info"]["title"] = "API"
            self._say("no-title", (None, "info"), "The document has no title.", "Write it under info/title.")
        components = raw.setdefault("components", {})
        for key in [each for each in components if not isinstance(each, str) or not each.startswith("x-")]:
            self._member(components, key, "{any}", ((None, "components"), key))
        schemes = components.get("securitySchemes", {})
        for name in list(schemes):
            self._member(schemes, name, "SecurityScheme", (((None, "components"), "securitySchemes"), name))
        self._settle()
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
                self._say("path", (trail, path), f"A path begins with a slash; {path!r:.80} does not.", "Add it.")
                del paths[path]
                if f"/{path}" in paths:
                    continue
                paths[f"/{path}"] = item
                path = f"/{path}"  # noqa: PLW2901  # from here on it is called so
            meant = self._resolved("PathItem", item, (trail, path))
            if not isinstance(meant, dict):
                if meant is not DROP:
                    self._wrong("a path item", item, (trail, path), "operation")
                del paths[path]
                continue
            self._methods(meant, METHODS, (trail, path))
            paths[path] = self._told_apart(path, item, meant, taken)
            if "additionalOperations" in meant:
                self._member(meant, "additionalOperations", "{any}", ((trail, path), "additionalOperations"))
                others = meant.get("additionalOperations", {})
                self._methods(others, tuple(others), ((trail, path), "additionalOperations"))

    def _told_apart(self, path: str, item: Any, meant: dict[str, Any], taken: dict[tuple[Any, ...], str]) -> Any:
        """The path item with only those operations that no earlier path of the same form has as well."""
        form, conditions = split_template(path)
        shape = form_of(form), frozenset(conditions.items())
        for method in [each for each in METHODS if each in meant]:
            earlier = taken.setdefault((*shape, method), path)
            if earlier != path:
                message = f"{method.upper()} {path} matches the same requests as {earlier}, which is served."
                self._say("same-path", (((None, "paths"), path), method), message, "Leave one out.", "operation")
                item = {key: value for key, value in (meant if "$ref" in item else item).items() if key != method}
        return item

    def _methods(self, holder: dict[str, Any], methods: Iterable[str], trail: Trail) -> None:
        for method in methods:
            if method in holder and not isinstance(holder[method], dict):
                self._wrong("an operation", holder[method], (trail, method), "operation")
                holder[method] = {BROKEN: f"expected an operation, got {_shown(holder[method])}. Correct it."}

    def operation(self, path: str, method: list[str]) -> None:
        """Bring an operation into form, and all that it leads to; `method` is where its path item has it."""
        above: Trail = ((None, "paths"), path)
        item, above = self._followed("PathItem", self._raw["paths"][path], above)
        trail, operation = above, item
        for key in method:
            trail, operation = (trail, key), operation[key]
        if BROKEN in operation:
            raise DocumentError(operation[BROKEN])
        self._push("PathItem", item, above)
        self._settle()
        self._push("Operation", operation, trail)
        self._settle()
        self._parameters(path, operation, item, trail)
        self._security(operation, trail)
        if not operation.get("responses"):
            message = "The operation has no responses; it is answered with 200 and no body."
            self._say("no-responses", trail, message, "Describe its responses.")
            operation["responses"] = {"200": {"description": ""}}

    def components(self) -> None:
        """Bring into form what no operation may lead to."""
        above: Trail = (None, "components")
        for key, kind in COMPONENTS.items():
            holder = self._raw["components"].get(key)
            if isinstance(holder, dict):
                self._map(kind, holder, (above, key))
        self._settle()

    def _push(self, kind: str, node: dict[str, Any], trail: Trail) -> None:
        if (kind, id(node)) not in self._seen:
            self._seen[kind, id(node)] = Seen(node, trail)
            self._rest.append((kind, node, trail))

    def _settle(self) -> None:
        met: list[tuple[dict[str, Any], Trail]] = []
        while self._rest:
            kind, node, trail = self._rest.pop()
            self._object(kind, node, trail)
            if kind == "Schema":
                met.append((node, trail))
        for node, trail in met:
            self._weigh(node, trail)

    def _weigh(self, schema: dict[str, Any], trail: Trail) -> None:
        """Take away combinations that lead on to others in so many ways that holding a value against them never ends.

        The weight of a schema is how many are asked about one value; a circle is asked once.
        """
        rest = [(schema, trail)]
        while rest:
            node, place = rest[-1]
            inner = [each for each in self._combined(node) if isinstance(each, dict)]
            unknown = [each for each in inner if id(each) not in self._weights]
            if id(node) not in self._weights and unknown:
                self._weights[id(node)] = 1
                rest += [(each, place) for each in unknown]
                continue
            rest.pop()
            weight = 1 + sum(self._weights[id(each)] for each in inner)
            if weight > MOST_WAYS:
                message = f"A value would be validated by over {MOST_WAYS:,} schemas; their combination is ignored."
                self._say("too-many-ways", place, message, "Refer to each schema less often.")
                for key in (*COMBINING, *CONDITIONS, "$ref"):
                    node.pop(key, None)
                weight = 1
            self._weights[id(node)] = weight

    def _combined(self, node: dict[str, Any]) -> Iterator[Any]:
        """The schemas by which a value is validated in addition to this one."""
        for key in COMBINING:
            yield from node.get(key, ())
        yield from (node[key] for key in CONDITIONS if key in node)
        yield from node.get("dependentSchemas", {}).values()
        if isinstance(node.get("$ref"), str):
            yield self._resolved("Schema", {"$ref": node["$ref"]}, (None, ""))

    def _object(self, kind: str, node: dict[str, Any], trail: Trail) -> None:
        if kind in REFERABLE and isinstance(node.get("$ref"), str):
            target, place = self._followed(kind, node, trail)
            if target is DROP:
                del node["$ref"]
            elif isinstance(target, dict):
                self._push(kind, target, place)
            if self._is_3_0 or kind != "Schema":
                return
        shape = SHAPES[kind]
        if self.thorough and kind in SPELLED:
            self._spelling(kind, node, trail)
        for key in [each for each in node if each in shape]:
            self._member(node, key, shape[key], (trail, key))
        finish = FINISH.get(kind)
        if finish is not None:
            finish(self, node, trail)

    def _spelling(self, kind: str, node: dict[str, Any], trail: Trail) -> None:
        """Unknown keywords that are spelled almost like a known one."""
        for key in node:
            if key not in SHAPES[kind] and not key.startswith("x-"):
                near = difflib.get_close_matches(key, SHAPES[kind], n=1, cutoff=SIMILAR)
                if near:
                    message = f"{key!r} is no keyword of a {kind} and means nothing."
                    self._say("unknown-keyword", (trail, key), message, f"Did you mean {near[0]!r}?")

    def objects(self, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Every normalized object of a kind, with its pointer."""
        for (known, _), seen in self._seen.items():
            if known == kind:
                yield _pointer(seen.trail), seen.node

    def _member(self, node: Any, key: Any, rule: str, trail: Trail) -> None:
        value = node[key]
        fitting = self._fitting(rule, value, trail)
        if fitting is DROP:
            del node[key]
        elif fitting is not value:
            node[key] = fitting

    def _fitting(self, rule: str, value: Any, trail: Trail) -> Any:
        """The value if it is what a keyword holds, what was meant if that is plain, DROP if neither; flaws are kept."""
        if rule[0] == "[":
            return self._list(rule[1:-1], value, trail)
        if rule[0] == "{":
            return self._map(rule[1:-1], value, trail)
        if rule in SHAPES:
            return self._described(rule, value, trail)
        if rule in SPECIAL:
            return SPECIAL[rule](self, value, trail)
        return self._word(rule, value, trail)

    def _word(self, rule: str, value: Any, trail: Trail) -> Any:
        meant = WORDS[rule](value)
        if isinstance(meant, Wrong):
            return self._wrong(meant.expected, value, trail)
        return value if meant is value else self._read_as(value, meant, trail)

    def _items(self, value: Any, trail: Trail) -> Any:
        """A schema for all items, or as before 2020-12 one for each."""
        return (
            self._list("Schema", value, trail) if isinstance(value, list) else self._described("Schema", value, trail)
        )

    def _dependencies(self, value: Any, trail: Trail) -> Any:
        if not isinstance(value, dict):
            return self._wrong("an object", value, trail)
        for name in list(value):
            self._member(value, name, "strings" if isinstance(value[name], list) else "Schema", (trail, name))
        return value

    def _list(self, rule: str, value: Any, trail: Trail) -> Any:
        if not isinstance(value, list):
            return self._wrong("an array", value, trail)
        fitting = [self._fitting(rule, each, (trail, at)) for at, each in enumerate(value)]
        if any(new is not old for new, old in zip(fitting, value, strict=True)):
            value[:] = [each for each in fitting if each is not DROP]
        return value

    def _map(self, rule: str, value: Any, trail: Trail) -> Any:
        if not isinstance(value, dict):
            return self._wrong("an object", value, trail)
        if rule != "any":
            for name in list(value):
                if not name.startswith("x-") or rule == "Schema":
                    self._member(value, name, rule, (trail, name))
        return value

    def _described(self, kind: str, value: Any, trail: Trail) -> Any:
        """An object of a kind, to be looked into later, or what stands in for one that is none."""
        if kind == "Schema" and value in ("true", "false"):
            return self._read_as(value, value == "true", trail)
        if kind == "Discriminator" and isinstance(value, str):
            return self._read_as(value, {"propertyName": value}, trail)
        meant = self._resolved(kind, value, trail) if kind in REFERABLE else value
        if kind == "Schema" and isinstance(meant, bool):
            return value
        if meant is not DROP and not isinstance(meant, dict):
            meant = self._wrong(f"an object ({kind})", value, trail)
        if meant is DROP:
            return self._stand_in(kind)
        if self._lacks(kind, meant, trail) or self._lacks(f"{kind} {meant.get('type')}", meant, trail):
            return DROP
        self._push(kind, value, trail)
        return meant if kind == "MediaType" else value  # of which readers expect no reference

    def _stand_in(self, kind: str) -> Any:
        if kind not in STAND_INS:
            return DROP
        made = dict(STAND_INS[kind])
        self._seen["stand-in", id(made)] = Seen(made, None)
        return made

    def _lacks(self, kind: str, node: dict[str, Any], trail: Trail) -> bool:
        """Whether a required keyword is absent; reports it."""
        for key, expected in ESSENTIAL.get(kind, {}).items():
            found = node.get(key)
            if not isinstance(found, str) or (expected and found not in expected):
                what = f"one of {', '.join(expected)}" if expected else "text"
                message = f"Expected {key} to be {what} in a {kind}, got {_shown(found)}; it is left out."
                self._say("incomplete", trail, message, "Complete it.")
                return True
        return False

    def _resolved(self, kind: str, node: Any, trail: Trail) -> Any:
        return self._followed(kind, node, trail)[0]

    def _followed(self, kind: str, node: Any, trail: Trail) -> tuple[Any, Trail]:
        """The target of a chain of references, and its place; a value that is none itself; DROP for no target."""
        seen: set[str] = set()
        place = trail
        while isinstance(node, dict) and isinstance(node.get("$ref"), str):
            reference = node["$ref"]
            if not reference.startswith("#"):
                return DROP, trail  # it could not be followed, and that has been said
            found = at_path(self._raw, path_of_reference(reference))
            if found is MISSING or reference in seen or len(seen) == LONGEST_CHAIN:
                what, remedy = "refers to nothing", "Correct the reference."
                if found is not MISSING:
                    what = "refers back to itself" if reference in seen else "goes through too many references"
                    remedy = "Refer to the target directly."
                instead = "any value is accepted" if kind == "Schema" else "it is left out"
                self._say("reference", trail, f"{reference} {what}; {instead}.", remedy)
                return DROP, trail
            seen.add(reference)
            node, place = found, self._trail_of(reference)
        return node, place

    @staticmethod
    def _trail_of(reference: str) -> Trail:
        trail: Any = None
        for key in path_of_reference(reference):
            trail = (trail, key)
        found: Trail = trail or (None, "")
        return found

    def _parameters(self, path: str, operation: dict[str, Any], item: dict[str, Any], trail: Trail) -> None:
        """Path parameters are those of the template, each of them and no other."""
        form, _ = split_template(path)
        names = names_of(form)
        queried = {name: key for key, name in QUERIED.findall(path[len(form) :])}
        declared: set[str] = set()
        for owner, above in ((item, trail[0]), (operation, trail)):
            kept = []
            for at, written in enumerate(owner.get("parameters", ())):
                meant = self._resolved("Parameter", written, trail)
                name, where = meant["name"], meant["in"]
                if where == "path" and name in queried:
                    kept.append({**meant, "in": "query", "name": queried[name], "style": "form"})
                elif where == "path" and name not in names and names_of(f"{{{name or '-'}}}")[0] in names:
                    kept.append({**meant, "name": names_of(f"{{{name}}}")[0]})
                    declared.add(kept[-1]["name"])
                elif where == "path" and name not in names:
                    message = f"{path} has no parameter {name!r}; it is left out."
                    self._say("path-parameter", ((above, "parameters"), at), message, "Name it as in the path.")
                else:
                    kept.append(written)
                    declared |= {name} if where == "path" else set()
            if "parameters" in owner:
                owner["parameters"] = kept
        for name in dict.fromkeys(names):
            if name not in declared:
                message = f"The path parameter {name!r} is not described; any text is accepted."
                self._say("path-parameter", trail, message, "Describe it among the parameters.")
                described = {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
                operation.setdefault("parameters", []).append(described)

    def _security(self, operation: dict[str, Any], trail: Trail) -> None:
        """Security schemes that cannot be checked are not required: undeclared ones, and client certificates."""
        inherited = "security" not in operation
        requirements = self._raw.get("security", []) if inherited else operation["security"]
        schemes = self._raw["components"].get("securitySchemes", {})
        known = {name: self._resolved("SecurityScheme", scheme, trail) for name, scheme in schemes.items()}
        unchecked = {name: None for each in requirements for name in each if not _is_checked(known.get(name))}
        if not unchecked:
            return
        place = (None, "security") if inherited else (trail, "security")
        names = ", ".join(map(repr, unchecked))
        message = f"{names} is no security scheme that can be checked; it is not required."
        self._say("security", place, message, "Declare it in components/securitySchemes, or leave it out.")
        left = [{name: scopes for name, scopes in each.items() if name not in unchecked} for each in requirements]
        operation["security"] = [each for each in left if each] or left[:1]

    def _wrong(self, expected: str, value: Any, trail: Trail, costs: Cost = "nothing") -> Any:
        outcome = "it is not served" if costs == "operation" else "it is left out"
        message = f"Expected {expected}, got {_shown(value)}; {outcome}."
        self._say("wrong-type", trail, message, "Correct it.", costs)
        return DROP

    def _read_as(self, value: Any, meant: Any, trail: Trail) -> Any:
        self._say("wrong-type", trail, f"{_shown(value)} is read as {_shown(meant)}.", "Write it so.")
        return meant

    def _say(self, kind: str, trail: Trail, message: str, remedy: str, costs: Cost = "nothing") -> None:
        if len(self._flaws) < MOST_FLAWS:
            self._flaws.append(Flaw(kind, _pointer(trail), message, remedy, costs))

    # What remains to be done once the members of an object have their form.

    def _finish_schema(self, node: dict[str, Any], trail: Trail) -> None:
        for key in ("allOf", "anyOf", "oneOf", "prefixItems", "enum"):
            if node.get(key) == []:
                self._wrong("at least one member", [], (trail, key))
                del node[key]
        for name in [each for each in node.get("patternProperties", ()) if readable(each) is None]:
            self._wrong("a regular expression", name, ((trail, "patternProperties"), name))
            del node["patternProperties"][name]
        if any(("stand-in", id(each)) in self._seen for each in node.get("oneOf", ())):
            del node["oneOf"]  # what any value matches leaves nothing that only one of them matches
        node.pop("$schema", None)
        self._modernise(node, trail)
        if not self._is_3_0:
            self._finish_3_1(node, trail)

    def _modernise(self, node: dict[str, Any], trail: Trail) -> None:
        """Keywords of older JSON Schema, as of 2020-12."""
        if isinstance(node.get("items"), list):
            self._say("json-schema", (trail, "items"), "A list of `items` is read as `prefixItems`.", "Write it so.")
            first = node.pop("items")
            if first:
                node["prefixItems"] = first
            if "additionalItems" in node:
                node["items"] = node.pop("additionalItems")
        for name, dependent in node.pop("dependencies", {}).items():
            key = "dependentRequired" if isinstance(dependent, list) else "dependentSchemas"
            node.setdefault(key, {})[name] = dependent

    def _finish_3_1(self, node: dict[str, Any], trail: Trail) -> None:
        if node.pop("nullable", False):
            message = "`nullable` means nothing since OpenAPI 3.1; it is read as in 3.0."
            self._say("nullable", (trail, "nullable"), message, "Add 'null' to the types.")
            if isinstance(node.get("type"), str):
                node["type"] = [node["type"], "null"]
            elif "type" not in node and not node.keys().isdisjoint(("$ref", "allOf", "anyOf", "oneOf", "enum")):
                inner = dict(node)
                node.clear()
                node["anyOf"] = [inner, {"type": "null"}]
        for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
            if isinstance(node.get(exclusive), bool):
                message = f"{exclusive} is a number since OpenAPI 3.1; it is read as in 3.0."
                self._say("json-schema", (trail, exclusive), message, f"Write the bound there instead of in {bound}.")
                if node.pop(exclusive) and bound in node:
                    node[exclusive] = node.pop(bound)

    def _finish_parameter(self, node: dict[str, Any], trail: Trail) -> None:
        if node["in"] == "path":
            node["required"] = True
        style = node.get("style")
        if style is not None and style not in STYLES[node["in"]]:
            expected = ", ".join(STYLES[node["in"]]) or "none"
            message = f"Expected a style of {node['in']} parameters ({expected}), got {style!r}; the default counts."
            self._say("style", (trail, "style"), message, "Correct it.")
            del node["style"]
        self._finish_content(node, trail)

    def _finish_content(self, node: dict[str, Any], trail: Trail) -> None:
        if "content" in node and not node["content"]:
            self._wrong("a media type", {}, (trail, "content"))
            del node["content"]

    def _finish_body(self, node: dict[str, Any], trail: Trail) -> None:
        if not node.get("content"):
            self._say("incomplete", trail, "A request body needs content; any body is accepted.", "Describe it.")
            node["content"] = {"*/*": {}}

    def _finish_responses(self, node: dict[str, Any], trail: Trail) -> None:
        responses = node.get("responses", {})
        for status in [each for each in responses if not each.startswith("x-") and not STATUS.fullmatch(each)]:
            place = ((trail, "responses"), status)
            if STATUS.fullmatch(status.upper()):
                responses[self._read_as(status, status.upper(), place)] = responses.pop(status)
            else:
                self._wrong("a status such as 200, 4XX or default", status, place)
                del responses[status]


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
SPECIAL: Mapping[str, Callable[[Soundness, Any, Trail], Any]] = {
    "items": Soundness._items,
    "dependencies": Soundness._dependencies,
}
FINISH: Mapping[str, Callable[[Soundness, dict[str, Any], Trail], None]] = {
    "Schema": Soundness._finish_schema,
    "Parameter": Soundness._finish_parameter,
    "Header": Soundness._finish_content,
    "RequestBody": Soundness._finish_body,
    "Operation": Soundness._finish_responses,
}


def _is_checked(scheme: Any) -> bool:
    return isinstance(scheme, dict) and scheme.get("type") != "mutualTLS"


def _shown(value: Any) -> str:
    text = "an object" if isinstance(value, dict) else "an array" if isinstance(value, list) else repr(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."


def _pointer(trail: Trail | None) -> str:
    keys: list[Any] = []
    while trail is not None:
        trail, key = trail
        keys.append(key)
    return f"#{pointer_of(reversed(keys))}"
