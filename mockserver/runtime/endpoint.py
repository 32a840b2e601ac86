"""One served operation: a compiled operation of the contract and the handler that Connexion resolved for it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple

from connexion.decorators.parameter import pythonic

from mockserver.api import Api, Records
from mockserver.contract.decoding import Decoder
from mockserver.contract.negotiation import Offer
from mockserver.contract.operation import Described, Key, Operation, Response
from mockserver.contract.pairs import Pairs
from mockserver.contract.security import Sources
from mockserver.contract.success import answered, status_of
from mockserver.contract.violations import Rejection, Violation
from mockserver.errors import ContractBreach, OperationError, Refusal, StartError, Undocumented
from mockserver.handlers import place_of
from mockserver.runtime.answer import Answer, problem, refused
from mockserver.runtime.answered import HANDLER, RUNTIME
from mockserver.runtime.codings import Overflow
from mockserver.runtime.negotiation import Make, NotAcceptable, agreed, example_of, negotiates, refuses
from mockserver.runtime.security import Doorkeeper
from mockserver.runtime.stubs import stubbed
from mockserver.world import Record
from mockserver.world.worlds import Transaction

if TYPE_CHECKING:
    from mockserver.runtime.call import Call

GIVEN = ("body", "user", "token_info", "records")
"""Arguments that a handler may take in addition to its operation's parameters: those of Connexion, and `Records`."""

Decode = Callable[[Sources, Pairs, bytes | None], tuple[dict[str, Any], list[Violation]]]

NO_HEADERS: Mapping[str, str] = {}

UNSUPPORTED = ("contentType", "contentEncoding")
"""Keywords of violations that are answered with 415, where the document has one."""


class Sent(NamedTuple):
    """What is looked up for every answer of a status: whether its body is allowed, and how it is written.

    `plain`: nothing but the body need be checked, and no request can ask for another form of it.
    """

    response: Response
    accepts: Callable[[Any], bool]
    write: Callable[[Any], bytes]
    content_type: str | None
    plain: bool


class Ready:
    """What an endpoint looks up for every request, computed before the first.

    Attributes of its own and no cached properties: CPython 3.11 looks for those in the class and then in the instance,
    each time anew.
    """

    __slots__ = ("decode", "doorkeeper", "negotiates", "sent", "success")

    def __init__(self, doorkeeper: Doorkeeper, decode: Decode, success: int, *, negotiates: bool) -> None:
        self.doorkeeper = doorkeeper
        self.decode = decode
        self.success = success
        self.negotiates = negotiates
        self.sent: dict[int, Sent] = {}


class Endpoint:
    """Answers the requests for one operation of one API. `ready`: what it has compiled, None before its first use."""

    def __init__(self, api: Api, described: Described, handler: Callable[..., Any]) -> None:
        self.api = api
        self.described = described
        self.operation_id = described.operation_id
        self.handler = handler
        self._inferred = handler is api.inferred
        self._asked = None if self._inferred else _asked(handler)
        self._takes_user, self._takes_token_info = self._takes("user"), self._takes("token_info")
        if self._asked is not None:
            _check(handler, self._asked, api, described)
        self._keeps = self._asked is not None and "records" in self._asked
        self.ready: Ready | None = None

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

    def prepare(self) -> Ready:
        """Compile what every request needs; OperationError if the operation cannot be served."""
        if self.ready is None:
            operation = self.operation
            self.ready = Ready(
                Doorkeeper(self.api, operation),
                self._decoder().decode,
                status_of(answered(operation)),
                negotiates=negotiates(operation),
            )
        return self.ready

    def _decoder(self) -> Decoder[str]:
        """Decodes requests into the handler's arguments."""
        names = {key: pythonic(key[1]) for key in self.operation.keys}
        taken = {key: name for key, name in names.items() if self._takes(name)}
        return Decoder(self.operation, taken, "body" if self._takes("body") else None)

    def _takes(self, name: str) -> bool:
        """Whether the handler has such an argument."""
        return self._asked is None or name in self._asked

    def answer(self, call: Call, caller: Record | None) -> Answer:
        """Decode, validate, handle, check the response: all violations in one refusal, all writes or none."""
        arguments, violations = self._arguments(call, caller)
        if violations:
            return self._refuse_as_invalid(call, violations)
        if call.world.stubs:
            stub = stubbed(call, self._values(call)[0])
            if stub is not None:
                return self._checked(call, stub.status, stub.payload, stub.headers)
        return self._handle(call, arguments)

    def _arguments(self, call: Call, caller: Record | None) -> tuple[dict[str, Any], list[Violation]]:
        """The handler's arguments after the world, and the violations of the request."""
        if self._inferred:
            # an inferred handler is asked by places and names: its operations share one function
            values, violations = self._values(call)
            account = None if caller is None else caller["account"]
            given = {"operation": self.operation, "values": values, "origin": call.request.origin, "account": account}
            return given, violations
        decode = (self.ready or self.prepare()).decode
        arguments, violations = decode(call.request, call.values, call.body.content)
        if caller is not None:
            if self._takes_user:
                arguments["user"] = caller["account"]
            if self._takes_token_info:
                arguments["token_info"] = caller
        if self._keeps:
            arguments["records"] = Records(self.api, call.world)
        return arguments, violations

    def _values(self, call: Call) -> tuple[dict[Key, Any], list[Violation]]:
        """What the request sends, by place and name, and its violations."""
        return self.operation.decode(call.request, call.values, call.body.content)

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
        # a refusal may draw an id for its body
        with call.world.lock:
            found = self.api.refuse(call.world, rejection)
        if found is None:
            return refused(rejection, headers)
        payload, status = found
        if self._is_unsupported(rejection, payload):
            # RFC 9110, 15.5.16; the API's own words for a bad request stay
            status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
        return self._checked(call, status, payload, self._completed(call, status, headers or {}))

    def _completed(self, call: Call, status: int, headers: Mapping[str, str]) -> Mapping[str, str]:
        """The headers of a refusal, with those that its response requires made up where nobody wrote them by hand."""
        response, inferred = self.operation.response(status), self.api.inferred
        if inferred is None or response is None or not any(each.required for each in response.headers):
            return headers
        return {**inferred.headers(call.world, self.operation, response), **headers}

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

    def _handle(self, call: Call, arguments: Mapping[str, Any]) -> Answer:
        # noted before the handler runs: one that fails has answered, too, by a defect
        call.exchange.answered_by = HANDLER
        try:
            return self._handled(call, arguments)
        except Refusal as refusal:
            headers = self._completed(call, refusal.status, refusal.headers)
            return self._checked(call, refusal.status, refusal.payload, headers)
        except Undocumented as refusal:
            return problem(refusal.status, f"{refusal}.")
        except NotAcceptable:
            call.exchange.answered_by = RUNTIME
            message = f"Accept must take a documented media type, got {call.request.accept:.80}"
            return self.refuse(call, Rejection("not_acceptable", message, self.operation_id))

    def _handled(self, call: Call, arguments: Mapping[str, Any]) -> Answer:
        """The handler's answer. All that it has written is undone if it fails, or if the answer breaks the contract."""
        transaction = Transaction(call.world)
        try:
            result = self.handler(call.world, **arguments)
            payload, status, headers = (
                _unpack(result)
                if type(result) is tuple
                else (result, (self.ready or self.prepare()).success, NO_HEADERS)
            )
            try:
                return self._checked(call, status, payload, headers, made=True)
            except ContractBreach:
                # an inferred handler guesses, and a wrong guess is repaired; a written one has a defect to be seen
                if not self._inferred or self.api.inferred is None:
                    raise
                payload = self.api.inferred.mended(call.world, self.operation, payload, status)
                return self._checked(call, status, payload, headers, made=True)
        except BaseException:
            transaction.undo()
            raise
        finally:
            transaction.end()

    def _checked(
        self, call: Call, status: int, payload: Any, headers: Mapping[str, str], *, made: bool = False
    ) -> Answer:
        """The answer; ContractBreach if the document does not allow it.

        made: by the handler. NotAcceptable then if the client takes no type of it and the document has a 406 for that.
        """
        ready = self.ready or self.prepare()
        sent = ready.sent.get(status)
        if sent is not None and sent.plain and not call.request.prefix and sent.accepts(payload):  # as nearly always
            return Answer(status, sent.write(payload), sent.content_type, headers)
        response = self.operation.check(status, payload, headers)
        if sent is None:
            plain = not response.headers and not ready.negotiates
            ready.sent[status] = Sent(response, response.accepts, response.write, response.content_type, plain)
        found = None
        if ready.negotiates and "accept" in call.request.first:
            found = self._agreed(call, response, payload, made=made)
        if found is None:
            # links must lead back into the world that the request named in its path
            if call.request.prefix:
                payload, headers = response.rebased(payload, headers, call.request.prefix)
            return Answer(status, response.write(payload), response.content_type, headers)
        body, offer = found
        body, headers = response.rebased(body, headers, call.request.prefix, offer.media)
        return Answer(status, offer.write(body), offer.content_type, headers)

    def _agreed(self, call: Call, response: Response, payload: Any, *, made: bool) -> tuple[Any, Offer] | None:
        """The body in the media type that the client prefers, see `agreed`."""
        accept = call.request.accept
        if made and refuses(self.operation, response, accept):
            raise NotAcceptable
        return agreed(response, payload, accept, self._make(call) if made else example_of)

    def _make(self, call: Call) -> Make:
        """What makes the body of a media type with a schema of its own."""
        inferred, operation = self.api.inferred, self.operation
        if inferred is None:
            return example_of
        # decoded a second time, for which only operations with several media types pay
        values, _ = self._values(call)
        return lambda offer: inferred.body(call.world, operation, offer.media, values, offer.content_type)


def _asked(handler: Callable[..., Any]) -> frozenset[str] | None:
    """The arguments of a handler after the world; None if it takes `**arguments`."""
    _, *others = inspect.signature(handler).parameters.values()  # the first is the world
    if any(each.kind is each.VAR_KEYWORD for each in others):
        return None
    return frozenset(each.name for each in others)


def _check(handler: Callable[..., Any], asked: frozenset[str], api: Api, described: Described) -> None:
    """StartError if the handler takes what is no parameter of the operation, or needs what may not come.

    It does not compile the operation.
    """
    told = f"{place_of(handler)}: {described.operation_id}() takes"
    parameters = list(api.document.parameters(described.path, described.members))
    arguments = [pythonic(each["name"]) for each in parameters]
    unknown = asked - set(arguments) - set(GIVEN)
    if unknown:
        raise StartError(
            f"{told} {', '.join(sorted(unknown))}, which is no parameter of the operation; "
            f"expected some of {', '.join([*arguments, *GIVEN])}."
        )
    optional = {pythonic(each["name"]) for each in parameters if not _always_comes(each, api)}
    if not api.document.resolve(described.members.get("requestBody", {})).get("required"):
        optional.add("body")
    needed = [each.name for each in inspect.signature(handler).parameters.values() if each.default is each.empty]
    missing = [each for each in needed if each in optional & asked]
    if missing:
        raise StartError(
            f"{told} {', '.join(missing)} without a default, but requests may come without. Write {missing[0]}=None."
        )


def _always_comes(parameter: Mapping[str, Any], api: Api) -> bool:
    """Whether a handler is given the parameter with every request."""
    schema = api.document.resolve(parameter.get("schema", {}))
    return parameter["in"] == "path" or parameter.get("required", False) or "default" in schema


def _unpack(result: tuple[Any, ...]) -> tuple[Any, int, Mapping[str, str]]:
    payload, status, *rest = result
    return payload, status, rest[0] if rest else NO_HEADERS
