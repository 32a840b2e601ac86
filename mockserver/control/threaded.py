"""Flask under ASGI, in threads that never wait for the event loop.

The adapter that Connexion brings passes each part of a response to the event loop and waits until it is sent. If the
loop ends meanwhile, as when a server stops or a client in the same process gives up, the thread waits forever: the
tenth such thread blocks the control plane, and the process cannot end. Here a thread gets the complete request, returns
the complete response and ends, whatever has become of the loop.
"""

from __future__ import annotations

import asyncio
from io import BytesIO
from typing import Any

from a2wsgi.wsgi import build_environ
from starlette.types import Message, Receive, Scope, Send
from werkzeug.wrappers import Response


class Threaded:
    """An ASGI app that calls a WSGI app in a thread for each request, and raises the app's errors unchanged.

    The gate before it has limited the body and passes it on in one message.
    """

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        message = await receive()
        for part in await asyncio.to_thread(self._answer, scope, message["body"]):
            await send(part)

    def _answer(self, scope: Scope, body: bytes) -> tuple[Message, Message]:
        environ: Any = build_environ(scope, BytesIO(body))  # type: ignore[arg-type]  # it is only put into the environ
        response = Response.from_app(self._app, environ, buffered=True)
        headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in response.headers]
        return (
            {"type": "http.response.start", "status": response.status_code, "headers": headers},
            {"type": "http.response.body", "body": response.get_data()},
        )
