"""One served operation: a compiled operation of the contract and the handler that Connexion resolved for it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from connexion.decorators.parameter import pythonic

from mockserver.catalog import Api
from mockserver.contract.operation import BODY, PLACES, Described, Key, Operation
from mockserver.contract.violations import Rejection, Violation
from mockserver.errors import ContractBreach, OperationError, Refusal, StartError, Undocumented
from mockserver.inference import Inference
from mockserver.inference.answers import Values
from mockserver.runtime.answer import Answer, problem, refused
from mockserver.runtime.answered import HANDLER, RUNTIME
from mockserver.runtime.codings import Overflow
from mockserver.runtime.negotiation import Make, NotAcceptable, agreed, example_of, negotiates, refuses
from mockserver.runtime.security import Doorkeeper
from mockserver.runtime.stubs import stubbed
from mockserver.world import Record

if TYPE_CHECKING:
    from mockserver.runtime.call import Call

GIVEN = ("body", "user", "token_info")
"""Arguments that a Connexion handler may take in addition to its operation's parameters."""

UNSUPPORTED = ("contentType", "contentEncoding")
"""Keywords of violations that are answered with 415, where the document has one."""


class Endpoint:
    """Answers the requests for one operation of one API."""

    def __init__(self, api: Api, described: Described, handler: Callable[..., Any]) -> None:
        self.api = api
        self.described = described
        self.operation_id = described.operation_id
        self.handler = handler
        self._inferred = isinstance(handler, Inference)
        self._asked = None if self._inferred else _asked(handler)
        if self._asked is not None:
            _check(self._asked, api, described)

    @cached_property
    def operation(self) -> Operation:
        """The operation, compiled on first use; OperationError if it cannot be served."""
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
        """The names of the handler's arguments, by the place and name of the parameters."""
        keys = [(place, each.name) for place in PLACES for each in self.operation.parameters[place]]
        names = {**{key: pythonic(key[1]) for key in keys}, BODY: "body"}
        return {key: name for key, name in names.items() if self._asked is None or name in self._asked}

    @cached_property
    def doorkeeper(self) -> Doorkeeper:
        """Checks its callers."""
        return Doorkeeper(self.api, self.operation)

    def answer(self, call: Call, caller: Record | None) -> Answer:
        """Decode, validate, handle, check the response: all violations in one refusal, all writes or none."""
        values, violations = self.operation.decode(call.request, call.values, call.body.content)
        if violations:
            return self._refuse_as_invalid(call, violations)
        if call.world.stubs:
            stub = stubbed(call, values)
            if stub is not None:
                return self._checked(call, stub.status, stub.payload, stub.headers, example_of)
        if self._inferred:
            origin = call.request.origin
            return self._handle(
                call, lambda: self.handler(call.world, self.operation, values, origin), self._made(call, values)
            )
        names = self._arguments
        arguments = {names[key]: value for key, value in values.items() if key in names}
        if caller is not None:
            given = {"user": caller["account"], "token_info": caller}
            arguments |= {name: value for name, value in given.items() if self._asked is None or name in self._asked}
        return self._handle(call, lambda: self.handler(call.world, **arguments), self._made(call, values))

    def refuse_unread(self, call: Call, limit: int) -> Answer | None:
        """The refusal if the operation has a body and it could not be read; else None."""
        flaw = call.body.flaw
        if flaw is None or self.operation.body is None:
            return None
        if isinstance(flaw, Overflow):
            message = f"the body must have at most {limit} bytes; send less"
            return self.refuse(call, Rejection("too_large", message, self.operation_id))
        headers = None if flaw.accepted is None else {"Accept-Encoding": flaw.accepted}
        return self._refuse_as_invalid(call, [flaw.violation], headers)

    def _refuse_as_invalid(
        self, call: Call, violations: Sequence[Violation], headers: Mapping[str, str] | None = None
    ) -> Answer:
        message = "; ".join(map(str, violations))
        return self.refuse(call, Rejection("invalid", message, self.operation_id, tuple(violations)), headers)

    def refuse(self, call: Call, rejection: Rejection, headers: Mapping[str, str] | None = None) -> Answer:
        """The API's own refusal of this operation, checked like every response."""
        call.exchange.rejection = rejection
        with call.world.lock:
            found = self.api.refuse(call.world, rejection)
        if found is None:
            return refused(rejection, headers)
        payload, status = found
        if self._is_unsupported(rejection, payload):
            status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
        return self._checked(call, status, payload, headers or {}, example_of)

    def _is_unsupported(self, rejection: Rejection, payload: Any) -> bool:
        """Whether only the type or coding of the body is wrong, and the document has a 415 that allows the payload."""
        response = self.operation.responses.get("415")
        return (
            response is not None
            and response.validator is not None
            and bool(rejection.violations)
            and all(each.keyword in UNSUPPORTED for each in rejection.violations)
            and response.validator.accepts(payload)
        )

    def _handle(self, call: Call, act: Callable[[], Any], make: Make) -> Answer:
        call.exchange.answered_by = HANDLER
        try:
            with call.world.transaction():
                payload, status, headers = _unpack(act())
                try:
                    return self._checked(call, status, payload, headers, make, strict=True)
                except ContractBreach:
                    if not self._inferred or self.api.inferred is None:
                        raise
                    payload = self.api.inferred.mended(call.world, self.operation, payload, status)
                    return self._checked(call, status, payload, headers, make, strict=True)
        except Refusal as refusal:
            return self._checked(call, refusal.status, refusal.payload, refusal.headers, example_of)
        except Undocumented as refusal:
            return problem(refusal.status, f"{refusal}.")
        except NotAcceptable:
            call.exchange.answered_by = RUNTIME
            message = f"Accept must take a documented media type, got {call.request.accept:.80}"
            return self.refuse(call, Rejection("not_acceptable", message, self.operation_id))

    def _checked(
        self, call: Call, status: int, payload: Any, headers: Mapping[str, str], make: Make, *, strict: bool = False
    ) -> Answer:
        """The answer; ContractBreach if the document does not allow it. `make`: see `agreed`.

        strict: NotAcceptable if the client takes no type of it and the document has a 406 for that.
        """
        response = self.operation.check(status, payload, headers)
        found = None
        if self._negotiates and b"accept" in call.request.first:
            accept = call.request.accept
            if strict and refuses(self.operation, response, accept):
                raise NotAcceptable
            found = agreed(response, payload, accept, make)
        if found is None:
            payload, headers = response.rebased(payload, headers, call.request.prefix)
            return Answer(status, response.write(payload), response.content_type, headers)
        body, offer = found
        body, headers = response.rebased(body, headers, call.request.prefix, offer.media)
        return Answer(status, offer.write(body), offer.content_type, headers)

    @cached_property
    def _negotiates(self) -> bool:
        return negotiates(self.operation)

    def _made(self, call: Call, values: Values) -> Make:
        """What makes the body of a media type with a schema of its own."""
        inferred, operation = self.api.inferred, self.operation
        if inferred is None:
            return example_of
        return lambda offer: inferred.body(call.world, operation, offer.media, values, offer.content_type)


def _asked(handler: Callable[..., Any]) -> frozenset[str] | None:
    """The arguments of a handler after the world; None if it takes `**arguments`."""
    _, *others = inspect.signature(handler).parameters.values()
    if any(each.kind is each.VAR_KEYWORD for each in others):
        return None
    return frozenset(each.name for each in others)


def _check(asked: frozenset[str], api: Api, described: Described) -> None:
    """StartError if the handler takes what is no parameter of the operation; does not compile the operation."""
    arguments = [pythonic(each["name"]) for each in api.document.parameters(described.path, described.members)]
    unknown = asked - set(arguments) - set(GIVEN)
    if unknown:
        raise StartError(
            f"{described.operation_id}() takes {', '.join(sorted(unknown))}, which is no parameter of the operation; "
            f"expected some of {', '.join([*arguments, *GIVEN])}."
        )


def _unpack(result: Any) -> tuple[Any, int, Mapping[str, str]]:
    if not isinstance(result, tuple):
        return result, 200, {}
    payload, status, *rest = result
    return payload, status, rest[0] if rest else {}
