"""What the engine recorded, in our words: the operation to blame where an answer does not say."""

from __future__ import annotations

import pytest
import requests

from mockserver.contract.document import Document
from mockserver.verify.citations import Citations
from mockserver.verify.recording import Recording
from mockserver.verify.targets import Target
from mockserver.verify.wire import Wire

ANSWERS = {"200": {"description": "So."}}
LIBRARY = Document(
    {
        "openapi": "3.1.0",
        "info": {"title": "Library", "version": "1"},
        "paths": {
            "/books": {"get": {"operationId": "list_books", "responses": ANSWERS}},
            "/books/{id}": {
                "get": {"operationId": "get_book", "responses": ANSWERS},
                "put": {"operationId": "replace_book", "responses": ANSWERS},
            },
            "/books/latest": {"get": {"operationId": "get_latest", "responses": ANSWERS}},
            "/shelves": {"post": {"operationId": "create_shelf", "responses": ANSWERS}},
        },
    }
)


@pytest.mark.parametrize(
    ("method", "path", "blamed"),
    [
        ("GET", "/books/7", "get_book"),
        ("PUT", "/books/a%2Fb", "replace_book"),
        ("GET", "/books/latest", "get_latest"),
        ("PUT", "/books/latest", "replace_book"),
        ("TRACE", "/shelves", "create_shelf"),
        ("DELETE", "/books/7?force=true", "get_book"),
        ("GET", "/nowhere", "list_books"),
    ],
)
def test_the_operation_under_which_a_provider_went_is_that_of_its_path(method: str, path: str, blamed: str) -> None:
    """Its method decides between those that the path fits; an undocumented one is still a request of that path."""
    target, wire = Target("library", LIBRARY, "http://127.0.0.1/v1"), Wire()
    wire.outage.fatal = requests.Request(method, f"{target.url}{path}").prepare()

    found = Recording(target, Citations(target.contract), wire).death("coverage")

    assert found is not None
    assert found.operation.operation_id == blamed
