"""Cursors: places behind a record as opaque text, in a form that the parameter of the next page takes."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

from mockserver.contract.digits import number_of
from mockserver.contract.generation import NoValueError
from mockserver.contract.operation import Operation

if TYPE_CHECKING:
    from mockserver.inference.model import Model

MOST = 4096
"""Cursors that are remembered where their form can hold no place."""


class Cursors:
    """The cursors of one list."""

    def __init__(self, model: Model, operation: Operation, name: str | None) -> None:
        self._model = model
        self._name = name
        found = (each for each in operation.parameters["query"] if each.name == name)
        self._parameter = next(found, None)
        described = model.contract.document.parameters(operation.path, model.contract.document.at(operation.pointer))
        self._schema: Any = next((each.get("schema") for each in described if each["name"] == name), None)
        self._written: dict[int, Any] = {}
        self._places: dict[Any, int] = {}

    def write(self, place: int) -> Any:
        """What leads behind a place."""
        text = write_cursor(place)
        judge = None if self._parameter is None else self._parameter.validator
        if judge is None or judge.accepts(text):
            return text
        return place if judge.accepts(place) else self._made(place, judge)

    def _made(self, place: int, judge: Any) -> Any:
        """A value of the parameter's own form, which stands for the place as long as the server runs."""
        found = self._written.get(place)
        if found is None:
            if len(self._written) >= MOST:
                self._written.clear()
                self._places.clear()
            try:
                seed = f"{self._model.collection.name} {place}"
                found = self._model.generator.value(self._schema, judge, seed, name=str(self._name), style="fresh")
            except NoValueError:
                return place
            self._written[place] = found
            self._places[found] = place
        return found

    def read(self, text: Any) -> int | None:
        """The place that a cursor leads behind; None if it is none of this list."""
        known = self._places.get(text) if self._places else None
        return read_cursor(text) if known is None else known


def write_cursor(sequence: int) -> str:
    """The place behind a record, as opaque text."""
    return base64.urlsafe_b64encode(f"after:{sequence}".encode()).decode().rstrip("=")


def read_cursor(text: Any) -> int | None:
    """The place in a cursor; None if it is not a cursor of ours."""
    if isinstance(text, int):
        return text
    try:
        told = base64.urlsafe_b64decode(f"{text}===").decode()
    except (binascii.Error, ValueError):
        return number_of(text) if str(text).isdecimal() else None
    word, _, number = told.partition(":")
    return number_of(number) if word == "after" else None
