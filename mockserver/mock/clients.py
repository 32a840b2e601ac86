"""How clients reach the world of a mock: its URL, its credentials and headers, and clients that need no socket."""

from __future__ import annotations

from functools import cached_property
from operator import methodcaller
from typing import TYPE_CHECKING

from mockserver.admin.apis import Apis
from mockserver.errors import MockServerError
from mockserver.mock.credentials import authorization
from mockserver.mock.host import Host
from mockserver.world import Record, World

if TYPE_CHECKING:
    import httpx

    from mockserver.mock.transport import Transport

__tracebackhide__ = methodcaller("errisinstance", MockServerError)  # pytest shows the line of the test instead


class Clients:
    """One world, as clients reach it. The other half of a Mock is what a test does with the world."""

    def __init__(self, server: Host, apis: Apis, world: World) -> None:
        self.world = world
        self._apis = apis
        self.server = server

    @property
    def name(self) -> str:
        """The world's name, for the header X-Mock-World."""
        return self.world.name

    def url(self, api: str | None = None) -> str:
        """The base URL for a client, without a trailing slash; the documented paths follow it."""
        if api is not None:
            self._apis.api(api)
        url = self.server.url  # a server on demand starts now
        if not self.server.running:
            raise MockServerError("no socket is open: start the server, or use mock.client, which needs none.")
        return f"{url}/_world/{self.name}"

    def credential(self, api: str) -> str:
        """The token of the API's default demo credential in this world; MockServerError if it takes none."""
        record = self._apis.api(api).default_credential(self.world)
        if record is None:
            raise MockServerError(
                f"{api} takes no credentials: call it without one. mock.headers({api!r}) fits any API."
            )
        token: str = record["token"]
        return token

    def credentials(self, api: str) -> list[Record]:
        """Every credential of the API: token, account, scopes, description."""
        collection = self._apis.api(api).credentials
        return [] if collection is None else list(self.world[collection])

    def headers(self, api: str | None = None) -> dict[str, str]:
        """Headers that send a request to this world; for a named API also with its default credential.

        For clients that cannot take a base URL with a path: give them `mock.server.url` and these.
        """
        found = {"X-Mock-World": self.name}
        if api is not None and self._apis.api(api).credentials is not None:
            found |= authorization(self._apis.api(api).document, self.credential(api))
        return found

    @cached_property
    def transport(self) -> Transport:
        """A transport for httpx clients, also asynchronous ones: requests reach this world without a socket."""
        from mockserver.mock.transport import Transport

        return Transport(self.server.app, self.world)

    @cached_property
    def client(self) -> httpx.Client:
        """An httpx client for this world, without a socket and without a credential."""
        return self.transport.client()

    @cached_property
    def async_client(self) -> httpx.AsyncClient:
        """The same for asyncio."""
        return self.transport.async_client()
