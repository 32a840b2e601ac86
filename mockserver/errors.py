"""The exception tree, drawn once.

MockServerError          the tool could not do what it was asked; the CLI prints it and exits with 2
├── DocumentError        an OpenAPI document cannot be read, is not valid, or says what cannot be served
│   └── OperationError   one operation of it cannot be served; the others can
├── FixtureError         seed data breaks its schema; names file, record and field
├── WorldError           a world cannot be found, read or changed as asked; its kind, and every flaw of what was given
│   └── StateError       records or a whole world given from outside cannot be taken (a FixtureError, too)
├── StartError           the server cannot start: unknown API, taken port, unreadable certificate
├── ConfigurationError   a configuration file says what cannot be: names file, key, what was expected and what came
└── VerifyError          a verification cannot run: no Schemathesis, no credential, no server at the URL
Refusal                  a documented refusal raised by a handler: status and payload of the answer
Undocumented             a refusal for which the document has no answer; the server words it as a problem
ContractBreach           an answer that breaks its own contract; it never leaves the server
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from mockserver.admin.flaws import ValueFlaw


class MockServerError(Exception):
    """The tool could not do what it was asked; the message says what was expected, what came and what to do."""


class DocumentError(MockServerError):
    """An OpenAPI document cannot be read, is not valid, or says what cannot be served; `line`: where, if known."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


class OperationError(DocumentError):
    """One operation cannot be served: `pointer` into the document, and the flaw that prevents it."""

    def __init__(self, source: str, operation_id: str, pointer: str, flaw: str) -> None:
        super().__init__(f"{source}: {operation_id} (at {pointer}) cannot be served: {flaw}")
        self.operation_id = operation_id
        self.pointer = pointer
        self.flaw = flaw


class FixtureError(MockServerError):
    """Seed data breaks its schema; the message names file, record and field."""


Why = Literal["invalid", "conflict", "unknown", "taken", "full"]
"""Kinds of WorldError: a value breaks its schema; it does not go with what there is or with what is served; there is
none of that name; the name is taken; there are as many as are kept."""


class WorldError(MockServerError):
    """A world cannot be found, read or changed as asked. `flaws`: what is wrong with a value given, if that is why."""

    def __init__(self, kind: Why, message: str, flaws: Sequence[ValueFlaw] = ()) -> None:
        super().__init__(message)
        self.kind = kind
        self.flaws = tuple(flaws)


class StateError(WorldError, FixtureError):
    """Records, or a whole world, that were given cannot be taken: they do not fit what is served."""


class StartError(MockServerError):
    """The server cannot start as asked."""


class ConfigurationError(MockServerError):
    """A configuration file cannot be read, or says what cannot be; the message names file and key."""


class VerifyError(MockServerError):
    """A verification cannot run as asked; whether the contract is kept is not known."""


class Refusal(Exception):
    """A documented refusal, raised by a handler and sent as it is; the transaction around it is undone.

    status: HTTP status, documented for the operation. payload: JSON body, in the API's own error shape.
    """

    def __init__(self, status: int, payload: Any, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status, payload)
        self.status = status
        self.payload = payload
        self.headers = dict(headers or {})


class Undocumented(Exception):
    """A refusal for which the operation documents no answer: its status, and what is to be said."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class ContractBreach(Exception):
    """An answer that breaks its contract: `pointer` into the answer, `rule` the part of the document it broke."""

    def __init__(self, operation_id: str, pointer: str, rule: str, message: str) -> None:
        super().__init__(f"{operation_id}: {message} (at {pointer or 'the root'} of the answer; broken: {rule})")
        self.operation_id = operation_id
        self.pointer = pointer
        self.rule = rule
        self.message = message
