"""Swagger 2.0 read as OpenAPI 3.0: the same operations in today's words.

`definitions` become component schemas, `consumes` and `produces` the media types of bodies, body and form parameters a
request body, `collectionFormat` a style, `host`, `basePath` and `schemes` the servers. Schemas are changed in place,
each once, so that what is referred to from several places, or from another file, stays one.
What is of the wrong type is left as it is: whoever reads the result reports it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mockserver.contract.flaws import Flaw
from mockserver.contract.pointers import path_of_reference, pointer_of
from mockserver.contract.reading.references import FILES
from mockserver.contract.reading.tree import MISSING, at_path
from mockserver.contract.reading.upgraded import MOVED, PLACES, Upgraded

METHODS = ("get", "put", "post", "delete", "options", "head", "patch")
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
BINARY = "application/octet-stream"
DROPPED = frozenset({"swagger", "host", "basePath", "schemes", "consumes", "produces", *MOVED})
PARAMETER = frozenset({"name", "in", "description", "required", "allowEmptyValue", "deprecated"})
"""What a parameter has beside its schema."""

STYLES: dict[tuple[Any, Any], dict[str, Any]] = {
    ("query", "csv"): {"style": "form", "explode": False},
    ("query", "multi"): {"style": "form", "explode": True},
    ("query", "ssv"): {"style": "spaceDelimited", "explode": False},
    ("query", "pipes"): {"style": "pipeDelimited", "explode": False},
    ("formData", "csv"): {"style": "form", "explode": False},
    ("formData", "multi"): {"style": "form", "explode": True},
    ("formData", "ssv"): {"style": "spaceDelimited", "explode": False},
    ("formData", "pipes"): {"style": "pipeDelimited", "explode": False},
    ("path", "csv"): {"style": "simple"},
    ("header", "csv"): {"style": "simple"},
}
FLOWS = {
    "implicit": "implicit",
    "password": "password",
    "application": "clientCredentials",
    "accessCode": "authorizationCode",
}


def upgrade(raw: dict[str, Any]) -> Upgraded:
    """The Swagger 2.0 document as one of OpenAPI 3.0; `raw` is used up."""
    upgrader = _Upgrader(raw)
    return Upgraded(upgrader.document(), upgrader.flaws, upgrader.moved)


class _Upgrader:
    def __init__(self, raw: dict[str, Any]) -> None:
        self.raw = raw
        self.flaws: list[Flaw] = []
        self.moved: dict[str, str] = {}
        self.places: dict[str, Any] = {}
        self.done: set[int] = set()
        self.consumes = _strings(raw.get("consumes"))
        self.produces = _strings(raw.get("produces"))

    def document(self) -> dict[str, Any]:
        raw = self.raw
        # before the paths: each schema is converted once, under the pointer by which flaws of it are told
        definitions = _mapping(raw.get("definitions"))
        for name, schema in definitions.items():
            self.schema(schema, pointer_of(["definitions", name]))
        responses = _mapping(raw.get("responses"))
        for name, response in responses.items():
            self.response(response, self.produces, pointer_of(["responses", name]))
        paths = raw.get("paths")
        for path, item in _mapping(paths).items():
            self.path_item(item, pointer_of(["paths", path]))
        parameters = {
            name: parameter
            for name, parameter in _mapping(raw.get("parameters")).items()
            if self.parameter(parameter, pointer_of(["parameters", name]))
        }
        schemes = {name: _scheme(scheme) for name, scheme in _mapping(raw.get("securityDefinitions")).items()}
        components = {
            "schemas": definitions,
            "parameters": parameters,
            "responses": responses,
            "securitySchemes": schemes,
        }
        kept = {key: value for key, value in raw.items() if key not in DROPPED}
        added = {PLACES: self.places} if self.places else {}
        return {"openapi": "3.0.3", **kept, "servers": _servers(raw), "components": components, **added}

    def path_item(self, item: Any, pointer: str) -> None:
        while self._first(item):
            if not isinstance(item.get("$ref"), str):
                self._own_path_item(item, pointer)
                return
            # a loop, as more references may follow one another than Python calls functions within each other
            item, pointer = self._target(item["$ref"]), item["$ref"].removeprefix("#")

    def _own_path_item(self, item: dict[str, Any], pointer: str) -> None:
        shared = [
            (each, f"{pointer}/parameters/{at}") for at, each in enumerate(_sequence(item.pop("parameters", None)))
        ]
        for method in METHODS:
            if isinstance(item.get(method), dict):
                self.operation(item[method], shared, f"{pointer}/{method}")

    def operation(self, operation: dict[str, Any], shared: list[tuple[Any, str]], pointer: str) -> None:
        if not self._first(operation):
            return
        own = enumerate(_sequence(operation.pop("parameters", None)))
        written = [*shared, *((each, f"{pointer}/parameters/{at}") for at, each in own)]
        consumes = _strings(operation.pop("consumes", None)) or self.consumes
        produces = _strings(operation.pop("produces", None)) or self.produces
        operation.pop("schemes", None)
        # the operation's own come last and count; of a body there is one, whatever it is called
        chosen: dict[Any, tuple[dict[str, Any], dict[str, Any], str]] = {}
        for parameter, place in written:
            if isinstance(parameter, dict):
                meant = self._resolved(parameter)
                where, name = str(meant.get("in")), str(meant.get("name"))
                chosen["body" if where == "body" else (where, name)] = parameter, meant, place
        form = []
        for parameter, meant, place in chosen.values():
            if meant.get("in") == "body":
                operation["requestBody"] = self.body(meant, consumes, place)
                self.moved[f"{pointer}/requestBody"] = place
            elif meant.get("in") == "formData":
                form.append((meant, place))
                self.moved[f"{pointer}/requestBody{pointer_of([str(meant.get('name'))])}"] = place
            elif self.parameter(parameter, place):
                operation.setdefault("parameters", []).append(parameter)
                self.moved[f"{pointer}/parameters/{len(operation['parameters']) - 1}"] = place
        if form:
            operation.setdefault("requestBody", self.form(form, consumes))
        for status, response in _mapping(operation.get("responses")).items():
            self.response(response, produces, f"{pointer}/responses{pointer_of([status])}")

    def body(self, parameter: dict[str, Any], consumes: list[str], pointer: str) -> dict[str, Any]:
        schema = parameter.get("schema", {})
        self.schema(schema, f"{pointer}/schema")
        media = {"schema": schema}
        if "x-example" in parameter:
            media["example"] = parameter["x-example"]
        kept = {key: value for key, value in parameter.items() if key in ("description", "required")}
        return {**kept, "content": dict.fromkeys(consumes or [JSON], media), "x-name": parameter.get("name")}

    def form(self, parameters: list[tuple[dict[str, Any], str]], consumes: list[str]) -> dict[str, Any]:
        properties, encoding, required = {}, {}, []
        is_file = False
        for parameter, place in parameters:
            name = str(parameter.get("name"))
            is_file |= parameter.get("type") == "file"
            schema, style = self._schema_of(parameter, place)
            properties[name] = schema | {key: parameter[key] for key in ("description",) if key in parameter}
            if style:
                encoding[name] = style
            if parameter.get("required") is True:
                required.append(name)
        schema = {"type": "object", "properties": properties} | ({"required": required} if required else {})
        media = {"schema": schema} | ({"encoding": encoding} if encoding else {})
        fitting = [each for each in consumes if each.partition(";")[0].strip().lower() in (FORM, MULTIPART)]
        content = dict.fromkeys(fitting or [MULTIPART if is_file else FORM], media)
        return {"content": content, "required": bool(required)}

    def parameter(self, parameter: Any, pointer: str) -> bool:
        """Change the parameter in place; False if it belongs into a body and so is none any more."""
        led: dict[int, dict[str, Any]] = {}
        while isinstance(parameter, dict) and isinstance(parameter.get("$ref"), str) and id(parameter) not in led:
            led[id(parameter)] = parameter
            parameter, pointer = self._target(parameter["$ref"]), parameter["$ref"].removeprefix("#")
        kept = id(parameter) in led or self._own_parameter(parameter, pointer)
        for each in led.values() if kept else ():
            if self._first(each):
                each["$ref"] = self._reference(each["$ref"])
        return kept

    def _own_parameter(self, parameter: Any, pointer: str) -> bool:
        if not isinstance(parameter, dict):
            return True
        if parameter.get("in") in ("body", "formData"):
            return False
        if self._first(parameter):
            schema, style = self._schema_of(parameter, pointer)
            kept_keys = {key: value for key, value in parameter.items() if _stays(key)}
            example = {"example": parameter["x-example"]} if "x-example" in parameter else {}
            parameter.clear()
            parameter |= kept_keys | example | style | {"schema": schema}
        return True

    def _schema_of(self, parameter: dict[str, Any], pointer: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """The schema of a parameter, header or part of a form, and its style where it is an array."""
        schema = {key: value for key, value in parameter.items() if not _stays(key) and key != "collectionFormat"}
        schema |= {key: parameter[key] for key in ("x-nullable",) if key in parameter}
        self.schema(schema, pointer)
        if schema.get("type") != "array":
            return schema, {}
        where, written = parameter.get("in", "header"), parameter.get("collectionFormat", "csv")
        style = STYLES.get((where, written))
        # commas within bars, as Swagger nests arrays, no style of OpenAPI 3 writes
        if style is None or _mapping(schema.get("items")).get("type") == "array":
            message = (
                f"An array in {where} of the collectionFormat {written!r} has no counterpart; any text is accepted."
            )
            self.flaws.append(Flaw("collection-format", f"#{pointer}", message, "Use csv, or multi in a query."))
            return {"type": "string"}, {}
        return schema, style

    def response(self, response: Any, produces: list[str], pointer: str) -> None:
        while self._first(response):
            if not isinstance(response.get("$ref"), str):
                self._own_response(response, produces, pointer)
                return
            target, pointer = self._target(response["$ref"]), response["$ref"].removeprefix("#")
            response["$ref"] = self._reference(response["$ref"])
            response = target

    def _own_response(self, response: dict[str, Any], produces: list[str], pointer: str) -> None:
        schema = response.pop("schema", None)
        examples = {key: value for key, value in _mapping(response.pop("examples", None)).items() if "/" in key}
        if schema is not None or examples:
            is_file = isinstance(schema, dict) and schema.get("type") == "file"
            self.schema(schema, f"{pointer}/schema")
            types = produces or [BINARY if is_file else JSON]
            media = {} if schema is None else {"schema": schema}
            response["content"] = {
                each: media | ({"example": examples[each]} if each in examples else {})
                for each in dict.fromkeys([*types, *examples])
            }
        for name, header in _mapping(response.get("headers")).items():
            if isinstance(header, dict) and "$ref" not in header and self._first(header):
                schema, _ = self._schema_of(header, f"{pointer}/headers{pointer_of([name])}")
                kept = {key: value for key, value in header.items() if _stays(key)}
                header.clear()
                header.update(kept, schema=schema)

    def schema(self, schema: Any, pointer: str) -> None:
        """Change a schema and all below it in place, each once."""
        rest = [(schema, pointer)]
        while rest:
            node, at = rest.pop()
            if not self._first(node):
                continue
            if isinstance(node.get("$ref"), str):
                reference = node["$ref"]
                rest.append((self._target(reference), reference.removeprefix("#")))
                node["$ref"] = self._reference(reference)
                continue
            if node.get("x-nullable") is True:
                node["nullable"] = True
            if node.get("type") == "file":
                node |= {"type": "string", "format": "binary"}
            if isinstance(node.get("discriminator"), str):
                node["discriminator"] = {"propertyName": node["discriminator"]}
            rest += _subschemas(node, at)

    def _first(self, node: Any) -> bool:
        """Whether this is an object that has not been converted yet; from now on it counts as converted."""
        if not isinstance(node, dict) or id(node) in self.done:
            return False
        self.done.add(id(node))
        return True

    def _target(self, reference: str) -> Any:
        return at_path(self.raw, path_of_reference(reference)) if reference.startswith("#") else MISSING

    def _resolved(self, node: dict[str, Any]) -> dict[str, Any]:
        for _ in range(10):
            target = self._target(node["$ref"]) if isinstance(node.get("$ref"), str) else None
            if not isinstance(target, dict):
                return node
            node = target
        return node

    def _reference(self, reference: str) -> str:
        """Where that which a reference leads to stands now."""
        path = path_of_reference(reference)
        if not reference.startswith("#") or path[:1] == (FILES,):
            return reference
        match path:
            case ["definitions", _, *_] | ["parameters" | "responses", _]:  # inside the latter, schemas have moved too
                return "#" + pointer_of([*MOVED[path[0]], *path[1:]]).replace("%", "%25")
        target = self._target(reference)
        if target is MISSING:
            return reference
        name = pointer_of(path)
        self.places[name] = target
        return "#" + pointer_of([PLACES, name]).replace("%", "%25")


def _subschemas(node: dict[str, Any], pointer: str) -> Iterable[tuple[Any, str]]:
    for key in ("items", "additionalProperties", "not"):
        if isinstance(node.get(key), dict):
            yield node[key], f"{pointer}/{key}"
    for key in ("allOf", "anyOf", "oneOf", "items"):
        for at, each in enumerate(_sequence(node.get(key))):
            yield each, f"{pointer}/{key}/{at}"
    for key in ("properties", "patternProperties"):
        for name, each in _mapping(node.get(key)).items():
            yield each, f"{pointer}/{key}{pointer_of([name])}"


def _stays(key: str) -> bool:
    return key in PARAMETER or key.startswith("x-")


def _servers(raw: Mapping[str, Any]) -> list[dict[str, Any]]:
    base = raw.get("basePath")
    path = "/" + base.strip("/") if isinstance(base, str) and base.strip("/") else ""
    host = raw.get("host")
    if not isinstance(host, str) or not host:
        return [{"url": path or "/"}]
    return [{"url": f"{scheme}://{host}{path}"} for scheme in _strings(raw.get("schemes")) or ["https"]]


def _scheme(scheme: Any) -> Any:
    if not isinstance(scheme, dict):
        return scheme
    if scheme.get("type") == "basic":
        return {**scheme, "type": "http", "scheme": "basic"}
    flow = FLOWS.get(str(scheme.get("flow")))
    if scheme.get("type") != "oauth2" or flow is None:
        return scheme
    urls = {key: scheme[key] for key in ("authorizationUrl", "tokenUrl") if key in scheme}
    kept = {key: value for key, value in scheme.items() if key not in ("flow", "scopes", *urls)}
    return {**kept, "flows": {flow: {**urls, "scopes": scheme.get("scopes", {})}}}


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _sequence(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _strings(value: Any) -> list[str]:
    return [each for each in _sequence(value) if isinstance(each, str)]
