"""Items directly behind another item: `/policies/{step}/{rule}`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from mockserver import MockServer
from mockserver.inference import Inference
from mockserver.mock import Mock

Json = dict[str, Any]
STEP: Json = {"type": "object", "properties": {"step": {"type": "string"}, "timeout": {"type": "integer"}}}
RULE: Json = {"type": "object", "properties": {"rule": {"type": "string"}, "contact": {"type": "string"}}}
NEW_RULE: Json = {"type": "object", "properties": {"contact": {"type": "string"}}}


def body(schema: Json) -> Json:
    return {"content": {"application/json": {"schema": schema}}}


def operation(answer: Json, sent: Json | None = None) -> Json:
    found: Json = {"responses": {"200": {"description": "d", **body(answer)}, "404": {"description": "n"}}}
    return found if sent is None else {**found, "requestBody": {"required": True, **body(sent)}}


def document(rules: Json, step: Json | None = None) -> Json:
    """One whose steps have these operations, and their rules those."""
    keys = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in ("step", "rule")]
    page = {"type": "array", "items": STEP}
    item = {"get": operation(STEP), "put": operation(STEP, STEP), "delete": operation(STEP), **(step or {})}
    paths = {
        "/policies": {"get": operation(page), "post": operation(STEP, STEP)},
        "/policies/{step}": {"parameters": keys[:1], **item},
        "/policies/{step}/{rule}": {"parameters": keys, **rules},
    }
    return {"openapi": "3.0.3", "info": {"title": "Policies", "version": "1"}, "paths": paths}


def serve(folder: Path, rules: Json, step: Json | None = None) -> Mock:
    file = folder / "policies.json"
    file.write_text(json.dumps(document(rules, step)))
    return MockServer([str(file)]).mock()


ALL: Json = {"get": operation(RULE), "put": operation(RULE, NEW_RULE), "delete": operation(RULE)}


@pytest.fixture
def client(tmp_path: Path) -> httpx.Client:
    return serve(tmp_path, ALL, {"post": operation(RULE, NEW_RULE)}).client


def test_an_item_behind_another_is_kept(client: httpx.Client) -> None:
    """What POST on the one before makes, by what it answers, is read, changed and deleted; the one before stays."""
    step = client.post("/policies", json={"timeout": 5}).json()
    rule = client.post(f"/policies/{step['step']}", json={"contact": "a"}).json()
    path = f"/policies/{step['step']}/{rule['rule']}"

    assert client.get(path).json() == rule == {"rule": rule["rule"], "contact": "a"}
    assert client.put(path, json={"contact": "b"}).json() == {**rule, "contact": "b"}
    assert client.get(f"/policies/{step['step']}").json() == step
    assert client.delete(path).status_code == 200
    assert client.get(path).status_code == 404


def test_it_goes_with_the_one_before(client: httpx.Client) -> None:
    """And nothing is made behind one that is not there."""
    step = client.post("/policies", json={"timeout": 5}).json()["step"]
    rule = client.post(f"/policies/{step}", json={"contact": "a"}).json()["rule"]
    client.delete(f"/policies/{step}")

    assert client.get(f"/policies/{step}/{rule}").status_code == 404
    assert client.post(f"/policies/{step}", json={"contact": "a"}).status_code == 404


@pytest.mark.parametrize(
    ("rules", "step", "roles"),
    [
        (ALL, {}, {"GET": "read", "PUT": "create_or_replace", "DELETE": "delete"}),
        (ALL, {"post": operation(STEP, STEP)}, {"GET": "read", "PUT": "create_or_replace", "DELETE": "delete"}),
        ({"get": operation(RULE)}, {}, {"GET": "stateless"}),
        ({"post": operation(RULE, NEW_RULE)}, {}, {"POST": "stateless"}),
        ({**ALL, "get": operation({"type": "array", "items": RULE})}, {}, {"GET": "stateless", "PUT": "stateless"}),
    ],
)
def test_only_what_is_read_and_written_there_is_an_item(tmp_path: Path, rules: Json, step: Json, roles: Json) -> None:
    """PUT makes it where nothing else does; a POST that takes and answers what others there do is about the step."""
    inferred = serve(tmp_path, rules, step).server.apis["policies"].inferred
    assert isinstance(inferred, Inference)
    found = {
        each.method: inferred.plan(name).role
        for name, each in inferred.contract.operations.items()
        if each.path == "/policies/{step}/{rule}"
    }

    assert found | roles == found


def test_its_plan_says_where_it_lies(tmp_path: Path) -> None:
    """And it is called after its parameter."""
    inferred = serve(tmp_path, ALL).server.apis["policies"].inferred
    assert isinstance(inferred, Inference)

    assert inferred.resources["rule"].reason == (
        "/policies/{step}/{rule} is an item behind /policies/{step}, which is one of another kind"
    )
