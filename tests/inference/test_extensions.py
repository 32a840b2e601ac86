"""`x-mock` and the extensions of other mocks: what they correct, and what is told of those that are wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from mockserver import MockServer
from mockserver.contract.contract import Contract
from mockserver.contract.document import Document
from mockserver.inference import Inference
from mockserver.inference.extensions import Extensions, extensions_of

Json = dict[str, Any]

SCHEMA: Json = {
    "type": "object",
    "required": ["code"],
    "properties": {"code": {"type": "string"}, "id": {"type": "integer"}, "owner": {"type": "object"}},
}
ITEM: Json = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}}}
LIST: Json = {"type": "array", "items": {"$ref": "#/components/schemas/Pet"}}


def inline(schema: Json) -> Json:
    """A body with a list of such items, which are no schema of `components`."""
    items = {**SCHEMA, **schema}
    return {"description": "d", "content": {"application/json": {"schema": {"type": "array", "items": items}}}}


def document(operation: Json | None = None, path: Json | None = None, schema: Json | None = None) -> Json:
    """Pets, with extensions on the list's operation, its path or the schema."""
    listed = {
        "description": "d",
        "content": {"application/json": {"schema": {"type": "object", "properties": {"of": LIST}}}},
    }
    parameters = [{"name": "rows", "in": "query", "schema": {"type": "integer"}}]
    return {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {
            "/pets": {
                **(path or {}),
                "get": {
                    "operationId": "pets",
                    "parameters": parameters,
                    "responses": {"200": listed},
                    **(operation or {}),
                },
                "post": {
                    "operationId": "add",
                    "requestBody": {**ITEM},
                    "responses": {"201": {"description": "d", **ITEM}},
                },
            },
            "/pets/{code}": {
                "get": {
                    "operationId": "pet",
                    "parameters": [{"name": "code", "in": "path", "required": True, "schema": {"type": "string"}}],
                    "responses": {"200": {"description": "d", **ITEM}},
                }
            },
        },
        "components": {"schemas": {"Pet": {**SCHEMA, **(schema or {})}, "Broken": 3}},
    }


def extensions(**where: Json) -> Extensions:
    text = yaml.safe_dump(document(**where)).encode()
    return extensions_of(Contract(Document.parse(text, "pets.yaml")))


SAID: dict[str, tuple[dict[str, Json], str, Json]] = {
    "on an operation": (
        {"operation": {"x-mock": {"role": "search", "envelope": "/of", "paging": {"limit": "rows"}}}},
        "pets",
        {"role": "search", "envelope": "/of", "paging": {"limit": "rows"}},
    ),
    "on a path": (
        {"path": {"x-mock": {"resource": "animals", "key": "code", "stateless": False}}},
        "/pets",
        {"resource": "animals", "key": "code", "stateless": False},
    ),
    "on a schema": (
        {"schema": {"x-mock": {"key": "code", "owner": "owner"}}},
        "/pets/{code}",
        {"key": "code", "owner": "owner"},
    ),
    "on an object in an answer": (
        {"operation": {"responses": {"200": inline({"x-mock": {"key": "code", "resource": "animals"}})}}},
        "/pets",
        {"key": "code", "resource": "animals"},
    ),
    "a key of Specmatic in an answer": (
        {"operation": {"responses": {"200": inline({"x-id-field": "id"})}}},
        "/pets",
        {"key": "id"},
    ),
    "on an object in a request": (
        {"operation": {"requestBody": inline({"x-mock": {"owner": "owner"}})}},
        "/pets",
        {"owner": "owner"},
    ),
    "a key of Specmatic": ({"schema": {"x-id-field": "code"}}, "/pets", {"key": "code"}),
    "references of Specmatic": (
        {"schema": {"x-foreign-keys": [{"field": "owner", "references": "owners"}]}},
        "/pets",
        {"references": {"owner": "owners"}},
    ),
    "references as an object": (
        {"schema": {"x-foreign-keys": {"owner": "owners"}}},
        "/pets",
        {"references": {"owner": "owners"}},
    ),
    "records of Scalar": (
        {"schema": {"x-seed": "seed([{ code: 'a', id: 1 }, { code: 'b' }])\n"}},
        "/pets",
        {"seeds": ({"code": "a", "id": 1}, {"code": "b"})},
    ),
    "a number of Scalar": (
        {"schema": {"x-seed": "seed.count(2, () => ({ code: faker.string.uuid() }))"}},
        "/pets",
        {"seeds": ({}, {})},
    ),
    "one of Scalar": ({"schema": {"x-seed": "seed(() => ({ code: faker.string.uuid() }))"}}, "/pets", {"seeds": ({},)}),
    "no state of a schema": ({"schema": {"x-mock": {"stateless": True}}}, "/pets", {"stateless": True}),
    "records as they are": ({"schema": {"x-seed": [{"code": "a"}]}}, "/pets", {"seeds": ({"code": "a"},)}),
    "what is said nearer counts": (
        {"schema": {"x-id-field": "id"}, "path": {"x-mock": {"key": "code"}}},
        "/pets",
        {"key": "code"},
    ),
}


@pytest.mark.parametrize(("where", "name", "declared"), SAID.values(), ids=SAID)
def test_what_is_said_is_declared(where: dict[str, Json], name: str, declared: Json) -> None:
    """By the operation or path that it concerns."""
    found = extensions(**where)

    assert found.flaws == []
    assert {
        key: value for key, value in vars(found.declarations[name]).items() if value is not None and key != "reason"
    } == declared


def on(values: Any, where: str = "operation") -> dict[str, Json]:
    return {where: {"x-mock": values}}


FLAWS: dict[str, tuple[dict[str, Json], str, str]] = {
    "no object": (on(3), "#/paths/~1pets/get/x-mock", "`x-mock` must be an object with some of resource,"),
    "an unknown member": (
        on({"rol": "list"}),
        "#/paths/~1pets/get/x-mock/rol",
        "has no meaning in it; did you mean role?",
    ),
    "a member of elsewhere": (
        on({"role": "list"}, "path"),
        "#/paths/~1pets/x-mock/role",
        "`role` has no meaning here; expected one of envelope,",
    ),
    "on a schema": (
        on({"paging": {}}, "schema"),
        "#/components/schemas/Pet/x-mock/paging",
        "`paging` has no meaning here",
    ),
    "a role": (on({"role": "lst"}), "#/paths/~1pets/get/x-mock/role", "must be a role; did you mean list?"),
    "a resource": (on({"resource": "a/b"}), "#/paths/~1pets/get/x-mock/resource", "must be the name of a collection"),
    "a key": (
        on({"key": "cod"}),
        "#/paths/~1pets/get/x-mock/key",
        "is 'cod', which is no field of the item; did you mean code?",
    ),
    "a key that is a number": (
        on({"key": 3}),
        "#/paths/~1pets/get/x-mock/key",
        "must be a field of the item, such as id, got 3.",
    ),
    "an envelope": (
        on({"envelope": "data"}),
        "#/paths/~1pets/get/x-mock/envelope",
        "must be a JSON Pointer such as /data",
    ),
    "an envelope that no answer has": (
        on({"envelope": "/off"}),
        "#/paths/~1pets/get/x-mock/envelope",
        "`envelope` is '/off', which no answer here has; did you mean /of?",
    ),
    "a name that is nearly ours": (
        {"path": {"x-mok": {"key": "code"}}},
        "#/paths/~1pets/x-mok",
        "`x-mok` is not known; did you mean x-mock?",
    ),
    "another place": (
        {"schema": {"properties": {"code": {"type": "string", "x-mock": {"key": "code"}}}}},
        "#/components/schemas/Pet/properties/code/x-mock",
        "`x-mock` has no meaning here; it stands on an operation, a path, a schema of `components`, or",
    ),
    "an object in an answer": (
        {"operation": {"responses": {"200": inline({"x-mock": {"key": "cod"}})}}},
        "#/paths/~1pets/get/responses/200/content/application~1json/schema/items/x-mock/key",
        "`key` is 'cod', which is no field of the item; did you mean code?",
    ),
    "a field in an answer": (
        {"operation": {"responses": {"200": inline({"properties": {"code": {"x-mock": {"key": "code"}}}})}}},
        "#/paths/~1pets/get/responses/200/content/application~1json/schema/items/properties/code/x-mock",
        "`x-mock` has no meaning here",
    ),
    "a control": (
        on({"paging": {"limt": "rows"}}),
        "#/paths/~1pets/get/x-mock/paging",
        "has 'limt', which is no control of a page; did you mean limit?",
    ),
    "a parameter": (
        on({"paging": {"limit": "row"}}),
        "#/paths/~1pets/get/x-mock/paging",
        "names 'row', which is no query parameter here; did you mean rows?",
    ),
    "paging that is a text": (
        on({"paging": "rows"}),
        "#/paths/~1pets/get/x-mock/paging",
        "must be an object with some of limit,",
    ),
    "stateless": (on({"stateless": "yes"}), "#/paths/~1pets/get/x-mock/stateless", "must be true or false, got 'yes'."),
    "seeds": (on({"seeds": [1]}), "#/paths/~1pets/get/x-mock/seeds", "must be an array of records"),
    "a field of seeds": (
        on({"seeds": [{"code": "a"}, {"cod": "b"}]}),
        "#/paths/~1pets/get/x-mock/seeds",
        "`seeds` has 'cod' in record 2, which is no field of the item; did you mean code?",
    ),
    "a value of seeds": (
        on({"seeds": [{"code": 5}]}, "schema"),
        "#/components/schemas/Pet/x-mock/seeds",
        "`seeds` has 5 for `code` in record 1, which its schema does not allow.",
    ),
    "a record of Scalar": (
        {"schema": {"x-seed": "seed([{ code: 'a', id: 'b' }])"}},
        "#/components/schemas/Pet/x-seed",
        "`x-seed` has 'b' for `id` in record 1, which its schema does not allow.",
    ),
    "references": (
        on({"references": {"ownr": "x"}}),
        "#/paths/~1pets/get/x-mock/references",
        "names 'ownr': it is 'ownr'",
    ),
    "references that are a list": (
        on({"references": []}),
        "#/paths/~1pets/get/x-mock/references",
        "must be an object: fields",
    ),
    "a key of Specmatic": (
        {"schema": {"x-id-field": "cde"}},
        "#/components/schemas/Pet/x-id-field",
        "`x-id-field` is 'cde', which is no field of the item; did you mean code?",
    ),
    "references of Specmatic": (
        {"schema": {"x-foreign-keys": [{"a": 1}]}},
        "#/components/schemas/Pet/x-foreign-keys",
        "must name a `field` and what it `references`",
    ),
    "calls of Scalar": (
        {"schema": {"x-seed": "seed([{ code: faker.string.uuid() }])"}},
        "#/components/schemas/Pet/x-seed",
        "is JavaScript that is not run",
    ),
    "code of Scalar": (
        {"schema": {"x-seed": "seed([}])"}},
        "#/components/schemas/Pet/x-seed",
        "is JavaScript that is not run",
    ),
}


@pytest.mark.parametrize(("where", "pointer", "told"), FLAWS.values(), ids=FLAWS)
def test_what_cannot_be_is_a_flaw_and_is_ignored(where: dict[str, Json], pointer: str, told: str) -> None:
    """At its place, with the nearest name."""
    found = extensions(**where)

    assert [flaw.pointer for flaw in found.flaws] == [pointer]
    assert told in found.flaws[0].message
    assert all(declared.role is None and declared.key is None for declared in found.declarations.values())


def test_a_document_without_extensions_declares_nothing() -> None:
    """And is not looked into."""
    assert extensions() == Extensions()


def test_the_corrections_hold_when_it_is_served(tmp_path: Path) -> None:
    """Key, name and records of a collection; an operation that is to have no state."""
    said = {"x-id-field": "code", "x-seed": "seed([{code: 'a', id: 7}])", "x-mock": {"resource": "animals"}}
    (tmp_path / "pets.yaml").write_text(yaml.safe_dump(document(schema=said)))
    with MockServer([str(tmp_path / "pets.yaml")]) as server, server.mock() as mock:
        mock.client.post("/pets", json={"code": "b"})

        assert mock.client.get("/pets/b").json()["code"] == "b"
        assert mock.client.get("/pets/a").json() == {"code": "a", "id": 7}
        assert [each["code"] for each in mock.state["pets.animals"]] == ["a", "b"]


def test_a_role_without_a_collection_says_so() -> None:
    """And the operation is answered without state."""
    described = document()
    described["paths"]["/ping"] = {"post": {"operationId": "ping", "x-mock": {"role": "create"}, "responses": {}}}
    contract = Contract(Document.parse(yaml.safe_dump(described).encode(), "pets.yaml"))
    plan = Inference(contract, "pets", extensions_of(contract).declarations).plan("ping")

    assert plan.role == "stateless"
    assert plan.reason == "`x-mock` says that its role is create, but no collection is at /ping or above it"


def test_an_envelope_can_be_said(tmp_path: Path) -> None:
    """Where an answer has two lists that look alike."""
    described = document(operation={"x-mock": {"envelope": "/other"}})
    properties = described["paths"]["/pets"]["get"]["responses"]["200"]["content"]["application/json"]["schema"][
        "properties"
    ]
    properties["other"] = LIST
    (tmp_path / "pets.yaml").write_text(yaml.safe_dump(described))
    with MockServer([str(tmp_path / "pets.yaml")]) as server, server.mock() as mock:
        mock.client.post("/pets", json={"code": "b"})

        assert "b" in [each["code"] for each in mock.client.get("/pets").json()["other"]]


def test_check_tells_of_them_with_their_line(tmp_path: Path) -> None:
    """As of every other flaw."""
    from click.testing import CliRunner  # noqa: PLC0415  # as the command line is

    from mockserver.cli import main  # noqa: PLC0415  # as above

    (tmp_path / "pets.yaml").write_text(yaml.safe_dump(document(**on({"role": "lst"})), sort_keys=False))
    output = CliRunner().invoke(main, ["check", str(tmp_path / "pets.yaml")]).output.replace("\n", "")

    assert "warning: `role` must be a role; did you mean list? Correct it; it is ignored." in output
    assert "#/paths/~1pets/get/x-mock/role  [x-mock]" in output
