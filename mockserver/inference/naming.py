"""Names of resources: the last words of their paths, as many as make each unique, or what is declared."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from mockserver.contract.generation.words import words_of
from mockserver.inference.declared import declared_of
from mockserver.inference.paths import Place, is_parameter
from mockserver.inference.vocabulary import KEYS

if TYPE_CHECKING:
    from mockserver.inference.resource import Resource
    from mockserver.inference.resources import Survey

OTHERS = re.compile(r"[^A-Za-z0-9_-]")
LONGEST = 40
"""Characters of a segment that the name of a collection has."""
MOST_WORDS = 2
"""Segments that it has at most."""


def named(survey: Survey, found: dict[Place, Resource]) -> dict[Place, Resource]:
    """The resources with their names."""
    literals = {place: _literals(survey, place) for place in found}
    length = dict.fromkeys(found, 1)
    for _ in range(MOST_WORDS):  # names that still meet at their full length get a number
        names = {place: ".".join(literals[place][-length[place] :]) for place in found}
        counts = Counter(names.values())
        shortest: dict[str, Place] = {}
        for place in found:
            shortest.setdefault(names[place], place)  # the places are in order of their length
        for place in found:
            if counts[names[place]] > 1 and shortest[names[place]] != place:
                length[place] = min(length[place] + 1, MOST_WORDS, len(literals[place]))
    names = {place: ".".join(literals[place][-length[place] :]) for place in found}
    taken: Counter[str] = Counter()
    declared = {place: name for place in found if (name := _declared(survey, place)) is not None}
    # a schema says its name of each place that has it: it is that of the first whose items have a path
    first = sorted(declared, key=lambda each: found[each].item is None)
    told = {place: _free(declared[place], taken) for place in first}
    told |= {place: _free(names[place], taken) for place in found if place not in told}
    return {place: replace(resource, name=told[place]) for place, resource in found.items()}


def _free(name: str, taken: Counter[str]) -> str:
    """The name, with a number behind it if it is taken: by its name alone a resource is told from the others."""
    unique = name
    while unique in taken:
        taken[name] += 1
        unique = f"{name}_{taken[name]}"
    taken[unique] += 1
    return unique


def _declared(survey: Survey, place: Place) -> str | None:
    for each in (*survey.operations(place).values(), *survey.operations(survey.item_place(place)).values()):
        declared = declared_of(survey.declarations, each.operation_id, each.path).resource
        if declared is not None:
            return declared
    return None


def _literals(survey: Survey, place: Place) -> list[str]:
    """The words of a path; of one that has none, what the parameter behind it is called, its key apart."""
    words = [OTHERS.sub("_", text.strip("{}").lstrip(":#"))[:LONGEST] for text in place]
    found = [word for word, text in zip(words, place, strict=True) if not is_parameter(text) and word]
    if found:
        return found
    called = survey.called(survey.item_place(place)) or ("",)
    known = [word for word in words_of(called[-1]) if word not in KEYS]
    return ["_".join(known) or "records"]
