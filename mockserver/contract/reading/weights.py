"""How many schemas one value is validated by: what leads on to others in too many ways is taken away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from mockserver.contract.kinds import COMBINING
from mockserver.contract.reading.report import Report, Trail

MOST_WAYS = 10_000
"""Schemas by which one value is validated, each counted as often as it applies; real documents need some hundreds."""

CONDITIONS = ("not", "if", "then", "else")


class Weights:
    """The weights of one document's schemas; `target`: what the reference in a schema leads to."""

    def __init__(self, report: Report, target: Callable[[dict[str, Any]], Any]) -> None:
        self._report = report
        self._target = target
        self._weights: dict[int, int] = {}

    def weigh(self, schema: dict[str, Any], trail: Trail) -> None:
        """Take away combinations that lead on to others in so many ways that holding a value against them never ends.

        The weight of a schema is how many are asked about one value; a circle is asked once.
        """
        rest = [(schema, trail)]
        while rest:
            node, place = rest[-1]
            inner = [each for each in self._combined(node) if isinstance(each, dict)]
            unknown = [each for each in inner if id(each) not in self._weights]
            # a list of its own: schemas lead on to one another deeper than Python calls functions
            if id(node) not in self._weights and unknown:
                self._weights[id(node)] = 1  # what leads back to it while it is weighed is a circle
                rest += [(each, place) for each in unknown]
                continue
            rest.pop()
            weight = 1 + sum(self._weights[id(each)] for each in inner)
            if weight > MOST_WAYS:
                message = f"A value would be validated by over {MOST_WAYS:,} schemas; their combination is ignored."
                self._report.say("too-many-ways", place, message, "Refer to each schema less often.")
                for key in (*COMBINING, *CONDITIONS, "$ref"):
                    node.pop(key, None)
                weight = 1
            self._weights[id(node)] = weight

    def _combined(self, node: dict[str, Any]) -> Iterator[Any]:
        """The schemas by which a value is validated in addition to this one."""
        for key in COMBINING:
            yield from node.get(key, ())
        yield from (node[key] for key in CONDITIONS if key in node)
        yield from node.get("dependentSchemas", {}).values()
        if isinstance(node.get("$ref"), str):
            yield self._target({"$ref": node["$ref"]})
