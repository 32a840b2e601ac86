"""The control plane beside a data plane: guarded, and built when it is first asked for.

Building takes a good part of a second, off the event loop, so neither the start nor the serving waits for it.
"""

from __future__ import annotations

import asyncio
from threading import Lock

from starlette.types import ASGIApp

from mockserver.control.guard import guard
from mockserver.runtime.application import MockApp


class ControlPlane:
    """Answers the app at /_mock, building it once."""

    def __init__(self, app: MockApp, *, token: bool) -> None:
        self._mock = app
        self._token = token
        self._lock = Lock()
        self._app: ASGIApp | None = None

    async def __call__(self) -> ASGIApp:
        return await asyncio.to_thread(self._build) if self._app is None else self._app

    def _build(self) -> ASGIApp:
        from mockserver.admin.service import Service  # noqa: PLC0415  # as above
        from mockserver.control.app import build  # noqa: PLC0415  # Flask, the document, templates: most runs need none

        with self._lock:
            app = self._app = self._app or build(Service.of(self._mock), token=self._token)
            return app


def mount(app: MockApp, host: str, address: str, token: str | None = None) -> None:
    """Serve the control plane at /_mock.

    host: what the server was told to listen on; address: what that is. StartError if others can reach it and there is
    no token.
    """
    app.dispatcher.guard = guard(host, address, token)
    app.dispatcher.control = ControlPlane(app, token=token is not None)
