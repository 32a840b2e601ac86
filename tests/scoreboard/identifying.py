"""What may be the identifier of what was created: in the answer to its creation, or in what was sent.

A client of a document that nobody has explained has nothing but names to go by; the likeliest comes first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx

from mockserver.contract.generation.words import words_of
from tests.scoreboard.expected import Collection
from tests.scoreboard.told import endings, objects_in, spelled

IDENTIFIERS = ("id", "uuid", "guid", "name", "key", "slug", "number", "code", "sid", "arn", "identifier")
LINKS = ("href", "self", "selflink", "selfurl", "selfuri")


class Identifying:
    """Finds identifiers of one collection's items."""

    def __init__(self, collection: Collection) -> None:
        self._of = collection

    def of_answer(self, answer: httpx.Response, sent: Any) -> Iterator[str]:
        """What may be the identifier of what was created, the likeliest first."""
        location = answer.headers.get("location")
        if location:
            yield unquote(re.sub(r"\.(json|xml)$", "", urlsplit(location).path.rstrip("/").rpartition("/")[2]))
        try:
            body = answer.json()
        except ValueError:
            body = None
        links = [link for each in objects_in(body) for name, link in each.items() if spelled(name) in LINKS]
        yield from (unquote(urlsplit(each).path.rpartition("/")[2]) for each in links if isinstance(each, str))
        for source in (body, sent):
            alone = source[0] if isinstance(source, list) and source else source
            if isinstance(alone, str | int) and not isinstance(alone, bool):
                yield str(alone)
            yield from self.within(source)

    def within(self, source: Any) -> Iterator[str]:
        """Values of the names of identifiers, the likeliest first."""
        objects = list(objects_in(source))
        for name in (
            spelled(self._of.key),
            f"{self._of.called}{spelled(self._of.key)}",
            f"{self._of.called}id",
            f"{self._of.called}name",
            *endings(self._of.key),
            *IDENTIFIERS,
        ):
            for each in objects:
                yield from (
                    str(value)
                    for field_, value in each.items()
                    if spelled(field_) == name and isinstance(value, str | int) and not isinstance(value, bool)
                )
        for each in objects:  # or what the last word of the collection is called: `wrapping_id` of `gift-wrappings`
            yield from (
                str(value)
                for field_, value in each.items()
                if isinstance(value, str | int) and not isinstance(value, bool) and len(words_of(field_)) > 1
                if spelled(field_).endswith("id") and self._of.called.endswith(spelled(field_).removesuffix("id"))
            )
        for each in objects:  # or in a list that is called after them: `persisted_recipients`
            yield from (
                str(value[0])
                for field_, value in each.items()
                if isinstance(value, list) and value and isinstance(value[0], str) and self._of.called
                if spelled(field_).endswith((f"{self._of.called}s", f"{self._of.called}ids"))
            )
        for each in objects:  # or what the parameter is called, with more before: `cseEmailAddress`
            yield from (
                str(value)
                for field_, value in each.items()
                if len(words_of(field_)) > 1 and spelled(self._of.key).endswith(spelled(field_))
                if isinstance(value, str | int) and not isinstance(value, bool)
            )
        for each in objects:  # or what is called after it, and more: `accountHoldingId` of a holding
            yield from (
                str(value)
                for field_, value in each.items()
                if spelled(field_).endswith((f"{self._of.called}id", f"{self._of.called}sid"))
                and isinstance(value, str | int)
                and not isinstance(value, bool)
            )
        for each in objects[:1] if len(objects) == 1 and len(objects[0]) == 1 else ():
            yield from (value for value in each.values() if isinstance(value, str))  # what else could it be
