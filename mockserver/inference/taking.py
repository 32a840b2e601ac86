"""Taking away: DELETE that names some of what an item has, as `DELETE /tags/{arn}?tagKeys=a` does of its tags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mockserver.contract.generation.words import words_of
from mockserver.inference.keys import text_of
from mockserver.inference.paths import one_of, spelled
from mockserver.inference.replies import Answered
from mockserver.inference.subject import Handler, Origin, Subject, Values, query_of
from mockserver.inference.vocabulary import KEYS
from mockserver.world import World


def taking(subject: Subject, names: Sequence[str]) -> Handler:
    """The handler that takes away what the parameters of these names list, of the member that each is called after."""
    model = subject.model
    members = {name: member for name in names if (member := _member(model.properties, name)) is not None}

    def handle(world: World, values: Values, origin: Origin) -> Answered:
        texts, query = subject.texts(values), query_of(values)
        record = subject.expect(world, texts)
        after = dict(record)
        for name, member in members.items():
            asked = query.get(name)
            named = {text_of(each) for each in (asked if isinstance(asked, list) else [asked])}
            after[member] = _without(after.get(member), named)
        if model.judge.accepts(model.bare(after)):
            record = after
            subject.table(world).put(record)
        return subject.reply.of(world, record, lambda: subject.location(record, origin))

    return handle


def _member(properties: Mapping[str, Any], name: str) -> str | None:
    """The member of an item that a parameter is called after, `tags` of `tagKeys`; else the only one."""
    words = words_of(name)
    starts = {"".join(words[:length]) for length in range(1, len(words) + 1)}
    found = [each for each in properties if starts & {one_of(each), spelled(each)}]
    return found[0] if found else next(iter(properties)) if len(properties) == 1 else None


def _without(value: Any, named: set[str]) -> Any:
    """An object without members of these names; a list without these values, or without objects of these keys."""
    if isinstance(value, Mapping):
        return {name: each for name, each in value.items() if name not in named}
    if isinstance(value, list):
        return [each for each in value if not _keys_of(each) & named]
    return value


def _keys_of(value: Any) -> set[str]:
    if not isinstance(value, Mapping):
        return {text_of(value)}
    return {text_of(each) for name, each in value.items() if spelled(name) in KEYS and isinstance(each, str | int)}
