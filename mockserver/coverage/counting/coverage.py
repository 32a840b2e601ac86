"""What has been exercised, and how often: counted exchange by exchange, merged from several processes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from threading import Lock
from typing import Any

from mockserver.coverage.counting.outline import Key, Outline
from mockserver.runtime.exchange import Exchange
from mockserver.runtime.message import Message

SHOWN = 4_000
"""Characters of each body that an example keeps."""


@dataclass(frozen=True)
class Example:
    """One exchange, for people; headers are left out, for they carry credentials."""

    method: str
    target: str
    status: int
    sent: str
    received: str

    @classmethod
    def of(cls, exchange: Exchange, status: int) -> Example:
        return cls(exchange.method, exchange.target, status, _text(exchange.request), _text(exchange.response))


def _text(message: Message | None) -> str:
    if message is None:
        return ""
    text = message.body.decode("utf-8", "replace")
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


class Coverage:
    """How often each part was exercised, with an example of each status. Counts on several threads at once."""

    def __init__(self) -> None:
        self.hits: Counter[Key] = Counter()
        self.examples: dict[Key, Example] = {}
        self.exchanges = 0
        self._lock = Lock()

    def add(self, outline: Outline, exchange: Exchange) -> None:
        """Count what the exchange exercises; a browser's preflight is no request of the client's."""
        if exchange.is_preflight:
            return
        exercised = outline.exercised(exchange)
        with self._lock:
            self.exchanges += 1
            self.hits.update(exercised)
            for key in exercised:
                if key.kind == "status" and key not in self.examples and exchange.status is not None:
                    self.examples[key] = Example.of(exchange, exchange.status)

    def merge(self, other: Coverage) -> None:
        """Add what another process counted."""
        self.hits.update(other.hits)
        self.exchanges += other.exchanges
        self.examples = {**other.examples, **self.examples}

    def to_json(self) -> dict[str, Any]:
        """Plain JSON that `from_json` reads."""
        return {
            "exchanges": self.exchanges,
            "hits": [[*key, count] for key, count in self.hits.items()],
            "examples": [[*key, asdict(example)] for key, example in self.examples.items()],
        }

    @classmethod
    def from_json(cls, written: Mapping[str, Any]) -> Coverage:
        coverage = cls()
        coverage.exchanges = written["exchanges"]
        coverage.hits = Counter({Key(*key): count for *key, count in written["hits"]})
        coverage.examples = {Key(*key): Example(**example) for *key, example in written["examples"]}
        return coverage
