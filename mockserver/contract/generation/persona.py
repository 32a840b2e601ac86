"""Who or what an object is about: a person with one name, one company and one address, and times in their order.

Everything is drawn when it is first asked for and then stays, so the fields of one object agree: the e-mail address is
made of the name, and nothing is updated before it was created. Names and places come from mimesis.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from mockserver.contract.generation.words import JOBS

if TYPE_CHECKING:
    from mockserver.contract.generation.draft import Draft

T = TypeVar("T")
DAY = 86_400
STOCK = 500
"""Draws for the names of one kind, from which objects then take theirs: mimesis took a tenth of the time of a page."""

SOURCES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "first name": ("Person", ("first_name",)),
    "last name": ("Person", ("last_name",)),
    "company": ("Finance", ("company",)),
    "street": ("Address", ("street_number", "street_name", "street_suffix")),
    "city": ("Address", ("city",)),
    "state": ("Address", ("state",)),
    "postcode": ("Address", ("postal_code",)),
}
"""The class of mimesis that makes names of a kind, and what of it."""


@cache
def stock(kind: str) -> Sequence[str]:
    """Names or places to choose from, the same in every process, whichever kind is asked for first."""
    import mimesis

    provider, names = SOURCES[kind]
    source = getattr(mimesis, provider)(mimesis.Locale.EN, seed=0)
    draws = [getattr(source, name) for name in names]
    return tuple(dict.fromkeys(" ".join(str(draw()) for draw in draws) for _ in range(STOCK)))


class Once(Generic[T]):
    """An attribute that is worked out when it is first asked for, without the lock that cached_property takes."""

    def __init__(self, work_out: Callable[[Any], T]) -> None:
        self._work_out = work_out
        self.__doc__ = work_out.__doc__

    def __set_name__(self, _: type, name: str) -> None:
        self._name = name

    def __get__(self, instance: Any, _: type | None = None) -> T:
        value = instance.__dict__[self._name] = self._work_out(instance)
        return value


class Persona:
    """One person or thing. `about` are the words of the field or resource that it stands in, innermost last."""

    def __init__(self, draft: Draft, about: tuple[str, ...]) -> None:
        self.draft = draft
        self.about = about

    @Once
    def first_name(self) -> str:
        return self.draft.pick(stock("first name"))

    @Once
    def last_name(self) -> str:
        return self.draft.pick(stock("last name"))

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def username(self) -> str:
        return f"{_plain(self.first_name)}.{_plain(self.last_name)}"

    @property
    def email(self) -> str:
        return f"{self.username}@example.com"

    @Once
    def company(self) -> str:
        return self.draft.pick(stock("company"))

    @Once
    def job(self) -> str:
        return self.draft.pick(JOBS)

    @Once
    def phone(self) -> str:
        return f"+1 202-555-0{self.draft.whole(100, 199)}"  # numbers set aside for fiction

    @Once
    def street(self) -> str:
        return self.draft.pick(stock("street"))

    @Once
    def city(self) -> str:
        return self.draft.pick(stock("city"))

    @Once
    def state(self) -> str:
        return self.draft.pick(stock("state"))

    @Once
    def postcode(self) -> str:
        return self.draft.pick(stock("postcode"))

    @property
    def address(self) -> str:
        """In one line."""
        return f"{self.street}, {self.city}, {self.state} {self.postcode}"

    country = "United States"
    country_code = "US"

    @Once
    def latitude(self) -> float:
        return round(30 + 17 * self.draft.random(), 6)

    @Once
    def longitude(self) -> float:
        return round(-120 + 45 * self.draft.random(), 6)

    @Once
    def created(self) -> datetime:
        return self.draft.now - timedelta(seconds=self.draft.whole(30 * DAY, 300 * DAY))

    @Once
    def updated(self) -> datetime:
        """Between creation and now."""
        return self.created + (self.draft.now - self.created) * (0.1 + 0.7 * self.draft.random())

    @Once
    def ended(self) -> datetime:
        """Between the last update and now."""
        return self.updated + (self.draft.now - self.updated) * (0.1 + 0.8 * self.draft.random())

    @Once
    def due(self) -> datetime:
        """Within the next year."""
        return self.draft.now + timedelta(seconds=self.draft.whole(DAY, 300 * DAY))

    @Once
    def born(self) -> datetime:
        return self.draft.now - timedelta(days=self.draft.whole(20 * 365, 65 * 365))


@lru_cache(maxsize=4096)
def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z]+", "", letters) or "user"
