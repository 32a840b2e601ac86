"""What was exercised beside what there is: figures, gaps, and the one percentage."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from mockserver.contract.quotation import quote
from mockserver.coverage.counting.coverage import Coverage
from mockserver.coverage.counting.outline import KINDS, Item, Kind, Outline

VERSION = 1
"""Of the JSON form."""


@dataclass(frozen=True)
class Figure:
    """The number of exercised parts, and of all parts."""

    exercised: int
    parts: int

    @property
    def percent(self) -> float:
        """100 for nothing at all."""
        return 100 * self.exercised / self.parts if self.parts else 100.0

    def __str__(self) -> str:
        """The percentage with one decimal, cut rather than rounded, so that only all is 100."""
        return f"{math.floor(self.percent * 10) / 10:.1f}%"


class Summary:
    """The parts of an outline, each with how often the coverage has it; `remarks` say what was not counted, and why."""

    def __init__(self, outline: Outline, coverage: Coverage, remarks: Sequence[str] = ()) -> None:
        self.outline = outline
        self.coverage = coverage
        self.remarks = tuple(remarks)
        self.items = outline.items()
        # by operation: a report asks for each of them, and a document may have thousands
        self._groups: dict[tuple[str, str], list[Item]] = {}
        for item in self.items:
            self._groups.setdefault((item.key.api, item.key.operation), []).append(item)

    def hits(self, item: Item) -> int:
        return self.coverage.hits[item.key]

    def figure(self, items: Iterable[Item] | None = None) -> Figure:
        """The figure of these parts; of all without an argument."""
        chosen = self.items if items is None else list(items)
        return Figure(sum(self.hits(item) > 0 for item in chosen), len(chosen))

    def of_kind(self, kind: Kind) -> Figure:
        return self.figure(item for item in self.items if item.key.kind == kind)

    def of_operation(self, api: str, operation: str) -> Figure:
        """Of one operation's own parts; of what the API has once, if the name is empty."""
        return self.figure(self.parts(api, operation))

    def of_api(self, api: str) -> Figure:
        return self.figure(item for item in self.items if item.key.api == api)

    def parts(self, api: str, operation: str) -> Sequence[Item]:
        """The parts of one operation, or of what the API has once, in the document's order."""
        return self._groups.get((api, operation), ())

    def missing(self, items: Iterable[Item] | None = None) -> list[Item]:
        """The parts not exercised, of these or of all."""
        return [item for item in (self.items if items is None else items) if not self.hits(item)]

    def rows(self) -> list[tuple[str, str]]:
        """(API, operation) of every group of parts, in the document's order."""
        return list(self._groups)

    def to_json(self) -> dict[str, Any]:
        """For machines: figures whole, by API and by kind, and every part with its hits; a missing one is quoted."""
        return {
            "version": VERSION,
            **_figure(self.figure()),
            "exchanges": self.coverage.exchanges,
            "remarks": list(self.remarks),
            "apis": {api: _figure(self.of_api(api)) for api in self.outline.apis},
            "kinds": {kind: _figure(self.of_kind(kind)) for kind in KINDS},
            "items": [self._item(item) for item in self.items],
        }

    def _item(self, item: Item) -> dict[str, Any]:
        written = {**item.key._asdict(), "pointer": item.pointer, "hits": self.hits(item)}
        if not self.hits(item):
            written["quote"] = quote(self.outline.apis[item.key.api].document, item.pointer)
        return written


def _figure(figure: Figure) -> dict[str, Any]:
    return {"percent": round(figure.percent, 4), "exercised": figure.exercised, "parts": figure.parts}
