"""A Swagger 2.0 document as one of OpenAPI 3.0, and where Swagger has what stands in it.

Who reads of a flaw looks for it in the file that he wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.contract.flaws import Flaw
from mockserver.contract.pointers import path_of, pointer_of

Path = tuple[str, ...]
PLACES = "x-mock-places"
"""Where schemas are kept that are referred to at places that OpenAPI 3.0 has no longer."""

MOVED = {
    "definitions": ("components", "schemas"),
    "parameters": ("components", "parameters"),
    "responses": ("components", "responses"),
    "securityDefinitions": ("components", "securitySchemes"),
}
KINDS = {kind: key for key, (_, kind) in MOVED.items()}


@dataclass(frozen=True)
class Upgraded:
    """A Swagger 2.0 document as one of OpenAPI 3.0.

    `flaws`: what has no counterpart there. `moved`: where parameters stood, by where they and what they became stand.
    """

    raw: dict[str, Any]
    flaws: list[Flaw]
    moved: Mapping[str, str]

    def origin(self, path: Path) -> Path:
        """Where Swagger has what stands at a path of the document."""
        origin = path
        match path:
            case ["components", kind, *rest] if kind in KINDS:
                origin = (KINDS[kind], *_inside(kind, tuple(rest)))
            case ["servers", *_]:  # made of `host`, `basePath` and `schemes`
                origin = ("host",)
            case [places, place, *rest] if places == PLACES:
                origin = (*path_of(place), *rest)
            case ["paths", _, _, "requestBody", *rest]:
                origin = self._of_body(path[:4], tuple(rest))
            case ["paths", _, _, "parameters", _, *rest]:
                place = pointer_of(path[:5])
                origin = (*path_of(self.moved.get(place, place)), *_without_schema(tuple(rest)))
            case ["paths", _, _, "responses", _, *rest]:
                origin = (*path[:5], *_of_response(tuple(rest)))
        return origin

    def _of_body(self, above: Path, rest: Path) -> Path:
        match rest:
            case ["content", _, "schema", "properties", name, *inner] if place := self.moved.get(
                pointer_of([*above, name])
            ):
                return *path_of(place), *inner
            case ["content", _, *inner]:
                return *path_of(self.moved.get(pointer_of(above), pointer_of(above[:3]))), *inner
        return path_of(self.moved.get(pointer_of(above), pointer_of(above[:3])))


def _inside(kind: str, path: Path) -> Path:
    """The path below the components of a kind."""
    inner = {"parameters": _without_schema, "responses": _of_response}.get(kind)
    return path if inner is None else (*path[:1], *inner(path[1:]))


def _without_schema(path: Path) -> Path:
    return path[1:] if path[:1] == ("schema",) else path


def _of_response(path: Path) -> Path:
    match path:
        case ["content", _, "schema", *rest]:
            return "schema", *rest
        case ["content", media, "example", *rest]:
            return "examples", media, *rest
        case ["headers", name, *rest]:
            return "headers", name, *_without_schema(tuple(rest))
    return path
