"""Servers of a few lines on a socket, for tests of who connects and what is sent: plain, with TLS, or as a proxy."""

from __future__ import annotations

import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"

HANDSHAKE = b"\x16"
"""What a TLS client begins with; a server without TLS answers at once that it does not understand."""


@dataclass
class Heard:
    """Where the server listens, and the head of every request so far."""

    url: str
    requests: list[bytes] = field(default_factory=list)

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def header(self, name: str) -> list[str]:
        """What every request has in a header; empty where it has none."""
        pattern = re.compile(rf"\r\n{name}: ([^\r]*)".encode(), re.IGNORECASE)
        return [(found[1].decode() if (found := pattern.search(each)) else "") for each in self.requests]


Reply = Callable[[bytes, int], bytes | None]
"""What is sent to the n-th request, of which the head is given; None closes the connection."""


@contextmanager
def listening(reply: Reply = lambda *_: OK, tls: ssl.SSLContext | None = None) -> Iterator[Heard]:
    """A server on a free port; connections are kept alive until a reply says `Connection: close` or is None."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        scheme = "http" if tls is None else "https"
        heard = Heard(f"{scheme}://127.0.0.1:{listener.getsockname()[1]}")
        threads: list[threading.Thread] = []
        open_: list[socket.socket] = []

        def serve(connection: socket.socket) -> None:
            try:
                with connection if tls is None else tls.wrap_socket(connection, server_side=True) as stream:
                    open_.append(stream)
                    _converse(stream, heard, reply)
            except OSError:
                return  # the client does not trust the certificate, or has gone

        def accept() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                threads.append(threading.Thread(target=serve, args=(connection,), daemon=True))
                threads[-1].start()

        accepting = threading.Thread(target=accept, daemon=True)
        accepting.start()
        try:
            yield heard
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            accepting.join()
            for each in open_:
                _end(each)
            for thread in threads:
                thread.join()


def _converse(stream: socket.socket, heard: Heard, reply: Reply) -> None:
    received = b""
    while True:
        while b"\r\n\r\n" not in received and not received.startswith(HANDSHAKE):
            part = stream.recv(65536)
            if not part:
                return
            received += part
        head, _, received = received.partition(b"\r\n\r\n")
        length = re.search(rb"\r\nContent-Length: (\d+)", head, re.IGNORECASE)
        while length and len(received) < int(length[1]):
            received += stream.recv(65536)
        received = received[int(length[1]) :] if length else received
        heard.requests.append(head)
        answer = reply(head, len(heard.requests))
        if answer is None:
            return
        stream.sendall(answer)
        if b"\r\nConnection: close" in answer:
            return


def _end(stream: socket.socket) -> None:
    try:
        stream.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
