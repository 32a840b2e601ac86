"""Requests of our own, besides those that Schemathesis generates, recorded as related to them."""

from __future__ import annotations

import threading
from collections.abc import Mapping, MutableMapping
from typing import Any, ClassVar, TypeAlias

import schemathesis
from schemathesis.checks import CheckContext
from schemathesis.core.failures import Failure, Severity
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import is_unexpected_http_status_case

from mockserver.contract.bodies import read_json
from mockserver.contract.document import Document
from mockserver.contract.examples import example_of
from mockserver.contract.operation import PLACES
from mockserver.contract.violations import ABSENT
from mockserver.verify.citations import Citations
from mockserver.verify.events import SUCCESS, OperationRef
from mockserver.verify.identities import Identity, Placed
from mockserver.verify.targets import Target

Case: TypeAlias = schemathesis.Case[Any]
"""A generated request."""


class CheckFailure(Failure):
    """A failure of one of our checks: the violated rule of the document, and the requests that show it."""

    __slots__ = ("requests", "rule")
    code: ClassVar[str] = "ST901"

    def __init__(self, case: Case, title: str, message: str, rule: str, requests: tuple[str, ...] = ()) -> None:
        operation: str = case.operation.label
        last = requests[-1] if requests else None
        super().__init__(operation=operation, title=title, message=message, case_id=last, severity=Severity.HIGH)
        self.rule = rule
        self.requests = requests

    def related_case_ids(self) -> tuple[str, ...]:
        return self.requests


class Prober:
    """Creates and sends requests in one run. `alone`: nothing else writes while a check compares responses."""

    def __init__(
        self, target: Target, contract: Citations, operations: tuple[OperationRef, ...], *, alone: bool
    ) -> None:
        self.target = target
        self.contract = contract
        self.document = contract.document
        self.operations = {each.label: each for each in operations}
        self.alone = alone
        self._counted: dict[tuple[str, ...], int] = {}
        self._lock = threading.Lock()

    def operation(self, case: Case) -> OperationRef | None:
        """The documented operation of a case; None for a case with an undocumented method."""
        return None if is_unexpected_http_status_case(case) else self.operations.get(case.operation.label)

    def count(self, *key: str) -> int:
        """How often this was called with the key before."""
        with self._lock:
            before = self._counted.get(key, 0)
            self._counted[key] = before + 1
        return before

    def send(self, ctx: CheckContext, parent: Case, case: Case) -> Response:
        """Send a request on behalf of `parent`."""
        ctx.internals.record_case(parent_id=parent.id, case=case)
        response: Response = case.operation.schema.transport.send(case, **self._arguments())
        ctx.internals.record_response(case_id=case.id, response=response)
        return response

    def send_unrecorded(self, case: Case) -> Response:
        response: Response = case.operation.schema.transport.send(case, **self._arguments())
        return response

    def _arguments(self) -> dict[str, Any]:
        app = {} if self.target.app is None else {"app": self.target.app}
        return {"headers": dict(self.target.headers), **app}

    def again(self, parent: Case, query: Mapping[str, Any]) -> Case:
        """The same request with another query."""
        case: Case = parent.derive(query=dict(query))
        self._authenticate(case, self.operations[parent.operation.label])
        return case

    def read(
        self, parent: Case, operation: OperationRef, path: Mapping[str, Any], query: Mapping[str, Any]
    ) -> Case | None:
        """A GET of one of the run's operations, required parameters filled from the document's examples.

        None if the document has none for one of them.
        """
        known = self.target.values.of(operation.label)
        given = {**known, "path": {**known["path"], **path}, "query": {**known["query"], **query}}
        filled = fill(self.document, operation.path, self.contract.described(operation), given)
        if filled is None:
            return None
        found = parent.operation.schema.find_operation_by_label(operation.label)
        assert found is not None
        case: Case = found.Case(
            path_parameters=filled["path"], query=filled["query"], headers=filled["header"], cookies=filled["cookie"]
        )
        self._authenticate(case, operation)
        return case

    def _authenticate(self, case: Case, operation: OperationRef) -> None:
        if self.target.caller is not None:
            carry(case, self.target.caller.place(self.contract.described(operation)))

    def as_identity(self, case: Case, operation: OperationRef, identity: Identity) -> Case | None:
        """The same request with another credential; None if the operation requires none that the identity has."""
        placed = identity.place(self.contract.described(operation))
        if placed is None:
            return None
        copied: Case = case.derive()
        # one that stands elsewhere would still be the caller's
        if self.target.caller is not None:
            drop(copied, self.target.caller.place(self.contract.described(operation)))
        carry(copied, placed)
        return copied


def fill(
    document: Document, path: str, described: Mapping[str, Any], given: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, Any]] | None:
    """The parameters of a request by location: the given ones, and the document's examples for other required ones.

    None if the document has no example for one of them.
    """
    values: dict[str, dict[str, Any]] = {place: dict(given.get(place, {})) for place in PLACES}
    for parameter in document.parameters(path, described):
        name, place = parameter["name"], parameter["in"]
        if parameter.get("required") and name not in values[place]:
            example = example_of(document, parameter)
            if example is ABSENT:
                return None
            values[place][name] = example
    return values


def carry(case: Case, placed: Placed | None) -> None:
    """Add a credential to a request."""
    if placed is None:
        return
    case.headers.update(placed.headers)
    for container, values in ((case.query, placed.query), (case.cookies, placed.cookies)):
        # a request that was made invalid may have anything in the place of its query
        if values and isinstance(container, dict):
            container.update(values)


def drop(case: Case, placed: Placed | None) -> None:
    """Take a credential out of a request."""
    if placed is None:
        return
    for container, names in (
        (case.headers, placed.headers),
        (case.query, placed.query),
        (case.cookies, placed.cookies),
    ):
        if isinstance(container, MutableMapping):
            for name in names:
                container.pop(name, None)


def succeeded(response: Response) -> bool:
    """Whether the status of a response is a 2xx."""
    return response.status_code // 100 == SUCCESS


def body_of(response: Response) -> Any:
    """The JSON value of a response; ABSENT if it is not JSON."""
    value, flaw = read_json(response.content or b"")
    return ABSENT if flaw is not None else value


def is_positive(case: Case) -> bool:
    """Whether the request was generated as a valid one."""
    return case.meta is None or case.meta.generation.mode.is_positive
