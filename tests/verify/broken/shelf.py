"""A sound implementation of `contract.yaml` by hand, without anything of mockserver; each flaw overrides one part.

It is an ASGI application. Accounts have shelves of their own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote

Record = dict[str, Any]
Answer = tuple[int, Any, dict[str, str]]

KEYS = {
    "reader-and-writer": ("ann", {"books:read", "books:write"}),
    "reader": ("ann", {"books:read"}),
    "writer": ("ann", {"books:write"}),
    "neighbour": ("bob", {"books:read", "books:write"}),
}
SEEDED = 9
ADDED = "2026-01-01T12:00:00Z"


class Refused(Exception):
    """A refusal: status and words."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.answer: Answer = (status, {"error": words}, {})


class Request:
    """One request, its body read."""

    def __init__(self, scope: Mapping[str, Any], body: bytes) -> None:
        self.method: str = scope["method"]
        self.path = unquote(scope["raw_path"].decode("latin-1")) if scope.get("raw_path") else scope["path"]
        self.query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        self.headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        self.body = body
        self.account = ""


class Shelf:
    """The books of every account, and the operations on them."""

    def __init__(self) -> None:
        self.books: dict[str, tuple[str, Record]] = {}
        self.drawn = 0
        for number in range(SEEDED):
            self.add("ann", {"title": f"Book {number}", "pages": 100 + number})

    async def __call__(
        self,
        scope: Mapping[str, Any],
        receive: Callable[[], Awaitable[Mapping[str, Any]]],
        send: Callable[[Mapping[str, Any]], Awaitable[None]],
    ) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        body = b""
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        status, payload, headers = self.answer(Request(scope, body))
        raw = self.write(payload)
        if raw:
            headers = {"Content-Type": self.content_type(), **headers}
        named = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": named})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else raw})

    def write(self, payload: Any) -> bytes:
        return b"" if payload is None else json.dumps(payload).encode()

    def content_type(self) -> str:
        return "application/json"

    def answer(self, request: Request) -> Answer:
        try:
            return self.route(request)
        except Refused as refused:
            return refused.answer

    def route(self, request: Request) -> Answer:
        found = re.fullmatch(r"/books(?:/([^/]+))?", request.path)
        if found is None:
            raise Refused(404, "there is no such path")
        handlers = self.handlers(found[1] is not None)
        method = "GET" if request.method == "HEAD" else request.method
        if method not in handlers:
            return 405, {"error": f"{request.method} is not documented"}, {"Allow": self.allow(handlers)}
        handler, scope = handlers[method]
        self.authorize(request, scope)
        if found[1] is None:
            return handler(request)
        self.check_id(found[1])
        return handler(request, found[1])

    def handlers(self, one: bool) -> dict[str, tuple[Callable[..., Answer], str]]:
        if one:
            return {
                "GET": (self.get_book, "books:read"),
                "PUT": (self.replace_book, "books:write"),
                "DELETE": (self.delete_book, "books:write"),
            }
        return {"GET": (self.list_books, "books:read"), "POST": (self.create_book, "books:write")}

    def allow(self, handlers: Mapping[str, Any]) -> str:
        return ", ".join([*handlers, "HEAD"])

    def authorize(self, request: Request, scope: str) -> None:
        word, _, key = request.headers.get("authorization", "").partition(" ")
        known = KEYS.get(key) if word == "Bearer" else None
        if known is None:
            raise Refused(401, "a key is needed")
        request.account, scopes = known
        self.check_scope(scope, scopes)

    def check_scope(self, needed: str, granted: set[str]) -> None:
        if needed not in granted:
            raise Refused(403, f"the key lacks the scope {needed}")

    def check_id(self, identity: str) -> None:
        if not re.fullmatch("b[0-9]+", identity):
            raise Refused(400, "an id is a b and digits")

    def list_books(self, request: Request) -> Answer:
        self.check_client(request)
        limit, offset = self.whole(request, "limit", 20, 1, 50), self.whole(request, "offset", 0, 0, 10000)
        books = [book for account, book in self.books.values() if account == request.account]
        return 200, self.page(books, limit, offset), {}

    def check_client(self, request: Request) -> None:
        if not re.fullmatch("[a-z]+", request.headers.get("x-client", "")):
            raise Refused(400, "X-Client must be lower case letters")

    def page(self, books: list[Record], limit: int, offset: int) -> Record:
        return {"items": books[offset : offset + limit], "total": len(books)}

    def whole(self, request: Request, name: str, default: int, least: int, most: int) -> int:
        values = [value for key, value in request.query if key == name]
        if not values:
            return default
        if len(values) > 1 or not re.fullmatch("-?[0-9]{1,9}", values[0]) or not least <= int(values[0]) <= most:
            raise Refused(400, f"{name} must be from {least} to {most}")
        return int(values[0])

    def create_book(self, request: Request) -> Answer:
        book = self.add(request.account, self.read(request))
        return 201, book, {"Location": f"/books/{book['id']}"}

    def add(self, account: str, given: Record) -> Record:
        self.drawn += 1
        book = {"id": f"b{self.drawn}", "title": given["title"], "pages": given.get("pages"), "added": ADDED}
        self.books[book["id"]] = (account, book)
        return book

    def read(self, request: Request) -> Record:
        """The book in the body, as the contract has it."""
        try:
            given = json.loads(request.body)
        except ValueError:
            raise Refused(400, "the body must be JSON") from None
        if request.headers.get("content-type", "").partition(";")[0] != "application/json":
            raise Refused(400, "the body must be JSON")
        self.check_book(given)
        assert isinstance(given, dict)
        return given

    def check_book(self, given: Any) -> None:
        if not isinstance(given, dict) or set(given) - {"title", "pages"}:
            raise Refused(400, "a book has a title and pages")
        if not isinstance(given.get("title"), str) or not 1 <= len(given["title"]) <= 40:
            raise Refused(400, "a title has 1 to 40 characters")
        if "pages" in given and not (_is_whole(given["pages"]) and 1 <= given["pages"] <= 10000):
            raise Refused(400, "pages are from 1 to 10000")

    def find(self, request: Request, identity: str) -> Record:
        account, book = self.books.get(identity, ("", {}))
        if account != request.account:
            raise Refused(404, f"there is no book {identity}")
        return book

    def get_book(self, request: Request, identity: str) -> Answer:
        return 200, self.find(request, identity), {}

    def replace_book(self, request: Request, identity: str) -> Answer:
        book, given = self.find(request, identity), self.read(request)
        return 200, self.store(book, given), {}

    def store(self, book: Record, given: Record) -> Record:
        replaced = {**book, "title": given["title"], "pages": given.get("pages")}
        self.books[book["id"]] = (self.books[book["id"]][0], replaced)
        return replaced

    def delete_book(self, request: Request, identity: str) -> Answer:
        self.find(request, identity)
        del self.books[identity]
        return 204, None, {}


def _is_whole(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == int(value)


async def _lifespan(
    receive: Callable[[], Awaitable[Mapping[str, Any]]], send: Callable[[Mapping[str, Any]], Awaitable[None]]
) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
