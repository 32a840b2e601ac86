"""One served operation: a compiled operation of the contract and the handler that Connexion resolved for it."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from http import HTTPStatus
from typing import Any

from connexion.decorators.parameter import pythonic

from mockserver.catalog import Api
from mockserver.contract.operation import BODY, PLACES, Described, Key, Operation
from mockserver.contract.parameters import Pairs
from mockserver.contract.violations import Kind, Rejection, Violation
from mockserver.errors import ContractBreach, DocumentError, OperationError, Refusal, StartError
from mockserver.inference import DocumentedAnswers
from mockserver.runtime.answer import Answer, problem, refused
from mockserver.runtime.request import Request
from mockserver.world import DEFAULT, Record, World

logger = logging.getLogger("mockserver")

GIVEN = ("body", "user", "token_info")
"""Arguments that a Connexion handler may ask for beside its operation's parameters."""

UNSUPPORTED = ("contentType", "contentEncoding")
"""Keywords of violations that a 415 is for, where the document has one."""


class UnauthorizedRequest(Exception):
    """The request lacks a credential that the operation takes, or the scopes it needs."""

    def __init__(self, rejection: Rejection) -> None:
        super().__init__(rejection.message)
        self.rejection = rejection


class Endpoint:
    """Answers requests for one operation of one API; the routing has been done."""

    def __init__(self, api: Api, described: Described, handler: Callable[..., Any]) -> None:
        self.api = api
        self.described = described
        self.operation_id = described.operation_id
        self.handler = handler
        self._inferred = isinstance(handler, DocumentedAnswers)
        self._asked = None if self._inferred else _asked(handler)
        if self._asked is not None:
            _check(self._asked, api, described)

    @cached_property
    def operation(self) -> Operation:
        """The operation, compiled when it is first asked for; OperationError if it cannot be served."""
        return self.api.contract.operation(self.operation_id)

    @property
    def servable(self) -> Operation | None:
        """The operation; None if it cannot be served."""
        try:
            return self.operation
        except OperationError:
            return None

    @cached_property
    def _arguments(self) -> Mapping[Key, str]:
        """The arguments that the handler asks for, by what is decoded."""
        keys = [(place, each.name) for place in PLACES for each in self.operation.parameters[place]]
        names = {**{key: pythonic(key[1]) for key in keys}, BODY: "body"}
        return {key: name for key, name in names.items() if self._asked is None or name in self._asked}

    def authorize(self, request: Request, world: World, *, any_credential: bool) -> Record | None:
        """The caller's credential record, None where it needs none and none is known; raises UnauthorizedRequest.

        With `any_credential` everybody is the default account, whatever they send.
        """
        security = self.operation.security
        if any_credential and security.alternatives:
            return self.api.default_credential(world)
        if self.api.credentials is None:
            return self._anybody(request)
        rejection = None
        for alternative in security.alternatives:
            records = self._known(alternative.credentials(request), world)
            if not records:
                continue
            granted = [scope for record in records for scope in record["scopes"]]
            missing = [scope for scope in alternative.scopes if scope not in granted]
            if not missing:
                return records[0]
            message = f"the credential lacks the scope {', '.join(missing)}; send one that has it"
            rejection = rejection or self._rejection("forbidden", message, alternative.scopes, tuple(granted))
        if security.optional:
            return None
        if rejection is None:
            came = any(alternative.credentials(request) for alternative in security.alternatives)
            message = "the credential is not known" if came else "no credential came"
            rejection = self._rejection("unauthorized", f"{message}; send one of the demo credentials")
        raise UnauthorizedRequest(rejection)

    def _anybody(self, request: Request) -> Record | None:
        """Whoever sends a credential of the right kind, where the API has no credentials of its own to tell by."""
        security = self.operation.security
        for alternative in security.alternatives:
            presented = alternative.credentials(request)
            if presented:
                return {"token": presented[0], "account": DEFAULT, "scopes": [*alternative.scopes]}
        if security.optional:
            return None
        message = f"no credential came; send one, whatever it says: {security.challenge}"
        raise UnauthorizedRequest(self._rejection("unauthorized", message))

    def _rejection(
        self, kind: Kind, message: str, required: tuple[str, ...] = (), granted: tuple[str, ...] = ()
    ) -> Rejection:
        return Rejection(kind, message, self.operation_id, required_scopes=required, granted_scopes=granted)

    def _known(self, presented: list[str], world: World) -> list[Record]:
        """The record of each credential; empty if one of them is not known."""
        assert self.api.credentials is not None
        table = world[self.api.credentials]
        known = [record for record in map(table.get, presented) if record is not None]
        return known if len(known) == len(presented) else []

    def answer(self, request: Request, path_values: Pairs, body: bytes, world: World, caller: Record | None) -> Answer:
        """Decode, validate, handle, check the answer: all violations in one refusal, all writes or none."""
        values, violations = self.operation.decode(request, path_values, body)
        if violations:
            return self.refuse_as_invalid(world, violations)
        if self._inferred:
            return self._by_handler(request, world, lambda: self.handler(world, self.operation, values))
        names = self._arguments
        arguments = {names[key]: value for key, value in values.items() if key in names}
        if caller is not None:
            given = {"user": caller["account"], "token_info": caller}
            arguments |= {name: value for name, value in given.items() if self._asked is None or name in self._asked}
        return self._by_handler(request, world, lambda: self.handler(world, **arguments))

    def _by_handler(self, request: Request, world: World, act: Callable[[], Any]) -> Answer:
        answer = self._guarded(lambda: self._handle(request, world, act))
        answer.by = "handler"
        return answer

    def refuse_as_invalid(
        self, world: World, violations: Sequence[Violation], headers: Mapping[str, str] | None = None
    ) -> Answer:
        """The API's own words for all that is wrong with the request."""
        message = "; ".join(map(str, violations))
        return self.refuse(world, Rejection("invalid", message, self.operation_id, tuple(violations)), headers)

    def refuse(self, world: World, rejection: Rejection, headers: Mapping[str, str] | None = None) -> Answer:
        """The API's own words for a rejection of this operation, checked like every answer."""

        def worded() -> Answer:
            with world.lock:
                found = self.api.refuse(world, rejection)
            if found is None:
                return refused(rejection, headers)
            payload, status = found
            if self._is_unsupported(rejection, payload):
                status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
            return self._checked(None, status, payload, headers or {})

        answer = self._guarded(worded)
        answer.rejection = rejection
        return answer

    def _is_unsupported(self, rejection: Rejection, payload: Any) -> bool:
        """Whether the body's type or coding is all that is wrong, and the document has a 415 that the payload fits."""
        response = self.operation.responses.get("415")
        return (
            response is not None
            and response.validator is not None
            and bool(rejection.violations)
            and all(each.keyword in UNSUPPORTED for each in rejection.violations)
            and response.validator.accepts(payload)
        )

    def _handle(self, request: Request, world: World, act: Callable[[], Any]) -> Answer:
        try:
            with world.transaction():
                payload, status, headers = _unpack(act())
                return self._checked(request, status, payload, headers)
        except Refusal as refusal:
            return self._checked(request, refusal.status, refusal.payload, refusal.headers)

    def _checked(self, request: Request | None, status: int, payload: Any, headers: Mapping[str, str]) -> Answer:
        response = self.operation.check(status, payload, headers)
        payload, headers = response.rebased(payload, headers, "" if request is None else request.prefix)
        return Answer(status, response.write(payload), response.content_type, headers)

    def _guarded(self, act: Callable[[], Answer]) -> Answer:
        try:
            return act()
        except ContractBreach as breach:
            logger.error("contract breach: %s", breach)
            return problem(
                500,
                f"The answer broke its own contract and was held back: {breach}",
                pointer=breach.pointer,
                rule=breach.rule,
            )
        except DocumentError as error:
            return unservable(error)
        except Exception:
            logger.exception("%s failed", self.operation_id)
            return problem(500, f"{self.operation_id} failed inside the mock server; its log says where.")


def unservable(error: DocumentError) -> Answer:
    """The answer of an operation whose document has a flaw that keeps it from being served."""
    return problem(501, f"The document does not allow this operation to be served: {error}")


def _asked(handler: Callable[..., Any]) -> frozenset[str] | None:
    """The arguments that a handler asks for beside the world; None if it takes whatever there is."""
    _, *others = inspect.signature(handler).parameters.values()
    if any(each.kind is each.VAR_KEYWORD for each in others):
        return None
    return frozenset(each.name for each in others)


def _check(asked: frozenset[str], api: Api, described: Described) -> None:
    """StartError if the handler asks for what the operation does not give, found without compiling it."""
    arguments = [pythonic(each["name"]) for each in api.document.parameters(described.path, described.members)]
    unknown = asked - set(arguments) - set(GIVEN)
    if unknown:
        raise StartError(
            f"{described.operation_id}() asks for {', '.join(sorted(unknown))}, which no parameter of the operation "
            f"gives; expected some of {', '.join([*arguments, *GIVEN])}."
        )


def _unpack(result: Any) -> tuple[Any, int, Mapping[str, str]]:
    if not isinstance(result, tuple):
        return result, 200, {}
    payload, status, *rest = result
    return payload, status, rest[0] if rest else {}
