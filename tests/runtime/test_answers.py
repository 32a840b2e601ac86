"""What handlers are given and what becomes of what they give: answers that keep their contract, or none at all."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import replace
from typing import Any, cast

import pytest

from mockserver.contract.document import Document
from mockserver.errors import DocumentError, StartError
from mockserver.runtime.application import MockApp
from mockserver.runtime.exchange import Exchange
from mockserver.runtime.faults import Reply, Rule
from mockserver.runtime.pattern import RequestPattern
from mockserver.world import Record, World
from tests.runtime.desk import ID, NOTES, PATHS, answer, ask, desk, exchange, scope, served

WRITER = {"authorization": "Bearer writer"}
CREATED_SCHEMA = "#/components/schemas/Note"
CREATED = "#/paths/~1notes/post/responses/201"


def nothing(world: World) -> tuple[None, int]:
    return None, 204


def by_id(world: World, id_: int) -> int:
    return id_


def seventh(world: World) -> Record:
    return {"id": 7, "text": "seventh"}


def misfit(world: World, noteid: int, zip_: int) -> int:
    return noteid


def whatever(world: World, **arguments: Any) -> dict[str, Any]:
    return {**arguments, "token_info": arguments["token_info"]["token"]}


def typed(media: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": "", "content": {media: {"schema": schema}}}


@pytest.fixture
def app() -> MockApp:
    return served()


def texts(app: MockApp) -> list[Any]:
    return [note["text"] for note in app.worlds.default[NOTES]]


def test_a_payload_is_an_answer_of_200(app: MockApp) -> None:
    """As compact JSON."""
    reply = ask(app, "GET", "/notes/1")

    assert (reply.status, reply.content_type) == (200, "application/json")
    assert reply.body == b'{"id":1,"text":"call home"}'
    assert reply.headers["content-length"] == str(len(reply.body))


def test_a_payload_comes_with_its_status_and_headers(app: MockApp) -> None:
    """And what was written stays."""
    reply = ask(app, "POST", "/notes", body={"text": "dream"}, **WRITER)

    assert (reply.status, reply.headers["location"]) == (201, "/notes/4")
    assert texts(app) == ["call home", "buy milk", "sleep", "dream"]


def test_an_answer_without_a_body_has_no_type_and_no_length(app: MockApp) -> None:
    """204 means that."""
    reply = ask(app, "DELETE", "/notes/2", **WRITER)

    assert (reply.status, reply.headers, reply.body) == (204, {}, b"")
    assert texts(app) == ["call home", "sleep"]


def test_a_handler_is_given_what_it_asks_for(app: MockApp) -> None:
    """Parameters by their names in Python, the body, the caller; what it does not ask for stays away."""
    reply = ask(app, "PUT", "/echo/a%2Fb?pageSize=3&unused=1", body={"x": 1}, x_trace="t", cookie="session=s", **WRITER)

    assert reply.json() == {
        "id": "a/b",
        "page_size": 3,
        "x_trace": "t",
        "session": "s",
        "body": {"x": 1},
        "user": "writer's",
        "token": "writer",
        "world": "default",
    }


def test_what_did_not_come_is_the_handlers_own_default(app: MockApp) -> None:
    """Unless the document has one."""
    reply = ask(app, "PUT", "/echo/a")

    assert reply.json()["page_size"] == 7
    assert reply.json()["body"] == "none"
    assert len(ask(app, "GET", "/notes").json()["notes"]) == 2
    assert len(ask(app, "GET", "/notes?limit=1").json()["notes"]) == 1


def test_a_body_of_null_is_a_body(app: MockApp) -> None:
    """It is not nothing."""
    assert ask(app, "PUT", "/echo/a", body=None).json()["body"] == "none"
    assert ask(app, "PUT", "/echo/a", body=b"null").json()["body"] is None


@pytest.mark.parametrize(
    ("text", "pointer", "rule", "words"),
    [
        ("breach", "/id", f"{CREATED_SCHEMA}/properties/id/type", 'must be of type integer, got "one"'),
        ("placeless", "", f"{CREATED}/headers/Location", "the header Location is required"),
        (
            "unrefusable",
            "/kind",
            "#/components/schemas/Error/required",
            "is required",
        ),
        ("undocumented", "", "#/paths/~1notes/post/responses", "status 302 is not documented"),
    ],
)
def test_an_answer_that_breaks_its_contract_never_leaves(
    app: MockApp, caplog: pytest.LogCaptureFixture, text: str, pointer: str, rule: str, words: str
) -> None:
    """It becomes a problem that names the place and the rule, loud in the log, and all it wrote is taken back."""
    reply = ask(app, "POST", "/notes", body={"text": text}, **WRITER)

    problem = reply.json()
    assert (reply.status, reply.content_type) == (500, "application/problem+json")
    assert (problem["pointer"], problem["rule"]) == (pointer, rule)
    assert problem["detail"].startswith("The response violates its contract and was not sent: create_note: ")
    assert words in problem["detail"]
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert words in caplog.text
    assert texts(app) == ["call home", "buy milk", "sleep"]
    assert app.worlds.default.ids.count == 0


@pytest.mark.parametrize("text", ["crash", "unsayable"])
def test_a_handler_that_crashes_is_a_problem_without_a_traceback(
    app: MockApp, caplog: pytest.LogCaptureFixture, text: str
) -> None:
    """The traceback is in the log, not in the answer, and all it wrote is taken back."""
    reply = ask(app, "POST", "/notes", body={"text": text}, **WRITER)

    assert (reply.status, reply.content_type) == (500, "application/problem+json")
    assert reply.json() == {
        "type": "about:blank",
        "title": "Internal Server Error",
        "status": 500,
        "detail": "create_note failed inside the mock server; see its log.",
    }
    assert "Traceback" in caplog.text
    assert texts(app) == ["call home", "buy milk", "sleep"]


def test_after_a_crash_the_next_request_is_served(app: MockApp, caplog: pytest.LogCaptureFixture) -> None:
    """The world's lock is free and its state is whole."""
    ask(app, "POST", "/notes", body={"text": "crash"}, **WRITER)

    assert ask(app, "POST", "/notes", body={"text": "dream"}, **WRITER).status == 201
    assert "secret detail" in caplog.text


def test_a_request_that_the_runtime_stumbles_over_is_a_problem(caplog: pytest.LogCaptureFixture) -> None:
    """Whatever it is, a defect of ours has a clean answer too."""

    def unsayable(world: World) -> tuple[None, int, dict[str, str]]:
        del world
        return None, 200, {"Location": "/日本"}

    responses = {"200": {"description": ""}}
    app = served(
        desk(paths={"/notes": {"get": {"operationId": "list_notes", "responses": responses}}}, list_notes=unsayable)
    )

    reply = ask(app, "GET", "/notes")

    assert (reply.status, reply.content_type) == (500, "application/problem+json")
    assert reply.json()["detail"] == "list_notes failed inside the mock server; see its log."
    assert "UnicodeEncodeError" in caplog.text


@pytest.mark.parametrize("target", ["/notes", "/notes/1", "/notes/99", "/notes?limit=x", "/nope", "/_mock/health"])
def test_head_is_get_without_a_body(app: MockApp, target: str) -> None:
    """Same status, same headers, length and all."""
    get, head = ask(app, "GET", target), ask(app, "HEAD", target)

    assert head.body == b""
    if head.status == 404 and target == "/nope":
        assert head.status == get.status
    else:
        assert (head.status, head.headers) == (get.status, get.headers)
    assert int(head.headers["content-length"]) > 0


def test_there_is_no_head_where_there_is_no_get(app: MockApp) -> None:
    """405, with a length but without a body."""
    reply = ask(app, "HEAD", "/echo/1")

    assert (reply.status, reply.headers["allow"], reply.body) == (405, "PUT", b"")


def test_a_documented_head_is_its_own_operation() -> None:
    """The document's own HEAD wins over the one that every GET has."""
    paths = {
        "/notes": {
            "get": PATHS["/notes"]["get"],
            "head": {"operationId": "head_notes", "responses": {"204": {"description": ""}}},
        }
    }
    app = served(desk(paths=paths, head_notes=nothing))

    assert ask(app, "HEAD", "/notes").status == 204


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (
            {"/notes/{id}": {**PATHS["/notes/{noteId}"], "parameters": [{**ID, "name": "id"}]}},
            "first: get_note (GET /notes/{noteId}) has the same path as second: get_note (/notes/{id}). "
            "Serve one of them below a prefix of its own: --mount NAME=/prefix.",
        ),
        (
            {"/notes": {"put": PATHS["/notes"]["get"]}},
            "first: list_notes (GET /notes) has the same path as second: list_notes (/notes). "
            "Serve one of them below a prefix of its own: --mount NAME=/prefix.",
        ),
    ],
)
def test_two_apis_cannot_have_one_path(other: dict[str, Any], words: str) -> None:
    """The error names both operations and the way out."""
    with pytest.raises(DocumentError) as refused:
        served(desk("first"), desk("second", other, get_note=by_id, delete_note=by_id))

    assert str(refused.value) == words


def test_one_api_cannot_serve_a_method_of_one_path_twice() -> None:
    """Of two templates that differ only in names each may have methods of its own, but not the same."""
    paths = {
        "/notes/{noteId}": PATHS["/notes/{noteId}"],
        "/notes/{id}": {"get": {"operationId": "list_notes", "responses": {"200": answer("", "Anything")}}},
    }

    with pytest.raises(DocumentError) as refused:
        served(desk(paths=paths, list_notes=nothing))

    assert str(refused.value) == (
        "desk: list_notes (GET /notes/{id}) has the same path as desk: get_note (/notes/{noteId}). "
        "Name the parameters of one path alike."
    )


def test_each_template_of_one_path_names_its_own_parameters() -> None:
    """A handler is given the value under the name that its own template has for it."""
    put = {"operationId": "echo", "parameters": [{**ID, "name": "id"}], "responses": {"200": answer("", "Anything")}}
    put |= {"security": [{"bearer": []}]}
    paths = {"/notes/{noteId}": PATHS["/notes/{noteId}"], "/notes/{id}": {"put": put}}
    app = served(desk(paths=paths, echo=whatever))

    assert ask(app, "GET", "/notes/1").json()["id"] == 1
    assert ask(app, "PUT", "/notes/5", **WRITER).json()["id_"] == 5


FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("target", "body", "headers", "answered"),
    [
        ("/notes?Action=Add", None, {}, "add"),
        ("/notes?Action=Drop&x=1", None, {}, "drop"),
        ("/notes", b"Action=Drop&x=1", {"content_type": FORM}, "drop"),
        ("/notes", None, {"action": "Add"}, "add"),
        ("/notes", b"Action=Drop", {"content_type": "text/plain"}, "any"),
        ("/notes?Action=Other", None, {}, "any"),
    ],
)
def test_operations_at_one_path_are_told_apart_by_what_comes(
    target: str, body: bytes | None, headers: dict[str, str], answered: str
) -> None:
    """By query, header or form, as the document says behind a `#` or `?`; else the plain path answers."""
    operation = {"responses": {"200": answer("", "Anything")}}
    paths = {
        "/notes": {"post": {"operationId": "any", **operation}},
        "/notes#Action=Add": {"post": {"operationId": "add", **operation}},
        "/notes?Action=Drop": {"post": {"operationId": "drop", **operation}},
    }
    app = served(desk(paths=paths, any=lambda _: "any", add=lambda _: "add", drop=lambda _: "drop"))

    assert ask(app, "POST", target, body=body, **headers).json() == answered


def test_a_request_that_is_meant_for_none_of_them_is_told_the_paths() -> None:
    """Where all operations of a path have conditions and none is fulfilled, there is no such path."""
    operation = {"responses": {"200": answer("", "Anything")}}
    paths = {f"/notes#Action={name}": {"post": {"operationId": name, **operation}} for name in ("add", "drop")}
    app = served(desk(paths=paths, add=nothing, drop=nothing))

    reply = ask(app, "POST", "/notes", body={})

    assert reply.status == 404
    assert "/notes#Action=add" in reply.json()["nearest"]


def test_two_apis_may_have_paths_that_only_overlap() -> None:
    """A literal of one beats a template of the other."""
    latest = {"/notes/latest": PATHS["/notes/latest"]}
    others = {path: item for path, item in PATHS.items() if path != "/notes/latest"}
    app = served(desk("first", others), desk("second", latest, latest_note=seventh))

    assert ask(app, "GET", "/notes/latest").json()["id"] == 7
    assert ask(app, "GET", "/notes/1").json()["id"] == 1
    assert ask(app, "DELETE", "/notes/latest").headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    ("handlers", "words"),
    [
        ({"list_notes": None}, "desk: operation list_notes has no handler. Write a function list_notes(world) for it."),
        (
            {"get_note": misfit},
            "get_note() takes noteid, zip_, which is no parameter of the operation; "
            "expected some of note_id, body, user, token_info, records.",
        ),
    ],
)
def test_a_handler_must_fit_its_operation(
    handlers: dict[str, Any], words: str, caplog: pytest.LogCaptureFixture
) -> None:
    """What is missing is told at the start, not at the first request."""
    with pytest.raises(StartError) as refused:
        served(desk(**handlers))

    assert str(refused.value).endswith(words)


def test_a_handler_may_take_whatever_there_is() -> None:
    """`**arguments` holds all that was decoded, the body and the caller."""
    reply = ask(served(desk(echo=whatever)), "PUT", "/echo/5?pageSize=3", body=[1], **WRITER)

    assert reply.json() == {"id_": "5", "page_size": 3, "body": [1], "user": "writer's", "token_info": "writer"}


def test_an_operation_needs_no_id() -> None:
    """It is served by the handler of the name that its method and path make."""
    paths = {"/notes/latest": {"get": {"responses": {"200": answer("The note.", "Anything")}}}}

    reply = ask(served(desk(paths=paths, get_notes_latest=seventh)), "GET", "/notes/latest")

    assert reply.json() == {"id": 7, "text": "seventh"}


def test_an_operation_that_cannot_be_served_costs_itself_only(caplog: pytest.LogCaptureFixture) -> None:
    """It answers 501 and names the flaw; a fault rule still finds it, and the others answer."""
    broken = {"operationId": "save", "parameters": [{**ID, "style": "bold"}], "responses": {}}
    app = served(desk(paths={**PATHS, "/notes/{noteId}/copies": {"post": broken}}, save=nothing))
    app.worlds.default.faults = (Rule("r", RequestPattern(operation_id="save"), nth=2, reply=Reply("documented", 503)),)

    reply = ask(app, "POST", "/notes/1/copies", body={})

    assert (reply.status, reply.content_type) == (501, "application/problem+json")
    assert reply.json()["detail"] == (
        "A flaw in the document prevents this operation from being served. desk.yaml: save "
        "(at #/paths/~1notes~1{noteId}~1copies/post) cannot be served: parameter noteId: style 'bold' is not allowed "
        "in path; expected one of simple, label, matrix."
    )
    assert ask(app, "POST", "/notes/1/copies", body={}).status == 503
    assert ask(app, "GET", "/notes/1").status == 200
    assert caplog.records == []


@pytest.mark.parametrize(
    ("path", "place", "words"),
    [
        ("/notes/latest", ("get", "responses", "200"), "a schema does not compile: "),
        ("/notes", ("post", "requestBody"), "a schema does not compile: "),
    ],
)
def test_a_schema_that_is_none_costs_what_it_describes(path: str, place: tuple[str, ...], words: str) -> None:
    """It is compiled when it is needed, and what needs it answers 501."""
    method, *inner = place
    raw = json.loads(json.dumps(PATHS))
    described = raw[path][method]
    for name in inner:
        described = described[name]
    described["content"]["application/json"]["schema"] = {"pattern": "("}
    app = served(desk(paths=raw))

    reply = ask(app, method.upper(), path, body={"text": "a"} if method == "post" else None, **WRITER)

    assert reply.status == 501
    assert words in reply.json()["detail"]
    assert ask(app, "GET", "/notes/1").status == 200


def test_an_answer_is_written_as_its_media_type_asks() -> None:
    """Text as it is; of a range, the type that stands for it; bytes of any value."""
    texts = {
        "/csv": {"get": {"operationId": "csv", "responses": {"200": typed("text/csv", {"type": "string"})}}},
        "/any": {"get": {"operationId": "any", "responses": {"200": typed("text/*", {"maxLength": 3})}}},
        "/png": {"get": {"operationId": "png", "responses": {"200": typed("image/png", {"type": "object"})}}},
    }
    app = served(desk(paths=texts, csv=lambda _: "a,é", any=lambda _: "four", png=lambda _: b"\x89PNG"))

    assert ask(app, "GET", "/csv").body == "a,é".encode()
    assert ask(app, "GET", "/csv").content_type == "text/csv"
    assert ask(app, "GET", "/png").body == b"\x89PNG"
    assert ask(app, "GET", "/any", prefer="code=200").headers.get("preference-applied") is None
    assert (
        "#/paths/~1any/get/responses/200/content/text~1*/schema/maxLength" in ask(app, "GET", "/any").json()["detail"]
    )


def test_nothing_is_served_that_no_document_has(app: MockApp) -> None:
    """Connexion's ways to add routes and error pages by hand are closed, with a word why."""
    with pytest.raises(NotImplementedError, match="only documented operations are served"):
        app.add_url_rule("/extra")
    with pytest.raises(NotImplementedError, match=r"a refusal is worded by its API's refuse\(\)"):
        app.add_error_handler(404, print)


def test_health_names_the_apis(app: MockApp) -> None:
    """Sorted, each once; it answers GET and HEAD."""
    several = served(desk("zebra", {"/z": PATHS["/notes"]}), desk("ant", {"/a": PATHS["/notes"]}))

    assert ask(several, "GET", "/_mock/health").json() == {"status": "ok", "apis": ["ant", "zebra"]}
    assert ask(app, "GET", "/_mock/health").content_type == "application/json"
    refused = ask(app, "POST", "/_mock/health")
    assert (refused.status, refused.headers["allow"]) == (405, "GET, HEAD")
    assert refused.content_type == "application/problem+json"


def test_without_a_control_plane_there_is_nothing_else_of_ours(app: MockApp) -> None:
    """A problem says so."""
    reply = ask(app, "GET", "/_mock/worlds")

    assert (reply.status, reply.content_type) == (404, "application/problem+json")


PREFLIGHT = {"origin": "https://page.example", "access_control_request_method": "DELETE"}


def test_paths_are_served_as_written_and_below_the_path_of_the_server() -> None:
    """A client that was made from the document asks there."""
    api = desk()
    raw = {**api.document.raw, "servers": [{"url": "https://desk.example/api"}]}

    app = served(replace(api, document=Document(raw, "desk.yaml")))

    assert ask(app, "GET", "/api/notes/1").status == 200
    assert ask(app, "GET", "/notes/1").status == 200


def test_paths_are_served_below_every_path_that_their_servers_can_have() -> None:
    """Those of an operation replace those of the document, and a wide parameter takes what stands below it."""
    api = desk()
    version = {"url": "/{v}", "variables": {"v": {"default": "v1", "enum": ["v1", "v2"]}}}
    done = {"responses": {"204": {"description": "Done."}}}
    raw = {
        **api.document.raw,
        "servers": [version, {"url": "/other"}],
        "paths": {
            "/all": {"get": {"operationId": "clear", **done}},
            "/own": {"get": {"operationId": "own", "servers": [{"url": "/api"}], **done}},
        },
    }
    document = Document(raw, "desk.yaml")
    app = served(replace(api, document=document, compiled=None, handlers={"clear": nothing, "own": nothing}))

    paths = ("/all", "/v1/all", "/v2/all", "/other/all", "/v3/all", "/own", "/api/own", "/v1/own")
    assert [ask(app, "GET", path).status for path in paths] == [204, 204, 204, 204, 404, 204, 204, 404]


def test_an_observer_cannot_change_an_answer(app: MockApp) -> None:
    """It sees what is sent, and what it does to that reaches nobody."""

    def change(exchange: Exchange) -> None:
        assert exchange.response is not None
        exchange.status = 500
        cast("list[Any]", exchange.response.headers).clear()
        exchange.response = None

    observed = ask(served(observers=[change]), "GET", "/notes/1")

    assert observed == ask(app, "GET", "/notes/1")


def test_observers_see_every_exchange() -> None:
    """Who answered what, and how; the time is that of the request alone."""
    seen: list[Exchange] = []
    app = served(observers=[seen.append])

    ask(app, "GET", "/notes/1?x=1")
    ask(app, "DELETE", "/notes/1")
    ask(app, "GET", "/nope")
    ask(app, "GET", "/notes", prefer="code=400")
    ask(app, "OPTIONS", "/notes", **PREFLIGHT)
    ask(app, "GET", "/_mock/health")

    assert [(each.method, each.target, each.operation_id, each.status, str(each.answered_by)) for each in seen] == [
        ("GET", "/notes/1?x=1", "get_note", 200, "handler"),
        ("DELETE", "/notes/1", "delete_note", 401, "runtime"),
        ("GET", "/nope", None, 404, "runtime"),
        ("GET", "/notes", "list_notes", 400, "prefer"),
        ("OPTIONS", "/notes", None, 204, "preflight"),
    ]
    assert [each.api for each in seen] == ["desk", "desk", None, "desk", None]
    assert seen[1].rejection is not None
    assert seen[1].rejection.kind == "unauthorized"
    assert all(0 < each.seconds < 5 for each in seen)


def test_a_client_that_goes_away_half_way_is_not_answered(app: MockApp) -> None:
    """Nor is anything done, logged or recorded for it."""
    seen: list[Exchange] = []
    app = served(observers=[seen.append])

    replies = asyncio.run(exchange(app, scope("POST", "/notes", content_length="9", **WRITER), [b'{"te'], vanish=True))

    assert (replies, seen) == ([], [])


def test_an_app_may_be_asked_without_a_raw_path(app: MockApp) -> None:
    """ASGI leaves it out at will; the decoded path is encoded again."""
    without = {name: value for name, value in scope("PUT", "/").items() if name != "raw_path"}

    (reply,) = asyncio.run(exchange(app, {**without, "path": "/echo/é b"}, [b""]))

    assert reply.json()["id"] == "é b"


def test_startup_and_shutdown_are_acknowledged(app: MockApp) -> None:
    """There is nothing to do, but a server may wait for the word."""
    incoming = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    outgoing: list[Any] = []

    async def receive() -> Any:
        return incoming.pop(0)

    async def send(message: Any) -> None:
        outgoing.append(message)

    asyncio.run(app({"type": "lifespan"}, receive, send))

    assert outgoing == [{"type": "lifespan.startup.complete"}, {"type": "lifespan.shutdown.complete"}]


def test_a_websocket_is_closed(app: MockApp) -> None:
    """There are none in OpenAPI."""
    outgoing: list[Any] = []

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        outgoing.append(message)

    asyncio.run(app({"type": "websocket"}, receive, send))

    assert [message["type"] for message in outgoing] == ["websocket.close"]
