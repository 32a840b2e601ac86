"""A server of chosen APIs: in a thread of this process for tests, in the foreground for the command line."""

from __future__ import annotations

import math
import socket
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from mockserver.admin import files, worlds
from mockserver.api import Api
from mockserver.callbacks.sender import Sender
from mockserver.catalog import load_apis
from mockserver.contract.reading.sources import split_name
from mockserver.control.plane import ControlPlane, mount
from mockserver.errors import StartError
from mockserver.limits import BODY_LIMIT, GRACE, WORLDS
from mockserver.runtime.application import MockApp
from mockserver.runtime.dataplane import Options
from mockserver.runtime.listening import bare, bind, origin
from mockserver.runtime.recording import Observer
from mockserver.runtime.serving import Server, ServingThread, uvicorn_server
from mockserver.world import DEFAULT, World
from mockserver.world.adoption import Adoption
from mockserver.world.registry import Worlds

if TYPE_CHECKING:  # `serve` has no mock for a test
    from mockserver.mock import Mock, Mocks
    from mockserver.mock.fixtures import Source


def _names(given: Iterable[str] | None) -> tuple[str, ...]:
    """The APIs that are named, none for all; StartError for an empty list, which names none and means none."""
    names = (given,) if isinstance(given, str) else () if given is None else tuple(given)
    if given is not None and not names:
        raise StartError("apis is empty: name at least one API, or omit it to serve all shipped ones.")
    return names


def _files(given: Sequence[str | Path] | str | Path) -> Sequence[str | Path]:
    return [given] if isinstance(given, str | Path) else given


def _origins(given: Sequence[str] | str, *, cors: bool) -> tuple[str, ...]:
    origins = (given,) if isinstance(given, str) else tuple(given)
    if origins and not cors:
        raise StartError("cors_origins (--cors-origin) and cors=False (--no-cors) exclude each other: omit one.")
    return origins


def _check_pairs(
    ssl_certfile: Path | str | None, ssl_keyfile: Path | str | None, control_token: str | None, *, control: bool
) -> None:
    """StartError for arguments that need another one, or exclude it."""
    if ssl_keyfile is not None and ssl_certfile is None:
        raise StartError("ssl_keyfile (--ssl-keyfile) needs ssl_certfile (--ssl-certfile): give both.")
    if control_token is not None and not control:
        raise StartError(
            "control_token (--control-token) and control=False (--no-control) exclude each other: omit one."
        )


def _loader(
    names: tuple[str, ...],
    seed: int | None,
    fixtures: Path | str | None,
    state: Path | str | None,
    reading: Mapping[str, Any],
) -> Callable[[], tuple[list[Api], World]]:
    """What reads the APIs and makes their default world, at the start and again for each reload."""
    if state is not None and (seed is not None or fixtures is not None):
        raise StartError(
            "state (--state) brings a seed and records of its own: omit seed (--seed) and fixtures (--fixtures)."
        )

    def load() -> tuple[list[Api], World]:
        if state is not None:
            return files.begin(Path(state), names, **reading)
        loaded = load_apis(names, None if fixtures is None else Path(fixtures), **reading)
        return loaded, worlds.begin(loaded, 0 if seed is None else seed)

    return load


class MockServer:
    """Chosen APIs on a socket, in a thread of this process: `with MockServer(["workshop"]) as server: …`.

    What is served. apis: names of shipped APIs, or documents as `serve` takes them; without it all shipped ones, or
    those of `state`. mounts: path prefixes by the name of an API. fixtures: a folder that replaces shipped fixtures.
    state: a file that `mockserver export` wrote, which brings a seed and records. handlers: Python files with a
    function for each operation, as FILE or NAME=FILE; overlays: OpenAPI Overlays, likewise. allow_remote_refs: follow
    references to other hosts. records, undocumented_404: how an inferred collection begins, and what a missing record
    is answered with, see `serve --help`.

    How it answers. auth: `strict` or `any`. seed: of the generated ids. cors: pages of any origin may call;
    cors_origins: only pages of these may, and with credentials. body_limit: bytes of a request's body. callbacks: send
    the documented callbacks of an operation once it is answered; callback_hosts: where to, beside loopback. observers:
    called with each exchange.

    The server. host, port: where to listen; 0 takes a free port. ssl_certfile, ssl_keyfile: serve HTTPS. control: serve
    /_mock, which beyond loopback needs a control_token. max_worlds: kept beside the default one. shutdown_timeout:
    seconds that requests in progress get when the server stops. Raises a MockServerError that says what cannot be
    served.
    """

    def __init__(
        self,
        apis: Iterable[str] | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        auth: str = "strict",
        seed: int | None = None,
        fixtures: Path | str | None = None,
        state: Path | str | None = None,
        mounts: Mapping[str, str] | None = None,
        allow_remote_refs: bool = False,
        handlers: Sequence[str | Path] | str | Path = (),
        overlays: Sequence[str | Path] | str | Path = (),
        records: int | None = None,
        undocumented_404: str | None = None,
        callbacks: bool = False,
        callback_hosts: Sequence[str] = (),
        ssl_certfile: Path | str | None = None,
        ssl_keyfile: Path | str | None = None,
        cors: bool = True,
        cors_origins: Sequence[str] = (),
        body_limit: int = BODY_LIMIT,
        observers: Sequence[Observer] = (),
        control: bool = True,
        control_token: str | None = None,
        max_worlds: int = WORLDS,
        shutdown_timeout: float = GRACE,
    ) -> None:
        if auth not in ("strict", "any"):
            raise StartError(f"auth must be 'strict' or 'any', got {auth!r}.")
        _check_pairs(ssl_certfile, ssl_keyfile, control_token, control=control)
        if not 0 <= shutdown_timeout < math.inf:
            raise StartError(
                f"shutdown_timeout (--shutdown-timeout) must be seconds from 0 on, got {shutdown_timeout!r}."
            )
        self._address = (bare(host), port)
        reading: dict[str, Any] = {
            "mounts": mounts,
            "allow_remote_refs": allow_remote_refs,
            "handlers": _files(handlers),
            "overlays": _files(overlays),
            "records": records,
            "undocumented_404": undocumented_404,
        }
        self._load = _loader(_names(apis), seed, fixtures, state, reading)
        loaded, self._world = self._load()
        self._seed = self._world.origin.states
        used = (fixtures, state, *reading["handlers"], *reading["overlays"])
        self.watched = [each for each in used if each is not None]
        self.folders = [path for each in _names(apis) or () if (path := Path(split_name(each)[1])).is_dir()]
        self.apis = {api.name: api for api in loaded}
        options = Options(
            any_credential=auth == "any",
            cors=cors,
            cors_origins=_origins(cors_origins, cors=cors),
            body_limit=body_limit,
        )
        self.app = MockApp(self.apis.values(), self._world, options, observers, Worlds(self._world, max_worlds))
        self._tls = (ssl_certfile, ssl_keyfile)
        self._grace = shutdown_timeout
        self.callbacks = self.app.callbacks = Sender(loaded, self.app.worlds, callback_hosts)
        if callbacks:
            self.observe(self.callbacks)
        self._control = (control, control_token)
        self._server: Server | None = None
        self._thread: ServingThread | None = None

    @cached_property
    def _mocks(self) -> Mocks:
        from mockserver.mock import Mocks

        return Mocks(self)

    @property
    def url(self) -> str:
        """Where it listens, without a trailing slash; the documented paths follow."""
        return origin(*self._address, tls=self._tls[0] is not None)

    @property
    def running(self) -> bool:
        """Whether it serves; not any more if its thread has failed."""
        return self._server is not None and (self._thread is None or self._thread.is_alive())

    def world(self, name: str = DEFAULT) -> World:
        """A world's state, clock, ids, faults and journal; one that is new is forked from the seed."""
        return self.app.worlds.get(name)

    def mock(
        self,
        name: str = "mock",
        *,
        apis: str | Iterable[str] | None = None,
        seed: int | None = None,
        fixtures: Source | Sequence[Source] | None = None,
        strict: bool | None = None,
    ) -> Mock:
        """A fresh world with all that a test asks of it, dropped when closed; its name begins with `name`.

        apis: those that the server has; pytest's `mock_server` takes any, and serves others on a server of their own.
        seed: of the ids. fixtures: collections that replace those of the seed data, inline or in a file or folder.
        strict: a query parameter or a body property that is not documented breaks the contract, too. Needs no socket:
        `MockServer().mock().client`.
        """
        if apis is not None and set(_names(apis)) != set(self.apis):
            raise StartError(
                f"apis must be those that this server has, {', '.join(self.apis)}, got {', '.join(_names(apis))}. "
                "Make another MockServer for others."
            )
        from mockserver.mock.fixtures import sources_of

        return self._mocks.open(name, seed=seed, fixtures=sources_of(fixtures), strict=bool(strict))

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
            raise StartError(f"{api} takes no credentials: call it without one.")
        token: str = record["token"]
        return token

    def reset(self) -> None:
        """Back to the seed data, clock and ids."""
        self._world.reset()

    def reload(self) -> None:
        """Read everything that is served anew, and serve that; worlds keep what was changed in them, see Adoption.

        A MockServerError says what cannot be served; then everything stays as it is. Requests under way are answered
        as they began.
        """
        loaded, world = self._load()
        renewed = MockApp(loaded, world, self.app.plane.options)

        def swap() -> None:
            before, seed = [each for api in self.apis.values() for each in api.stored()], world.origin.states
            Adoption(before, self._seed, [each for api in loaded for each in api.stored()], seed).adopt(self.app.worlds)
            self.apis, self._seed = {api.name: api for api in loaded}, seed
            self.callbacks.serve(loaded)
            self.app.plane.routes = renewed.plane.routes
            if "_mocks" in self.__dict__:  # somebody has asked for one
                self._mocks.renew()
            if isinstance(self.app.dispatcher.control, ControlPlane):
                self.app.dispatcher.control.renew()

        if self._server is None:
            swap()
        else:
            self._server.between_requests(swap)

    def start(self) -> MockServer:
        """Listen and serve, in a thread; requests are answered from the moment this returns. StartError if not."""
        made, listener = self._listen()
        thread = ServingThread(made, listener)
        thread.start()
        self._server, self._thread = made, thread
        return self

    def run(self, listening: Callable[[], None] = lambda: None) -> None:
        """Serve in this thread until `stop` or, in the main thread, a signal ends it. `listening` is called before."""
        self._server, listener = self._listen()
        try:
            with listener, self._server.capture_signals():
                listening()
                self._server.run([listener])
        finally:
            self._server = None

    def _listen(self) -> tuple[Server, socket.socket]:
        if self._server is not None:
            raise StartError("the server is running already. Stop it first, or make another MockServer.")
        made = uvicorn_server(self.app, *self._tls, grace=self._grace, ready=self._welcome)
        listener = bind(*self._address)
        wanted, token = self._control
        if wanted:
            try:
                mount(self.app, self._address[0], listener.getsockname()[0], token)
            except StartError:
                listener.close()
                raise
        self._address = (self._address[0], listener.getsockname()[1])
        return made, listener

    def _welcome(self, ready: bool) -> None:
        self.app.dispatcher.ready = ready

    def stop(self) -> None:
        """Stop listening and wait for the thread; nothing happens if it is not running."""
        self.callbacks.stop()
        if self._server is not None:
            self._server.stop()
        if self._thread is not None:
            self._thread.join()
            self._server = self._thread = None

    def __enter__(self) -> MockServer:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
