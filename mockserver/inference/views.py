"""Views: collections whose records are those of another one, seen through another path.

`/users/{id}/posts` shows the posts whose `user_id` is that of the path, and `/issues/{number}/comments` those of
`/issues/comments` that were made there, where no field of an item tells it. Where an item lies behind the key of its
owner and its own (`/repos/{owner}/{repo}`), `/orgs/{org}/repos` shows those below one owner, `/user/repos` all of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from mockserver.inference.looks import Looks, Pointer
from mockserver.inference.paths import PATH, Place, is_parameter, names_of, one_of, spelled

if TYPE_CHECKING:
    from mockserver.inference.resource import Resource
    from mockserver.inference.resources import Survey

LOGINS = ("login", "username", "handle", "slug", "name", "key", "id", "uuid")
"""What an object that stands for an owner is known by."""
PLAIN = frozenset(("id", "name", "key", "uuid", "slug"))
"""Names of parameters and fields that do not say of what they are."""
STEMS = ("login", "username", "uuid", "slug", "name", "key", "id")
"""Ends of the name of a parameter that say what of its owner it is."""
MOST = 100
"""Collections of one name among which the one is looked for that another shows."""
ALIKE = 0.5
"""Share of the fields of one schema that another must have to be of the same things."""


def merged(survey: Survey, found: dict[Place, Resource]) -> dict[Place, Resource]:
    """The resources, those that are views of others told so."""
    for each, whole, by in _of_parents(survey, found):
        told = "made below it" if by[0] == PATH else f"whose `{'.'.join(by)}` names the parent"
        reason = f"{survey.shown(each.place)} lists items of {survey.shown(whole.place)}, {told}"
        found[each.place] = replace(each, name=whole.name, view_of=whole.name, by=by, reason=reason)
    for each, whole in _of_whole(survey, found):
        reason = f"{survey.shown(each.place)} has the items that {survey.shown(whole.item or whole.place)} leads to"
        found[each.place] = replace(each, name=whole.name, view_of=whole.name, reason=reason)
    return found


def _of_parents(survey: Survey, found: dict[Place, Resource]) -> Iterator[tuple[Resource, Resource, Pointer]]:
    """Collections of one schema, where a field of the item names the parent."""
    groups: defaultdict[Any, list[Resource]] = defaultdict(list)
    for each in found.values():
        is_own = each.kind == "collection" and not each.is_shared
        identity = survey.item_identity(each.place) if is_own else None
        if isinstance(identity, str):
            groups[identity].append(each)
    for same in groups.values():
        # the one whose items have a path has them all, and of several the one that leads to them by the fewest values
        whole = min(same, key=lambda each: (each.item is None, each.parents, len(each.place)))
        for each in same:
            if each is not whole and each.parents > whole.parents and whole.parents == each.parents - 1:
                by = (
                    None if _is_apart(each, whole) else _naming_parent(survey, each) or _made_below(survey, each, whole)
                )
                if by is not None:
                    yield each, whole, by


def _is_apart(view: Resource, whole: Resource) -> bool:
    """Whether what lies below a parent has items of its own, and is called otherwise: `acl`, and `defaultAcl`."""
    return view.item is not None and view.called != whole.called


def _made_below(survey: Survey, view: Resource, whole: Resource) -> Pointer | None:
    """Where the record of an item has the last of the path values, if no field has it: beside the item."""
    beside = view.place[: len(whole.place) - 1] == whole.place[:-1] and view.called == whole.called
    if view.item is not None or whole.item is None or not beside or "POST" not in survey.operations(view.place):
        return None
    item = survey.item_of(whole.place)
    # a record of a closed item may have nothing beside its fields
    return None if item is None or survey.looks.is_closed(item) else (PATH, survey.names_at(view.place)[-1])


def _naming_parent(survey: Survey, resource: Resource) -> Pointer | None:
    """The field of an item that has the last of the path values."""
    read = survey.operations(resource.place).get("GET")
    schema = survey.looks.answer(read) if read is not None else None
    path = survey.list_in(schema)
    if path is None or read is None:
        return None
    items = survey.looks.items(survey.looks.inner(schema, path))
    at = max((n for n, text in enumerate(resource.place) if is_parameter(text)), default=0)
    literal = one_of(resource.place[at - 1]) if at else ""
    name = names_of(survey.steps[read.operation_id])[-1]
    given = survey.contract.document.parameters(read.path, read.members)
    schema = next((each.get("schema") for each in given if (each.get("in"), each.get("name")) == ("path", name)), None)
    return parent_field(survey.looks, items, name, literal, None, survey.looks.kinds(schema))


def parent_field(
    looks: Looks, item: Any, parameter: str, literal: str, key: Pointer | None, kinds: frozenset[str] = frozenset()
) -> Pointer | None:
    """The field of an item that has the value of a parent in its path; `literal` is what one parent is called.

    kinds: the types of the path value; a text of another kind cannot have a number.
    """
    same = spelled(parameter)
    stem = next((same.removesuffix(each) for each in STEMS if same.endswith(each)), same)
    wanted = ({f"{literal}id", f"{literal}uuid", f"{literal}key"} if literal else set()) | ({same} - PLAIN)
    for name, schema in looks.properties(item).items():
        if spelled(name) in wanted and (name,) != key and _holds(looks, schema, kinds):
            return (name,)
    for name, schema in looks.properties(item).items():
        if spelled(name) in ({same, stem, literal} - PLAIN - {""}) and looks.is_object(schema):
            inner = _known_by(looks, schema, same, stem, kinds)
            if inner is not None and (name, inner) != key:
                return (name, inner)
    return None


def _holds(looks: Looks, schema: Any, kinds: frozenset[str]) -> bool:
    is_text = looks.kinds(schema) == {"string"} and bool(kinds) and "string" not in kinds
    return not is_text and not looks.is_object(schema) and looks.items(schema) is None


def _known_by(looks: Looks, owner: Any, parameter: str, stem: str, kinds: frozenset[str]) -> str | None:
    """The field of an owner that a path names it by."""
    by_name = {spelled(name): name for name, each in looks.properties(owner).items() if _holds(looks, each, kinds)}
    wanted = (parameter.removeprefix(stem), parameter, *LOGINS)
    return next((by_name[each] for each in wanted if each in by_name), None)


def _of_whole(survey: Survey, found: dict[Place, Resource]) -> Iterator[tuple[Resource, Resource]]:
    """Collections without items of their own, called like one whose items are theirs."""
    item_of = cache(survey.item_of)
    wholes: defaultdict[str, list[Resource]] = defaultdict(list)
    for each in [each for each in found.values() if not each.is_shared]:
        if each.kind == "collection" and each.item is not None and each.parents and each.view_of is None:
            wholes[each.called].append(each)
    for same in wholes.values():
        same.sort(key=lambda whole: (not whole.is_owned, whole.parents, len(whole.place)))
    for each in [each for each in found.values() if each.kind == "collection" and each.view_of is None]:
        if each.item is None:
            # the second says whether the first is the only one, or before all others: no further ones are looked at
            seen = (one for one in wholes.get(each.called, [])[:MOST] if _sees(survey, item_of, each, one))
            known = [*islice(seen, 2)]
            if len(known) == 1 or (known and known[0].is_owned and known[0].parents < known[1].parents):
                yield each, known[0]


def _sees(survey: Survey, item_of: Callable[[Place], Any], view: Resource, whole: Resource) -> bool:
    if not _are_alike(survey.looks, item_of(view.place), item_of(whole.place)):
        return False
    if not view.parents:
        return True
    return whole.is_owned and view.parents == whole.parents and _names_owner(survey, view, whole)


def _are_alike(looks: Looks, mine: Any, theirs: Any) -> bool:
    """Whether the items of two collections are the same things."""
    if mine is None or theirs is None:
        return False
    if looks.identity(mine) == looks.identity(theirs):
        return True
    fields, others = looks.properties(mine), looks.properties(theirs)
    common = len(fields.keys() & others.keys())
    return common > 1 and (common >= ALIKE * len(fields) or common >= ALIKE * len(others))


def _names_owner(survey: Survey, view: Resource, whole: Resource) -> bool:
    """Whether the last value in the path of a view is that of an owner in the path of the items."""
    mine, theirs = survey.names_at(view.place), survey.names_at(whole.place)
    if not mine or not theirs:
        return False
    if spelled(mine[-1]) == spelled(theirs[-1]):
        return True
    item = survey.item_of(whole.place)
    by = None if item is None else parent_field(survey.looks, item, theirs[-1], "", None)
    at = max(n for n, text in enumerate(view.place) if is_parameter(text))
    owner = survey.item_of(view.place[:at])
    return by is not None and owner is not None and by[-1] in survey.looks.properties(owner)
