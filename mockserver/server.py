"""The server: a MockApp behind uvicorn, in the foreground for the CLI or in a thread for a test."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

import uvicorn

from mockserver.admin.worlds import begin
from mockserver.catalog import load_apis
from mockserver.control.plane import mount
from mockserver.errors import StartError
from mockserver.limits import WORLDS
from mockserver.mock import Mock, Mocks
from mockserver.mock.fixtures import Source, sources_of
from mockserver.runtime.application import MockApp
from mockserver.runtime.dataplane import Options
from mockserver.runtime.prompt import PromptProtocol
from mockserver.runtime.recording import Observer
from mockserver.runtime.transport import STOPPING
from mockserver.world import DEFAULT, World
from mockserver.world.registry import Worlds

GRACE = 1
"""Seconds that requests under way get to finish when the server stops."""


class StoppableServer(uvicorn.Server):
    """A uvicorn server that stops when told, rather than at its next look at the clock."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._stop: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def main_loop(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        counter = 0
        while not self.should_exit:
            await self.on_tick(counter)
            counter = (counter + 10) % 864000
            try:
                await asyncio.wait_for(self._stop.wait(), 1)
            except TimeoutError:
                continue

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close idle connections at once; give requests under way GRACE seconds, then end their connections, too."""
        for each in (*self.servers, *(sockets or ())):
            each.close()
        state = self.server_state
        for connection in list(state.connections):
            connection.shutdown()
        deadline = time.monotonic() + GRACE
        while (state.connections or state.tasks) and not self.force_exit and time.monotonic() < deadline:  # noqa: ASYNC110  # uvicorn has no event for it
            await asyncio.sleep(0.001)
        for connection in list(state.connections):
            connection.transport.abort()
        await asyncio.sleep(0)  # so that the requests under way know that nobody waits for them
        for task in state.tasks:
            task.cancel(STOPPING)

    def stop(self) -> None:
        """End the main loop, from any thread."""
        self.should_exit = True
        if self._loop is not None and self._stop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stop.set)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        self.stop()


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; StartError if the address cannot be had. Port 0 is any free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(2048)
    except (OSError, OverflowError, UnicodeError) as error:
        listener.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise StartError(
            f"cannot listen on {host}:{port}: {reason}. Choose another --port (0 takes a free one)."
        ) from None
    return listener


def origin(host: str, port: int, *, tls: bool = False) -> str:
    """The URL of an address, without a trailing slash."""
    name = f"[{host}]" if ":" in host else host
    return f"{'https' if tls else 'http'}://{name}:{port}"


def uvicorn_server(app: Any, certificate: Path | None = None, key: Path | None = None) -> StoppableServer:
    """A server for the app on httptools, over TLS if there is a certificate; StartError if it cannot be used."""
    config = uvicorn.Config(
        app,
        http=PromptProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ssl_certfile=certificate,
        ssl_keyfile=key,
    )
    try:
        config.load()
    except (OSError, ssl.SSLError) as error:
        raise StartError(f"the certificate {certificate} with the key {key} cannot be used: {error}.") from None
    return StoppableServer(config)


def _origins(given: Sequence[str] | str, *, cors: bool) -> tuple[str, ...]:
    origins = (given,) if isinstance(given, str) else tuple(given)
    if origins and not cors:
        raise StartError("cors_origins and cors=False exclude each other: omit one.")
    return origins


class MockServer:
    """The chosen APIs on a real socket, in a thread of this process: `with MockServer(["workshop"]) as server: …`.

    apis: names of shipped ones, or documents as `serve` takes them; all shipped ones if none. mounts: prefixes by
    name. auth: `strict` or `any`. seed: of the ids. fixtures: a folder that replaces shipped ones.
    port: 0 takes a free one. cors: pages of other origins may call; cors_origins: only those of these may, and with
    credentials. control: serve /_mock, which beyond loopback needs a control_token. max_worlds: kept
    beside the default one. Raises a MockServerError that says what cannot be served.
    """

    def __init__(
        self,
        apis: Iterable[str] = (),
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        auth: str = "strict",
        seed: int = 0,
        fixtures: Path | str | None = None,
        mounts: Mapping[str, str] | None = None,
        allow_remote_refs: bool = False,
        cors: bool = True,
        cors_origins: Sequence[str] = (),
        observers: Sequence[Observer] = (),
        control: bool = True,
        control_token: str | None = None,
        max_worlds: int = WORLDS,
    ) -> None:
        if auth not in ("strict", "any"):
            raise StartError(f"auth must be 'strict' or 'any', got {auth!r}.")
        names = (apis,) if isinstance(apis, str) else tuple(apis)
        folder = None if fixtures is None else Path(fixtures)
        loaded = load_apis(names, folder, mounts=mounts, allow_remote_refs=allow_remote_refs)
        self.apis = {api.name: api for api in loaded}
        self._world = begin(self.apis.values(), seed)
        options = Options(any_credential=auth == "any", cors=cors, cors_origins=_origins(cors_origins, cors=cors))
        worlds = Worlds(self._world, max_worlds)
        self.app = MockApp(self.apis.values(), self._world, options, observers, worlds)
        self._control = (control, control_token)
        self._address = (host, port)
        self._server: StoppableServer | None = None
        self._thread: threading.Thread | None = None

    @cached_property
    def _mocks(self) -> Mocks:
        return Mocks(self)

    @property
    def url(self) -> str:
        """Where it listens, without a trailing slash; the documented paths follow."""
        return origin(*self._address)

    @property
    def running(self) -> bool:
        return self._thread is not None

    def world(self, name: str = DEFAULT) -> World:
        """A world's state, clock, ids, faults and journal; one that is new is forked from the seed."""
        return self.app.worlds.get(name)

    def mock(
        self, name: str = "mock", *, seed: int | None = None, fixtures: Source | Sequence[Source] | None = None
    ) -> Mock:
        """A fresh world with all that a test asks of it, dropped when closed; its name begins with `name`.

        seed: of the ids. fixtures: collections that replace those of the seed data, inline or in a file or folder.
        Needs no socket: `MockServer().mock().client`.
        """
        return self._mocks.open(name, seed=seed, fixtures=sources_of(fixtures))

    def observe(self, observer: Observer) -> None:
        """Have every exchange from now on shown to `observer`, before its answer leaves.

        It is to return at once; one that raises is left out from then on, which the log says.
        """
        self.app.plane.recorder.add(observer)

    def operations(self, api: str | None = None) -> set[str]:
        """The operationIds of one API, or of all."""
        chosen = self.apis.values() if api is None else (self.apis[api],)
        return {name for one in chosen for name in one.contract.operations}

    def credential(self, api: str) -> str:
        """The token of the API's default demo credential; StartError if it has none."""
        record = self.apis[api].default_credential(self._world)
        if record is None:
            raise StartError(f"{api} takes no credentials.")
        token: str = record["token"]
        return token

    def reset(self) -> None:
        """Back to the seed data, clock and ids."""
        self._world.reset()

    def start(self) -> MockServer:
        """Listen and serve; requests are answered from the moment this returns."""
        if self._thread is not None:
            raise StartError("the server is running already.")
        listener = bind(*self._address)
        self._mount_control(listener)
        self._address = (self._address[0], listener.getsockname()[1])
        self._server = uvicorn_server(self.app)
        self._thread = threading.Thread(target=self._run, args=(self._server, listener), name="mockserver", daemon=True)
        self._thread.start()
        return self

    def _mount_control(self, listener: socket.socket) -> None:
        wanted, token = self._control
        if wanted:
            try:
                mount(self.app, self._address[0], listener.getsockname()[0], token)
            except StartError:
                listener.close()
                raise

    @staticmethod
    def _run(server: StoppableServer, listener: socket.socket) -> None:
        with listener:
            server.run([listener])

    def stop(self) -> None:
        """Stop listening and wait for the thread; nothing happens if it is not running."""
        if self._server is None or self._thread is None:
            return
        self._server.stop()
        self._thread.join()
        self._server = self._thread = None

    def __enter__(self) -> MockServer:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
