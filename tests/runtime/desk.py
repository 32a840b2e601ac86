"""A small API to serve in a test, notes on a desk, and a way to ask its app without a socket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.api import Api
from mockserver.contract.document import Document
from mockserver.contract.violations import Rejection
from mockserver.errors import Refusal
from mockserver.runtime.application import MockApp
from mockserver.runtime.dataplane import Options
from mockserver.runtime.recording import Observer
from mockserver.seeding import CREDENTIAL
from mockserver.world import DEFAULT, Clock, Collection, Record, Snapshot, World
from mockserver.world.store import TableState

NOTES = Collection("desk.notes")
CREDENTIALS = Collection("desk.credentials", key=lambda record: record["token"], schema=CREDENTIAL)
STATUSES = {
    "not_found": 404,
    "method_not_allowed": 405,
    "unauthorized": 401,
    "forbidden": 403,
    "invalid": 400,
    "too_large": 413,
}


def answer(description: str, schema: str, **more: Any) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}, **more}}
    return {"description": description, "content": content}


def refused(*statuses: int) -> dict[str, Any]:
    return {str(status): answer("Refused.", "Error", example={"kind": "any", "message": ""}) for status in statuses}


ID = {"name": "noteId", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}}
NOTE = answer(
    "The note.",
    "Note",
    examples={
        "first": {"value": {"id": 1, "text": "call home"}},
        'a "quoted" one': {"value": {"id": 2, "text": "quoted"}},
    },
)
CREATED = {**NOTE, "headers": {"Location": {"required": True, "schema": {"type": "string"}, "example": "/notes/9"}}}
WRITER = {"security": [{"bearer": []}], "x-required-scopes": ["write"]}
SCHEMAS = {
    "Note": {
        "type": "object",
        "required": ["id", "text"],
        "properties": {"id": {"type": "integer"}, "text": {"type": "string"}},
        "additionalProperties": False,
    },
    "Draft": {
        "type": "object",
        "required": ["text"],
        "properties": {"text": {"type": "string", "minLength": 1}, "id": {"type": "integer"}},
    },
    "Error": {"type": "object", "required": ["kind", "message"]},
    "Anything": {},
}
PATHS: dict[str, Any] = {
    "/notes": {
        "get": {
            "operationId": "list_notes",
            "parameters": [{"name": "limit", "in": "query", "schema": {"type": "integer", "default": 2}}],
            "responses": {"200": answer("Notes.", "Anything"), **refused(400)},
        },
        "post": {
            "operationId": "create_note",
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Draft"}}},
            },
            "responses": {"201": CREATED, **refused(400, 401, 403, 409, 413), "4XX": answer("", "Error")},
            **WRITER,
        },
    },
    "/notes/latest": {"get": {"operationId": "latest_note", "responses": {"200": NOTE, "503": answer("", "Anything")}}},
    "/notes/{noteId}": {
        "parameters": [ID],
        "get": {"operationId": "get_note", "responses": {"200": NOTE, **refused(400, 404)}},
        "delete": {
            "operationId": "delete_note",
            "responses": {"204": {"description": "Gone."}, **refused(400, 401, 403, 404)},
            **WRITER,
        },
    },
    "/echo/{id}": {
        "put": {
            "operationId": "echo",
            "parameters": [
                {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
                {"name": "pageSize", "in": "query", "schema": {"type": "integer"}},
                {"name": "unused", "in": "query", "schema": {"type": "integer"}},
                {"name": "X-Trace", "in": "header", "schema": {"type": "string"}},
                {"name": "session", "in": "cookie", "schema": {"type": "string"}},
            ],
            "requestBody": {"content": {"application/json": {"schema": {}}}},
            "responses": {"200": answer("What came.", "Anything"), **refused(400, 401)},
            "security": [{"bearer": []}, {}],
        }
    },
    "/pairs": {
        "get": {
            "operationId": "read_pairs",
            "responses": {"200": answer("Who called.", "Anything"), **refused(401, 403)},
            "security": [{"oauth": ["read"], "key": []}, {"key": ["write"]}],
        }
    },
}
SCHEMES = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "oauth": {"type": "oauth2", "flows": {}},
}


def list_notes(world: World, limit: int) -> dict[str, Any]:
    return {"notes": world[NOTES].slice("inserted", limit=limit)}


def latest_note(world: World) -> Record:
    return list(world[NOTES])[-1]


def get_note(world: World, note_id: int) -> Record:
    return found(world, note_id)


def delete_note(world: World, note_id: int) -> tuple[None, int]:
    found(world, note_id)
    world[NOTES].delete(note_id)
    return None, 204


def create_note(world: World, user: str, body: dict[str, Any]) -> tuple[Any, int, dict[str, str]]:
    """Puts a note, and then does to it what its text says."""
    note = world[NOTES].put({"id": body.get("id", len(world[NOTES]) + 1), "text": body["text"]})
    place = {"Location": f"/notes/{note['id']}"}
    world.ids.uuid()
    match body["text"]:
        case "taken":
            raise Refusal(409, {"kind": "taken", "message": user}, {"X-Taken": "yes"})
        case "breach":
            return {**note, "id": "one"}, 201, place
        case "undocumented":
            return note, 302, place
        case "unrefusable":
            raise Refusal(409, {"oops": "no kind"})
        case "placeless":
            return note, 201, {}
        case "crash":
            raise RuntimeError("secret detail")
        case "unsayable":
            return {**note, "text": "\ud800"}, 201, place
    return note, 201, place


def echo(
    world: World,
    id_: str,
    page_size: int = 7,
    x_trace: str | None = None,
    session: str | None = None,
    body: Any = "none",
    user: str | None = None,
    token_info: Record | None = None,
) -> dict[str, Any]:
    came = {"id": id_, "page_size": page_size, "x_trace": x_trace, "session": session, "body": body}
    return {**came, "user": user, "token": token_info and token_info["token"], "world": world.name}


def read_pairs(world: World, token_info: Record) -> str:
    del world
    token: str = token_info["token"]
    return token


def found(world: World, note_id: int) -> Record:
    note = world[NOTES].get(note_id)
    if note is None:
        raise Refusal(404, {"kind": "no_note", "message": f"no note {note_id}"})
    return note


def refuse(world: World, rejection: Rejection) -> tuple[Any, int]:
    del world
    payload = {
        "kind": rejection.kind,
        "message": rejection.message,
        "operation": rejection.operation_id,
        "fields": [f"{each.where} {each.field} {each.keyword}" for each in rejection.violations],
        "scopes": [list(rejection.required_scopes), list(rejection.granted_scopes)],
    }
    return payload, STATUSES[rejection.kind]


HANDLERS = {
    each.__name__: each for each in (list_notes, latest_note, get_note, delete_note, create_note, echo, read_pairs)
}


def desk(name: str = "desk", paths: Mapping[str, Any] = PATHS, refuse: Any = refuse, **handlers: Any) -> Api:
    """The API; `handlers` stand in for its own."""
    components = {"schemas": SCHEMAS, "securitySchemes": SCHEMES}
    raw = {"openapi": "3.0.3", "info": {"title": name, "version": "1"}, "paths": paths, "components": components}
    return Api(
        name=name,
        document=Document(raw, f"{name}.yaml"),
        handlers={**HANDLERS, **handlers},
        collections=(NOTES,),
        credentials=CREDENTIALS,
        refuse=refuse,
        fixtures=(),
    )


def seeded() -> World:
    """Three notes, and three callers: who may write, who may read, and who may nothing."""
    notes = [{"id": number, "text": text} for number, text in enumerate(["call home", "buy milk", "sleep"], start=1)]
    scopes = {"writer": ["write"], "reader": ["read"], "nobody": []}
    callers = [
        {"token": name, "account": f"{name}'s", "scopes": each, "description": ""} for name, each in scopes.items()
    ]
    states = {
        "desk.notes": TableState.load(NOTES, notes),
        "desk.credentials": TableState.load(CREDENTIALS, callers),
    }
    return World(DEFAULT, Snapshot(states, Clock(), 0, 0))


def served(*apis: Api, world: World | None = None, observers: Iterable[Observer] = (), **options: Any) -> MockApp:
    return MockApp(apis or (desk(),), world or seeded(), Options(**options), tuple(observers))


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def content_type(self) -> str | None:
        return self.headers.get("content-type")


def ask(app: Any, method: str, target: str, *, body: Any = None, chunks: Any = None, **headers: str) -> Reply:
    """Send one request into the app. `body`: bytes, or a value to send as JSON; `chunks`: a body without its length."""
    text = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    if text is not None:
        headers.setdefault("content_length", str(len(text)))
    if chunks is not None:
        headers["transfer_encoding"] = "chunked"
    (sent,) = asyncio.run(exchange(app, scope(method, target, **headers), [text or b""] if chunks is None else chunks))
    return sent


def scope(method: str, target: str, **headers: str) -> dict[str, Any]:
    """What a server makes of the head of a request; `_` in the names of headers stands for `-`."""
    path, _, query = target.partition("?")
    return {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode("latin-1"),
        "query_string": query.encode("latin-1"),
        "headers": [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()],
    }


async def exchange(app: Any, scope: Any, parts: list[bytes], *, vanish: bool = False) -> list[Reply]:
    """The replies of the app: one, or none if the client vanishes; takes the parts of the body that are asked for."""
    outgoing: list[Any] = []

    async def receive() -> Any:
        if not parts:
            return {"type": "http.disconnect"}
        part = parts.pop(0)
        return {"type": "http.request", "body": part, "more_body": vanish or bool(parts)}

    async def send(message: Any) -> None:
        outgoing.append(message)

    await app(scope, receive, send)
    starts = [message for message in outgoing if message["type"] == "http.response.start"]
    body = b"".join(message.get("body", b"") for message in outgoing if message["type"] == "http.response.body")
    return [Reply(start["status"], read_headers(start["headers"]), body) for start in starts]


def read_headers(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in raw:
        assert name.decode() not in headers, f"{name!r} was sent twice"
        headers[name.decode()] = value.decode("latin-1")
    return headers
