"""Records exchanges: into the journal of their world and to the observers, before the response is sent."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from mockserver.runtime.exchange import Exchange
from mockserver.world import World

Observer = Callable[[Exchange], None]

logger = logging.getLogger("mockserver")


class Recorder:
    """Records exchanges. An observer that fails is logged once and removed: the client must not notice it."""

    def __init__(self, observers: Iterable[Observer] = ()) -> None:
        self._observers = tuple(observers)

    def add(self, observer: Observer) -> None:
        """Add an observer for every exchange from now on."""
        self._observers = (*self._observers, observer)

    def record(self, world: World, exchange: Exchange) -> None:
        """Called before the response is sent, so that a client that has it finds the exchange in the journal."""
        world.journal.add(exchange, exchange.weigh())
        for observe in self._observers:
            try:
                observe(exchange)
            except Exception:
                logger.exception("an observer of requests failed and is not called any more: %r", observe)
                # a new tuple: the loop goes on over the one that it began with
                self._observers = tuple(each for each in self._observers if each is not observe)
