"""Items directly behind another item: `/policies/{step}/{rule}`, where `/policies/{step}` is an item as well.

The collection of the rules has no path of its own. It gets a place that no document has, `/policies/{}/{rule}`, named
after the parameter, below which nothing else lies; a POST on the step that takes or answers a rule makes one of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.contract.operation import Described
from mockserver.inference.paths import Place, is_parameter, names_of

if TYPE_CHECKING:
    from mockserver.inference.resources import Survey

WRITING = frozenset(("PUT", "PATCH", "DELETE"))


def item_behind(survey: Survey, place: Place) -> Place | None:
    """The place of an item that is written directly behind an item of a collection; None if there is none."""
    if survey.item_place(place[:-1]) != place:
        return None
    for text in survey.below.get(place, {}):
        methods = survey.operations((*place, text))
        read = methods.get("GET")
        if is_parameter(text) and methods.keys() & WRITING and read is not None:
            answer = survey.looks.answer(read)
            if answer is not None and survey.looks.is_object(answer) and survey.list_in(answer) is None:
                return (*place, text)
    return None


def place_of_kind(survey: Survey, item: Place) -> Place:
    """The place of the collection of such items."""
    read = survey.operations(item)["GET"]
    return (*item[:-1], f"{{{names_of(survey.steps[read.operation_id])[-1]}}}")


def creation(survey: Survey, item: Place) -> Described | None:
    """The POST on the item before that makes such an item, by what it takes or answers; None if there is none."""
    made = survey.operations(item[:-1]).get("POST")
    if made is None:
        return None
    own, outer = _about(survey, item), _about(survey, item[:-1], but="POST")
    mine = [each for each in (survey.looks.answer(made), survey.looks.sent(made)) if each]
    # by equality, as schemas may be written out in each place
    return made if any(map(own.__contains__, mine)) and not any(map(outer.__contains__, mine)) else None


def _about(survey: Survey, place: Place, but: str = "") -> list[Any]:
    """The schemas that the operations at a place answer and take."""
    found = [each for method, each in survey.operations(place).items() if method != but]
    schemas = [look(each) for each in found for look in (survey.looks.answer, survey.looks.sent)]
    return [each for each in schemas if each]
