"""Sharing: collections whose items have one path in common, as `/v1/{name}` of Google's documents.

`/v1/{parent}/topics` lists and makes what `/v1/{name}` leads to: the key of an item is its whole name, which is made of
that of its parent, what its collection is called, and its own (`projects/p/topics/t`, as in Google's AIP-122). Which of
the collections an operation at the common path is about, the name in the request tells; before, the schema of what the
operation answers or takes, and the form of the name where a pattern or the description of the parameter has one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from mockserver.contract.operation import Described
from mockserver.inference.paths import PARAMETER, Place, is_parameter, names_of, spelled

if TYPE_CHECKING:
    from mockserver.inference.resource import Resource
    from mockserver.inference.resources import Survey

NAME = "name"
"""The field of an item that has its whole name, if none is called as the parameter of its path."""
FORM = re.compile(
    r"(?<![\w/])[A-Za-z][\w-]*/(?:\*|\{[^{}\s/]+\}|\[[^\[\]\s/]+\])"
    r"(?:/[A-Za-z][\w-]*/(?:\*|\{[^{}\s/]+\}|\[[^\[\]\s/]+\]))*"
)
"""The form of a whole name in a description: `projects/*/topics/*`, `projects/{project}/topics/{topic}`."""
ANY = re.compile(r"\[\^\\?/\]\+|\[\^\\?/\]\*|\.\+|\.\*")
"""What stands for a segment in the pattern of such a name: `[^/]+`."""


def shared_places(survey: Survey) -> Mapping[Place, tuple[Place, ...]]:
    """The paths that lead to the items of several collections, and the places of those."""
    found: dict[Place, list[Place]] = {}
    told: set[Place] = set()
    for place in sorted(survey.at):
        item = place[:-1]
        if not _may_share(survey, place) or not whole_field(survey, place):
            continue
        found.setdefault(item, []).append(place)
        # `/v1/{name}` may be of anything, unless it takes or answers what one of the collections has
        if any(survey.identities(place) & _about(survey, each) for each in survey.operations(item).values()):
            told.add(item)
    return {item: tuple(places) for item, places in found.items() if item in told}


def _may_share(survey: Survey, place: Place) -> bool:
    """Whether a place is a word directly behind one parameter that leads to items, and has no items of its own."""
    if place[-2:-1] != (PARAMETER,) or is_parameter(place[-1]) or place[-1].startswith(":"):
        return False
    # `/pets` lists what `/pets/{id}` leads to: below such an item `toys` is a collection like any other
    if not survey.operations(place[:-1]) or survey.operations(place[:-2]):
        return False
    return not any(is_parameter(text) for text in survey.below.get(place, {}))


def whole_field(survey: Survey, place: Place) -> str:
    """The field with the whole names of what a place lists or makes; empty if there is none."""
    item = _item(survey, place)
    properties = {} if item is None else survey.looks.properties(item)
    about = (each for each in survey.operations(place[:-1]).values() if telling(survey, each)(place))
    called = [names_of(survey.steps[each.operation_id])[-1] for each in about]
    texts = [name for name, each in properties.items() if survey.looks.kinds(each) == {"string"}]
    return next((name for each in (*called, NAME) for name in texts if spelled(name) == spelled(each)), "")


def _item(survey: Survey, place: Place) -> Any:
    """The schema of what a place lists, or else of what it takes to make one."""
    methods, looks = survey.operations(place), survey.looks
    answer = looks.answer(methods["GET"]) if "GET" in methods else None
    path = survey.list_in(answer)
    if path is not None:
        return looks.items(looks.inner(answer, path))
    return looks.sent(methods["POST"]) if "POST" in methods else None


def identities(survey: Survey, place: Place) -> set[str]:
    """The identities of the schemas that the items of a collection have; worked out once, see `Survey.identities`."""
    methods, looks = survey.operations(place), survey.looks
    found = {survey.listed_identity(place)}
    for schema in (looks.answer(methods["POST"]), looks.sent(methods["POST"])) if "POST" in methods else ():
        found.add(looks.identity(schema))
    return {each for each in found if isinstance(each, str)}


def _about(survey: Survey, described: Described) -> set[Any]:
    """The identities of the schemas that an operation answers and takes."""
    schemas = (survey.looks.answer(described), survey.looks.sent(described))
    return {each for each in map(survey.looks.identity, schemas) if isinstance(each, str)}


def telling(survey: Survey, described: Described) -> Callable[[Place], bool]:
    """What says of a place whether an operation at a common path is about the items of the collection there."""
    word = last_word(survey, described)
    if word:
        return lambda place: place[-1] == word
    about = _about(survey, described)
    return lambda place: not about.isdisjoint(survey.identities(place))


def last_word(survey: Survey, described: Described) -> str:
    """What the collection is called whose items an operation takes the whole names of; empty if it does not say."""
    forms = list(forms_of(survey, described))
    return forms[0][-2] if len(forms) == 1 else ""


def forms_of(survey: Survey, described: Described) -> Iterator[tuple[str, ...]]:
    """The forms that the whole name in the path of an operation may have, in segments; `*` stands for any."""
    name = names_of(survey.steps[described.operation_id])[-1:]
    for each in survey.contract.document.parameters(described.path, described.members):
        if each.get("in") == "path" and [each.get("name")] == list(name):
            pattern = survey.looks.shape(each.get("schema")).schema.get("pattern")
            # `[^/]+` alone has a slash as well, but says nothing of collections
            if isinstance(pattern, str) and "/" in ANY.sub("*", pattern):
                found = [_segments(ANY.sub("*", part.strip("^$()"))) for part in pattern.split("|")]
            else:
                found = [_segments(text) for text in FORM.findall(str(each.get("description") or ""))]
            # whole names are pairs of a collection and the own name of an item; what is no pair is no such form
            yield from dict.fromkeys(form for form in found if len(form) > 1 and not len(form) % 2)


def parent_form(survey: Survey, resource: Resource) -> tuple[str, ...]:
    """The form of the name of a parent; empty if the document does not say."""
    for each in survey.operations(resource.place).values():
        for form in forms_of(survey, each):
            return form[:-2] if form[-2] == resource.place[-1] else form
    for each in survey.operations(resource.item).values():
        for form in forms_of(survey, each):
            if form[-2] == resource.place[-1]:
                return form[:-2]
    return ()


def _segments(text: str) -> tuple[str, ...]:
    return tuple("*" if segment[:1] in "*{[" else segment.replace("\\", "") for segment in text.split("/") if segment)


def whole_name(resource: Resource, parent: str, own: str) -> str:
    """The whole name of an item below a parent; one that is whole already stays."""
    before = f"{parent}/{resource.place[-1]}/"
    return own if own.startswith(before) and len(own) > len(before) else f"{before}{own.rpartition('/')[2]}"


def parent_in(resource: Resource, name: str) -> str:
    """The name of the parent in the whole name of an item; empty if it is none of this collection."""
    before, between, own = name.rpartition(f"/{resource.place[-1]}/")
    return before if between and own and "/" not in own else ""


def word_in(name: str) -> str:
    """What the collection is called whose item has this whole name; empty if it is none."""
    segments = name.split("/")
    return segments[-2] if len(segments) > 1 else ""


def asked_for(resource: Resource, query: Mapping[str, Any]) -> Any:
    """The name that a creation asks for in its query, as `?topicId=t`; None if it does not."""
    wanted = (f"{resource.one}id", f"{resource.called}id", "id", resource.whole)
    return next((value for each in wanted for name, value in query.items() if spelled(name) == spelled(each)), None)
