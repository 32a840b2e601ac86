"""What the peers serve: the same document and the same two answers, in the form that each of them reads."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import yaml

from tests.benchmarks.operations import READ, WRITE, Answer, Operation

Answers = Mapping[Operation, Answer]


@dataclass(frozen=True)
class Stubs:
    """Where the files lie that a peer is started with."""

    folder: Path

    @property
    def document(self) -> Path:
        """The OpenAPI document, its examples of the two operations replaced by our own answers."""
        return self.folder / "audience.yaml"

    @property
    def mappings(self) -> Path:
        """WireMock's root: a stub for each operation that also compares the key."""
        return self.folder / "wiremock"

    @property
    def expectations(self) -> Path:
        """Specmatic's answers to requests by example."""
        return self.folder / "specmatic"

    @property
    def database(self) -> Path:
        """json-server's records; it writes to this file."""
        return self.folder / "database.json"

    @property
    def routes(self) -> Path:
        """json-server's rewriting of paths."""
        return self.folder / "routes.json"


def write(folder: Path, document: Mapping[str, Any], answers: Answers) -> Stubs:
    """All files for all peers."""
    stubs = Stubs(folder)
    folder.mkdir(exist_ok=True)
    stubs.document.write_text(yaml.safe_dump(with_answers(document, answers), sort_keys=False, allow_unicode=True))
    _dump(stubs.mappings / "mappings" / "all.json", {"mappings": [_mapping(*pair) for pair in answers.items()]})
    for number, pair in enumerate(answers.items()):
        _dump(stubs.expectations / f"{number}.json", _expectation(*pair))
    _dump(stubs.database, {"lists": orjson.loads(answers[READ].body)["data"], "contacts": []})
    _dump(stubs.routes, {"/api/v1/*": "/$1"})
    return stubs


def with_answers(document: Mapping[str, Any], answers: Answers) -> dict[str, Any]:
    """The document with each answer as the one example of its status.

    It stands twice: as an example of the media type, which Prism reads, and of the schema, which Mockoon reads.
    Other successes of the operation are left out, for both answer with the first they find.
    """
    changed = deepcopy(dict(document))
    for operation, answer in answers.items():
        responses = changed["paths"][operation.path][operation.method.lower()]["responses"]
        for status in [status for status in responses if status.startswith("2") and status != str(answer.status)]:
            del responses[status]
        content = responses[str(answer.status)]["content"]["application/json"]
        said = orjson.loads(answer.body)
        content["schema"] = {"allOf": [content["schema"]], "example": said}
        content["examples"] = {"answer": {"value": said}}
    return changed


def _mapping(operation: Operation, answer: Answer) -> dict[str, Any]:
    key = {"Authorization": {"equalTo": operation.headers["Authorization"]}}
    body = {"bodyPatterns": [{"matchesJsonPath": "$.email"}]} if operation is WRITE else {}
    return {
        "request": {"method": operation.method, "urlPath": operation.path, "headers": key, **body},
        "response": {
            "status": answer.status,
            "headers": {"Content-Type": answer.media_type},
            "jsonBody": orjson.loads(answer.body),
        },
    }


def _expectation(operation: Operation, answer: Answer) -> dict[str, Any]:
    body = {"body": {"email": "(string)", "firstName": "(string)", "listId": "(string)"}} if operation is WRITE else {}
    return {
        "http-request": {"method": operation.method, "path": operation.path, "headers": operation.headers, **body},
        "http-response": {
            "status": answer.status,
            "headers": {"Content-Type": answer.media_type},
            "body": orjson.loads(answer.body),
        },
    }


def _dump(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(orjson.dumps(value, option=orjson.OPT_INDENT_2))
