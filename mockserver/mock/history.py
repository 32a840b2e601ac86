"""What requests changed and how a world became what it is, as a test asks for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from operator import methodcaller
from typing import TYPE_CHECKING, Any, overload

from mockserver.admin import changes, history, schemas
from mockserver.admin.apis import Apis
from mockserver.errors import MockServerError
from mockserver.mock.rules import by_argument
from mockserver.mock.violations import summary
from mockserver.output.escaping import visible
from mockserver.runtime.exchange import Exchange
from mockserver.world import Snapshot, World
from mockserver.world.changes import Change, changes_of

if TYPE_CHECKING:
    from mockserver.mock.mock import Mock

__tracebackhide__ = methodcaller("errisinstance", MockServerError)  # pytest shows the line of the test instead

SHOWN = 3
"""Changes of one request that an explanation tells."""

LINE = 180
"""Characters of one line of an explanation."""

RECORDS = 1_000_000_000
"""Records of a collection that a comparison in Python holds: all."""


class Comparison(Sequence[Change]):
    """The records that differ between two moments; true if any do. See Mock.compare."""

    def __init__(self, apis: Apis, left: Snapshot, right: Snapshot) -> None:
        self._shown = changes.compared(apis, left, right, RECORDS)
        names = apis.collections
        self._changes = [each for name in names for each in changes_of(name, left.states, right.states)]

    @property
    def same(self) -> bool:
        """Whether nothing differs, down to the ids drawn, the clock and the rules."""
        return bool(self._shown["same"])

    @property
    def patch(self) -> dict[str, Any]:
        """What `mock.state.patch` takes to make the records of the left moment those of the right one."""
        return dict(self._shown["patch"])

    def shown(self) -> dict[str, Any]:
        """The whole comparison as JSON, as `GET /_mock/compare` answers it but for the names."""
        return dict(self._shown)

    @overload
    def __getitem__(self, at: int) -> Change: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Change]: ...
    def __getitem__(self, at: int | slice) -> Change | Sequence[Change]:
        return self._changes[at]

    def __len__(self) -> int:
        return len(self._changes)

    def __repr__(self) -> str:
        told = "; ".join(lines(self._changes))
        return f"<Comparison: {told or 'no record differs'}>"

    @cached_property
    def requests_explanation(self) -> list[str]:
        """For pytest, when it is compared with something."""
        return [*lines(self._changes)] or ["no record differs"]


def entry(world: World, wanted: Exchange | int) -> Exchange:
    """The entry that is meant, by itself or its number; MockServerError if the world has not answered it."""
    if isinstance(wanted, Exchange):
        if wanted.world != world.name:
            raise MockServerError(f"this request went to the world {wanted.world!r}, not to {world.name!r}.")
        return wanted
    with by_argument(lambda flaw: f"expected a request, such as mock.requests(…)[0], or its number: {flaw.message}."):
        return history.entry(world, schemas.checked("Number", wanted))


def moment(wanted: Snapshot | Mock) -> Snapshot:
    """How a mock's world stands, or what a snapshot has."""
    world = getattr(wanted, "world", None)
    if isinstance(world, World):
        return history.now(world)
    if isinstance(wanted, Snapshot):
        return wanted
    raise MockServerError(f"compare takes what mock.snapshot() returned, or a mock, got {wanted!r:.80}.")


def made(exchanges: Iterable[Exchange]) -> list[Change]:
    """What the requests changed, in their order."""
    return [change for exchange in exchanges for change in changes.made(exchange)]


def lines(found: Iterable[Change], most: int = SHOWN) -> Iterator[str]:
    """Changes for a person, in a line each."""
    return map(cut, changes.lines(found, most))


def cut(text: str) -> str:
    """A line of an explanation: on one line, and not longer than that is readable."""
    line = visible(text)
    return line if len(line) <= LINE else f"{line[: LINE - 1]}…"


def told(exchange: Exchange) -> Iterator[str]:
    """What a request changed, in a few lines."""
    return lines(changes.made(exchange))


def explanation(exchanges: Sequence[Exchange], most: int = 5) -> str:
    """The latest requests that changed something, with what it was; empty if none did."""
    wrote = [each for each in exchanges if each.before is not each.after and any(changes.made(each))]
    found: list[str] = []
    for exchange in wrote[-most:]:
        found += [f"  {exchange.number}. {summary(exchange)}", *(f"       {line}" for line in told(exchange))]
    if not found:
        return ""
    earlier = [] if len(wrote) <= most else [f"  … and {len(wrote) - most} before these"]
    return "\n".join(["what requests changed in the world of this test:", *earlier, *found])
