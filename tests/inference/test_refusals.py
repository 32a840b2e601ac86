"""Which of the documented refusals is the answer to what is wrong with a request."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mockserver import MockServer
from mockserver.contract.violations import Rejection
from mockserver.inference.refusals import MOST, worded
from mockserver.mock import Mock

REFUSED = {"application/json": {"schema": {"type": "object", "properties": {"message": {"type": "string"}}}}}
BODY = {"required": True, "content": {"application/json": {"schema": {"type": "object", "required": ["text"]}}}}
SIZE = {"name": "size", "in": "query", "schema": {"type": "integer"}}
RESPONSES = {each: {"description": "Refused.", "content": REFUSED} for each in ("400", "422")}
NOTES = {
    "parameters": [SIZE],
    "requestBody": BODY,
    "responses": {"201": {"description": "Made."}, **RESPONSES},
}
DOCUMENT = {"openapi": "3.0.3", "info": {"title": "Notes", "version": "1"}, "paths": {"/notes": {"post": NOTES}}}


@pytest.fixture(scope="module")
def mock(tmp_path_factory: pytest.TempPathFactory) -> Mock:
    """Not closed: its requests break the contract, as they must."""
    file: Path = tmp_path_factory.mktemp("refusals") / "notes.json"
    file.write_text(json.dumps(DOCUMENT))
    return MockServer([str(file)]).mock()


def test_a_large_example_of_a_refusal_is_searched_so_far_and_no_further() -> None:
    """The whole body is judged for whatever is put into one of its objects."""
    judged: list[Any] = []

    class Media:
        def accepts(self, value: Any) -> bool:
            judged.append(value)
            return True

    body = {"message": "", **{f"part{number}": {"code": 0} for number in range(5000)}}
    found = worded(body, 404, Rejection("not_found", "There is none."), Media())  # type: ignore[arg-type]

    assert (found["message"], found["part0"], found["part4999"]) == ("There is none.", {"code": 404}, {"code": 0})
    assert len(judged) <= MOST


@pytest.mark.parametrize(
    ("query", "sent", "status"),
    [
        ("", {"json": {}}, 422),
        ("", {}, 422),
        ("?size=large", {"json": {"text": "a"}}, 422),
        ("", {"content": b"{", "headers": {"Content-Type": "application/json"}}, 400),
        ("", {"content": b"a=1", "headers": {"Content-Type": "application/x-www-form-urlencoded"}}, 400),
        ("?size=1&size=2", {"json": {"text": "a"}}, 400),
        ("?size=large", {"content": b"{", "headers": {"Content-Type": "application/json"}}, 400),
    ],
)
def test_what_cannot_be_read_is_a_400_and_what_breaks_a_rule_a_422(
    mock: Mock, query: str, sent: dict[str, Any], status: int
) -> None:
    """Where the document has both."""
    answer = mock.client.post(f"/notes{query}", **sent)

    assert answer.status_code == status
    assert answer.json()["message"]
