"""One operation of a document, compiled: everything that can be known before the first request is known here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.contract.bodies import RequestBody, compile_body, is_json, media_type
from mockserver.contract.document import Document
from mockserver.contract.parameters import Pairs, Parameter, compile_parameter
from mockserver.contract.schemas import SchemaCompiler, Validator
from mockserver.contract.security import Security, compile_security
from mockserver.contract.violations import ABSENT, Violation, Where
from mockserver.errors import ContractBreach


@dataclass(frozen=True)
class Response:
    """One documented answer. `content_type` None: it has no body. `examples`: named values, in the document's order."""

    status: str
    pointer: str
    content_type: str | None
    validator: Validator | None
    headers: Mapping[str, tuple[bool, Validator]]
    header_examples: Mapping[str, str]
    examples: Mapping[str, Any]


@dataclass(frozen=True)
class Operation:
    """A compiled operation. `method` is in upper case; `pointer` is where the document has it."""

    operation_id: str
    method: str
    path: str
    pointer: str
    parameters: Mapping[Where, tuple[Parameter, ...]]
    body: RequestBody | None
    security: Security
    responses: Mapping[str, Response]

    def decode(self, where: Where, pairs: Pairs, violations: list[Violation]) -> dict[str, Any]:
        """The values of the parameters of one place, by name, without the absent ones."""
        values = {}
        for parameter in self.parameters[where]:
            value = parameter.decode(pairs, violations)
            if value is not ABSENT:
                values[parameter.name] = value
        return values

    def response(self, status: int) -> Response | None:
        """The documented answer for a status: its own, its range's (`4XX`), or the default."""
        responses = self.responses
        return responses.get(str(status)) or responses.get(f"{status // 100}XX") or responses.get("default")

    def check(self, status: int, payload: Any, headers: Mapping[str, str]) -> Response:
        """The documented answer that this one is; ContractBreach if it is none."""
        response = self.response(status)
        if response is None:
            known = ", ".join(self.responses)
            raise ContractBreach(
                self.operation_id, "", f"{self.pointer}/responses", f"status {status} is not documented (only {known})"
            )
        if response.validator is None:
            if payload is not None:
                raise ContractBreach(self.operation_id, "", response.pointer, "the answer is documented without a body")
        elif not response.validator.accepts(payload):
            pointer, rule, message = response.validator.flaw(payload)
            raise ContractBreach(self.operation_id, pointer, f"{response.pointer}{rule}", message)
        if response.headers:
            self._check_headers(response, headers)
        return response

    def _check_headers(self, response: Response, headers: Mapping[str, str]) -> None:
        given = {name.lower(): value for name, value in headers.items()}
        for name, (required, validator) in response.headers.items():
            value = given.get(name.lower())
            rule = f"{response.pointer}/headers/{name}"
            if value is None and required:
                raise ContractBreach(self.operation_id, "", rule, f"the header {name} is missing")
            if value is not None and not validator.accepts(value):
                raise ContractBreach(self.operation_id, "", rule, f"the header {name} may not be {value!r:.80}")


PLACES: tuple[Where, ...] = ("path", "query", "header", "cookie")


def compile_operation(document: Document, compiler: SchemaCompiler, path: str, method: str) -> Operation:
    """The operation of a method (lower case) on a path of the document; DocumentError if it cannot be served."""
    operation = document.resolve(document.raw["paths"][path])[method]
    pointer = f"#/paths/{path.replace('~', '~0').replace('/', '~1')}/{method}"
    parameters = [compile_parameter(document, compiler, each) for each in document.parameters(path, operation)]
    return Operation(
        operation_id=operation.get("operationId", f"{method} {path}"),
        method=method.upper(),
        path=path,
        pointer=pointer,
        parameters={place: tuple(each for each in parameters if each.where == place) for place in PLACES},
        body=compile_body(document, compiler, operation),
        security=compile_security(document, operation),
        responses={
            str(status): _compile_response(document, compiler, str(status), response, f"{pointer}/responses/{status}")
            for status, response in operation["responses"].items()
        },
    )


def _compile_response(
    document: Document, compiler: SchemaCompiler, status: str, response: Any, pointer: str
) -> Response:
    response = document.resolve(response)
    content: Mapping[str, Any] = response.get("content", {})
    content_type = next((each for each in content if is_json(media_type(each))), next(iter(content), None))
    media = {} if content_type is None else content[content_type]
    headers = {name: document.resolve(header) for name, header in response.get("headers", {}).items()}
    return Response(
        status=status,
        pointer=pointer,
        content_type=content_type,
        validator=None if content_type is None else compiler.compile(media.get("schema", {}), "response"),
        headers={
            name: (header.get("required", False), compiler.compile(header.get("schema", {}), "response"))
            for name, header in headers.items()
        },
        header_examples={name: str(header["example"]) for name, header in headers.items() if "example" in header},
        examples=_examples(document, media),
    )


def _examples(document: Document, media: Mapping[str, Any]) -> dict[str, Any]:
    named = {name: document.resolve(each) for name, each in media.get("examples", {}).items()}
    examples = {name: each["value"] for name, each in named.items() if "value" in each}
    if not examples and "example" in media:
        examples["example"] = media["example"]
    return examples
