"""One OpenAPI document: loaded, validated by openapi-spec-validator, its references followed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote

from mockserver.contract.flaws import Flaw, Place
from mockserver.contract.pointers import item_at, path_of, pointer_of, unescape
from mockserver.contract.reading.lines import lines
from mockserver.contract.reading.parsing import Unparsable, parse
from mockserver.errors import DocumentError

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
VERSIONS = ("3.0", "3.1", "3.2")


class Origin(Protocol):
    """What a document was made of."""

    def places(self, pointers: Iterable[str]) -> list[Place]:
        """Where the author finds what stands at each pointer into the document."""


class Document:
    """An OpenAPI document of version 3.0, 3.1 or 3.2.

    `raw` is the document as written; one that was read from several files, or from Swagger 2.0, has been made one of
    these versions. `source` is what to call it in messages. `flaws` are those that were found so far.
    """

    def __init__(
        self,
        raw: Mapping[str, Any],
        source: str = "the document",
        flaws: Iterable[Flaw] = (),
        origin: Origin | None = None,
    ) -> None:
        self.raw = raw
        self.source = source
        self.flaws = list(flaws)
        self._origin = origin
        version = raw.get("openapi") if isinstance(raw, Mapping) else None
        # a patch version changes no feature (OpenAPI 3.1.0, Versions), so only the first two numbers count
        if not isinstance(version, str) or version.rpartition(".")[0] not in VERSIONS:
            raise DocumentError(
                f"{source}: expected an OpenAPI document of version {', '.join(VERSIONS)} or Swagger 2.0, got "
                f"{'openapi: ' + repr(version) if version is not None else 'no `openapi` key'}. Convert or mend it."
            )
        self.is_3_0 = version.startswith("3.0")

    @classmethod
    def load(cls, path: Path, proven: Mapping[str, str] | None = None) -> Document:
        """The document in a YAML or JSON file; DocumentError says what is wrong and where.

        `proven` gives the SHA-256 of files by name that have been validated already and need not be again.
        """
        try:
            text = path.read_bytes()
        except OSError as error:
            raise DocumentError(f"{path}: the document cannot be read: {error.strerror}. Check the path.") from None
        document = cls.parse(text, str(path), _File(path))
        if sha256(text).hexdigest() != (proven or {}).get(path.name):
            document.validate()
        return document

    @classmethod
    def parse(cls, text: bytes, source: str, origin: Origin | None = None) -> Document:
        """The document in a YAML or JSON text, not validated yet; DocumentError if it is none."""
        try:
            raw, flaws = parse(text)
        except Unparsable as error:
            raise DocumentError(f"{source}: expected YAML or JSON, but it does not parse: {error}") from None
        return cls(raw, source, flaws, origin)

    def places(self, pointers: Iterable[str]) -> list[Place]:
        """Where the author finds what stands at each pointer; all are found in one pass over the text."""
        if self._origin is None:
            return [Place(self.source, pointer) for pointer in pointers]
        return self._origin.places(pointers)

    def validate(self) -> None:
        """Raise DocumentError listing every flaw that openapi-spec-validator finds."""
        flaws = list(self._flaws())
        if flaws:
            raise DocumentError(f"{self.source}: not a valid OpenAPI document:\n  " + "\n  ".join(flaws))

    def _flaws(self) -> Iterator[str]:
        from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator
        from referencing.exceptions import Unresolvable

        validator = OpenAPIV30SpecValidator if self.is_3_0 else OpenAPIV31SpecValidator
        try:
            yield from map(_flaw, validator(dict(self.raw)).iter_errors())
        except Unresolvable as error:
            yield f"{'#' if error.ref.startswith('/') else ''}{error.ref} cannot be resolved. Correct the reference."
        except RecursionError:
            yield "a reference refers back to itself. Remove the cycle."
        except Exception as error:  # noqa: BLE001  # it stumbles over parts of the wrong type, whatever it raises then
            yield f"it cannot be checked any further ({type(error).__name__})."

    def resolve(self, node: Any) -> Any:
        """The node itself, or what its `$ref` leads to in the end."""
        seen: set[str] = set()
        while isinstance(node, Mapping) and isinstance(node.get("$ref"), str):
            reference = node["$ref"]
            if reference in seen:
                raise DocumentError(f"{self.source}: {reference} refers to itself. Remove the cycle.")
            if len(seen) == LONGEST_CHAIN:
                flaw = f"{reference} goes through too many references. Refer to the target directly."
                raise DocumentError(f"{self.source}: {flaw}")
            seen.add(reference)
            node = self.at(reference)
        return node

    def at(self, reference: str, through: frozenset[str] = frozenset()) -> Any:
        """What stands at a local reference such as `#/components/schemas/List`.

        A part that is not there is looked for where a `$ref` on the way leads: `#/paths/~1lists/get` is an operation
        also if the path item stands elsewhere. `through`: references that led here.
        """
        if not reference.startswith("#"):
            raise DocumentError(
                f"{self.source}: {reference} refers to another file. Bundle the document into one file first."
            )
        # a `$ref` is a URI, whose fragment is percent-encoded (RFC 6901, 6)
        root, *parts = unquote(reference).split("/")
        node: Any = self.raw
        try:
            for part in parts if root == "#" else [reference]:
                key = unescape(part)
                if isinstance(node, Mapping) and key not in node and isinstance(node.get("$ref"), str):
                    node = self._behind(node, through)
                node = item_at(node, key) if isinstance(node, list) else node[key]
        except (KeyError, IndexError, TypeError):
            raise DocumentError(f"{self.source}: {reference} cannot be resolved. Correct the reference.") from None
        return node

    def _behind(self, node: Any, through: frozenset[str]) -> Any:
        """What the `$ref` of an object leads to in the end; DocumentError if that goes on for too long."""
        while isinstance(node, Mapping) and isinstance(node.get("$ref"), str):
            reference = node["$ref"]
            if reference in through or len(through) == LONGEST_CHAIN:
                raise DocumentError(f"{self.source}: {reference} refers to itself. Remove the cycle.")
            through |= {reference}
            node = self.at(reference, through)
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
        """Every (path template, method, operation object); methods that OpenAPI has a keyword for are in lower case."""
        for path in self.raw.get("paths", {}):
            # `x-…` beside the paths is an extension, whatever it holds
            item = self.item(path) if path.startswith("/") else {}
            for method in METHODS:
                if method in item:
                    yield path, method, item[method]
            for method, operation in item.get("additionalOperations", {}).items():
                yield path, method, operation

    def item(self, path: str) -> Mapping[str, Any]:
        """The path item of a path template."""
        item: Mapping[str, Any] = self.resolve(self.raw["paths"][path])
        return item

    @staticmethod
    def pointer(path: str, method: str) -> str:
        """Where the document has the operation of a method, called as `operations` does, on a path template."""
        inner = [method] if method in METHODS else ["additionalOperations", method]
        return f"#{pointer_of(['paths', path, *inner])}"

    def prepare(self, pointer: str) -> None:
        """Make sure that the operation at a pointer, and all that it leads to, has the form that OpenAPI asks for.

        Here nothing is to be done: the document has been validated.
        """

    def parameters(self, path: str, operation: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        """The operation's parameter objects; one of the path item's counts unless the operation has its own."""
        shared = self.item(path).get("parameters", [])
        chosen: dict[tuple[str, str], Mapping[str, Any]] = {}
        # the operation's own come last, in the place of those of its path
        for parameter in map(self.resolve, [*shared, *operation.get("parameters", [])]):
            # name and place together are what is unique (OpenAPI 3.0.3, Parameter Object)
            chosen[parameter["name"], parameter["in"]] = parameter
        return list(chosen.values())


class _File:
    """The one file that a document was loaded from. It is read again when somebody asks for lines."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def places(self, pointers: Iterable[str]) -> list[Place]:
        paths = {pointer: path_of(pointer) for pointer in pointers}
        found = lines(self._path.read_bytes(), paths.values())
        return [Place(str(self._path), pointer, found[path]) for pointer, path in paths.items()]


LONGEST_CHAIN = 50
"""References that lead to references; who goes through all of a long chain from each of its links never ends."""

LONGEST = 300
"""Characters of one flaw that are worth reading; the validator may quote the whole document."""


def _flaw(error: Any) -> str:
    place = pointer_of(getattr(error, "path", ()))
    message = str(getattr(error, "message", error)).partition("\n")[0]
    return f"#{place}: {message}"[:LONGEST]
