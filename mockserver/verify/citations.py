"""Which part of the document a failure violates: a JSON pointer and a quotation.

Where the compiled contract can validate the request or the response itself, the pointer leads to the violated rule;
elsewhere to the nearest part that the check is about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypedDict
from urllib.parse import urlsplit

from mockserver.contract.bodies import read_json
from mockserver.contract.contract import Contract
from mockserver.contract.location import parameter_pointer
from mockserver.contract.operation import Described, Operation, Response
from mockserver.contract.pointers import pointer_of
from mockserver.contract.request import RawRequest
from mockserver.contract.violations import Violation
from mockserver.errors import DocumentError, OperationError
from mockserver.verify.events import UNENFORCED, Exchange, OperationRef
from mockserver.verify.identities import place_of, requirements
from mockserver.verify.oneway import one_way


@dataclass(frozen=True)
class Citation:
    """`pointer` into the document; `message` if the contract says more than the check."""

    pointer: str
    message: str | None = None


CONFLICT = 409
"""The status of a request that conflicts with the state of a resource."""

PARAMETER = re.compile(r"(/parameters/)(\d+)(?=/|$)")
"""A parameter in a pointer, by its number."""


class Where(TypedDict):
    """Where a person finds a part of a document."""

    file: str
    line: int | None


class Citations:
    """Finds the parts of a contract that failures violate."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.document = contract.document
        self._places: dict[str, Where] = {}

    def compiled(self, operation: OperationRef) -> Operation | None:
        """The operation; None if it cannot be compiled, so that only its place is cited."""
        try:
            return self.contract.operation(self._described(operation).operation_id)
        except OperationError:
            return None

    def _described(self, operation: OperationRef) -> Described:
        found = self.contract.find(operation.method, operation.path)
        assert found is not None
        return found

    def cite(self, check: str, operation: OperationRef, exchange: Exchange, detail: str | None) -> Citation:
        """The part that a failed check of an exchange is about; `detail` names a header, if it is about one."""
        return CITED.get(check, _responses)(self, operation, exchange, detail)

    def pointer(self, operation: OperationRef, *path: str | int) -> str:
        return self._described(operation).pointer + pointer_of([*path])

    def parameter(self, operation: OperationRef, name: str) -> str:
        """Where the document has the parameter, or else the operation."""
        described = self._described(operation)
        return parameter_pointer(self.document, described, name) or described.pointer

    def place(self, operation: OperationRef, pointer: str) -> str:
        """Where a pointer leads, from the operation on if it is there, with parameters by name instead of number."""
        place = PARAMETER.sub(lambda found: found[1] + self._parameter(pointer, found), pointer)
        own, path = self.pointer(operation), "#" + pointer_of(["paths", operation.path])
        # the longer one first: an operation stands below its path
        for prefix in (own, path):
            if place == prefix or place.startswith(f"{prefix}/"):
                return place[len(prefix) + 1 :]
        return place

    def where(self, pointer: str) -> Where:
        """File and line of what stands at a pointer; looked up once, as a file is read for it."""
        if pointer not in self._places:
            place = next(iter(self.document.places([pointer])), None)
            self._places[pointer] = Where(
                file=self.document.source if place is None else place.file, line=None if place is None else place.line
            )
        return self._places[pointer]

    def _parameter(self, pointer: str, found: re.Match[str]) -> str:
        try:
            parameter = self.document.resolve(self.document.at(pointer[: found.end()]))
            return f"{parameter['in']} {parameter['name']}"
        except (DocumentError, KeyError, TypeError):
            return found[2]

    def described(self, operation: OperationRef) -> Mapping[str, Any]:
        return self._described(operation).members

    def quote(self, pointer: str) -> str:
        """What the document has at the pointer, as YAML; empty if nothing."""
        return self.contract.quote(pointer)

    def unenforced(self, operation: OperationRef, exchange: Exchange, rule: str) -> tuple[str, str, str] | None:
        """The check, title and message of the one finding that a credential is not asked for; None if it is another.

        Several checks find it, without a credential and with wrong ones. A conflict shows it, too: only who has
        carried out a request so far knows that it conflicts with what exists.
        """
        processed = exchange.succeeded or exchange.status == CONFLICT
        if not processed or rule != _security(self, operation, exchange, None).pointer:
            return None
        wrong = "with a credential that is not valid" if _has_credential(self, operation, exchange) else "without one"
        message = f"a credential is required, but a request {wrong} was answered {exchange.status}; expected 401 or 403"
        return "ignored_auth", UNENFORCED, message

    def response_pointer(self, operation: OperationRef, exchange: Exchange) -> str | None:
        """Where the document has the response of this status: its own, that of its range, or the default."""
        responses = self.described(operation)["responses"]
        status = exchange.status or 0
        for name in (str(status), f"{status // 100}XX", "default"):
            if name in responses:
                # quoted where it is written, which is the same for every operation that refers to it
                reference: str | None = responses[name].get("$ref")
                return reference or self.pointer(operation, "responses", name)
        return None


def _responses(cited: Citations, operation: OperationRef, exchange: Exchange, detail: str | None) -> Citation:
    del exchange, detail
    return Citation(cited.pointer(operation, "responses"))


def _schema(cited: Citations, operation: OperationRef, exchange: Exchange, detail: str | None) -> Citation:
    compiled = cited.compiled(operation)
    where = cited.response_pointer(operation, exchange)
    if where is None:
        return _responses(cited, operation, exchange, detail)
    response = None if compiled is None else compiled.response(exchange.status or 0)
    value, flaw = read_json(exchange.response_body)
    if response is None or response.validator is None or flaw is not None:
        return Citation(f"{where}/content")
    if response.accepts(value):
        return _one_way(cited, response, value) or Citation(f"{where}/content")
    pointer, rule, message = response.media[0].flaw(value)
    return Citation(rule, f"{pointer or 'the response'} {message}")


def _one_way(cited: Citations, response: Response, value: Any) -> Citation | None:
    """A property of requests in an answer, which no validator finds: OpenAPI says that it should not be there."""
    media = response.media[0]
    place, rule = next(one_way(cited.document, media.schema, value, media.pointer), ("", ""))
    return Citation(f"{rule}/writeOnly", f"{place} is writeOnly, so that no answer should have it") if rule else None


def _server_error(cited: Citations, operation: OperationRef, exchange: Exchange, detail: str | None) -> Citation:
    """The answer as the document lists it, if it does; else the list, which has none such."""
    status = exchange.status or 0
    if not operation.documents(status):
        return _responses(cited, operation, exchange, detail)
    entry = str(status) if str(status) in operation.statuses else _range(operation, status)
    where = cited.pointer(operation, "responses", entry)
    return Citation(where, f"the document lists {status}, so that the contract is kept; it is a failure still")


def _range(operation: OperationRef, status: int) -> str:
    """How the document writes the range of the status, which it has."""
    # OpenAPI has `4XX` in capitals (3.0.3, Responses Object), and documents have `4xx`
    return next(each for each in operation.statuses if each.upper() == f"{status // 100}XX")


def _content(cited: Citations, operation: OperationRef, exchange: Exchange, detail: str | None) -> Citation:
    where = cited.response_pointer(operation, exchange)
    return _responses(cited, operation, exchange, detail) if where is None else Citation(f"{where}/content")


def _headers(cited: Citations, operation: OperationRef, exchange: Exchange, detail: str | None) -> Citation:
    where = cited.response_pointer(operation, exchange)
    if where is None:
        return _responses(cited, operation, exchange, detail)
    return Citation(f"{where}/headers" + (pointer_of([detail]) if detail else ""))


def _security(cited: Citations, operation: OperationRef, exchange: Exchange, detail: str | None) -> Citation:
    del exchange, detail
    # where nothing declares security, the place to declare it is the operation
    own = "security" in cited.described(operation) or "security" not in cited.document.raw
    return Citation(cited.pointer(operation, "security") if own else "#/security")


def _path(cited: Citations, operation: OperationRef, exchange: Exchange, detail: str | None) -> Citation:
    del cited, exchange, detail
    return Citation("#" + pointer_of(["paths", operation.path]))


def _request(cited: Citations, operation: OperationRef, exchange: Exchange, detail: str | None) -> Citation:
    """The first rule that the request violates; else everything that the operation takes."""
    compiled = cited.compiled(operation)
    violation = None if compiled is None else _violation(compiled, exchange)
    if violation is None or compiled is None:
        # nothing is wrong with what was sent, so what was left out is: most likely the credential
        return (_input if _has_credential(cited, operation, exchange) else _security)(
            cited, operation, exchange, detail
        )
    message = f"{'accepted' if exchange.succeeded else f'answered {exchange.status}'}, although {violation}"
    if violation.where != "body":
        return Citation(cited.parameter(operation, violation.path[0]), message)
    return Citation(_body_rule(cited, compiled, operation, exchange), message)


def _has_credential(cited: Citations, operation: OperationRef, exchange: Exchange) -> bool:
    """Whether the request has something where the operation expects a credential; True if it expects none."""
    document = cited.document
    wanted = requirements(document, cited.described(operation))
    request = _raw(exchange)
    given = {"header": request.headers, "query": request.query, "cookie": request.cookies}
    places = [place_of(document, scheme) for alternative in wanted for scheme in alternative]
    return not places or any((name.lower() if where == "header" else name) in given[where] for where, name in places)


def _body_rule(cited: Citations, compiled: Operation, operation: OperationRef, exchange: Exchange) -> str:
    described = cited.described(operation)["requestBody"]
    where = str(described.get("$ref") or cited.pointer(operation, "requestBody"))
    value, flaw = read_json(exchange.request_body or b"")
    if compiled.body is None or flaw is not None or compiled.body.media[0].accepts(value):
        return where
    return compiled.body.media[0].flaw(value)[1]


def _input(cited: Citations, operation: OperationRef, exchange: Exchange, detail: str | None) -> Citation:
    """What the operation takes: its body, also where a request has none, as the document has it optional then."""
    del exchange, detail
    described = cited.described(operation)
    if "requestBody" in described:
        return Citation(cited.pointer(operation, "requestBody"))
    if "parameters" in described:
        return Citation(cited.pointer(operation, "parameters"))
    return Citation(cited.pointer(operation))


def _header_parameter(cited: Citations, operation: OperationRef, exchange: Exchange, detail: str | None) -> Citation:
    if detail is not None and detail.lower() in _credential_headers(cited, operation):
        return _security(cited, operation, exchange, detail)
    return Citation(cited.parameter(operation, detail or ""))


def _credential_headers(cited: Citations, operation: OperationRef) -> set[str]:
    """The headers, in lower case, in which the operation expects a credential."""
    wanted = requirements(cited.document, cited.described(operation))
    places = (place_of(cited.document, scheme) for alternative in wanted for scheme in alternative)
    return {name.lower() for where, name in places if where == "header"}


def _violation(compiled: Operation, exchange: Exchange) -> Violation | None:
    request = _raw(exchange)
    path_values = compiled.path_values(request.path)
    # decoded by our own contract: Schemathesis does not say which part of a request it made invalid
    _, violations = compiled.decode(request, path_values, exchange.request_body or b"")
    return violations[0] if violations else None


def _raw(exchange: Exchange) -> RawRequest:
    url = urlsplit(exchange.url)
    return RawRequest(f"{url.path}?{url.query}", exchange.request_headers)


CITED: Mapping[str, Callable[[Citations, OperationRef, Exchange, str | None], Citation]] = {
    "not_a_server_error": _server_error,
    "response_schema_conformance": _schema,
    "content_type_conformance": _content,
    "response_headers_conformance": _headers,
    "negative_data_rejection": _request,
    "positive_data_acceptance": _input,
    "missing_required_header": _header_parameter,
    "unsupported_method": _path,
    "allow_header_conformance": _path,
    "ignored_auth": _security,
    "object_level_authorization": _security,
}
