"""The five documents as documents: valid, told apart by name, every answer shown by an example that is one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from mockserver.catalog import load_api, names
from mockserver.contract.contract import Contract
from mockserver.contract.document import Document
from mockserver.contract.operation import Response
from mockserver.resources import resource

DOCUMENTS = {name: Document.load(resource("specs") / f"{name}.yaml") for name in names()}
OPERATIONS = [(name, *each) for name, document in DOCUMENTS.items() for each in document.operations()]


def responses() -> Iterator[tuple[str, str, Response]]:
    for name, document in DOCUMENTS.items():
        contract = Contract(document)
        for operation_id in contract.operations:
            for status, response in contract.operation(operation_id).responses.items():
                yield name, f"{operation_id} {status}", response


RESPONSES = list(responses())


def test_the_five_are_there() -> None:
    """The package ships the five documents."""
    assert names() == ("audience", "crm", "prospects", "salesnav", "workshop")


@pytest.mark.parametrize("name", names())
def test_document_is_valid(name: str) -> None:
    """openapi-spec-validator finds no flaw."""
    DOCUMENTS[name].validate()


@pytest.mark.parametrize(("name", "path", "method", "operation"), OPERATIONS)
def test_operation_is_described(name: str, path: str, method: str, operation: dict[str, Any]) -> None:
    """Every operation has a handler's name, a summary, a tag and its security."""
    document = DOCUMENTS[name]

    assert callable(load_api(name).handler(operation["operationId"]))
    assert operation["summary"]
    assert set(operation["tags"]) <= {tag["name"] for tag in document.raw["tags"]}
    assert "security" in operation or "security" in document.raw


@pytest.mark.parametrize("response", [pytest.param(each, id=f"{name} {title}") for name, title, each in RESPONSES])
def test_examples_are_answers(response: Response) -> None:
    """Every response with a body has a named example, and each of them validates."""
    if response.validator is None:
        assert response.examples == {}
        return

    invalid = [name for name, value in response.examples.items() if not response.validator.accepts(value)]

    assert response.examples
    assert invalid == []


@pytest.mark.parametrize("name", names())
def test_links_name_operations(name: str) -> None:
    """Every link of an answer leads to an operation of the document, by parameters it has."""
    document = DOCUMENTS[name]
    known = {each["operationId"]: (path, each) for path, _, each in document.operations()}
    links = [
        document.resolve(link)
        for _, _, operation in document.operations()
        for response in operation["responses"].values()
        for link in document.resolve(response).get("links", {}).values()
    ]

    assert links
    for link in links:
        path, target = known[link["operationId"]]
        taken = {each["name"] for each in document.parameters(path, target)}
        assert {each.rpartition(".")[2] for each in link.get("parameters", {})} <= taken
