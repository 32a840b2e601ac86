"""What a client makes of answers: names, links and tokens of pages, and whether what is read is what was sent."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote

from mockserver.contract.generation.words import words_of
from tests.scoreboard.expected import FORM, NAME
from tests.scoreboard.requests import Asked

LIMITS = ("limit", "perpage", "pagesize", "maxresults", "pagelimit", "top", "size")


class Miss(Exception):
    """A step that failed; the message says why."""


SMALL = 2
CURSORS = (
    *("cursor", "pagetoken", "nexttoken", "continue", "marker", "nextcursor", "continuationtoken", "pagecursor"),
    *("token", "nextpagetoken", "aftercursor", "after", "skiptoken", "startcursor"),
)
FOLLOWING = ("page", "pagenumber", "offset", "skip", "start")
CREATED = ("created", "creation", "createtime", "createdate")
TIMES = ("updated", "updatetime", "modified", "changed", "version", "etag", "revision")


def first_page(parameter: Mapping[str, Any]) -> int:
    """The number of the first page, as the parameter for pages says it."""
    schema, told = parameter.get("schema") or {}, str(parameter.get("description", "")).lower()
    numbers = [schema[each] for each in ("default", "minimum") if schema.get(each) in (0, 1)]
    return (
        int(numbers[0]) if numbers else 0 if re.search(r"\b(0|zero)[- ]based|\bstart\w* (at|from|with) 0", told) else 1
    )


def takes_small(name: str, parameter: Mapping[str, Any]) -> bool:
    schema = parameter.get("schema") or {}
    whole = schema.get("type") in ("integer", "number") and "enum" not in schema
    return spelled(name) in LIMITS and bool(whole) and schema.get("minimum", 0) <= SMALL


def spelled(name: str) -> str:
    return "".join(words_of(name)) or name.lower()


def endings(name: str) -> list[str]:
    """The last word of a name, by which the item may have it: `id` of `pet_id`."""
    words = words_of(name)
    return [words[-1]] if len(words) > 1 else []


def path_values(template: str, path: str) -> dict[str, str]:
    pattern = "".join(
        f"(?P<p{number // 2}>[^/]*)" if number % 2 else re.escape(part)
        for number, part in enumerate(NAME.split(template.partition("#")[0]))
    )
    found = re.fullmatch(pattern, path)
    if found is None:
        raise Miss(f"{path} is not {template}")
    return {name: unquote(value) for name, value in zip(NAME.findall(template), found.groups(), strict=True)}


def body_of(asked: Asked) -> Any:
    """What a request says: JSON, or the fields of a form."""
    if asked.headers.get("Content-Type") == FORM:
        return dict(parse_qsl((asked.body or b"").decode(), keep_blank_values=True))
    return json_of(asked.body)


def json_of(content: bytes | None) -> Any:
    try:
        return json.loads(content or b"null")
    except ValueError:
        return None


def objects_in(value: Any, *, whole: bool = False) -> Iterator[Mapping[str, Any]]:
    """An object, and those within it, outermost first; whole: not those in its lists."""
    level = [value[0] if isinstance(value, list) and value else value]
    for _ in range(4):
        following: list[Any] = []
        for each in level:
            if isinstance(each, Mapping):
                yield each
                following += each.values()
            elif isinstance(each, list):
                following += [] if whole else each[:1]
        level = following


def scalars_in(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for each in value.values():
            yield from scalars_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from scalars_in(each)
    elif value is not None:
        yield str(value)


def anything(*_: Any) -> bool:
    return True


def expect_same(
    sent: Any, read: Any, what: str, apart: Mapping[str, str], may_have: Callable[[Any, Any, str, Any], bool] = anything
) -> None:
    """Miss if a plain field of what was sent is read with another value; what the path says as well counts there.

    may_have: whether what is read may have a value in a field of one of its objects, by the document.
    """
    fields = {name: value for name, value in plain_fields(sent).items() if name not in apart and not is_decided(name)}
    best: tuple[tuple[int, int], list[str]] | None = None
    where = holder_of(sent, plain_fields(sent))
    for each in objects_in(read, whole=True):
        common = [name for name in fields if name in each and not isinstance(each[name], Mapping | list)]
        given = set(apart.values())  # the path may name the parent, whatever the body says
        differing = [n for n in common if text_of(each[n]) != text_of(fields[n]) and str(each[n]) not in given]
        differing = [name for name in differing if may_have(read, each, name, fields[name])]
        holds, alike = holder_of(read, each) == where, len(common) - len(differing)
        likely = (
            (len(common), int(holds)) if where else (alike, -len(differing))
        )  # in the object of that name, or anywhere
        if common and (best is None or likely > best[0]):
            best = (likely, differing)
    if best is not None and best[1]:
        raise Miss(f"{what} is read differently: {', '.join(best[1][:5])}")


def holder_of(value: Any, wanted: Mapping[str, Any]) -> str:
    """The name of the property that has an object; empty if it is the outermost, or in a list."""
    for each in objects_in(value, whole=True):
        for name, part in each.items():
            if isinstance(part, Mapping) and (part is wanted or (wanted and wanted.items() <= part.items())):
                return name
    return ""


def leaves_of(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The plain values of an object and of those within it, each with its path."""
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from leaves_of(each, (*path, name))
    elif path and not isinstance(value, list):
        yield path, value


def with_leaf(body: Any, path: tuple[str, ...], value: Any) -> Any:
    """The body with another value at a path."""
    return {**body, path[0]: with_leaf(body[path[0]], path[1:], value)} if path else value


def with_value(body: Any, holder: Any, name: str, value: Any) -> Any:
    """The body with another value in a field of one of its objects."""
    if isinstance(body, Mapping):
        copy = {each: with_value(part, holder, name, value) for each, part in body.items()}
        return {**copy, name: value} if body is holder else copy
    return [with_value(each, holder, name, value) for each in body] if isinstance(body, list) else body


def is_decided(name: str) -> bool:
    """Whether a server usually decides a field itself, whatever is sent: identifiers, times and versions."""
    return spelled(name) in ("id", "uuid", "guid") or says(name, (*TIMES, *CREATED))


def says(name: str, wanted: tuple[str, ...]) -> bool:
    """Whether whole words of a name are one of these: `version` of `apiVersion`, not of `conversions`."""
    words = words_of(name)
    ends = range(1, len(words) + 1)
    return any("".join(words[start:end]) in wanted for end in ends for start in range(end))


def plain_fields(sent: Any) -> dict[str, Any]:
    """The plain fields of a body, or of the outermost object in it that has any."""
    for each in objects_in(sent):
        own = {name: value for name, value in each.items() if isinstance(value, str | int | float | bool)}
        if own:
            return own
    return {}


def text_of(value: Any) -> str:
    """A plain value as a form has it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def expect_kept(before: Any, change: Any, after: Any) -> None:
    """Miss if a plain field that was not sent is another than before; times and versions may be."""
    sent = {spelled(name) for each in objects_in(change) for name in each}
    old: dict[str, Any] = plain_fields(before)
    new: dict[str, Any] = {}
    for each in objects_in(after):
        if len(old.keys() & each.keys()) > len(old.keys() & new.keys()):
            new = dict(each)
    for name, value in old.items():
        if spelled(name) not in sent and not says(name, TIMES) and text_of(new.get(name)) != text_of(value):
            raise Miss(f"{name}, which was not sent, was {value!r:.40} and is {new.get(name)!r:.40}")


def next_link(value: Any) -> str | None:
    for each in objects_in(value):
        for name, link in each.items():
            if spelled(name) in ("next", "nextlink", "nexturl", "nextpageurl", "odatanextlink"):
                found = link.get("href") if isinstance(link, Mapping) else link
                if isinstance(found, str) and "?" in found:
                    return found
    return None


def tokens_in(value: Any) -> Iterator[str]:
    names = (
        "nextcursor",
        "nextpagetoken",
        "nexttoken",
        "continue",
        "endcursor",
        "cursor",
        "nextmarker",
        "next",
        "after",
    )
    for name in names:
        for each in objects_in(value):
            for field_, token in each.items():
                if spelled(field_) == name and isinstance(token, str | int) and token not in ("", False, True):
                    yield str(token)


def lists_in(value: Any) -> Iterator[list[Any]]:
    if isinstance(value, list):
        yield value
    for each in objects_in(value):
        yield from (part for part in each.values() if isinstance(part, list))


def longest_list(value: Any) -> int:
    return max((len(each) for each in lists_in(value)), default=0)


def last_key(value: Any) -> str | None:
    longest: list[Any] = max(lists_in(value), key=len, default=[])
    last = longest[-1] if longest else None
    found = last.get("id") if isinstance(last, Mapping) else None
    return None if found is None else str(found)
