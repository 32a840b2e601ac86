"""A valid request for an operation, and requests that break its contract in one place each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

import orjson

from mockserver.contract.contract import Contract
from mockserver.contract.generation import Generator, Style
from mockserver.contract.media import Media
from mockserver.contract.operation import Operation
from mockserver.contract.parameters import Parameter

NOW = datetime(2026, 4, 22, 10, 0, tzinfo=UTC)
PRINTABLE = "".join(map(chr, range(32, 127)))
"""Characters that stand for themselves in a header."""
DELIMITERS = ","
"""What sets the items of an array apart; one that is encoded is a character of an item (RFC 6570)."""


@dataclass(frozen=True)
class Asked:
    """One request. `path` has its values filled in; query and headers are as they are sent.

    parts: the names in the query that each parameter is sent under.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    parts: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def target(self) -> str:
        return f"{self.path}?{urlencode(self.query, safe=DELIMITERS)}" if self.query else self.path


class Asking:
    """Makes requests for the operations of one contract."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._generator = Generator(contract.document)

    def valid(self, operation: Operation, known: Mapping[str, str] | None = None, fresh: int = 0) -> Asked:
        """Required parameters, a required body and a credential; DocumentError if a value cannot be made.

        known: path values that lead to a record which exists. fresh: another body for another number, instead of the
        document's example.
        """
        path, query, headers = operation.path, list[tuple[str, str]](), dict(self._credential(operation))
        parts: dict[str, list[tuple[str, str]]] = {}
        described = {
            (each["in"], each["name"]): each
            for each in self._contract.document.parameters(operation.path, self._members(operation))
        }
        for where, parameters in operation.parameters.items():
            for each in parameters:
                if not each.required:
                    continue
                value = _taken(each, (known or {}).get(each.name)) if where == "path" else None
                value = self._sent(each, described[where, each.name], value)
                if where == "path":
                    path = path.replace(f"{{{each.name}}}", quote(_text(value) or "x", safe=DELIMITERS))
                elif where == "query":
                    parts[each.name] = _fields(each.name, value, described[where, each.name])
                    query += parts[each.name]
                elif where == "header":
                    headers[each.name] = quote(_text(value), safe=PRINTABLE)  # no escapes: OpenAPI 3.1.1, Appendix D
                else:
                    headers["Cookie"] = f"{each.name}={quote(_text(value))}"
        body = None
        if operation.body is not None:
            media = operation.body.media[0]
            body = self._body(media, fresh)
            headers["Content-Type"] = media.content_type.replace("*", "x")
        path, chosen = _parted(path)
        name, _, value = chosen.partition("=")
        if value and name.lower().startswith("x-"):
            headers[name] = value
        elif value and name not in dict(query):
            query.append((name, value))
        path, _, written = path.partition("?")
        pairs = [(name, value) for name, _, value in (pair.partition("=") for pair in written.split("&")) if name]
        query += [pair for pair in pairs if pair[0] not in dict(query)]
        query += [each for each in self._keys(operation) if each[0] not in dict(query)]
        names = {name: frozenset(dict(pairs)) for name, pairs in parts.items()}
        return Asked(operation.method, path, tuple(query), headers, body, names)

    def _members(self, operation: Operation) -> Mapping[str, Any]:
        return self._contract.operations[operation.operation_id].members

    def _sent(self, parameter: Parameter, described: Mapping[str, Any], known: str | None) -> Any:
        """The value of a parameter as it is sent: JSON where it has a media type."""
        value = self._value(parameter, described) if known is None else known
        return orjson.dumps(value).decode() if any("json" in each for each in described.get("content", ())) else value

    def _value(self, parameter: Parameter, described: Mapping[str, Any]) -> Any:
        schema = described.get("schema")
        if schema is None:
            content: Mapping[str, Any] = described.get("content", {})
            schema = next((media.get("schema", {}) for media in content.values()), {})
        for example in _examples(self._contract, described):
            if parameter.validator.accepts(example):
                return example
        return self._generator.value(
            schema, parameter.validator, 1, now=NOW, name=parameter.name, direction="request", style="fresh"
        )

    def _body(self, media: Media, fresh: int) -> bytes:
        for example in () if fresh else media.examples.values():
            if media.accepts(example):
                return media.codec.write(example)
        style: Style = "fresh" if fresh else "documented"
        made = self._generator.value(
            media.schema, media.validator, fresh or 1, now=NOW, name="body", direction="request", style=style
        )
        return media.codec.write(made)

    def _schemes(self, operation: Operation) -> list[Mapping[str, Any]]:
        """The schemes of the operation's first requirement."""
        document = self._contract.document
        requirements = self._members(operation).get("security", document.raw.get("security", []))
        first: Mapping[str, Any] = next((each for each in requirements if each), {})
        return [document.security_schemes[name] for name in first if name in document.security_schemes]

    def _credential(self, operation: Operation) -> Iterator[tuple[str, str]]:
        """What the operation asks of its caller in headers, whatever it says."""
        for scheme in sorted(self._schemes(operation), key=lambda each: each.get("type") != "apiKey"):
            word = str(scheme.get("scheme", "bearer")).lower()
            if scheme.get("type") == "apiKey" and scheme.get("in") in ("header", "cookie"):
                is_header = scheme["in"] == "header"
                yield (scheme["name"], "key") if is_header else ("Cookie", f"{scheme['name']}=key")
            elif scheme.get("type") in ("http", "oauth2", "openIdConnect"):
                forms = {"basic": "Basic YTpi", "digest": 'Digest username="a"'}
                yield "Authorization", forms.get(word, f"{word.capitalize()} token")

    def _keys(self, operation: Operation) -> Iterator[tuple[str, str]]:
        for scheme in self._schemes(operation):
            if scheme.get("type") == "apiKey" and scheme.get("in") == "query":
                yield scheme["name"], "key"


def _parted(path: str) -> tuple[str, str]:
    """A path and the condition behind its `#`; one before further segments is a character of its segment."""
    before, _, behind = path.rpartition("#")
    return (before, behind) if before and "/" not in behind else (path.replace("#", "%23"), "")


def _taken(parameter: Parameter, known: str | None) -> str | None:
    """A path value that is known, if this parameter takes it: another operation's may be another."""
    forms: list[Any] = [] if known is None else [known, int(known)] if known.isdecimal() else [known]
    forms += [[each] for each in forms]
    return known if any(parameter.validator.accepts(each) for each in forms) else None


def invalid(operation: Operation, valid: Asked) -> Iterator[Asked]:
    """The same without its body, with a body of the wrong type, and with each required query value left out."""
    if operation.body is not None and operation.body.required:
        # with a Content-Type an empty text is a body, and a valid one where its schema takes it
        headers = {name: value for name, value in valid.headers.items() if name != "Content-Type"}
        yield replace(valid, body=None, headers=headers)
    if operation.body is not None and "json" in operation.body.media[0].name:
        yield replace(valid, body=b"{")
        if not operation.body.media[0].accepts([[]]):
            yield replace(valid, body=b"[[]]")
    for each in operation.parameters["query"]:
        if each.required and each.name not in _choosing(operation.path):
            left = tuple(pair for pair in valid.query if pair[0] not in valid.parts[each.name])
            yield replace(valid, query=left)


def _choosing(path: str) -> set[str]:
    """Names of query parameters by which the operation itself is chosen, as in `/keys#mode=import&format`."""
    return {pair.partition("=")[0] for pair in path.partition("#")[2].split("&")}


def _examples(contract: Contract, described: Mapping[str, Any]) -> Iterator[Any]:
    if "example" in described:
        yield described["example"]
    for each in described.get("examples", {}).values() if isinstance(described.get("examples"), Mapping) else ():
        found = contract.document.resolve(each)
        if isinstance(found, Mapping) and "value" in found:
            yield found["value"]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(map(_text, value))
    if isinstance(value, Mapping):
        return ",".join(f"{name},{_text(each)}" for name, each in value.items())
    return "" if value is None else str(value)


def _fields(name: str, value: Any, described: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The pairs of a query parameter, by style and explode."""
    style = described.get("style", "form")
    explode = described.get("explode", style == "form")
    if style == "form" and _nests(value):
        return list(_dotted(name, value))
    if isinstance(value, Mapping) and style == "deepObject":
        return [(f"{name}[{key}]", _text(each)) for key, each in value.items()]
    if isinstance(value, Mapping) and explode:
        return [(key, _text(each)) for key, each in value.items()]
    if isinstance(value, list) and explode:
        return [(f"{name}[]" if style == "deepObject" else name, _text(each)) for each in value]
    delimiter = {"spaceDelimited": " ", "pipeDelimited": "|"}.get(style, ",")
    return [(name, delimiter.join(map(_text, value)) if isinstance(value, list) else _text(value))]


def _nests(value: Any) -> bool:
    """Whether there are objects or arrays within, of which OpenAPI does not say how they are written."""
    within = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return any(isinstance(each, Mapping | list) for each in within)


def _dotted(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """As the clients of AWS write it, of whose documents most such parameters are."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from _dotted(f"{name}.{key}", each)
    elif isinstance(value, list):
        for number, each in enumerate(value, start=1):
            yield from _dotted(f"{name}.{number}", each)
    else:
        yield name, _text(value)
