"""uvicorn, as a mock needs it: it stops when told, drains what is under way, obeys signals, and says when it listens.

While it drains it still accepts connections, so that a probe can be told that it is not ready any more; each is closed
behind its answer, and the end comes as soon as no request is under way.
"""

from __future__ import annotations

import asyncio
import signal
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any

import uvicorn

from mockserver.errors import StartError
from mockserver.limits import GRACE
from mockserver.runtime.connections import Connections
from mockserver.runtime.prompt import PromptProtocol
from mockserver.runtime.transport import STOPPING
from mockserver.runtime.waiting import new_event_loop

SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
"""What ends the server: in order the first time, at once the second."""

GRACE_OF_LOOP = 30.0
"""Seconds that something waits for its turn on the event loop."""


class Server(uvicorn.Server):
    """Serves an app on sockets.

    grace: seconds that requests under way get when it stops. ready: told whether more requests are welcome.
    """

    def __init__(self, config: uvicorn.Config, grace: float, ready: Callable[[bool], None]) -> None:
        super().__init__(config)
        self.server_state: Connections = Connections()
        self.listens = threading.Event()
        self._grace = grace
        self._ready = ready
        self._woken: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        with asyncio.Runner(loop_factory=new_event_loop) as runner:
            runner.run(self.serve(sockets))

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().serve(sockets)
        finally:
            self._end(sockets)  # after a failure: uvloop waits for what is open when it closes

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop, self._woken = asyncio.get_running_loop(), asyncio.Event()
        await super().startup(sockets)
        self.listens.set()

    async def main_loop(self) -> None:
        """Turn the page of the clock in the Date header, until told to stop."""
        assert self._woken is not None
        counter = 0
        while not self.should_exit:
            await self.on_tick(counter)
            counter = (counter + 10) % 864000
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), 1)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close idle connections at once; give requests under way their grace, then end their connections, too."""
        state = self.server_state
        state.draining = True
        state.flush()
        self._ready(False)
        for connection in list(state.connections):
            connection.shutdown()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._grace):
                while state.busy() and not self.force_exit:
                    await self._change()
        self._end(sockets)
        await asyncio.sleep(0)  # so that the requests under way know that nobody waits for them
        for task in state.tasks:
            task.cancel(STOPPING)
        self._ready(True)  # to clients in this process, which go on without a socket

    def _end(self, sockets: list[socket.socket] | None) -> None:
        for each in (*getattr(self, "servers", ()), *(sockets or ())):
            each.close()
        # a copy: a connection that is closed takes itself out
        for connection in list(self.server_state.connections):
            connection.transport.abort()

    async def _change(self) -> None:
        """Wait until a connection has ended, or a signal has come."""
        assert self._woken is not None
        self._woken.clear()
        self.server_state.ended = self._woken.set
        await self._woken.wait()

    def between_requests(self, act: Callable[[], None]) -> None:
        """Act on the event loop and wait for it, from another thread: meanwhile no request is answered."""
        done: Future[None] = Future()

        def acted() -> None:
            try:
                act()
                done.set_result(None)
            except BaseException as error:  # noqa: BLE001  # it is raised where it is waited for
                done.set_exception(error)

        assert self._loop is not None
        self._loop.call_soon_threadsafe(acted)
        done.result(GRACE_OF_LOOP)

    def stop(self) -> None:
        """End the main loop, from any thread; called once more, do not wait for requests under way either."""
        self.force_exit = self.should_exit
        self.should_exit = True
        if self._loop is not None and self._woken is not None:
            with suppress(RuntimeError):  # the loop has ended already
                self._loop.call_soon_threadsafe(self._woken.set)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Have signals stop the server, with handlers of our own: those of process 1 of a container have no default."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        numbers = [number for name in SIGNALS if (number := getattr(signal, name, None)) is not None]
        heeded = [each for each in numbers if each != getattr(signal, "SIGHUP", None) or not _ignored(each)]
        before = {number: signal.signal(number, self.handle_exit) for number in heeded}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        del sig, frame
        self.stop()


class ServingThread(threading.Thread):
    """Has a server serve on a listening socket, which it closes in the end."""

    def __init__(self, served: Server, listener: socket.socket) -> None:
        super().__init__(name="mockserver", daemon=True)
        self._served = served
        self._listener = listener
        self._failure: BaseException | None = None

    def start(self) -> None:
        """Wait until it listens; StartError if it does not come to that."""
        super().start()
        self._served.listens.wait()
        if not self._served.started:
            self.join()
            raise StartError(f"the server's thread ended before it listened: {self._failure!r}.") from self._failure

    def run(self) -> None:
        try:
            with self._listener:
                self._served.run([self._listener])
        except BaseException as error:
            self._failure = error
            if self._served.started:
                raise
        finally:
            self._served.listens.set()


def _ignored(number: signal.Signals) -> bool:
    """As `nohup` wants it."""
    return signal.getsignal(number) is signal.SIG_IGN


def uvicorn_server(
    app: Any,
    certificate: Path | str | None = None,
    key: Path | str | None = None,
    *,
    grace: float = GRACE,
    ready: Callable[[bool], None] = lambda _: None,
) -> Server:
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
    return Server(config, grace, ready)
