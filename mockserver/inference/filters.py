"""Filters: query parameters named like a field of the item, free text, order, and the choice of fields."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mockserver.inference.keys import text_of
from mockserver.inference.looks import Looks, Pointer
from mockserver.inference.paths import PATH, spelled
from mockserver.inference.records import at
from mockserver.world import Record

SEARCHES = ("q", "query", "search", "searchterm", "term", "keyword", "keywords", "text", "searchtext", "searchquery")
SORTS = ("sort", "sortby", "orderby", "order", "ordering", "sortfield", "sortkey", "sortcolumn")
DIRECTIONS = ("order", "direction", "sortorder", "sortdirection", "sortdir", "dir", "orderdirection", "sorttype")
FIELDS = ("fields", "select", "field", "attributes", "include_fields", "includefields", "onlyfields")
EVERYTHING = ("all", "any", "*")
"""Values of a filter that choose every item, where no item has them."""

SORTED = 20
"""Fields that one request sorts by at most: each sorts all items once more."""

SELECTED = 1000
"""Fields that one request chooses at most; they are looked for in each item."""

DESCENDING = ("desc", "descending", "-1", "reverse")

Test = Callable[[Record], bool]


@dataclass(frozen=True)
class Filters:
    """What the query parameters of a list choose among its items: fields by parameter, and the others by name.

    usual: the default of a filter, and the other values that the document has for it.
    """

    fields: Mapping[str, Pointer]
    search: str | None
    sort: str | None
    direction: str | None
    select: str | None
    idle: tuple[str, ...]
    usual: Mapping[str, tuple[Any, frozenset[str]]] = field(default_factory=dict)

    def __str__(self) -> str:
        told = [f"`{name}` filters" for name in self.fields]
        named = (
            (self.search, "searches"),
            (self.sort, "sorts"),
            (self.direction, "turns the order"),
            (self.select, "chooses fields"),
        )
        told += [f"`{name}` {does}" for name, does in named if name]
        told += [f"`{name}` has no effect" for name in self.idle]
        return ", ".join(told) or "none"

    @property
    def any(self) -> bool:
        return bool(self.fields or self.search or self.sort)

    def chosen(self, query: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
        """The values of a request that filter or sort items; empty if there are none."""
        names = (*self.fields, self.search, self.sort, self.direction)
        return tuple((name, query[name]) for name in names if name is not None and name in query)

    def sorts(self, query: Mapping[str, Any]) -> bool:
        """Whether a request sorts the items."""
        return self.sort is not None and self.sort in query

    def applied(self, records: Iterable[Record], query: Mapping[str, Any]) -> list[Record]:
        """The records that a request asks for, in its order."""
        tests = list(self._tests(query))
        found = [record for record in records if all(test(record) for test in tests)]
        return self._sorted(found, query)

    def _tests(self, query: Mapping[str, Any]) -> Iterator[Test]:
        for name, where in self.fields.items():
            default, others = self.usual.get(name, (None, frozenset()))
            if name in query:
                is_usual = name in self.usual and query[name] == default
                yield _none_of(where, others) if is_usual else _equal(where, query[name])
        if self.search is not None and str(query.get(self.search, "")):
            yield _has_text(str(query[self.search]).lower())

    def _sorted(self, records: list[Record], query: Mapping[str, Any]) -> list[Record]:
        wanted = None if self.sort is None else query.get(self.sort)
        if wanted is None:
            return records
        direction = str(query.get(self.direction or "", "")).lower()
        for name in reversed(_listed(wanted, SORTED)):
            records = _by(records, str(name), direction)
        return records


def infer_filters(looks: Looks, item: Any, parameters: Mapping[str, Mapping[str, Any]], used: Sequence[str]) -> Filters:
    """The filters of a list of items of a schema; `used` are the parameters that page."""
    left = {spelled(name): name for name in parameters if name not in used}
    search = _first(left, SEARCHES)
    fields = dict(_fields(looks, item, parameters, [name for name in left.values() if name != search]))
    sort = _first({s: n for s, n in left.items() if n not in fields}, SORTS)
    direction = _first({s: n for s, n in left.items() if n not in fields and n != sort}, DIRECTIONS)
    if sort is not None and spelled(sort) == "order" and _is_direction(looks, parameters[sort]):
        sort, direction = None, None
    select = _first({s: n for s, n in left.items() if n not in fields}, FIELDS)
    known = {*fields, search, sort, direction, select}
    idle = tuple(name for name in left.values() if name not in known)
    return Filters(fields, search, sort, direction, select, idle, dict(_usual(looks, parameters, fields)))


def _usual(
    looks: Looks, parameters: Mapping[str, Mapping[str, Any]], names: Iterable[str]
) -> Iterator[tuple[str, tuple[Any, frozenset[str]]]]:
    for name in names:
        schema = parameters[name].get("schema", {})
        default, values = looks.default(schema), looks.shape(schema).schema.get("enum")
        # of `all`, `public` and `private` the first hides none of the others, as `open` does of `open` and `closed`
        if default is not None and text_of(default).lower() not in EVERYTHING:
            others = [] if not isinstance(values, list) else [each for each in values if each != default]
            yield name, (default, frozenset(text_of(each).lower() for each in others))


def _is_direction(looks: Looks, parameter: Mapping[str, Any]) -> bool:
    values = looks.shape(parameter.get("schema", {})).schema.get("enum")
    return isinstance(values, list) and all(
        str(each).lower() in ("asc", "desc", "ascending", "descending") for each in values
    )


def _first(by_spelling: Mapping[str, str], names: Sequence[str]) -> str | None:
    return next((by_spelling[each] for each in names if each in by_spelling), None)


def _fields(
    looks: Looks, item: Any, parameters: Mapping[str, Mapping[str, Any]], names: Sequence[str]
) -> Iterator[tuple[str, Pointer]]:
    properties: dict[str, Pointer] = {}
    for name in looks.properties(item):
        properties.setdefault(spelled(name), (name,))
    for outer in ("attributes", "metadata"):
        if outer in looks.properties(item):
            for name in looks.properties(looks.properties(item)[outer]):
                properties.setdefault(spelled(name), (outer, name))
    for name in names:
        field = properties.get(spelled(name).removeprefix("filter")) or properties.get(spelled(name))
        if field is None or "object" in looks.kinds(parameters[name].get("schema", {})):
            continue
        if looks.is_object(looks.inner(item, field)):
            continue
        yield name, field


def _equal(field: Pointer, wanted: Any) -> Test:
    values = {text_of(each).lower() for each in (wanted if isinstance(wanted, list) else [wanted])}
    if isinstance(wanted, str) and "," in wanted:
        values |= {each.strip().lower() for each in wanted.split(",")}

    def test(record: Record) -> bool:
        value = at(record, field)
        several = value if isinstance(value, list) else [value]
        return any(text_of(each).lower() in values for each in several)

    if isinstance(wanted, str) and wanted.lower() in EVERYTHING:
        return lambda _: True

    return test


def _none_of(where: Pointer, others: frozenset[str]) -> Test:
    """What the default of a filter leaves: all but what another of its values stands for."""

    def test(record: Record) -> bool:
        value = at(record, where)
        return not any(text_of(each).lower() in others for each in (value if isinstance(value, list) else [value]))

    return test


def _has_text(wanted: str) -> Test:
    return lambda record: any(wanted in text.lower() for text in _texts(record))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, each in value.items():
            if name != PATH:
                yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


def _by(records: list[Record], wanted: str, direction: str) -> list[Record]:
    """Sorted by a field: `name`, `-name`, `name:desc`, `name desc`."""
    name, _, way = wanted.replace(" ", ":").partition(":")
    descending = name.startswith("-") or (way or direction).lower() in DESCENDING
    name = name.lstrip("+-")
    spelling = {spelled(each): each for record in records[:20] for each in record}  # there may be very many
    field = spelling.get(spelled(name))
    if field is None:
        return records
    held = [each for each in records if each.get(field) is not None]
    rest = [each for each in records if each.get(field) is None]
    return sorted(held, key=lambda each: _rank(each[field]), reverse=descending) + rest


def _rank(value: Any) -> tuple[int, Any]:
    if isinstance(value, bool | int | float):
        return 0, value
    return 1, str(value)


def selected(item: Record, wanted: Any, required: Collection[str] = ()) -> Record:
    """The fields of an item that are asked for, and those without which it would be none; all of it if it has none."""
    chosen = {spelled(str(each)) for each in _listed(wanted, SELECTED)}
    if not any(spelled(name) in chosen for name in item):
        return item
    return {name: value for name, value in item.items() if name in required or spelled(name) in chosen}


def _listed(wanted: Any, most: int) -> list[Any]:
    """The first names of a list, or of a text with commas between them."""
    return (wanted if isinstance(wanted, list) else str(wanted).split(",", most))[:most]
