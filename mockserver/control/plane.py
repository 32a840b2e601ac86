"""The control plane beside a data plane: guarded, and built for its first request.

Building takes a good part of a second; it runs in a thread, so that neither the start nor other requests wait for it.
"""

from __future__ import annotations

import asyncio
from threading import Lock

from starlette.types import ASGIApp

from mockserver.control.guard import guard
from mockserver.runtime.application import MockApp


class ControlPlane:
    """Returns the app at /_mock, built once."""

    def __init__(self, app: MockApp, *, token: bool) -> None:
        self._mock = app
        self._token = token
        self._lock = Lock()
        self._app: ASGIApp | None = None

    def renew(self) -> None:
        """Build it anew for its next request, as other APIs are served."""
        self._app = None

    async def __call__(self) -> ASGIApp:
        app = self._app
        return await asyncio.to_thread(self._build) if app is None else app

    def _build(self) -> ASGIApp:
        from mockserver.admin.service import Service  # noqa: PLC0415  # most runs need none of it
        from mockserver.control.app import build  # noqa: PLC0415  # Flask, the document, templates: most runs need none

        with self._lock:
            app = self._app = self._app or build(
                Service.of(self._mock), token=self._token, ready=lambda: self._mock.dispatcher.ready
            )
            return app


def mount(app: MockApp, host: str, address: str, token: str | None = None) -> None:
    """Serve the control plane at /_mock.

    host: the name that the server was told to listen on; address: its IP address. StartError if other machines can
    reach it and there is no token.
    """
    app.dispatcher.guard = guard(host, address, token)
    app.dispatcher.control = ControlPlane(app, token=token is not None)
