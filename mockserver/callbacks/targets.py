"""Where callbacks may be sent: to loopback, and to the hosts that were allowed; decided when the connection is made.

A URL comes from a client, so it is trusted with nothing. The name is resolved once, an address that is not allowed is
not connected to, and redirects, proxies, cookies and the environment do not count (see `client`).
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.util.connection import create_connection

from mockserver.addresses import is_loopback
from mockserver.client import Adapter, Client, Trust

ANY = "*"


class Forbidden(OSError):
    """Callbacks may not be sent to the target; the message gives the reason."""


class Targets:
    """Which hosts may be sent to beside loopback: names, addresses, or `*` for all."""

    def __init__(self, hosts: Iterable[str] = ()) -> None:
        self._hosts = frozenset(host.lower().strip("[]") for host in hosts)

    def check(self, url: str) -> None:
        """Raise Forbidden unless this is an absolute http(s) URL without a user."""
        try:
            parts = urlsplit(url)
            sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            sound = False
        if not sound or not url.isprintable() or "@" in urlsplit(url).netloc:
            raise Forbidden(f"expected an http(s) URL without a user, got {url!r:.200}")

    def address(self, host: str, port: int) -> str:
        """The address to connect to; Forbidden if there is none that may be."""
        found = [str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        free = ANY in self._hosts or host.lower().strip("[]") in self._hosts
        allowed = next((each for each in found if free or is_loopback(each) or each in self._hosts), None)
        if allowed is None:
            raise Forbidden(f"{host} is not on loopback ({', '.join(found)}). Allow it with --callback-host {host}")
        return allowed

    def client(self) -> Client:
        """A client that connects only there."""
        return Client(_Adapter(self))


class _Adapter(Adapter):
    def __init__(self, targets: Targets) -> None:
        self._targets = targets
        super().__init__(Trust().context())

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _pools(self._targets)

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        return HTTPAdapter.send(self, request, *args, **{**kwargs, "proxies": {}})  # a proxy would choose the address


def _pools(targets: Targets) -> dict[str, type[urllib3.HTTPConnectionPool]]:
    def connected(connection: urllib3.connection.HTTPConnection) -> socket.socket:
        address = targets.address(connection.host, connection.port or connection.default_port)
        place = address, connection.port or connection.default_port
        return create_connection(place, connection.timeout, socket_options=connection.socket_options)

    class Plain(urllib3.connection.HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return connected(self)

    class Secure(urllib3.connection.HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return connected(self)

    class PlainPool(urllib3.HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(urllib3.HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}
