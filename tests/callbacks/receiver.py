"""A server on loopback that takes what the mock sends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any


class Receiver:
    """Takes requests on loopback, and answers each with the next of `statuses`."""

    def __init__(self, *statuses: int, location: str = "") -> None:
        received: list[tuple[str, dict[str, str], bytes]] = []
        self.received = received
        answers = [*statuses]

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:  # what http.server calls
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                received.append((self.path, dict(self.headers), body))
                self.send_response(answers.pop(0) if answers else 200)
                self.send_header("Location", location)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_GET = do_POST  # noqa: N815  # as above

            def log_message(self, *_: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@contextmanager
def receiving(*statuses: int, **more: str) -> Iterator[Receiver]:
    receiver = Receiver(*statuses, **more)
    thread = Thread(target=receiver.server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield receiver
    finally:
        receiver.server.shutdown()
        receiver.server.server_close()
        thread.join()
