"""Requests of ours have what an operation requires, and the caller's credential where it belongs."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis

from mockserver.contract.contract import Contract
from mockserver.contract.document import Document
from mockserver.contract.kinds import branches_of
from mockserver.verify.checks.probe import Case, Prober
from mockserver.verify.checks.updates import Updates
from mockserver.verify.citations import Citations
from mockserver.verify.events import OperationRef
from mockserver.verify.identities import Credential, Identity
from mockserver.verify.targets import Target

READ = OperationRef("t", "read", "GET", "/x", ())
WRITE = OperationRef("t", "write", "POST", "/x", ())


def prepared(parameters: list[dict[str, Any]], schema: Any = None, scheme: Any = None) -> tuple[Prober, Case]:
    """A prober of a document with a GET and a POST on one path, and a case of the POST."""
    content = {"application/json": {} if schema is None else {"schema": schema}}
    raw = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "security": [{"key": []}] if scheme else [],
        "paths": {
            "/x": {
                "get": {"parameters": parameters, "responses": {"200": {"description": ""}}},
                "post": {
                    "requestBody": {"content": content},
                    "responses": {"200": {"description": ""}},
                    "security": [],
                },
            }
        },
        "components": {
            "securitySchemes": {"key": scheme} if scheme else {},
            "schemas": {
                "Base": {"properties": {"a": {}, "id": {"readOnly": True}}},
                "Loop": {"allOf": [{"$ref": "#/components/schemas/Loop"}]},
            },
        },
    }
    document = Document(raw)
    caller = Identity("caller", document, Credential("hush")) if scheme else None
    prober = Prober(
        Target("t", document, "http://h", caller=caller), Citations(Contract(document)), (READ, WRITE), alone=True
    )
    return prober, schemathesis.openapi.from_dict(raw)["/x"]["POST"].Case(body={})


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ({"example": 1}, 1),
        ({"examples": {"one": {"value": 2}}}, 2),
        ({"schema": {"default": 3}}, 3),
        ({"schema": {"example": 4}}, 4),
        ({"example": None}, None),
    ],
)
def test_a_required_parameter_is_filled_from_the_document(given: dict[str, Any], value: Any) -> None:
    """Its own example first, then its schema's, then the default."""
    prober, parent = prepared([{"name": "p", "in": "query", "required": True, **given}])

    case = prober.read(parent, READ, {}, {})

    assert case is not None
    assert case.query == {"p": value}


def test_what_is_given_or_optional_is_left_alone() -> None:
    """Only what is required and missing is filled."""
    prober, parent = prepared(
        [
            {"name": "given", "in": "query", "required": True, "example": "of the document"},
            {"name": "optional", "in": "query", "example": 1},
            {"name": "X-Required", "in": "header", "required": True, "example": "h"},
        ]
    )

    case = prober.read(parent, READ, {}, {"given": "ours"})

    assert case is not None
    assert case.query == {"given": "ours"}
    assert dict(case.headers) == {"X-Required": "h"}


def test_nothing_is_read_without_an_example() -> None:
    """A request that would be refused for its form proves nothing."""
    prober, parent = prepared([{"name": "p", "in": "query", "required": True, "schema": {}}])

    case = prober.read(parent, READ, {}, {})

    assert case is None


@pytest.mark.parametrize(
    ("scheme", "place", "value"),
    [
        ({"type": "http", "scheme": "bearer"}, "headers", {"Authorization": "Bearer hush"}),
        ({"type": "apiKey", "in": "query", "name": "k"}, "query", {"k": "hush"}),
        ({"type": "apiKey", "in": "cookie", "name": "k"}, "cookies", {"k": "hush"}),
    ],
)
def test_a_read_carries_the_callers_credential(scheme: dict[str, str], place: str, value: dict[str, str]) -> None:
    """In a header, the query or a cookie, as the operation's scheme says."""
    prober, parent = prepared([], scheme=scheme)

    case = prober.read(parent, READ, {}, {})

    assert case is not None
    assert dict(getattr(case, place)) == value


def test_an_operation_without_security_carries_none() -> None:
    """A request again, and a request as somebody else, stay without a credential."""
    prober, parent = prepared([], scheme={"type": "http", "scheme": "bearer"})
    other = Identity("other", prober.document, Credential("other"))

    again, as_other = prober.again(parent, {"page": 2}), prober.as_identity(parent, WRITE, other)

    assert dict(again.headers) == {}
    assert again.query == {"page": 2}
    assert as_other is None


@pytest.mark.parametrize(
    ("schema", "declared", "rule"),
    [
        ({"properties": {"a": {}}}, {"a"},
         "#/paths/~1x/post/requestBody/content/application~1json/schema/properties/a"),
        ({"allOf": [{"$ref": "#/components/schemas/Base"}]}, {"a"},
         "#/paths/~1x/post/requestBody/content/application~1json/schema"),
        ({"$ref": "#/components/schemas/Base"}, {"a"}, "#/components/schemas/Base/properties/a"),
        (None, set(), "#/paths/~1x/post/requestBody/content/application~1json/schema"),
    ],
)  # fmt: skip
def test_what_may_be_written_is_declared(schema: Any, declared: set[str], rule: str) -> None:
    """Through combined schemas, without what is read-only; the rule is where the property stands."""
    updates = Updates(prepared([], schema)[0])

    assert updates._declared(WRITE) == declared
    assert updates._rule(WRITE, "a") == rule


def test_a_circle_of_schemas_ends() -> None:
    """A schema that combines itself is looked at once."""
    document = prepared([])[0].document

    found = list(branches_of(document, {"$ref": "#/components/schemas/Loop"}))

    assert len(found) == 1
