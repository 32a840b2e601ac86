"""Every peer is given the same two answers."""

from pathlib import Path
from typing import Any

import orjson
import yaml

from tests.benchmarks import stubs
from tests.benchmarks.operations import READ, WRITE, Answer

ANSWERS = {
    READ: Answer(200, "application/json", b'{"data":[{"id":"clx_list_newsletter_id"}]}'),
    WRITE: Answer(200, "application/json", b'{"data":{"id":"c1"}}'),
}


def document() -> dict[str, Any]:
    def response(example: str) -> dict[str, Any]:
        content = {"schema": {"type": "object"}, "examples": {example: {"value": {}}}}
        return {"description": "An answer.", "content": {"application/json": content}}

    statuses = {"200": response("known"), "201": response("new"), "404": response("unknown")}
    return {"paths": {READ.path: {"get": {"responses": statuses}}, WRITE.path: {"post": {"responses": statuses}}}}


def test_the_answer_is_the_only_success_in_the_document() -> None:
    """Whatever a peer picks from the document, it picks the recorded answer; the refusals stay."""
    changed = stubs.with_answers(document(), ANSWERS)

    responses = changed["paths"][WRITE.path]["post"]["responses"]
    content = responses["200"]["content"]["application/json"]
    assert responses.keys() == {"200", "404"}
    assert content["schema"]["example"] == {"data": {"id": "c1"}}
    assert content["examples"] == {"answer": {"value": {"data": {"id": "c1"}}}}


def test_the_given_document_stays_as_it_is() -> None:
    """The rounds share one document, so none may change it."""
    given = document()
    stubs.with_answers(given, ANSWERS)

    assert given == document()


def test_every_peer_finds_its_file(tmp_path: Path) -> None:
    """Document, mappings, expectations and records all carry the recorded answers."""
    files = stubs.write(tmp_path, document(), ANSWERS)

    mappings = orjson.loads((files.mappings / "mappings" / "all.json").read_bytes())["mappings"]
    expectations = [orjson.loads(path.read_bytes()) for path in sorted(files.expectations.iterdir())]
    bodies = [orjson.loads(answer.body) for answer in ANSWERS.values()]
    assert [mapping["response"]["jsonBody"] for mapping in mappings] == bodies
    assert [expectation["http-response"]["body"] for expectation in expectations] == bodies
    assert orjson.loads(files.database.read_bytes())["lists"] == bodies[0]["data"]
    assert yaml.safe_load(files.document.read_text()) == stubs.with_answers(document(), ANSWERS)
