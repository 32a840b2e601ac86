"""A resource: a collection, or one thing alone, and where it lies among the paths of a document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mockserver.inference.looks import Pointer
from mockserver.inference.paths import Place, is_parameter, one_of, spelled


@dataclass(frozen=True)
class Resource:
    """A collection, or a singleton: where it lies, and where its item does.

    name: the collection's below that of the API. parents: how many path values stand before it. item: the place of
    one record; None if no path leads to one. view_of, by: it is another resource, seen where the field `by` of an item
    is the last of the path values; without `by`, the path values are the parents of the other, or it shows all.
    whole: the field with the whole names of its items, where their path is that of other collections' items, too.
    """

    name: str
    kind: Literal["collection", "singleton"]
    place: Place
    item: Place | None
    parents: int
    reason: str
    view_of: str | None = None
    by: Pointer | None = None
    whole: str = ""

    @property
    def is_shared(self) -> bool:
        """Whether the path of its items is that of other collections' items, too."""
        return bool(self.whole)

    @property
    def _last(self) -> str:
        """The last word of its path; its own name if it has none."""
        return next((text for text in reversed(self.place) if not is_parameter(text)), self.name)

    @property
    def called(self) -> str:
        """What the collection is called."""
        return spelled(self._last)

    @property
    def one(self) -> str:
        """What one of its items is called."""
        return one_of(self._last)

    @property
    def is_owned(self) -> bool:
        """Whether the key of an owner stands before the item's own, without a word between."""
        return bool(self.place) and is_parameter(self.place[-1])
