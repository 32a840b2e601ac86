"""Operations at one path that only their names tell apart, as Amazon's documents have them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mockserver import MockServer
from mockserver.inference import Inference
from mockserver.mock import Mock

Json = dict[str, Any]
TEXT: Json = {"type": "string"}
TOPIC: Json = {"type": "object", "properties": {"TopicArn": TEXT, "Name": TEXT, "Color": TEXT}}
NAMED: Json = {"type": "object", "required": ["TopicArn"], "properties": {"TopicArn": TEXT, "Color": TEXT}}
ONE: Json = {"type": "object", "properties": {"Topic": TOPIC}}
ALL: Json = {"type": "object", "properties": {"Topics": {"type": "array", "items": TOPIC}, "NextToken": TEXT}}
SENT: Json = {"type": "object", "properties": {"Name": TEXT, "Color": TEXT}}
NONE: Json = {"type": "object", "properties": {"Color": TEXT}}


def body(schema: Json) -> Json:
    return {"content": {"application/json": {"schema": schema}}}


def call(answer: Json, sent: Json, *statuses: str) -> Json:
    found: Json = {"200": {"description": "d", **body(answer)}, **{each: {"description": "n"} for each in statuses}}
    target: Json = {"name": "X-Amz-Target", "in": "header", "required": True, "schema": TEXT}
    return {"post": {"parameters": [target], "requestBody": {"required": True, **body(sent)}, "responses": found}}


def serve(folder: Path, calls: dict[str, Json]) -> Mock:
    file = folder / "topics.json"
    paths = {f"/#X-Amz-Target=Topics_2020.{name}": each for name, each in calls.items()}
    file.write_text(json.dumps({"openapi": "3.0.3", "info": {"title": "Topics", "version": "1"}, "paths": paths}))
    return MockServer([str(file)]).mock()


CALLS: dict[str, Json] = {
    "CreateTopic": call(ONE, SENT),
    "DescribeTopic": call(ONE, NAMED),
    "ListTopics": call(ALL, NONE),
    "UpdateTopic": call(ONE, NAMED),
    "DeleteTopic": call({"type": "object"}, NAMED),
    "TagTopic": call(ONE, NAMED),
    "GetWeather": call(ONE, NAMED),
    "CreateReport": call(ONE, SENT),
}


def ask(mock: Mock, name: str, **sent: str) -> Any:
    answer = mock.client.post("/", json=sent, headers={"X-Amz-Target": f"Topics_2020.{name}"})
    return answer.json() if answer.status_code == 200 else answer.status_code


def test_what_one_call_makes_another_reads(tmp_path: Path) -> None:
    """Lists, changes and deletes, by the key in its body."""
    mock = serve(tmp_path, CALLS)
    made = ask(mock, "CreateTopic", Name="news", Color="red")["Topic"]
    key = made["TopicArn"]

    assert made == {"TopicArn": key, "Name": "news", "Color": "red"}
    assert ask(mock, "DescribeTopic", TopicArn=key) == {"Topic": made}
    assert made in ask(mock, "ListTopics")["Topics"]
    assert ask(mock, "ListTopics", Color="red")["Topics"] == [made]
    assert ask(mock, "UpdateTopic", TopicArn=key, Color="blue") == {"Topic": {**made, "Color": "blue"}}
    ask(mock, "DeleteTopic", TopicArn=key)
    assert key not in [each["TopicArn"] for each in ask(mock, "ListTopics")["Topics"]]


@pytest.mark.parametrize(("statuses", "status"), [((), 200), (("404",), 404)])
def test_what_is_not_there_is_refused_where_the_document_has_an_answer_for_it(
    tmp_path: Path, statuses: tuple[str, ...], status: int
) -> None:
    """Else the call is answered without state."""
    mock = serve(tmp_path, {**CALLS, "DescribeTopic": call(ONE, NAMED, *statuses)})
    answer = ask(mock, "DescribeTopic", TopicArn="none")

    assert (answer if isinstance(answer, int) else 200) == status


def test_other_calls_have_no_state(tmp_path: Path) -> None:
    """Those with another verb, and those of what is only made, or only read."""
    inferred = serve(tmp_path, CALLS).server.apis["topics"].inferred
    assert isinstance(inferred, Inference)
    roles = {
        each.path.rpartition(".")[2]: inferred.plan(name).role for name, each in inferred.contract.operations.items()
    }

    create = next(name for name, each in inferred.contract.operations.items() if each.path.endswith(".CreateTopic"))

    assert inferred.plan(create).reason.startswith("its name says POST /Topic; ")
    assert roles == {
        "CreateTopic": "create",
        "DescribeTopic": "read",
        "ListTopics": "list",
        "UpdateTopic": "merge",
        "DeleteTopic": "delete",
        **dict.fromkeys(("TagTopic", "GetWeather", "CreateReport"), "stateless"),
    }


def test_a_call_may_be_in_the_query(tmp_path: Path) -> None:
    """With the key there as well; a verb with a plural lists, and `Put` makes where nothing else does."""

    def asked(answer: Json, *names: str) -> Json:
        required = [{"name": each, "in": "query", "required": True, "schema": TEXT} for each in names]
        return {"get": {"parameters": required, "responses": {"200": {"description": "d", **body(answer)}}}}

    calls = {
        "PutTopic": asked(ONE, "TopicArn", "Color"),
        "GetTopic": asked(ONE, "TopicArn"),
        "DescribeTopics": asked(ALL),
    }
    file = tmp_path / "topics.json"
    paths = {f"/#Action={name}": each for name, each in calls.items()}
    file.write_text(json.dumps({"openapi": "3.0.3", "info": {"title": "Topics", "version": "1"}, "paths": paths}))
    client = MockServer([str(file)]).mock().client
    client.get("/", params={"Action": "PutTopic", "TopicArn": "t1", "Color": "red"})
    read = client.get("/", params={"Action": "GetTopic", "TopicArn": "t1"}).json()["Topic"]

    assert read["Color"] == "red"
    assert read in client.get("/", params={"Action": "DescribeTopics"}).json()["Topics"]
