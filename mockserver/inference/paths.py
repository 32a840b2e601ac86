"""Path templates as places in a tree: text around a parameter belongs to its segment, and its name does not matter.

`/pets/{petId}`, `/pets/{id}.json` and `/pets({id})` are all the place `pets`, `{}`; `/pets/{id}:cancel` lies below it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

from mockserver.contract.generation.words import LONGEST, singular, words_of
from mockserver.contract.routing import without_conditions

Place = tuple[str, ...]
ROOT = "/"
PARAMETER = "{}"
CONDITIONAL = "#"
"""The first character of a step that stands for the conditions of a path."""
PATH = "$path"
"""The member of a record that has path values which are no fields of the item."""
NAME = re.compile(r"\{\+?([^{}]*?)[+*]?\}")
CALL = re.compile(r"([^(){}]+)\(([^()]*\{[^{}]+\}[^()]*)\)(:[A-Za-z]+)?")
UNRESERVED = re.compile(r"[A-Za-z0-9_.~-]*+")
"""What no URL encodes (RFC 3986, 2.3), as most keys are."""
ENDING = re.compile(r"\.(json|xml|\{format\})$")


@dataclass(frozen=True)
class Step:
    """One step of a path: a literal, or a parameter, whose names are given and whose text has `{}` in their place."""

    text: str
    names: tuple[str, ...] = ()


def steps_of(template: str) -> tuple[Step, ...]:
    """The steps of a path template, the conditions behind it apart; none if it is the root."""
    return tuple(step for segment in bare(template).split("/") if segment for step in _steps(segment))


def bare(template: str) -> str:
    """A path template without the conditions behind it, and without the signs of parameters that may hold slashes."""
    return NAME.sub(r"{\1}", without_conditions(template))


def _steps(segment: str) -> list[Step]:
    call = CALL.fullmatch(segment)
    if call:
        custom = [Step(call[3])] if call[3] else []
        names = tuple(NAME.findall(call[2]))
        return [Step(call[1]), Step(",".join(PARAMETER for _ in names), names), *custom]
    segment = ENDING.sub("", segment) or segment  # `.json` alone is no ending of anything
    names = tuple(NAME.findall(segment))
    end = segment.rindex("}") + 1 if names else 1  # a colon within a parameter or in front of all begins no method
    main, colon, method = segment[:end], *segment[end:].partition(":")[1:]
    main += segment[end:].partition(":")[0]
    first = Step(NAME.sub("{}", main), names) if names else Step(main)
    return [first, Step(f":{method}")] if colon else [first]


def place_of(steps: tuple[Step, ...]) -> Place:
    """The texts of the steps."""
    return tuple(step.text for step in steps)


def is_parameter(text: str) -> bool:
    """Whether a step has a parameter in it."""
    return PARAMETER in text


def names_of(steps: tuple[Step, ...]) -> tuple[str, ...]:
    """The names of the path parameters, in order."""
    return tuple(name for step in steps for name in step.names)


def spelled(name: str) -> str:
    """A name without case and separators, so that `petId`, `pet_id` and `Pet-ID` are one."""
    return _remembered(name) if len(name) <= LONGEST else _written(name)


def _written(name: str) -> str:
    return "".join(words_of(name)) or name.lower()


_remembered = lru_cache(maxsize=4096)(_written)


def one_of(name: str) -> str:
    """What one thing of a plural name is called, spelled: `pet` of `pets`, `liststate` of `list_states`."""
    words = words_of(name)
    return "".join((*words[:-1], singular(words[-1]))) if words else name.lower()


def encoded(text: str, safe: str = "") -> str:
    """A value as it stands in a path; the characters `safe` stay as they are."""
    return text if UNRESERVED.fullmatch(text) else quote(text, safe=safe)


def shown(place: Place) -> str:
    """The place as a path."""
    return "/" + "/".join(place)
