"""What a mock needs of the server that it is of; a server is above this room, which does not import it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from mockserver.api import Api
    from mockserver.mock.mock import Mock
    from mockserver.runtime.application import MockApp
    from mockserver.runtime.recording import Observer


class Host(Protocol):
    """What a mock needs of its server, which is a MockServer."""

    apis: dict[str, Api]
    app: MockApp

    @property
    def url(self) -> str:
        """The URL on which it listens, without a trailing slash."""

    @property
    def running(self) -> bool:
        """Whether it listens."""

    def observe(self, observer: Observer) -> None:
        """Call the observer with every exchange from now on."""

    def reset(self) -> None:
        """Reset the default world to its initial state."""

    def mock(self, name: str = "mock") -> Mock:
        """Another mock, on a new world."""
