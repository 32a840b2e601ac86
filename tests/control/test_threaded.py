"""Flask under ASGI: whole requests, whole answers, and threads that nobody can keep waiting."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mockserver.control.threaded import Threaded
from tests.patience import PATIENCE

SCOPE = {
    "type": "http",
    "http_version": "1.1",
    "method": "POST",
    "path": "/x",
    "query_string": b"a=1",
    "headers": [(b"content-length", b"6"), (b"x-a", b"b")],
}


def receiving(body: bytes) -> Callable[[], Any]:
    async def receive() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def test_request_and_answer_are_whole() -> None:
    """Whatever parts the answer comes in."""
    seen: dict[str, Any] = {}
    sent: list[Any] = []

    def app(environ: Any, start_response: Any) -> Iterator[bytes]:
        seen.update(environ, body=environ["wsgi.input"].read())
        start_response("201 Created", [("X-City", "Zürich")])
        yield b"one, "
        yield b"two"

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(Threaded(app)(SCOPE, receiving(b"abcdef"), send))

    assert (seen["REQUEST_METHOD"], seen["PATH_INFO"], seen["QUERY_STRING"]) == ("POST", "/x", "a=1")
    assert (seen["HTTP_X_A"], seen["body"]) == ("b", b"abcdef")
    assert sent[0]["status"] == 201
    assert (b"x-city", "Zürich".encode("latin-1")) in sent[0]["headers"]
    assert b"".join(message.get("body", b"") for message in sent) == b"one, two"


def test_an_error_is_raised_as_it_is() -> None:
    """Whoever stands around the app turns it into an answer."""

    def app(_: Any, __: Any) -> Any:
        raise KeyError("x")

    async def send(_: Any) -> None:
        raise AssertionError("nothing is sent")

    with pytest.raises(KeyError, match="x"):
        asyncio.run(Threaded(app)(SCOPE, receiving(b""), send))


def test_a_thread_ends_though_the_loop_has_ended() -> None:
    """A request that is given up while it is answered leaves no thread behind that waits for ever."""
    under_way, given_up, ended = threading.Event(), threading.Event(), threading.Event()

    def app(_: Any, start_response: Any) -> Iterator[bytes]:
        under_way.set()
        given_up.wait(PATIENCE)
        start_response("200 OK", [])
        yield from [b"x"] * 100
        ended.set()

    async def send(_: Any) -> None:
        raise AssertionError("nothing is sent")

    async def give_up() -> None:
        task = asyncio.create_task(Threaded(app)(SCOPE, receiving(b""), send))
        await asyncio.to_thread(under_way.wait, PATIENCE)
        task.cancel()
        given_up.set()

    asyncio.run(give_up())

    assert ended.wait(PATIENCE)
