"""An ASGI application on a socket, for as long as a test needs it, with a log of what came.

`python -m tests.verify.serving MODULE` serves the `Provider` of a module, for one that ends its process.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from mockserver.runtime.listening import bind, origin
from mockserver.runtime.serving import uvicorn_server


@dataclass
class Served:
    """Where it listens, and the requests so far: method, path and query."""

    url: str
    requests: list[tuple[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)


@contextmanager
def serving(app: Any) -> Iterator[Served]:
    """The application behind uvicorn on a free port."""
    with bind("127.0.0.1", 0) as listener:
        served = Served(origin("127.0.0.1", listener.getsockname()[1]))

        async def logged(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] == "http":
                served.requests.append((scope["method"], scope["raw_path"].decode("latin-1")))
                served.headers.append(
                    {name.decode("latin-1"): text.decode("latin-1") for name, text in scope["headers"]}
                )
            await app(scope, receive, send)

        server = uvicorn_server(logged)
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        try:
            yield served
        finally:
            server.stop()
            thread.join()


@contextmanager
def running(module: str) -> Iterator[Served]:
    """The provider of a module in a process of its own; nothing is noted of its requests."""
    process = subprocess.Popen([sys.executable, "-m", __name__, module], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield Served(process.stdout.readline().strip())
    finally:
        process.kill()
        process.communicate()


def main(module: str) -> None:
    """Print the URL, and serve until killed."""
    with serving(import_module(module).Provider()) as served:
        print(served.url, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main(sys.argv[1])
