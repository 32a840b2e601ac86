"""Everything that is wrong with a document, found: what serving would find sooner or later, and wrong examples.

An operation is looked at as serving looks at it: brought into form, compiled, its examples held against its schemas.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from mockserver.contract.contract import Contract
from mockserver.contract.examples import named_examples
from mockserver.contract.flaws import Flaw, Place
from mockserver.contract.generation import Generator, NoValueError
from mockserver.contract.media import Media
from mockserver.contract.operation import Operation
from mockserver.contract.pointers import pointer_of
from mockserver.contract.reading.lines import duplicates
from mockserver.contract.reading.parsing import is_json
from mockserver.contract.reading.reader import ReadDocument
from mockserver.contract.reading.report import MOST_FLAWS
from mockserver.contract.success import answered
from mockserver.contract.validator import Validator
from mockserver.errors import DocumentError, OperationError

NOW = datetime(2026, 1, 1, tzinfo=UTC)
"""The time that values are made for; whether there is one does not depend on it."""


@dataclass(frozen=True)
class Finding:
    """A flaw, and where its author finds it."""

    flaw: Flaw
    place: Place


def check(document: ReadDocument) -> list[Finding]:
    """All flaws of a document, by file and line."""
    document.soundness.be_thorough()
    checker = _Checker(document)
    checker.operations()
    checker.answers()
    document.soundness.components()
    checker.values()
    flaws = list(dict.fromkeys(document.flaws))
    places = document.places([flaw.pointer for flaw in flaws])  # all at once: each text is gone through for its lines
    findings = [Finding(flaw, place) for flaw, place in zip(flaws, places, strict=True)]
    findings += _duplicates(document)
    return sorted(findings, key=lambda each: (each.place.file, each.place.line or 0, each.flaw.pointer))


def _duplicates(document: ReadDocument) -> Iterable[Finding]:
    """Keys given twice in JSON, which its parsers do not report; the YAML parser reports them while it reads."""
    for file in document.origin.texts():
        if is_json(file.text) and not any(flaw.kind == "json" for flaw in file.flaws):
            for path, line in islice(duplicates(file.text), MOST_FLAWS):
                pointer = f"#{pointer_of(path)}"
                message = f"The key {path[-1]!r:.80} is given twice here; the last value is used."
                flaw = Flaw("duplicate-key", pointer, message, "Leave one of them out.")
                yield Finding(flaw, Place(file.name, pointer, line))


class _Checker:
    def __init__(self, document: ReadDocument) -> None:
        self._document = document
        self._contract = Contract(document)
        self._done: set[str] = set()

    def operations(self) -> None:
        names: dict[Any, str] = {}
        for name, described in self._contract.operations.items():
            written = described.members.get("operationId")
            if isinstance(written, str) and names.setdefault(written, described.pointer) != described.pointer:
                message = (
                    f"The operationId {written!r} is that of {names[written]} as well; this one is called {name!r}."
                )
                self._say("operation-id", f"{described.pointer}/operationId", message, "Give each its own.")
            try:
                self._operation(self._contract.operation(name))
            except OperationError as error:
                if not any(flaw.costs != "nothing" and flaw.pointer == error.pointer for flaw in self._document.flaws):
                    self._unservable(error.pointer, error.flaw)

    def answers(self) -> None:
        """Operations whose answer has neither an example nor any value: they are answered with 501."""
        generator, valued = Generator(self._document), dict[str, str]()
        for name in self._contract.operations:
            try:
                operation = self._contract.operation(name)
                media = next(iter(answered(operation).media), None)
                if media is None or any(map(media.accepts, media.examples.values())):
                    continue
                key = json.dumps(media.schema, sort_keys=True)  # many operations answer the same
                if key not in valued:
                    valued[key] = self._without_value(generator, media)
            except DocumentError:
                continue  # it has been told
            if valued[key]:
                self._say("no-value", media.pointer, f"{valued[key]} It is answered with 501.", "Correct the schema.")

    @staticmethod
    def _without_value(generator: Generator, media: Media) -> str:
        """Why a body has no value; nothing if it has one."""
        try:
            generator.value(media.schema, media.validator, 0, now=NOW, shared=True)
        except NoValueError as error:
            return str(error)
        return ""

    def _operation(self, operation: Operation) -> None:
        bodies = operation.body.media if operation.body is not None else ()
        for media in (*bodies, *(each for response in operation.responses.values() for each in response.media)):
            if media.pointer not in self._done:  # a body that operations refer to is that of many
                self._done.add(media.pointer)
                self._media(media, operation.pointer)

    def _media(self, media: Media, pointer: str) -> None:
        if not media.examples:
            return  # what has been brought into form compiles
        try:
            validator = media.validator
        except DocumentError as error:
            self._unservable(pointer, str(error).removeprefix(f"{self._document.source}: "))
            return
        above = media.pointer.rpartition("/")[0]
        for name, value in media.examples.items():
            if not media.accepts(value):
                place = f"{above}/example" if "example" in media.members else f"{above}/examples{pointer_of([name])}"
                self._example("example", place, validator, value, media.pointer)

    def values(self) -> None:
        """Examples and defaults of schemas, and of parameters and headers."""
        for kind in ("Parameter", "Header"):
            for pointer, node in self._document.soundness.objects(kind):
                for value in named_examples(self._document, node).values():
                    self._hold(f"{pointer}/example{'' if 'example' in node else 's'}", node.get("schema", True), value)
        for pointer, node in self._document.soundness.objects("Schema"):
            if "$ref" not in node or not self._document.is_3_0:
                for keyword in ("example", "default"):
                    if keyword in node:
                        self._hold(f"{pointer}/{keyword}", node, node[keyword])

    def _hold(self, pointer: str, schema: Mapping[str, Any] | bool, value: Any) -> None:
        """Say so if a value is allowed neither in requests nor in answers."""
        try:
            # an example with what is `readOnly` is none of a request, one with what is `writeOnly` none of an answer
            validators = [self._contract.validator(schema, direction) for direction in ("response", "request")]
        except DocumentError:
            return  # who needs the schema cannot be served, and that is said there
        if not any(validator.accepts(value) for validator in validators):
            kind = "default" if pointer.endswith("/default") else "example"
            self._example(kind, pointer, validators[0], value, pointer.rpartition("/")[0])

    def _example(self, kind: str, pointer: str, validator: Validator, value: Any, schema: str) -> None:
        inside, rule, message = validator.flaw(value, schema)
        told = f"The {kind} breaks its schema: {inside or 'the value'} {message}; it is never served."
        self._say(kind, pointer, told, f"Correct it, or the rule at {rule}.")

    def _unservable(self, pointer: str, reason: str) -> None:
        told = f"The operation cannot be served: {reason}"
        self._document.flaws.append(Flaw("unservable", pointer, told, "Correct it.", "operation"))

    def _say(self, kind: str, pointer: str, message: str, remedy: str) -> None:
        if len(self._document.flaws) < MOST_FLAWS:
            self._document.flaws.append(Flaw(kind, pointer, message, remedy))
