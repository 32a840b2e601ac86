"""A compiled document: its operations by operationId and by method and path, each compiled on first use.

A document of a thousand operations is ready at once, and an operation that cannot be compiled affects no other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import count
from threading import RLock
from typing import Any

from mockserver.contract.document import Document
from mockserver.contract.media import Media, compile_media
from mockserver.contract.operation import Described, Operation, compile_operation
from mockserver.contract.quotation import LINES, quote
from mockserver.contract.schemas import Direction, SchemaCompiler
from mockserver.contract.validator import Validator
from mockserver.errors import DocumentError, OperationError

NO_NAME = re.compile(r"[^A-Za-z0-9]+")


class Contract:
    """A compiled OpenAPI document. Safe to use from several threads."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._compiler = SchemaCompiler(document)
        self._compiled: dict[str, Operation | OperationError] = {}
        self._compiling = RLock()

    @cached_property
    def operations(self) -> Mapping[str, Described]:
        """Every operation by its operationId, in the document's order. Nothing is compiled for it.

        An operation without an `operationId`, or with that of an earlier operation, is named after its method and path:
        `GET /lists/{id}` is `get_lists_id`. `_2`, `_3` and so on are appended where that name is taken.
        """
        found = list(self.document.operations())
        given = {each["operationId"] for _, _, each in found if isinstance(each.get("operationId"), str)}
        named: dict[str, Described] = {}
        # each goes on where it has stopped: thousands of paths without a letter of ASCII have the same name
        names: dict[str, Iterator[str]] = {}
        for path, method, described in found:
            name = described.get("operationId")
            if not isinstance(name, str) or not name or name in named:
                name = _name(method, path)
                known = names.setdefault(name, _numbered(name))
                name = next(each for each in known if each not in given and each not in named)
            pointer = self.document.pointer(path, method)
            named[name] = Described(name, method.upper(), path, pointer, described)
        return named

    @cached_property
    def _by_place(self) -> Mapping[tuple[str, str], Described]:
        return {(each.method, each.path): each for each in self.operations.values()}

    def find(self, method: str, path: str) -> Described | None:
        """The operation of a method and a path template, not compiled; None if the document has none."""
        return self._by_place.get((method.upper(), path))

    def operation(self, operation_id: str) -> Operation:
        """The compiled operation; OperationError, each time, if it cannot be served, KeyError for an unknown one."""
        found = self._compiled.get(operation_id)
        if found is None:
            with self._compiling:
                # asked again: another thread may have compiled it while this one waited
                found = self._compiled.get(operation_id) or self._compile(self.operations[operation_id])
                self._compiled[operation_id] = found
        if isinstance(found, OperationError):
            raise found.with_traceback(None)  # it is raised for every request, and each time would add to its traceback
        return found

    def _compile(self, described: Described) -> Operation | OperationError:
        try:
            self.document.prepare(described.pointer)
            return compile_operation(self.document, self._compiler, described)
        except DocumentError as error:
            flaw = str(error).removeprefix(f"{self.document.source}: ")
        except Exception as error:  # noqa: BLE001  # parts of the wrong type fail in as many ways as there are parts
            flaw = f"it is not a valid operation object ({type(error).__name__}: {error})."
        return OperationError(self.document.source, described.operation_id, described.pointer, flaw)

    def validator(self, schema: Mapping[str, Any] | bool, direction: Direction = "request") -> Validator:
        """A compiled schema of the document; DocumentError if it is not valid."""
        return self._compiler.compile(schema, direction)

    def media(self, content: Mapping[str, Any], pointer: str, direction: Direction) -> tuple[Media, ...]:
        """The media types of a `content` object at the pointer, those of JSON first."""
        return compile_media(self.document, self._compiler, content, pointer, direction)

    def quote(self, pointer: str, most: int = LINES, *, whole: bool = False) -> str:
        """What the document has at a pointer, as YAML; empty if nothing."""
        return quote(self.document, pointer, most, whole=whole)


def _name(method: str, path: str) -> str:
    return NO_NAME.sub("_", f"{method} {path}").strip("_").lower() if path.strip("/") else method


def _numbered(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}_{number}" for number in count(2))
