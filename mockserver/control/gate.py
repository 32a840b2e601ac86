"""The gate in front of the stock app: it validates requests, and refuses those that the document does not describe.

Stock Connexion stops at the first violation. Here requests are validated by the compiled document, as on the data
plane, and refused with all their violations at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mockserver.console.files import POLICY, file
from mockserver.contract.bodies import JSONCodec, media_type, write_json
from mockserver.contract.contract import Contract
from mockserver.contract.document import Document
from mockserver.contract.operation import Described, Operation
from mockserver.contract.pointers import pointer_of
from mockserver.contract.routing import Router
from mockserver.contract.violations import ABSENT, Violation
from mockserver.control.documents import write_yaml
from mockserver.control.problems import listed, refusal
from mockserver.errors import MockServerError
from mockserver.guide.browser import served
from mockserver.limits import CONTROL_BODY_LIMIT
from mockserver.runtime.answer import Answer
from mockserver.runtime.body import Body, Disconnected, read_body
from mockserver.runtime.codings import CodingError
from mockserver.runtime.request import Request
from mockserver.runtime.reserved import CONTROL, WORLD_HEADER

UI = f"{CONTROL}/ui"
GUIDE = f"{CONTROL}/guide"
CONSOLE = f"{CONTROL}/console"

HEADERS = [
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
]
"""Sent with every response: it must not be stored, framed, or read by pages of other origins."""

NO_CONTENT = 204
FRAMING = (b"content-length", b"transfer-encoding", b"content-encoding")
WORLD = "world"


class Gate:
    """An ASGI middleware that passes on valid requests, and requests for the pages of Swagger UI.

    It serves the document itself, as it is written; stock Connexion would replace every reference by its target. It
    also serves the pages of the guide, which are not operations.
    """

    def __init__(self, app: ASGIApp, document: Document, streams: Mapping[str, ASGIApp] | None = None) -> None:
        self._app = app
        self._streams = streams or {}
        self._answers = {
            CONTROL: Answer(307, b"", None, {"Location": f"{CONSOLE}/"}),
            f"{CONTROL}/": Answer(307, b"", None, {"Location": f"{CONSOLE}/"}),
            CONSOLE: Answer(307, b"", None, {"Location": f"{CONSOLE}/"}),
            GUIDE: Answer(307, b"", None, {"Location": f"{GUIDE}/"}),
            f"{CONTROL}/openapi.json": Answer(200, write_json(document.raw), "application/json"),
            f"{CONTROL}/openapi.yaml": Answer(200, write_yaml(document.raw), "application/yaml"),
        }
        self._contract = Contract(document)
        self._deep: dict[str, Operation] = {}
        self._router: Router[Described] = Router()
        for described in self._contract.operations.values():
            self._router.add(f"{CONTROL}{described.path}", described.method, described)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request.of(scope)
        hardened = _hardened(send)
        try:
            judged = await self._judge(request, receive)
        except Disconnected:
            return
        if isinstance(judged, Answer):
            await judged.send(hardened, head=request.method == "HEAD")
        else:
            await self._streams.get(request.path, self._app)(*judged, hardened)

    async def _judge(self, request: Request, receive: Receive) -> Answer | tuple[Scope, Receive]:
        """The response to the request, or the request as the app shall receive it."""
        path = request.path
        if path in self._answers or path == UI or path.startswith((f"{UI}/", f"{GUIDE}/", f"{CONSOLE}/")):
            if request.method not in ("GET", "HEAD"):
                return _no_method(request, ["GET", "HEAD"])
            return self._answers.get(path) or _console(path) or _guide(path) or (request.scope, _again(b"", receive))
        found = self._router.match(path)
        if found is None:
            return refusal(404, f"The control plane has nothing at {path}. {UI} lists the operations.")
        route, values = found
        target = route.targets.get("GET" if request.method == "HEAD" else request.method)
        if target is None:
            return _no_method(request, sorted({*route.targets, *(["HEAD"] if "GET" in route.targets else [])}))
        limit = target.members.get("x-body-limit", CONTROL_BODY_LIMIT)
        body = await read_body(request, receive, limit)
        if body.flaw is not None:
            return _unreadable(body, limit)
        content, operation = body.content, self._operation(target)
        request = _in_its_world(request, operation)
        return _refused(operation, request, values, content) or (
            _sized(request.scope, content),
            _again(content, receive),
        )

    def _operation(self, described: Described) -> Operation:
        """The compiled operation; `x-body-depth` lets its body nest deeper than others."""
        operation = self._contract.operation(described.operation_id)
        deepest = described.members.get("x-body-depth")
        if deepest is None or operation.body is None:
            return operation
        if described.operation_id not in self._deep:
            media = tuple(replace(each, codec=JSONCodec(deepest)) for each in operation.body.media)
            self._deep[described.operation_id] = replace(operation, body=replace(operation.body, media=media))
        return self._deep[described.operation_id]


def _console(path: str) -> Answer | None:
    """The file of the console at a path, a refusal if there is none, or None for a path of something else."""
    if not path.startswith(f"{CONSOLE}/"):
        return None
    found = file(path.removeprefix(f"{CONSOLE}/"))
    if found is None:
        return refusal(404, f"The console has no file at {path}. It begins at {CONSOLE}/.")
    return Answer(200, *found, {"Content-Security-Policy": POLICY})


def _guide(path: str) -> Answer | None:
    """The page of the guide at a path, a refusal if there is none, or None for a path of something else."""
    if not path.startswith(f"{GUIDE}/"):
        return None
    try:
        page = served(path.removeprefix(f"{GUIDE}/"))
    except MockServerError as error:
        return refusal(404, f"There is no such page: {error}")
    return Answer(200, page.html.encode(), "text/html; charset=utf-8", {"Content-Security-Policy": page.policy})


def _unreadable(body: Body, limit: int) -> Answer:
    """The refusal of a body that is too long or cannot be decoded."""
    if not isinstance(body.flaw, CodingError):
        headers = {} if body.whole else {"Connection": "close"}
        return refusal(413, f"The body must have at most {limit} bytes. Send less.", headers)
    detail, errors = str(body.flaw.violation), listed([body.flaw.violation])
    if body.flaw.accepted is None:
        return refusal(400, detail, errors=errors)
    return refusal(415, detail, {"Accept-Encoding": body.flaw.accepted}, errors=errors)


def _in_its_world(request: Request, operation: Operation) -> Request:
    """The request, the world of its X-Mock-World header put into the query where that names none."""
    named = request.header(WORLD_HEADER)
    asked = {parameter.name for parameter in operation.parameters["query"]}
    if named is None or WORLD not in asked or WORLD in request.query:
        return request
    query = b"&".join(filter(None, (request.scope["query_string"], f"{WORLD}={quote(named, safe='')}".encode())))
    return Request.of({**request.scope, "query_string": query})


def _sized(scope: Scope, body: bytes) -> Scope:
    """The scope with the length of the decoded body: WSGI takes a body of unknown length for an empty one."""
    headers = [header for header in scope["headers"] if header[0].lower() not in FRAMING]
    return {**scope, "headers": [*headers, (b"content-length", b"%d" % len(body))] if body else headers}


def _refused(operation: Operation, request: Request, values: dict[str, list[str]], body: bytes) -> Answer | None:
    content_type = request.header("content-type")
    if not _may_be_json(content_type, body):
        return refusal(
            415,
            f"The body must be JSON, with its Content-Type, got {content_type or 'none'}. Send application/json.",
        )
    violations = [*_unknown(operation, request), *operation.decode(request, values, body)[1]]
    if not violations:
        return None
    return refusal(400, "; ".join(map(str, violations)), errors=listed(violations))


def _may_be_json(content_type: str | None, body: bytes) -> bool:
    """Whether it is JSON: pages of other origins can send forms, text or no type, but JSON only after a preflight."""
    return not body if content_type is None else media_type(content_type) == "application/json"


def _unknown(operation: Operation, request: Request) -> Iterator[Violation]:
    """Query parameters that the operation does not have: most likely misspelt, and otherwise without effect."""
    known = {parameter.name for parameter in operation.parameters["query"]}
    for name in request.query:
        if name not in known:
            expected = f"expected one of {', '.join(sorted(known))}" if known else "it has no query parameters"
            message = f"is not a parameter of {operation.operation_id}; {expected}"
            yield Violation("query", pointer_of([name]), "unknown", sorted(known), ABSENT, message)


def _no_method(request: Request, allowed: list[str]) -> Answer:
    methods = ", ".join(allowed)
    return refusal(405, f"{request.path} supports {methods}, not {request.method}.", {"Allow": methods})


def _again(body: bytes, receive: Receive) -> Receive:
    """A `receive` that returns the body that has been read, then what follows."""
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> Message:
        return pending.pop() if pending else await receive()

    return receive_again


def _hardened(send: Send) -> Send:
    async def send_hardened(message: Any) -> None:
        if message["type"] == "http.response.start":
            described = [
                each for each in message["headers"] if message["status"] != NO_CONTENT or each[0] != b"content-type"
            ]
            message = {**message, "headers": [*described, *HEADERS]}
        await send(message)

    return send_hardened
