"""One operation of a document, compiled: everything that can be computed before the first request is computed here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mockserver.contract.bodies import BYTES
from mockserver.contract.decoding import Decoder, pairs_of
from mockserver.contract.document import Document
from mockserver.contract.headers import first_examples
from mockserver.contract.links import is_rooted, rebased
from mockserver.contract.media import Media, RequestBody, compile_body, compile_media
from mockserver.contract.negotiation import Offer, offer
from mockserver.contract.pairs import Pairs
from mockserver.contract.parameters import Parameter, compile_parameter
from mockserver.contract.querystring import compile_querystring
from mockserver.contract.routing import Router
from mockserver.contract.schemas import SchemaCompiler
from mockserver.contract.security import Security, Sources, compile_security
from mockserver.contract.validator import Validator
from mockserver.contract.violations import ABSENT, Violation, Where
from mockserver.errors import ContractBreach

Key = tuple[Where, str]
"""Where a value was sent, and its name; that of the body is empty."""
BODY: Key = ("body", "")


@dataclass(frozen=True)
class Described:
    """An operation as the document describes it, not compiled.

    `operation_id` is unique in its document, `method` in upper case; `members` is the operation object at `pointer`.
    """

    operation_id: str
    method: str
    path: str
    pointer: str
    members: Mapping[str, Any]


@dataclass(frozen=True)
class Response:
    """One documented response. `media`: the types of its body, the preferred one first; empty: it has no body.

    `described_headers`: the header objects, by name.
    """

    status: str
    pointer: str
    media: tuple[Media, ...]
    headers: tuple[Parameter, ...]
    described_headers: Mapping[str, Mapping[str, Any]]
    document: Document

    @cached_property
    def header_examples(self) -> Mapping[str, str]:
        """The first example of each header that keeps the header's own schema, as text."""
        return dict(first_examples(self.document, self.headers, self.described_headers))

    @cached_property
    def content_type(self) -> str | None:
        return self.media[0].content_type if self.media else None

    @cached_property
    def negotiable(self) -> bool:
        """Whether an Accept header can make a difference to how the body is sent."""
        return len(self.media) > 1 or any("*" in each.name for each in self.media)

    def offer(self, accept: str) -> Offer | None:
        """The documented type that an Accept header asks for; None if it takes none of them."""
        return offer(self.media, accept)

    def preferred_offer(self, accept: str) -> Offer | None:
        """The same, or else the preferred type; None if the response has no body."""
        if not self.media:
            return None
        first = self.media[0]
        return (self.offer(accept) if self.negotiable else None) or Offer(first, first.content_type, first.codec)

    @cached_property
    def validator(self) -> Validator | None:
        return self.media[0].validator if self.media else None

    @cached_property
    def accepts(self) -> Callable[[Any], bool]:
        """Whether the response may have this body; None stands for no body."""
        if not self.media:
            return _is_none
        return _anything if self.media[0].codec is BYTES else self.media[0].validator.accepts

    @cached_property
    def examples(self) -> Mapping[str, Any]:
        """Named values, in the document's order."""
        return self.media[0].examples if self.media else {}

    @cached_property
    def write(self) -> Callable[[Any], bytes]:
        """Writes the text of the body."""
        return self.media[0].codec.write if self.media else _no_text

    def rebased(
        self, payload: Any, headers: Mapping[str, str], prefix: str, media: Media | None = None
    ) -> tuple[Any, Mapping[str, str]]:
        """The body, of that media type or else the preferred one, and headers with `prefix` before rooted links."""
        if not prefix:
            return payload, headers
        led = {
            name: f"{prefix}{value}" if name.lower() == "location" and is_rooted(value) else value
            for name, value in headers.items()
        }
        sent = media or next(iter(self.media), None)
        links = None if sent is None else sent.links
        return payload if links is None else rebased(payload, links, prefix), led


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

    def decode(
        self, request: Sources, path_values: Pairs, body: bytes | None
    ) -> tuple[dict[Key, Any], list[Violation]]:
        """The arguments of a request, defaults included, and all its violations.

        body: None if it is not known; it is not checked then.
        """
        return self._decoder.decode(request, path_values, body)

    @cached_property
    def _decoder(self) -> Decoder[Key]:
        return Decoder(self, {key: key for key in self.keys}, BODY)

    @property
    def keys(self) -> list[Key]:
        """Of all parameters."""
        return [(place, each.name) for place in PLACES for each in self.parameters[place]]

    def carried(self, request: Sources, path_values: Pairs) -> dict[Key, Any]:
        """The values of the parameters that a valid request sends, without defaults."""
        found = {
            (where, parameter.name): parameter.find(pairs_of(where, request, path_values))
            for where, parameters in self.parameters.items()
            for parameter in parameters
        }
        return {key: value for key, value in found.items() if value is not ABSENT}

    def path_values(self, path: str) -> Pairs:
        """The raw values of the path parameters in a path that ends as the template says; empty if it does not.

        What stands before it is a mount prefix or the path of a server.
        """
        # the number of segments tells the path from what stands before it
        length = self.path.count("/")
        found = self._router.match(path) or self._router.match("/" + "/".join(path.split("/")[-length:]))
        return {} if found is None else found[1]

    @cached_property
    def _router(self) -> Router[None]:
        router: Router[None] = Router()
        router.add(self.path, self.method, None)
        return router

    def response(self, status: int) -> Response | None:
        """The documented response for a status: its own, that of its range (`4XX`), or the default."""
        known = self._by_status
        if status not in known:
            # an exact status before a range before the default (OpenAPI 3.0.3, Responses Object)
            own = self.responses.get(str(status)) or self.responses.get(f"{status // 100}XX")
            known[status] = own or self.responses.get("default")
        return known[status]

    @cached_property
    def _by_status(self) -> dict[int, Response | None]:
        """The statuses that have been asked for."""
        return {}

    def check(self, status: int, payload: Any, headers: Mapping[str, str]) -> Response:
        """The documented response that this is; ContractBreach if the document does not allow it."""
        # the look-up is the hot path; `response` also remembers that a status is not documented
        response = self._by_status.get(status) or self.response(status)
        if response is None:
            known = ", ".join(self.responses) or "none"
            raise ContractBreach(
                self.operation_id,
                "",
                f"{self.pointer}/responses",
                f"status {status} is not documented (documented: {known})",
            )
        if not response.accepts(payload):
            if not response.media:
                raise ContractBreach(
                    self.operation_id, "", response.pointer, "the response is documented without a body"
                )
            pointer, rule, message = response.media[0].flaw(payload)
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


def _is_none(payload: Any) -> bool:
    return payload is None


def _no_text(_: Any) -> bytes:
    return b""


def _anything(_: Any) -> bool:
    return True


PLACES: tuple[Where, ...] = ("path", "query", "header", "cookie")
IGNORED_PARAMETERS = ("accept", "content-type", "authorization")
"""Header parameters that OpenAPI 3 ignores: responses, request bodies and security describe them."""
IGNORED_HEADERS = ("content-type", "content-length", "content-encoding", "transfer-encoding", "connection")
"""Response headers that OpenAPI 3 ignores, and those that say how the server frames an answer."""


def compile_operation(document: Document, compiler: SchemaCompiler, described: Described) -> Operation:
    """The compiled operation; DocumentError if it cannot be served."""
    operation, pointer = described.members, described.pointer
    parameters = [
        (compile_querystring if each["in"] == "querystring" else compile_parameter)(document, compiler, each)
        for each in document.parameters(described.path, operation)
        if each["in"] != "header" or each["name"].lower() not in IGNORED_PARAMETERS
    ]
    return Operation(
        operation_id=described.operation_id,
        method=described.method,
        path=described.path,
        pointer=pointer,
        # `querystring` has become a parameter of the query
        parameters={place: tuple(each for each in parameters if each.where == place) for place in PLACES},
        body=compile_body(document, compiler, operation, pointer),
        security=compile_security(document, operation),
        responses={
            str(status): _compile_response(document, compiler, str(status), response, f"{pointer}/responses/{status}")
            for status, response in operation.get("responses", {}).items()
            if not str(status).startswith("x-")
        },
    )


def _compile_response(
    document: Document, compiler: SchemaCompiler, status: str, described: Mapping[str, Any], pointer: str
) -> Response:
    response: Mapping[str, Any] = document.resolve(described)
    headers = {
        name: document.resolve(header)
        for name, header in response.get("headers", {}).items()
        if name.lower() not in IGNORED_HEADERS
    }
    # a breach is cited where the author wrote the response, which may be among the components
    where = described.get("$ref", pointer)
    return Response(
        status=status,
        pointer=where,
        media=compile_media(document, compiler, response.get("content", {}), f"{where}/content", "response"),
        headers=tuple(
            # a Header Object is a Parameter Object without these two (OpenAPI 3.0.3, Header Object)
            compile_parameter(document, compiler, {**header, "name": name, "in": "header"})
            for name, header in headers.items()
        ),
        described_headers=headers,
        document=document,
    )
