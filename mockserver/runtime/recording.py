"""The end of an exchange: kept in its world's journal and shown to the observers, before the answer leaves."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from mockserver.runtime.exchange import Exchange
from mockserver.world import World

Observer = Callable[[Exchange], None]

logger = logging.getLogger("mockserver")


class Recorder:
    """Keeps exchanges. An observer that fails is logged once and set aside: its failure is not the client's."""

    def __init__(self, observers: Iterable[Observer] = ()) -> None:
        self._observers = tuple(observers)

    def add(self, observer: Observer) -> None:
        """Show every exchange from now on to one more."""
        self._observers = (*self._observers, observer)

    def record(self, world: World, exchange: Exchange) -> None:
        """Whoever has the answer is to find the exchange in the journal."""
        world.journal.add(exchange)
        for observe in self._observers:
            try:
                observe(exchange)
            except Exception:
                logger.exception("an observer of requests failed and is not called any more: %r", observe)
                self._observers = tuple(each for each in self._observers if each is not observe)
