"""The scoreboard's judge and its requests, on a small document."""

from __future__ import annotations

from pathlib import Path

import pytest

from mockserver.contract.contract import Contract
from mockserver.contract.reading.reader import read
from tests.scoreboard.documents import sample
from tests.scoreboard.judge import Judge
from tests.scoreboard.one import asked
from tests.scoreboard.requests import Asking, invalid

PETSTORE = Path(__file__).parent.parent / "inference" / "petstore.yaml"
JSON = "application/json"


@pytest.fixture(scope="module")
def contract() -> Contract:
    return Contract(read(PETSTORE))


@pytest.mark.parametrize(
    ("operation", "status", "content_type", "body", "flaw"),
    [
        ("listPets", 200, JSON, b'[{"id": 1, "name": "a"}]', None),
        ("listPets", 200, JSON, b'[{"id": 1}]', "'name' is a required property at 0"),
        ("listPets", 404, JSON, b'{"code": 1, "error": {}}', None),
        ("listPets", 200, "text/plain", b"", "text/plain is not documented"),
        ("listPets", 200, JSON, b"[", "the body is not JSON"),
        ("createPet", 200, JSON, b"{}", "status 200 is not documented"),
        ("createPet", 401, None, b"", None),
        ("createPet", 401, JSON, b"{}", "a body came where none is documented"),
    ],
)
def test_an_answer_is_held_against_the_document(
    contract: Contract, operation: str, status: int, content_type: str | None, body: bytes, flaw: str | None
) -> None:
    """Status, media type and schema, by a validator that is not the server's."""
    found = Judge(contract.document.raw).flaw(contract.operations[operation].members, status, content_type, body)

    assert found is None if flaw is None else flaw in str(found)


@pytest.mark.parametrize(("operation", "status", "knows"), [("listPets", 200, True), ("createPet", 401, False)])
def test_what_could_have_content_is_known(contract: Contract, operation: str, status: int, knows: bool) -> None:
    """An empty answer is a miss only where the schema has properties or items."""
    assert Judge(contract.document.raw).knows(contract.operations[operation].members, status) is knows


def test_a_valid_request_has_what_is_required(contract: Contract) -> None:
    """Path values, body, credential; each invalid one breaks one thing."""
    operation = contract.operation("createPet")
    request = Asking(contract).valid(operation)

    assert (request.method, request.target) == ("POST", "/pets")
    assert request.headers["X-Key"] == "key"
    assert b'"name"' in (request.body or b"")
    assert [each.body for each in invalid(operation, request)] == [None, b"{", b"[[]]"]


def test_a_document_is_asked_for_every_operation() -> None:
    """The one operation that cannot be answered is counted as such."""
    told = asked(PETSTORE)

    assert told["counts"]["operations"] == 5
    assert told["counts"]["in contract"] == 4
    assert told["counts"]["not served"] == 1
    assert told["misses"][0].startswith("not served: GET /broken: ")


def test_a_file_that_is_no_document_does_not_start(tmp_path: Path) -> None:
    """And counts as nothing else."""
    file = tmp_path / "none.json"
    file.write_text("[]")

    assert asked(file)["counts"] == {"not started": 1}


def test_a_sample_is_the_same_for_the_same_seed() -> None:
    """And another for another."""
    paths = [Path(str(number)) for number in range(100)]

    assert sample(paths, 5, 1) == sample(paths, 5, 1) != sample(paths, 5, 2)


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_a_pattern_of_javascript_is_judged_as_it_is_meant(version: str) -> None:
    """`/^[a-z]$/i`, which nothing could match as it stands."""
    content = {"application/json": {"schema": {"type": "string", "pattern": "/^[a-z]$/i"}}}
    judge, described = Judge({"openapi": version}), {"responses": {"200": {"description": "d", "content": content}}}

    assert judge.flaw(described, 200, "application/json", b'"A"') is None
    assert "does not match" in str(judge.flaw(described, 200, "application/json", b'"7"'))


def test_a_discriminator_that_leads_back_is_left_out() -> None:
    """The validator would follow it without end; a property may have the same name."""
    parent = {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"type": "string"}, "discriminator": {"type": "integer"}},
        "discriminator": {"propertyName": "kind"},
        "allOf": [{"type": "object"}],
    }
    child = {"allOf": [{"$ref": "#/components/schemas/Parent"}]}
    judge = Judge({"openapi": "3.0.3", "components": {"schemas": {"Parent": parent, "Child": child}}})
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Parent"}}}
    described = {"responses": {"200": {"description": "d", "content": content}}}

    assert judge.flaw(described, 200, "application/json", b'{"kind": "Child"}') is None
    assert "'kind' is a required" in str(judge.flaw(described, 200, "application/json", b"{}"))
    assert "is not of type" in str(
        judge.flaw(described, 200, "application/json", b'{"kind": "Child", "discriminator": "a"}')
    )
