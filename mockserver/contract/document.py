"""One OpenAPI document: loaded, validated by openapi-spec-validator, its references followed.

YAML is read as JSON would be: keys are strings and a time stamp stays the text it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson
import yaml

from mockserver.errors import DocumentError

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
VERSIONS = ("3.0", "3.1")


class Document:
    """A valid OpenAPI 3.0 or 3.1 document. `raw` is the document as written, `source` what to call it in messages."""

    def __init__(self, raw: Mapping[str, Any], source: str = "the document") -> None:
        self.raw = raw
        self.source = source
        version = raw.get("openapi") if isinstance(raw, Mapping) else None
        if not isinstance(version, str) or version.rpartition(".")[0] not in VERSIONS:
            raise DocumentError(
                f"{source}: expected an OpenAPI document of version {' or '.join(VERSIONS)}, got "
                f"{'openapi: ' + repr(version) if version is not None else 'no `openapi` key'}. Convert or mend it."
            )
        self.is_3_0 = version.startswith("3.0")

    @classmethod
    def load(cls, path: Path) -> Document:
        """The document in a YAML or JSON file; DocumentError says what is wrong and where."""
        try:
            text = path.read_bytes()
        except OSError as error:
            raise DocumentError(f"{path}: the document cannot be read: {error.strerror}. Check the path.") from None
        try:
            raw = orjson.loads(text) if text.lstrip().startswith(b"{") else yaml.load(text, Loader=JSONLikeLoader)
        except (orjson.JSONDecodeError, yaml.YAMLError) as error:
            raise DocumentError(f"{path}: expected YAML or JSON, but it does not parse: {error}") from None
        document = cls(raw, str(path))
        document.validate()
        return document

    def validate(self) -> None:
        """Raise DocumentError listing every flaw that openapi-spec-validator finds."""
        from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

        validator = OpenAPIV30SpecValidator if self.is_3_0 else OpenAPIV31SpecValidator
        flaws = [_flaw(error) for error in validator(dict(self.raw)).iter_errors()]
        if flaws:
            raise DocumentError(f"{self.source}: not a valid OpenAPI document:\n  " + "\n  ".join(flaws))

    def resolve(self, node: Any) -> Any:
        """The node itself, or what its `$ref` leads to in the end."""
        seen: set[str] = set()
        while isinstance(node, Mapping) and isinstance(node.get("$ref"), str):
            reference = node["$ref"]
            if reference in seen:
                raise DocumentError(f"{self.source}: {reference} refers to itself. Break the circle.")
            seen.add(reference)
            node = self.at(reference)
        return node

    def at(self, reference: str) -> Any:
        """What stands at a local reference such as `#/components/schemas/List`."""
        if not reference.startswith("#"):
            raise DocumentError(f"{self.source}: {reference} leads out of the document. Bundle it into one file first.")
        node: Any = self.raw
        for part in reference.split("/")[1:]:
            key = part.replace("~1", "/").replace("~0", "~")
            try:
                node = node[int(key)] if isinstance(node, list) else node[key]
            except (KeyError, IndexError, TypeError, ValueError):
                raise DocumentError(f"{self.source}: {reference} leads nowhere. Correct the reference.") from None
        return node

    @cached_property
    def schemas(self) -> Mapping[str, Any]:
        components: Mapping[str, Any] = self.raw.get("components", {}).get("schemas", {})
        return components

    @cached_property
    def security_schemes(self) -> Mapping[str, Any]:
        schemes = self.raw.get("components", {}).get("securitySchemes", {})
        return {name: self.resolve(scheme) for name, scheme in schemes.items()}

    def operations(self) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        """Every (path template, method in lower case, operation object)."""
        for path, item in self.raw.get("paths", {}).items():
            item = self.resolve(item)
            for method in METHODS:
                if method in item:
                    yield path, method, item[method]

    def parameters(self, path: str, operation: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        """The operation's parameter objects; one of the path item's counts unless the operation has its own."""
        shared = self.resolve(self.raw["paths"][path]).get("parameters", [])
        chosen: dict[tuple[str, str], Mapping[str, Any]] = {}
        for parameter in map(self.resolve, [*shared, *operation.get("parameters", [])]):
            chosen[parameter["name"], parameter["in"]] = parameter
        return list(chosen.values())


class JSONLikeLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # the C loader is optional
    """YAML without its surprises for JSON: keys become strings, dates stay strings."""

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[str, Any]:
        self.flatten_mapping(node)
        return {str(self.construct_object(key, deep=True)): self.construct_object(value, deep=deep) for key, value in node.value}


def _flaw(error: Any) -> str:
    place = "/".join(str(part) for part in getattr(error, "path", ()))
    message = str(getattr(error, "message", error)).partition("\n")[0]
    return f"{place or '(root)'}: {message}"
