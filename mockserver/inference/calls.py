"""Calls: operations at one path that only their names tell apart, as Amazon's `/#X-Amz-Target=Service.CreateTopic`.

`CreateTopic`, `GetTopic`, `ListTopics`, `UpdateTopic` and `DeleteTopic` are to topics what the methods on a collection
and its item are, and are taken for those: `POST /Topic`, `GET /Topic/{TopicArn}` and so on. What such a path would have
stands in the body or the query. Only where one makes them and another reads them there is a collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from mockserver.contract.generation.words import singular, words_of
from mockserver.contract.operation import Described
from mockserver.contract.routing import split_template
from mockserver.errors import DocumentError
from mockserver.inference.looks import Looks
from mockserver.inference.paths import ROOT, spelled, steps_of

METHODS: Mapping[str, str] = {
    **dict.fromkeys(("create",), "POST"),
    **dict.fromkeys(("get", "describe"), "GET"),
    "list": "LIST",
    **dict.fromkeys(("update", "modify"), "PATCH"),
    "put": "PUT",
    "delete": "DELETE",
}
"""The methods that the verbs before a noun stand for; LIST is GET on the collection."""
NAMED = ("name", "id", "identifier", "arn", "key", "")
"""Ends of what a key is called, behind the noun."""

Calls = Mapping[str, Described]
Group = dict[str, list[tuple[str, Described]]]


def calls_of(looks: Looks, operations: Mapping[str, Described]) -> Calls:
    """Such operations as they would be described on a path of their own, by their names in the document."""
    groups: dict[str, Group] = {}
    for name, described in operations.items():
        called = _called(described)
        if called is not None:
            method, noun, text = called
            groups.setdefault(noun, {}).setdefault(method, []).append((text, replace(described, operation_id=name)))
    return {each.operation_id: each for noun, group in groups.items() for each in _placed(looks, noun, group)}


def _called(described: Described) -> tuple[str, str, str] | None:
    """What the name of a call says: its method, its noun in the singular, and that as it is written."""
    if steps_of(described.path) or described.path == ROOT:  # such a path is a place of its own
        return None
    value = next((each for each in split_template(described.path)[1].values() if each), "")
    name = value.rpartition(".")[2]
    words = words_of(name)
    method = METHODS.get(words[0]) if len(words) > 1 else None
    if method is None:
        return None
    one = singular(words[-1])
    if method == "GET" and one != words[-1]:  # `DescribeTopics`
        method = "LIST"
    return method, "".join((*words[1:-1], one)), name[len(words[0]) :]


def _placed(looks: Looks, noun: str, group: Group) -> Iterator[Described]:
    if not group.keys() & {"POST", "PUT"} or not group.keys() & {"GET", "LIST"}:
        return
    text = next(written for method in ("POST", "PUT") for written, _ in group.get(method, ()))
    on_item = [each for method in ("GET", "DELETE", "PATCH", "PUT") for _, each in group.get(method, ())]
    key = next((found for each in on_item if (found := _key(looks, noun, each)) is not None), None)
    for method, members in group.items():
        for _, described in members:
            if method in ("POST", "LIST"):
                yield replace(described, method="GET" if method == "LIST" else method, path=f"/{text}")
            elif key is not None and key in _asked(looks, described):
                yield replace(described, method=method, path=f"/{text}/{{{key}}}")


def _key(looks: Looks, noun: str, described: Described) -> str | None:
    """What the key of an item is called in a request about one."""
    asked = _asked(looks, described)
    by_name = {spelled(name): name for name in reversed(list(asked))}
    wanted = (*(f"{noun}{end}" for end in NAMED), *NAMED[:-1])
    found = next((by_name[each] for each in wanted if each in by_name), None)
    required = [name for name, is_required in asked.items() if is_required]
    # without such a name, what a request cannot do without is the key: more than one may be anything
    return found if found is not None else required[0] if len(required) == 1 else None


def _asked(looks: Looks, described: Described) -> dict[str, bool]:
    """The values that a call takes, by name, and whether it requires them: of its body, or else of its query."""
    sent = looks.sent(described)
    if sent is not None:
        required = looks.required(sent)
        return {name: name in required for name, each in looks.properties(sent).items() if _is_plain(looks, each)}
    try:
        parameters: Iterable[Any] = looks.document.parameters(described.path, described.members)
    except (DocumentError, AttributeError, TypeError, KeyError):  # of a wrong type, which `check` tells
        return {}
    asked = [each for each in parameters if isinstance(each, Mapping) and each.get("in") == "query"]
    return {
        str(each["name"]): bool(each.get("required")) for each in asked if _is_plain(looks, each.get("schema") or {})
    }


def _is_plain(looks: Looks, schema: Any) -> bool:
    return looks.kinds(schema) <= {"string", "integer"}
