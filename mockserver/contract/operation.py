"""One operation of a document, compiled: everything that can be known before the first request is known here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from mockserver.contract.bodies import RequestBody, compile_body, is_json, media_type, write_json
from mockserver.contract.document import Document
from mockserver.contract.links import Places, compile_links, is_rooted, rebased
from mockserver.contract.parameters import Pairs, Parameter, compile_parameter
from mockserver.contract.schemas import SchemaCompiler, Validator, pointer_of
from mockserver.contract.security import Security, compile_security
from mockserver.contract.violations import ABSENT, Violation, Where
from mockserver.errors import ContractBreach


@dataclass(frozen=True)
class Response:
    """One documented answer. `content_type` None: it has no body. `examples`: named values, in the document's order.

    `links`: where its body holds links.
    """

    status: str
    pointer: str
    content_type: str | None
    validator: Validator | None
    headers: tuple[Parameter, ...]
    header_examples: Mapping[str, str]
    examples: Mapping[str, Any]
    links: Places | None

    def rebased(self, payload: Any, headers: Mapping[str, str], prefix: str) -> tuple[Any, Mapping[str, str]]:
        """Body and headers of such an answer with `prefix` before their root-relative links."""
        if not prefix:
            return payload, headers
        led = {
            name: f"{prefix}{value}" if name.lower() == "location" and is_rooted(value) else value
            for name, value in headers.items()
        }
        return payload if self.links is None else rebased(payload, self.links, prefix), led


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
            content = pointer_of(["content", str(response.content_type), "schema"])
            pointer, rule, message = response.validator.flaw(payload, f"{response.pointer}{content}")
            raise ContractBreach(self.operation_id, pointer, rule, message)
        if response.headers:
            self._check_headers(response, headers)
        return response

    def _check_headers(self, response: Response, headers: Mapping[str, str]) -> None:
        given = {name.lower(): [value] for name, value in headers.items()}
        for header in response.headers:
            violations: list[Violation] = []
            header.decode(given, violations)
            if violations:
                rule = f"{response.pointer}/headers/{header.name}"
                raise ContractBreach(self.operation_id, "", rule, f"the header {header.name} {violations[0].message}")


PLACES: tuple[Where, ...] = ("path", "query", "header", "cookie")
IGNORED_PARAMETERS = ("accept", "content-type", "authorization")
"""Header parameters that OpenAPI has ignored: they are described by responses, bodies and security."""
IGNORED_HEADERS = ("content-type",)
"""Response headers that OpenAPI has ignored."""


def compile_operation(document: Document, compiler: SchemaCompiler, path: str, method: str) -> Operation:
    """The operation of a method (lower case) on a path of the document; DocumentError if it cannot be served."""
    operation = document.resolve(document.raw["paths"][path])[method]
    pointer = f"#/paths/{path.replace('~', '~0').replace('/', '~1')}/{method}"
    parameters = [
        compile_parameter(document, compiler, each)
        for each in document.parameters(path, operation)
        if each["in"] != "header" or each["name"].lower() not in IGNORED_PARAMETERS
    ]
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
            if not str(status).startswith("x-")
        },
    )


def _compile_response(
    document: Document, compiler: SchemaCompiler, status: str, described: Mapping[str, Any], pointer: str
) -> Response:
    response: Mapping[str, Any] = document.resolve(described)
    content: Mapping[str, Any] = response.get("content", {})
    content_type = next((each for each in content if is_json(media_type(each))), next(iter(content), None))
    media = {} if content_type is None else content[content_type]
    headers = {
        name: document.resolve(header)
        for name, header in response.get("headers", {}).items()
        if name.lower() not in IGNORED_HEADERS
    }
    return Response(
        status=status,
        pointer=described.get("$ref", pointer),
        content_type=content_type,
        validator=None if content_type is None else compiler.compile(media.get("schema", {}), "response"),
        headers=tuple(
            compile_parameter(document, compiler, {**header, "name": name, "in": "header"})
            for name, header in headers.items()
        ),
        header_examples={
            name: value if isinstance(value, str) else write_json(value).decode()
            for name, header in headers.items()
            for value in islice(_examples(document, header).values(), 1)
        },
        examples=_examples(document, media),
        links=compile_links(document, media.get("schema")),
    )


def _examples(document: Document, described: Mapping[str, Any]) -> dict[str, Any]:
    """The example values of a media type or header, by name."""
    named = {name: document.resolve(each) for name, each in described.get("examples", {}).items()}
    examples = {name: each["value"] for name, each in named.items() if "value" in each}
    if not examples and "example" in described:
        examples["example"] = described["example"]
    return examples
