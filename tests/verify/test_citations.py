"""A failed check is traced to the part of the document that it is about, and that part is quoted."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mockserver.contract.contract import Contract
from mockserver.contract.document import Document
from mockserver.verify.citations import Citations
from mockserver.verify.events import Exchange, OperationRef
from tests.verify.flaws import CONTRACT

BOOK = {"id": "b1", "title": "x", "pages": 1, "added": "2026-01-01T00:00:00Z"}
LIST = OperationRef("shelf", "list_books", "GET", "/books", ("200", "400"))
CREATE = OperationRef("shelf", "create_book", "POST", "/books", ("201", "400"))
GET = OperationRef("shelf", "get_book", "GET", "/books/{id}", ("200", "404"))
PUT = OperationRef("shelf", "replace_book", "PUT", "/books/{id}", ("200", "404"))
LISTED = OperationRef("shelf", "list_books", "GET", "/books", ("200", "500", "5xx"))
DEFAULT = OperationRef("shelf", "list_books", "GET", "/books", ("200", "default"))
JSON = [("Content-Type", "application/json")]


@pytest.fixture(scope="module")
def contract() -> Citations:
    return Citations(Contract(Document.load(CONTRACT)))


def answered(
    status: int, body: Any = None, url: str = "http://h/books", sent: Any = None, key: str | None = None
) -> Exchange:
    raw = b"" if body is None else json.dumps(body).encode()
    request = None if sent is None else json.dumps(sent).encode()
    headers = [*JSON, ("X-Client", "tests"), *([] if key is None else [("Authorization", f"Bearer {key}")])]
    return Exchange("GET", url, headers, request, 0.0, status=status, response_headers=JSON, response_body=raw)


@pytest.mark.parametrize(
    ("check", "operation", "exchange", "detail", "pointer"),
    [
        ("response_schema_conformance", GET, answered(200, {**BOOK, "pages": "1"}), None,
         "#/components/schemas/Book/properties/pages/type"),
        ("response_schema_conformance", GET, answered(200, {"id": "b1"}), None, "#/components/schemas/Book/required"),
        ("response_schema_conformance", LIST, answered(200, {"items": {}, "total": 1}), None,
         "#/paths/~1books/get/responses/200/content/application~1json/schema/properties/items/type"),
        ("response_schema_conformance", GET, answered(404, {"error": ""}), None,
         "#/components/responses/Refused/content/application~1json/schema/properties/error/minLength"),
        ("response_schema_conformance", GET, answered(200, BOOK), None,
         "#/paths/~1books~1{id}/get/responses/200/content"),
        ("response_schema_conformance", GET, answered(418, {}), None, "#/paths/~1books~1{id}/get/responses"),
        ("status_code_conformance", GET, answered(418), None, "#/paths/~1books~1{id}/get/responses"),
        ("content_type_conformance", GET, answered(200), None, "#/paths/~1books~1{id}/get/responses/200/content"),
        ("content_type_conformance", GET, answered(418), None, "#/paths/~1books~1{id}/get/responses"),
        ("response_headers_conformance", CREATE, answered(201), "Location",
         "#/paths/~1books/post/responses/201/headers/Location"),
        ("response_headers_conformance", CREATE, answered(201), None, "#/paths/~1books/post/responses/201/headers"),
        ("response_headers_conformance", CREATE, answered(418), None, "#/paths/~1books/post/responses"),
        ("ignored_auth", LIST, answered(200), None, "#/security"),
        ("ignored_auth", CREATE, answered(200), None, "#/paths/~1books/post/security"),
        ("unsupported_method", LIST, answered(200), None, "#/paths/~1books"),
        ("missing_required_header", LIST, answered(200), "X-Client", "#/paths/~1books/get/parameters/0"),
        ("missing_required_header", LIST, answered(200), "Authorization", "#/security"),
        ("missing_required_header", LIST, answered(200), "X-Other", "#/paths/~1books/get"),
        ("negative_data_rejection", LIST, answered(200, url="http://h/books?limit=51"), None,
         "#/paths/~1books/get/parameters/1"),
        ("negative_data_rejection", GET, answered(200, url="http://h/base/books/x1"), None,
         "#/paths/~1books~1{id}/parameters/0"),
        ("negative_data_rejection", CREATE, answered(201, sent={"title": ""}), None,
         "#/components/schemas/NewBook/properties/title/minLength"),
        ("negative_data_rejection", CREATE, answered(201), None, "#/paths/~1books/post/requestBody"),
        ("negative_data_rejection", CREATE, answered(201, sent={"title": "x"}, key="any"), None,
         "#/paths/~1books/post/requestBody"),
        ("negative_data_rejection", CREATE, answered(201, sent={"title": "x"}), None, "#/paths/~1books/post/security"),
        ("positive_data_acceptance", CREATE, answered(400, sent={"title": "x"}), None,
         "#/paths/~1books/post/requestBody"),
        ("positive_data_acceptance", CREATE, answered(400), None, "#/paths/~1books/post/requestBody"),
        ("positive_data_acceptance", LIST, answered(400), None, "#/paths/~1books/get/parameters"),
        ("positive_data_acceptance", GET, answered(400), None, "#/paths/~1books~1{id}/get"),
        ("not_a_server_error", GET, answered(500), None, "#/paths/~1books~1{id}/get/responses"),
        ("not_a_server_error", LISTED, answered(500), None, "#/paths/~1books/get/responses/500"),
        ("not_a_server_error", LISTED, answered(599), None, "#/paths/~1books/get/responses/5xx"),
        ("not_a_server_error", DEFAULT, answered(500), None, "#/paths/~1books/get/responses"),
    ],
)  # fmt: skip
def test_a_check_is_about_a_part_of_the_document(
    contract: Citations, check: str, operation: OperationRef, exchange: Exchange, detail: str | None, pointer: str
) -> None:
    """The pointer leads to the very rule where the contract can judge, else to the nearest part; something is there."""
    citation = contract.cite(check, operation, exchange, detail)

    assert citation.pointer == pointer
    assert contract.quote(pointer) or operation is LISTED


@pytest.mark.parametrize(
    ("check", "operation", "exchange", "message"),
    [
        ("response_schema_conformance", GET, answered(200, {**BOOK, "title": 1}),
         "/title must be of type string, got 1"),
        ("response_schema_conformance", GET, answered(200, []), "the response must be of type object, got []"),
        ("negative_data_rejection", CREATE, answered(201, sent={"title": ""}),
         "accepted, although body title: must have at least 1 character(s)"),
        ("negative_data_rejection", CREATE, answered(302, sent={"title": ""}),
         "answered 302, although body title: must have at least 1 character(s)"),
        ("not_a_server_error", LISTED, answered(500),
         "the document lists 500, so that the contract is kept; it is a failure still"),
        ("not_a_server_error", DEFAULT, answered(500), None),
        ("ignored_auth", GET, answered(200), None),
    ],
)  # fmt: skip
def test_the_contract_says_what_is_wrong(
    contract: Citations, check: str, operation: OperationRef, exchange: Exchange, message: str | None
) -> None:
    """Where the compiled contract judges, its own words tell the value and the rule."""
    citation = contract.cite(check, operation, exchange, None)

    assert citation.message == message


def test_what_the_mock_cannot_serve_is_cited_by_place() -> None:
    """A body without a media type cannot be compiled; the citation is coarser then, not missing."""
    raw = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {
            "/x": {
                "post": {
                    "requestBody": {"content": {}},
                    "responses": {"default": {"$ref": "#/components/responses/Any"}},
                }
            }
        },
        "components": {"responses": {"Any": {"description": "d", "content": {"application/json": {"schema": {}}}}}},
    }
    operation = OperationRef("t", "POST /x", "POST", "/x", ("default",))
    contract = Citations(Contract(Document(raw)))

    checks = ("negative_data_rejection", "response_schema_conformance", "ignored_auth")
    pointers = [contract.cite(check, operation, answered(200, {}, "http://h/x"), None).pointer for check in checks]

    assert pointers == [
        "#/paths/~1x/post/requestBody",
        "#/components/responses/Any/content",
        "#/paths/~1x/post/security",
    ]


@pytest.mark.parametrize(
    ("status", "key", "rule", "words"),
    [
        (200, None, "#/security", "a request without one was answered 200"),
        (200, "wrong", "#/security", "a request with a credential that is not valid was answered 200"),
        (409, None, "#/security", "a request without one was answered 409"),
        (404, "wrong", "#/security", None),
        (200, None, "#/paths/~1books/get/parameters/0", None),
    ],
)
def test_a_credential_that_is_not_asked_for_is_one_finding(
    contract: Citations, status: int, key: str | None, rule: str, words: str | None
) -> None:
    """Whichever check finds it, with no credential or with a wrong one; a refusal in other words is another."""
    unenforced = contract.unenforced(LIST, answered(status, key=key), rule)

    assert (unenforced is None) == (words is None)
    assert unenforced is None or words is None or (unenforced[0] == "ignored_auth" and words in unenforced[2])


def test_a_credential_in_a_header_of_its_own_is_no_parameter() -> None:
    """A key in X-Key is the security requirement, as one in Authorization is; other headers are not."""
    raw = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "security": [{"key": []}],
        "paths": {"/x": {"get": {"responses": {"200": {"description": "d"}}}}},
        "components": {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}},
    }
    operation = OperationRef("t", "GET /x", "GET", "/x", ("200",))
    contract = Citations(Contract(Document(raw)))

    cited = [
        contract.cite("missing_required_header", operation, answered(200), name).pointer
        for name in ("X-key", "X-Other")
    ]

    assert cited == ["#/security", "#/paths/~1x/get"]
