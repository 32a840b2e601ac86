"""Broken servers, each with the findings that must come of it: what shows that a campaign can fail.

A defect lies in a handler, on the wire, in the options, or between the document served and the document published.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mockserver.api import Api
from mockserver.apis import crm, prospects, salesnav
from mockserver.contract.document import Document
from mockserver.runtime.application import MockApp
from mockserver.runtime.dataplane import Options
from mockserver.world import Record, World

Serve = Callable[[Api, World], ASGIApp]
Publish = Callable[[Any], None]


def as_it_is(_: Any) -> None:
    """Publish the document that is served."""


def whole(api: Api, world: World) -> ASGIApp:
    return MockApp([api], world)


@dataclass(frozen=True)
class Defect:
    """`serve` makes the broken app, `publish` changes the document that the campaign reads, and this `phase` of it
    `finds` all that."""

    name: str
    api: str
    phase: str
    finds: frozenset[str]
    serve: Serve = whole
    publish: Publish = as_it_is

    def published(self, document: Document) -> Document:
        return changed(document, self.publish)


def changed(document: Document, change: Publish) -> Document:
    """The document with a change, the original untouched."""
    raw = copy.deepcopy(dict(document.raw))
    change(raw)
    return Document(raw, document.source)


def handling(**functions: Callable[..., Any]) -> Serve:
    """Serve with these handlers in place of the API's own."""

    return lambda api, world: MockApp([with_handlers(api, **functions)], world)


def with_handlers(api: Api, **functions: Callable[..., Any]) -> Api:
    """The API with these handlers in place of its own."""
    return replace(api, handlers={**api.handlers, **functions})


def sending(change: Callable[[Message], None]) -> Serve:
    """Serve with every message of an answer changed on its way out."""

    def serve(api: Api, world: World) -> ASGIApp:
        app = MockApp([api], world)

        async def changing(scope: Scope, receive: Receive, send: Send) -> None:
            async def pass_on(message: Message) -> None:
                change(message)
                await send(message)

            await app(scope, receive, pass_on)

        return changing

    return serve


def _status(before: int, after: int) -> Callable[[Message], None]:
    def change(message: Message) -> None:
        if message.get("status") == before:
            message["status"] = after

    return change


def _header(name: bytes, value: bytes) -> Callable[[Message], None]:
    def change(message: Message) -> None:
        if "headers" in message:
            message["headers"] = [(key, value if key == name else old) for key, old in message["headers"]]

    return change


def _renamed(message: Message) -> None:
    if "body" in message:
        message["body"] = message["body"].replace(b'"code":', b'"kind":')


def _crash(_: World) -> Record:
    raise ZeroDivisionError("out of order")


def _forget(world: World, user: str, body: dict[str, Any]) -> tuple[Record, int]:
    answer = salesnav.create_contact_list(world, user, body)
    salesnav.delete_contact_list(world, user, answer[0]["id"])
    return answer


def _keep(_: World, user: str, list_id: str) -> tuple[None, int]:
    return None, 204


def _anyones(world: World, list_id: str) -> Record:
    saved = world[salesnav.LISTS].get(list_id)
    if saved is None:
        raise salesnav.ListNotFound(world, list_id)
    return salesnav.get_contact_list(world, saved["account"], list_id)


def _never_found(_: World, id_: str) -> Record:
    raise prospects.ListNotFound(id_)


def _schema(name: str, **keywords: Any) -> Publish:
    def change(raw: Any) -> None:
        raw["components"]["schemas"][name].update(keywords)

    return change


def _dead_link(raw: Any) -> None:
    links = raw["paths"]["/contacts/lists"]["post"]["responses"]["200"]["links"]
    links["update"]["parameters"]["id"] = "$response.body#/data/nowhere"


def _promised(raw: Any) -> None:
    answer = raw["paths"]["/contacts/lists"]["get"]["responses"]["200"]
    answer["headers"] = {"ETag": {"required": True, "schema": {"type": "string"}}}


def _wanted(raw: Any) -> None:
    operation = raw["paths"]["/contacts/lists"]["get"]
    operation["parameters"] = [{"name": "X-Brand", "in": "header", "required": True, "schema": {"type": "string"}}]
    operation["responses"]["400"] = raw["paths"]["/contacts/lists"]["post"]["responses"]["400"]


def finds(*findings: str) -> frozenset[str]:
    return frozenset(findings)


DEFECTS = (
    Defect("a handler fails", "crm", "fuzzing", finds("not_a_server_error"), handling(list_contact_lists=_crash)),
    Defect(
        "a handler answers an undocumented status",
        "crm",
        "fuzzing",
        finds("not_a_server_error", "status_code_conformance"),
        handling(list_contact_lists=lambda world: (crm.list_contact_lists(world), 202)),
    ),
    Defect(
        "an undocumented status leaves", "crm", "examples", finds("status_code_conformance"), sending(_status(200, 203))
    ),
    Defect(
        "an undocumented media type leaves",
        "crm",
        "examples",
        finds("content_type_conformance"),
        sending(_header(b"content-type", b"text/plain")),
    ),
    Defect("a body breaks its schema", "crm", "examples", finds("response_schema_conformance"), sending(_renamed)),
    Defect("a promised header stays away", "crm", "fuzzing", finds("response_headers_conformance"), publish=_promised),
    Defect("a required header may be left out", "crm", "coverage", finds("missing_required_header"), publish=_wanted),
    Defect(
        "invalid input is let in",
        "crm",
        "coverage",
        finds("negative_data_rejection"),
        publish=_schema("Name", maxLength=5),
    ),
    Defect(
        "valid input is refused",
        "crm",
        "coverage",
        finds("positive_data_acceptance"),
        publish=_schema("Name", minLength=0, pattern=""),
    ),
    Defect(
        "any credential will do",
        "salesnav",
        "coverage",
        finds("ignored_auth", "missing_required_header"),
        lambda api, world: MockApp([api], world, Options(any_credential=True)),
    ),
    Defect(
        "an account sees another's lists",
        "salesnav",
        "stateful",
        finds("object_level_authorization"),
        handling(get_contact_list=_anyones),
    ),
    Defect(
        "what was deleted is still there",
        "salesnav",
        "stateful",
        finds("use_after_free"),
        handling(delete_contact_list=_keep),
    ),
    Defect(
        "what was created is not there",
        "salesnav",
        "stateful",
        finds("ensure_resource_availability"),
        handling(create_contact_list=_forget),
    ),
    Defect(
        "an undocumented method is served", "crm", "coverage", finds("unsupported_method"), sending(_status(405, 200))
    ),
    Defect(
        "the Allow header lies",
        "crm",
        "coverage",
        finds("allow_header_conformance"),
        sending(_header(b"allow", b"GET, HEAD, PATCH")),
    ),
    Defect("a link leads nowhere", "crm", "stateful", finds("link"), publish=_dead_link),
    Defect("nothing is ever found", "prospects", "examples", finds("warning"), handling(refresh_list=_never_found)),
)
