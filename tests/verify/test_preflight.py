"""The few requests before a campaign: which are made, with what, and what is left to the campaign."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.contract.document import Document
from mockserver.errors import VerifyError
from mockserver.verify.identities import Credential, Identity
from mockserver.verify.plan import Plan
from mockserver.verify.preflight import look
from mockserver.verify.targets import Target
from mockserver.verify.wire import Wire
from tests.sockets import OK, Heard, Reply, listening

SCHEMES = {
    "sid": {"type": "apiKey", "in": "cookie", "name": "sid"},
    "key": {"type": "apiKey", "in": "query", "name": "key"},
}


def document() -> Document:
    """One operation that says enough to be asked, and three that do not: unknown, an object, and no GET."""

    def described(name: str, **schema: Any) -> dict[str, Any]:
        required = {"name": name, "in": "query", "required": True, "schema": schema}
        return {"operationId": name, "parameters": [required], "responses": {"200": {"description": "So."}}}

    asked = described("asked", type="string", example="a b") | {"security": [{"sid": [], "key": []}]}
    asked["parameters"].append(
        {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}, "example": "a/b"}
    )
    return Document(
        {
            "openapi": "3.1.0",
            "info": {"title": "One", "version": "1"},
            "components": {"securitySchemes": SCHEMES},
            "paths": {
                "/asked/{id}": {"get": asked},
                "/unknown": {"get": described("unknown", type="string"), "post": described("sent", example="x")},
                "/deep": {"get": described("deep", type="object", example={"a": 1})},
            },
        }
    )


def looked(reply: Reply) -> tuple[Heard, Target]:
    with listening(reply) as provider:
        contract = document()
        caller = Identity("caller", contract, Credential("hush"))
        target = Target("one", contract, provider.url, caller=caller, headers={"X-Trace": "7"})
        look(target, Plan(seed=1), Wire())
    return provider, target


def test_what_the_document_gives_examples_for_is_asked() -> None:
    """As the caller, with the headers of every request; nothing else is sent."""
    provider, _ = looked(lambda *_: OK)

    [sent] = provider.requests
    assert sent.startswith(b"GET /asked/a%2Fb?asked=a+b&key=hush HTTP/1.1\r\n")
    assert provider.header("Cookie") == ["sid=hush"]
    assert provider.header("X-Trace") == ["7"]


@pytest.mark.parametrize(
    ("where", "example", "target"),
    [
        ("query", True, b"/things?x=true"),
        ("path", False, b"/things/false"),
        ("path", "日", b"/things/%E6%97%A5"),
        ("query", 3, b"/things?x=3"),
        ("header", False, b"/things"),
    ],
)
def test_an_example_is_written_as_a_client_writes_it(where: str, example: Any, target: bytes) -> None:
    """Python has other words for true and false."""
    provider = asked_with(where, example)

    assert [each.split(b" ")[1] for each in provider.requests] == [target]
    assert where != "header" or provider.header("x") == ["false"]


@pytest.mark.parametrize("where", ["header", "cookie"])
def test_what_a_header_cannot_hold_is_left_to_the_campaign(where: str) -> None:
    """The run goes on with what else the document has."""
    assert asked_with(where, "日").requests == []


def asked_with(where: str, example: Any) -> Heard:
    """What is asked of a provider whose one operation has one parameter."""
    path = "/things/{x}" if where == "path" else "/things"
    parameter = {"name": "x", "in": where, "required": True, "schema": {}, "example": example}
    operation = {"operationId": "things", "parameters": [parameter], "responses": {"200": {"description": "So."}}}
    info = {"title": "One", "version": "1"}
    contract = Document({"openapi": "3.1.0", "info": info, "paths": {path: {"get": operation}}})
    with listening(lambda *_: OK) as provider:
        look(Target("one", contract, provider.url), Plan(seed=1), Wire())
    return provider


@pytest.mark.parametrize(
    "answer",
    [None, b"HTTP/1.1 429 Busy\r\nContent-Length: 0\r\n\r\n", b"HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n"],
)
def test_what_says_too_little_is_left_to_the_campaign(answer: bytes | None) -> None:
    """No answer, one too many requests, and a failure that may be of this request alone."""
    provider, _ = looked(lambda *_: answer)

    assert provider.requests


def test_an_unknown_credential_ends_it() -> None:
    """With the operation, the status and what to do."""
    with pytest.raises(
        VerifyError, match=r"does not know the credential: GET .* \(asked\) was answered 401\. Check the"
    ):
        looked(lambda *_: b"HTTP/1.1 401 Who\r\nContent-Length: 0\r\n\r\n")
