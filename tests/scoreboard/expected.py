"""What a reader of a document expects of its collections: which are to work, and which steps of a chain.

Expected is a collection whose document has `POST C` with a documented success that does not read (or else `PUT C`), or
else `PUT C/{x}` that does more than change what is there (it documents 201, or there is `DELETE C/{x}` and no POST),
and `GET C/{x}` that answers an object in JSON, `{x}` being the last segment alone and `C` not called after a search.
So is one whose items lie where those of others do, as of Google: `POST P/{parent}/C`, and `GET P/{name}` that answers
the same component, with nothing at `P` nor behind `C`. Of each are expected the steps that it documents: create, read
(what was sent is what is read, as far as the document lets it stand there), distinct (a second one has another
identifier, where the server chooses it), listed (`GET C`, following its pages, has it), merged (`PATCH C/{x}`, or `POST
C/{x}` that takes the fields of the item and is the only way to change it), replaced (`PUT C/{x}`), deleted and gone
(reading it again is a 404 or 410).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.contract.contract import Contract
from mockserver.contract.generation.words import singular, words_of
from mockserver.contract.operation import Described
from mockserver.errors import DocumentError

NAME = re.compile(r"\{([^{}]+)\}")
JSON_PATCH = "application/json-patch+json"
FORM = "application/x-www-form-urlencoded"
READING = ("list", "search", "query", "find", "get", "describe", "fetch", "retrieve")
"""First words of what operations are called that read."""


@dataclass(frozen=True)
class Collection:
    """The operations of a collection that a reader expects to work together."""

    create: Described
    read: Described
    list: Described | None
    merge: Described | None
    replace: Described | None
    delete: Described | None

    @property
    def is_put(self) -> bool:
        """Whether PUT creates it, whose path has the identifier that its client chooses."""
        return self.create.method == "PUT" and _place(self.create.path) == _place(self.read.path)

    @property
    def above(self) -> tuple[str, ...]:
        """The names of the path values above it, as the path that creates one has them."""
        names = tuple(str(each) for each in NAME.findall(self.create.path))
        return names[:-1] if self.is_put else names

    @property
    def key(self) -> str:
        """The name of the last path parameter of an item."""
        return str(NAME.findall(self.read.path)[-1])

    @property
    def called(self) -> str:
        """What one item is called, without case and separators."""
        is_shared = _place(self.create.path).startswith(f"{_place(self.read.path)}/")
        word = _place(self.create.path).rpartition("/")[2]
        words = words_of(word if is_shared else _place(self.read.path).rpartition("/")[0].rpartition("/")[2])
        return "".join((*words[:-1], singular(words[-1]))) if words else ""

    def steps(self) -> Iterator[str]:
        yield from ("create", "read") if self.is_put else ("create", "read", "distinct")
        known = {"listed": self.list, "merged": self.merge, "replaced": self.replace, "deleted": self.delete}
        yield from (name for name, each in known.items() if each is not None)
        if self.delete is not None:
            yield "gone"


def expected(contract: Contract) -> list[Collection]:
    """The collections of a document that its reader would expect to work."""
    judge = Schemas(contract)
    by_place: dict[tuple[str, str], Described] = {}
    for each in sorted(contract.operations.values(), key=lambda one: "#" in one.path):
        if judge.brings(each):
            by_place.setdefault((each.method, _place(each.path)), each)
    found = []
    for (method, place), read in by_place.items():
        create = _posted(judge, by_place, place) or _putting(by_place, place)
        alone = re.fullmatch(r"\{\}", place.rpartition("/")[2])
        named = method == "GET" and bool(alone) and place.split("/")[-2] not in ("search", "get", "query", "find")
        if named and create is not None and judge.answers_object(read) and judge.succeeds(create):
            above = place.rpartition("/")[0]
            listing = by_place.get(("GET", above))
            is_listed = listing is not None and judge.answers_list(listing)
            if _place(create.path) != place and not judge.tells(create) and not is_listed:
                continue  # nobody learns which identifier it has
            put = by_place.get(("PUT", place))
            merge = by_place.get(("PATCH", place)) or _posting(judge, by_place, place, read)
            found.append(
                Collection(
                    create,
                    read,
                    listing if is_listed else None,
                    merge if merge is not None and judge.takes_object(merge) else None,
                    put if put is not None and judge.takes_object(put) else None,
                    by_place.get(("DELETE", place)),
                )
            )
    return [*found, *_sharing(judge, by_place)]


def _sharing(judge: Schemas, by_place: Mapping[tuple[str, str], Described]) -> Iterator[Collection]:
    """The collections whose items lie where those of others do."""
    places = {place for _, place in by_place}
    for (method, place), create in by_place.items():
        shared, _, word = place.rpartition("/")
        above = shared.rpartition("/")[0]
        read = by_place.get(("GET", shared))
        if method != "POST" or read is None or not shared.endswith("/{}") or "{" in word or ":" in word:
            continue
        if above in places or any(each.startswith(f"{place}/") for each in places):
            continue
        component = judge.answered_component(read)
        if component is None or judge.answered_component(create) != component:
            continue
        listing, merge, put = (by_place.get(each) for each in (("GET", place), ("PATCH", shared), ("PUT", shared)))
        yield Collection(
            create,
            read,
            listing if listing is not None and judge.answers_list(listing) else None,
            merge if merge is not None and judge.answered_component(merge) == component else None,
            put if put is not None and judge.answered_component(put) == component else None,
            by_place.get(("DELETE", shared)),
        )


def _posted(judge: Schemas, by_place: Mapping[tuple[str, str], Described], place: str) -> Described | None:
    """POST beside an item, if it does not read, else PUT there: AWS lists by POST what it creates by PUT.

    POST reads if it answers no 201, and asks for a page or is called as `ListPets`.
    """
    above = place.rpartition("/")[0]
    post = by_place.get(("POST", above))
    if post is None or "201" in map(str, post.members.get("responses") or {}):
        return post
    if judge.answers_list(post) and judge.takes_page(post):
        return by_place.get(("PUT", above))
    name = str(post.members.get("operationId") or "").rpartition("_")[2]  # the verb stands behind: `ListItems_Create`
    words = words_of(name)
    return by_place.get(("PUT", above)) if words[:1] and words[0] in READING else post


def _putting(by_place: Mapping[tuple[str, str], Described], place: str) -> Described | None:
    """PUT on an item, if it may create it."""
    put = by_place.get(("PUT", place))
    if put is None:
        return None
    alone = ("DELETE", place) in by_place and ("POST", place.rpartition("/")[0]) not in by_place
    return put if alone or "201" in map(str, put.members.get("responses") or {}) else None


def _posting(
    judge: Schemas, by_place: Mapping[tuple[str, str], Described], place: str, read: Described
) -> Described | None:
    """POST on an item, if nothing else changes it and it takes the fields of the item."""
    post = by_place.get(("POST", place))
    return post if post is not None and ("PUT", place) not in by_place and judge.takes_fields(post, read) else None


def _place(path: str) -> str:
    path = path.partition("#")[0]
    return re.sub(r"\{[^{}]*\}", "{}", re.sub(r"\.(json|xml)$", "", path.rstrip("/")))


class Schemas:
    """What the schemas of a document say of bodies, by resolving references only."""

    def __init__(self, contract: Contract) -> None:
        self._document = contract.document

    def brings(self, described: Described) -> bool:
        """Whether requests bring all behind the `#` of a path anyway: parameters that are required and of any value."""
        found = self._document.parameters(described.path, described.members)
        asked = {str(each["name"]).lower(): each for each in found if each["in"] in ("query", "header")}
        for name in described.path.partition("#")[2].split("&") if "#" in described.path else ():
            parameter = asked.get(name.lower(), {})
            schema = self._resolved(parameter.get("schema"))
            if not parameter.get("required") or (isinstance(schema, Mapping) and len(schema.get("enum") or "ab") == 1):
                return False
        return True

    def succeeds(self, described: Described) -> bool:
        return any(str(status)[:1] == "2" for status in described.members.get("responses") or {})

    def tells(self, described: Described) -> bool:
        """Whether a success has a JSON body or a Location."""
        responses = described.members.get("responses") or {}
        found = [self._resolved(each) for status, each in responses.items() if str(status)[:1] == "2"]
        headers = [name.lower() for each in found if isinstance(each, Mapping) for name in each.get("headers") or {}]
        return "location" in headers or any(True for _ in self._bodies(described))

    def answered_component(self, described: Described) -> str | None:
        """The reference to the component that an operation answers; None if it answers no component."""
        found = (each.get("$ref") for each in self._bodies(described) if isinstance(each, Mapping))
        return next((each for each in found if isinstance(each, str)), None)

    def answers_object(self, described: Described) -> bool:
        return any(self._is(schema, "object") for schema in self._bodies(described))

    def answers_list(self, described: Described) -> bool:
        """Whether an answer is a list, or an object with one in it."""
        for schema in self._bodies(described):
            if self._is(schema, "array") or any(map(self._lists_objects, self._properties(schema).values())):
                return True
        return False

    def _lists_objects(self, schema: Any) -> bool:
        schema = self._resolved(schema)
        return self._is(schema, "array") and isinstance(schema, Mapping) and self._is(schema.get("items"), "object")

    def takes_object(self, described: Described) -> bool:
        """Whether an operation takes an object, and no list of changes that are told as operations, as of AWS."""
        return any(self._is(schema, "object") and not self._tells_changes(schema) for schema in self._taken(described))

    def _tells_changes(self, schema: Any) -> bool:
        properties = self._properties(schema)
        lists = [self._resolved(each) for each in properties.values()]
        items = [each.get("items") for each in lists if isinstance(each, Mapping)]
        return len(properties) == 1 and any({"op", "path"} <= self._properties(each).keys() for each in items)

    def takes_page(self, described: Described) -> bool:
        """Whether a body asks for a page of what is answered."""
        sent = {name.lower() for schema in self._taken(described) for name in self._properties(schema)}
        return bool(sent & {"limit", "offset", "skip", "page", "per_page", "pagesize", "page_size", "cursor"})

    def takes_fields(self, described: Described, read: Described) -> bool:
        """Whether half of what an operation takes, and more than one field, is what another answers."""
        known = {name for schema in self._bodies(read) for name in self._within(schema)}
        sent = {name for schema in self._taken(described) for name in self._within(schema)}
        return len(sent & known) > 1 and len(sent & known) * 2 >= len(sent)

    def _within(self, schema: Any) -> set[str]:
        """The properties of an object, and of the one that it only wraps."""
        own = self._properties(schema)
        inner = self._properties(next(iter(own.values()))) if len(own) == 1 else {}
        return {*own, *inner}

    def _taken(self, described: Described) -> Iterator[Any]:
        """The schemas of the bodies that an operation takes, patches of JSON apart."""
        try:
            body = self._document.resolve(described.members.get("requestBody") or {})
        except DocumentError:
            return
        content = body.get("content") if isinstance(body, Mapping) else None
        for name, media in (content or {}).items():
            if isinstance(media, Mapping) and ("json" in name or name == FORM) and name != JSON_PATCH:
                yield media.get("schema")

    def _bodies(self, described: Described) -> Iterator[Any]:
        for status, response in (described.members.get("responses") or {}).items():
            try:
                found = self._document.resolve(response)
            except DocumentError:
                continue
            if str(status)[:1] == "2" and isinstance(found, Mapping):
                for name, media in (found.get("content") or {}).items():
                    if "json" in name and isinstance(media, Mapping):
                        yield media.get("schema")

    def _is(self, schema: Any, kind: str, depth: int = 0) -> bool:
        schema = self._resolved(schema)
        if not isinstance(schema, Mapping) or depth > 4:
            return False
        if schema.get("type") == kind or (isinstance(schema.get("type"), list) and kind in schema["type"]):
            return True
        if "type" not in schema and (
            ("properties" in schema and kind == "object") or ("items" in schema and kind == "array")
        ):
            return True
        parts = [each for word in ("allOf", "oneOf", "anyOf") for each in schema.get(word) or ()]
        return any(self._is(each, kind, depth + 1) for each in parts)

    def _properties(self, schema: Any, depth: int = 0) -> dict[str, Any]:
        schema = self._resolved(schema)
        if not isinstance(schema, Mapping) or depth > 4:
            return {}
        found = dict(schema.get("properties") or {})
        for each in schema.get("allOf") or ():
            found |= self._properties(each, depth + 1)
        return found

    def _resolved(self, schema: Any) -> Any:
        try:
            return self._document.resolve(schema)
        except DocumentError:
            return None
