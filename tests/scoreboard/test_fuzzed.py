"""Which findings of Schemathesis come from the document, and which have to be looked at."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mockserver.api import Api
from mockserver.catalog import load_apis
from tests.scoreboard.fuzzed import traced

TEXT = {"type": "string"}
PROPERTIES = {"ids": {"type": "array", "items": {"type": "integer"}}, "size": {"type": "integer"}, "name": TEXT}
BODY = {
    "content": {"multipart/form-data": {"schema": {"type": "object", "required": ["ids"], "properties": PROPERTIES}}}
}
LISTED = {"type": "array", "items": TEXT, "enum": ["a", "b"]}
PARAMETERS = [
    {"name": "with", "in": "query", "schema": LISTED},
    {"name": "tags", "in": "query", "schema": {"type": "array", "items": {"type": "string", "enum": ["a"]}}},
]
PARAMETERS.append({"name": "order", "in": "query", "schema": {"type": "array", "items": {"type": "object"}}})
PARAMETERS.append({"name": "X-At", "in": "header", "schema": {"type": "string", "pattern": r"/^\d{4}$/"}})
POST = {"requestBody": BODY, "parameters": PARAMETERS, "responses": {"200": {"description": "Done."}}}

NEGATIVE, POSITIVE = "negative_data_rejection", "positive_data_acceptance"
AVAILABLE = "ensure_resource_availability"
MADE = """  Created with      : `POST /repos`
curl -X POST -H 'Content-Type: application/json' -d '{{"name": "{}"}}' http://127.0.0.1:8080/repos
curl -X DELETE -H 'X-Key: fuzz' http://127.0.0.1:8080/repos/{}"""
REPO = {
    "content": {
        "application/json": {
            "schema": {"type": "object", "required": ["name"], "properties": {"name": TEXT, "id": {"type": "integer"}}}
        }
    }
}
REPOS = {
    "/repos": {"post": {"requestBody": REPO, "responses": {"201": {"description": "Made.", **REPO}}}},
    "/repos/{key}": {
        "head": {
            "parameters": [{"name": "key", "in": "path", "required": True, "schema": TEXT}],
            "responses": {"204": {"description": "There."}},
        }
    },
    "/repos/{repo}": {
        "delete": {
            "parameters": [{"name": "repo", "in": "path", "required": True, "schema": TEXT}],
            "responses": {"204": {"description": "Gone."}},
        }
    },
}
MULTIPART = "curl -H 'Content-Type: multipart/form-data; boundary=b'"
PART = "Content-Disposition: form-data"


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Api:
    file: Path = tmp_path_factory.mktemp("traced") / "parts.json"
    document: dict[str, Any] = {"openapi": "3.0.3", "info": {"title": "Parts", "version": "1"}}
    file.write_text(json.dumps({**document, "paths": {"/parts": {"post": POST}, **REPOS}}))
    (found,) = load_apis([str(file)])
    return found


@pytest.mark.parametrize(
    ("check", "message", "reason"),
    [
        (NEGATIVE, f"Invalid component: in body - ids: Incorrect type {MULTIPART} {PART}", "multipart, whose parts"),
        (NEGATIVE, f"Invalid component: in body - name: Incorrect type {MULTIPART} {PART}", "multipart, whose parts"),
        (NEGATIVE, f"Invalid component: in body - size: Incorrect type {MULTIPART} {PART}", None),
        (NEGATIVE, f"in body - Missing required property: ids {MULTIPART} -d $'--b--'", "what is empty"),
        (NEGATIVE, f"in body - violates `required` (was ids) {MULTIPART} {PART}; name=other", "what is empty"),
        (NEGATIVE, f"in body - violates `required` (was ids) {MULTIPART} {PART}; name=ids", None),
        (NEGATIVE, f"in body - Missing required property: size {MULTIPART} -d $'--b--'", None),
        (POSITIVE, f"Schema-valid request rejected {MULTIPART} -d $'--b--'", None),
        (
            POSITIVE,
            "-H 'Content-Type: application/x-www-form-urlencoded' -d '' http://127.0.0.1/parts",
            "an empty form",
        ),
        (POSITIVE, "-H 'Content-Type: application/x-www-form-urlencoded' -d 'a=1' http://127.0.0.1/parts", None),
        (POSITIVE, "-H 'Content-Type: text/xml' -d $'<a>1\\xc2</a><a>2</a>' http://127.0.0.1/parts", "several roots"),
        (POSITIVE, "-H 'Content-Type: application/xml' -d '<a><a>1</a><a>2</a></a>' http://127.0.0.1/parts", None),
        (POSITIVE, "curl 'http://127.0.0.1/parts?with=AAA'", "an enum of what are no arrays"),
        (POSITIVE, "curl 'http://127.0.0.1/parts?tags=AAA'", None),
        (POSITIVE, "curl 'http://127.0.0.1/parts?order=name&order=value'", "which no style of a parameter writes"),
        (
            NEGATIVE,
            "in header - violates `required` (was Accept, X-Key)\ncurl -H 'X-Key: fuzz'",
            "that OpenAPI ignores",
        ),
        (NEGATIVE, "in header - violates `required` (was Accept, X-Key)\ncurl -H 'Accept: */*'", None),
        (POSITIVE, "curl -H 'X-At: 0' http://127.0.0.1/parts", "between slashes"),
        (AVAILABLE, MADE.format("own", "4711"), "asks for another field"),
        (AVAILABLE, MADE.format("own", "own"), None),
        (POSITIVE, "-H 'Content-Type: application/xml' -d '<Thing/>' http://127.0.0.1/parts", None),
        (
            NEGATIVE,
            "Incorrect type -H 'Content-Type: application/xml' -d '<Thing/>' http://127.0.0.1/parts",
            "text only",
        ),
        (NEGATIVE, "Incorrect type -H 'Content-Type: application/json' -d '1' http://127.0.0.1/parts", None),
        ("status_code_conformance", "Received: 404", "it documents no 4XX"),
        ("status_code_conformance", "Received: 500", None),
    ],
)
def test_a_finding_is_traced_by_what_the_document_says(api: Api, check: str, message: str, reason: str | None) -> None:
    """Whatever is not known to come from it has to be looked at."""
    found = traced(api, {"check": check, "operation": "POST /parts", "message": message})

    assert reason in (found or "") if reason is not None else found is None


@pytest.mark.parametrize(
    ("operation", "reason"),
    [
        ("DELETE /repos/{repo}", "a path beside it differs by names of parameters, fragment or query alone"),
        ("DELETE /repos/{name}#tags", "a path beside it differs by names of parameters, fragment or query alone"),
        ("POST /repos", None),
    ],
)
def test_methods_of_one_path_under_two_templates_are_traced(api: Api, operation: str, reason: str | None) -> None:
    """`Allow` has those of both, as one request path leads to both."""
    assert traced(api, {"check": "allow_header_conformance", "operation": operation, "message": "mismatch"}) == reason


@pytest.mark.parametrize(
    ("sent", "is_traced"), [("<Thing/>", True), ("<x:Thing a='1'>", True), ("<ThingInput/>", False), ("text", False)]
)
def test_xml_that_schemathesis_calls_after_a_resource_is_traced(tmp_path: Path, sent: str, is_traced: bool) -> None:
    """The root of a component is called as the component."""
    body = {"content": {"application/xml": {"schema": {"$ref": "#/components/schemas/ThingInput"}}}}
    document: dict[str, Any] = {"openapi": "3.0.3", "info": {"title": "Things", "version": "1"}}
    document["paths"] = {"/things": {"post": {"requestBody": body, "responses": {"200": {"description": "Done."}}}}}
    document["components"] = {"schemas": {"ThingInput": {"type": "object"}}}
    file = tmp_path / "things.json"
    file.write_text(json.dumps(document))
    (api,) = load_apis([str(file)])
    message = f"Schema-valid request rejected -H 'Content-Type: application/xml' -d '{sent}' http://127.0.0.1/things"

    found = traced(api, {"check": POSITIVE, "operation": "POST /things", "message": message})

    assert found == ("its XML is called as its schema, and Schemathesis calls it otherwise" if is_traced else None)
