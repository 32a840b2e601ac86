"""Parameters, compiled: raw text of path, query, header and cookie to typed values, by `style` and `explode`.

Raw text has one character per byte (Latin-1). Values stay percent-encoded until they have been split, so an encoded
delimiter is data. Text that cannot be read as the type of the schema stays text; the validator then names the type.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

from mockserver.contract.bodies import Codec, media_type
from mockserver.contract.codecs import codec_of
from mockserver.contract.deep import DeepObject
from mockserver.contract.document import Document
from mockserver.contract.dotted import Dotted
from mockserver.contract.kinds import READ, branches_of, kinds_of, read_primitive
from mockserver.contract.pointers import pointer_of
from mockserver.contract.schemas import SchemaCompiler
from mockserver.contract.validator import Validator
from mockserver.contract.violations import ABSENT, Absent, Violation, Where
from mockserver.errors import DocumentError

DELIMITERS = {
    **dict.fromkeys(("form", "cookie", "simple", "label", "matrix"), ","),
    # values are split while encoded, and `split_query` has made a plus of the query %20
    "spaceDelimited": "%20",
    "pipeDelimited": "|",
}
EXPLODED_DELIMITERS = {"simple": ",", "label": ".", "matrix": ";"}
SPREAD = ("form", "spaceDelimited", "pipeDelimited", "cookie")
"""Styles in which, when exploded, each item or property is a parameter of its own."""
PREFIXED = ("label", "matrix")
"""Styles that put a prefix before the value."""
DEFAULT_STYLES = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}
STYLES = {
    "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
    "cookie": ("form", "cookie"),
    "path": ("simple", "label", "matrix"),
    "header": ("simple",),
}

Pairs = Mapping[str, list[str]]
"""Decoded names to their raw values, in the order sent."""


class Undecodable(Exception):
    """A value is not UTF-8 after percent-decoding, was sent twice, or is not serialized by its style."""

    def __init__(self, keyword: str, message: str, received: Any) -> None:
        super().__init__(message)
        self.keyword = keyword
        self.message = message
        self.received = received


def percent_decode(text: str) -> str:
    """The text of a raw, percent-encoded value; Undecodable unless it is UTF-8."""
    if "%" not in text and text.isascii():
        return text
    try:
        return unquote_to_bytes(text.encode("latin-1")).decode()
    except UnicodeDecodeError:
        raise Undecodable("encoding", "must be UTF-8 after percent-decoding", text) from None


def percent_decoded(text: str) -> str:
    """The text that a raw piece stands for, or the piece itself if it stands for none."""
    try:
        return percent_decode(text)
    except Undecodable:
        return text


def split_query(query: str) -> dict[str, list[str]]:
    """Raw values by decoded name; a name that is not UTF-8 cannot be that of a parameter and is ignored."""
    pairs: dict[str, list[str]] = {}
    encoded = "%" in query or "+" in query or not query.isascii()
    for part in query.split("&"):
        if not part:
            continue
        name, _, value = part.partition("=")
        if not encoded:  # as most are
            pairs.setdefault(name, []).append(value)
            continue
        try:  # a plus is a space (HTML forms); replaced before decoding, so that an encoded plus stays one
            pairs.setdefault(percent_decode(name.replace("+", "%20")), []).append(value.replace("+", "%20"))
        except Undecodable:
            continue
    return pairs


def split_cookies(headers: Iterable[str]) -> dict[str, list[str]]:
    """Raw values by name, from the Cookie headers."""
    pairs: dict[str, list[str]] = {}
    for part in ";".join(headers).split(";"):
        name, equals, value = part.strip().partition("=")
        if equals:
            pairs.setdefault(name, []).append(value)
    return pairs


@dataclass(frozen=True)
class Shape:
    """The primitive types that a parameter's schema allows: its own, and those of its items and properties."""

    kinds: frozenset[str]
    items: frozenset[str]
    properties: Mapping[str, frozenset[str]]
    others: frozenset[str]

    @classmethod
    def of(cls, document: Document, schema: Mapping[str, Any]) -> Shape:
        branches = list(branches_of(document, schema))
        items: set[str] = set()
        others: set[str] = set()
        properties: dict[str, frozenset[str]] = {}
        for branch in branches:
            items |= kinds_of(document, branch.get("items", {}))
            others |= kinds_of(document, branch.get("additionalProperties", {}))
            for name, each in branch.get("properties", {}).items():
                properties[name] = kinds_of(document, each)
        return cls(kinds_of(document, schema), frozenset(items), properties, frozenset(others))


@dataclass(frozen=True)
class Parameter:
    """One compiled parameter. `find` returns its value among the raw values of its place, or ABSENT."""

    name: str
    where: Where
    required: bool
    default: Any
    validator: Validator
    find: Callable[[Pairs], Any]
    may_be_empty: bool = False

    def decode(self, pairs: Pairs, violations: list[Violation]) -> Any:
        """The value sent, or the default, or ABSENT; its violations are added to `violations`."""
        try:
            value = self.find(pairs)
        except Undecodable as error:
            violations.append(self._violation(error.keyword, None, error.received, error.message))
            return ABSENT
        if value is ABSENT:
            if self.required:
                violations.append(self._violation("required", True, ABSENT, "is required"))
            return self.default
        if not self.validator.accepts(value) and not (value == "" and self.may_be_empty):
            violations.extend(self.validator.violations(value, self.where, pointer_of([self.name])))
        return value

    def _violation(self, keyword: str, expected: Any, received: Any, message: str) -> Violation:
        return Violation(self.where, pointer_of([self.name]), keyword, expected, received, message)


def compile_parameter(document: Document, compiler: SchemaCompiler, parameter: Mapping[str, Any]) -> Parameter:
    """A parameter object, compiled; DocumentError for a style that its place does not allow."""
    where: Where = parameter["in"]
    name = parameter["name"]
    schema, find = _reader(document, parameter)
    # a default may stand beside the reference (OpenAPI 3.1)
    meant = {**(document.resolve(schema) or {}), **schema} if isinstance(schema, Mapping) else {}
    return Parameter(
        name=name,
        where=where,
        required=parameter.get("required", False),
        default=meant.get("default", ABSENT),
        validator=compiler.compile(schema),
        find=find,
        may_be_empty=parameter.get("allowEmptyValue", False),
    )


def _reader(document: Document, parameter: Mapping[str, Any]) -> tuple[Mapping[str, Any], Callable[[Pairs], Any]]:
    where, name = parameter["in"], parameter["name"]
    key = name.lower() if where == "header" else name
    decode = DECODERS[where]
    if "content" in parameter:
        written, media = next(iter(parameter["content"].items()))
        content, kind = media.get("schema", {}), media_type(written)
        if kind.startswith("text/"):
            kinds = Shape.of(document, content).kinds
            return content, _plain(key, decode, kinds)
        codec = codec_of(kind, document, content, media)
        return content, lambda pairs: _content(_single(pairs, key), decode, codec, written)
    schema = parameter.get("schema", {})
    style = parameter.get("style", DEFAULT_STYLES[where])
    if style not in STYLES[where]:
        raise DocumentError(
            f"{document.source}: parameter {name}: style {style!r} is not allowed in {where}; "
            f"expected one of {', '.join(STYLES[where])}."
        )
    # the only style for objects in objects; the specification leaves open how deep, and here it is as deep as forms go
    if style == "deepObject":
        return schema, _deep(DeepObject(document, schema, name, decode))
    explode = parameter.get("explode", style in ("form", "cookie"))
    shape = Shape.of(document, schema)
    reader = _Reader(key, where, style, explode, shape, decode)
    # a schema that allows both is read as an array: a single value is one of one item
    if "array" in shape.kinds:
        return schema, _or_dotted(reader.array, document, schema, reader)
    if "object" in shape.kinds:
        return schema, _or_dotted(reader.object, document, schema, reader)
    kinds = shape.kinds
    return schema, reader.primitive if style in PREFIXED else _plain(key, decode, kinds)


def _or_dotted(
    find: Callable[[Pairs], Any], document: Document, schema: Any, reader: _Reader
) -> Callable[[Pairs], Any]:
    """By its style, or with dots where no style can write what lies within."""
    dotted = Dotted(document, schema, reader.name, reader.decode)
    if reader.where != "query" or not dotted.nests:
        return find
    written = _deep(dotted)
    return lambda pairs: written(pairs) if dotted.sent(pairs) else find(pairs)


def _deep(parameter: DeepObject | Dotted) -> Callable[[Pairs], Any]:
    def find(pairs: Pairs) -> Any:
        value, wrong = parameter.find(pairs)
        if wrong is not None:
            raise Undecodable(wrong.keyword, wrong.message, wrong.received)
        return value

    return find


DECODERS: dict[str, Callable[[str], str]] = {
    "path": percent_decode,
    "query": percent_decode,
    "header": str.strip,
    # browsers send a cookie as it was set, and nobody has encoded it (RFC 6265, 5.4)
    "cookie": str,
}


def _single(pairs: Pairs, name: str) -> str | Absent:
    values = pairs.get(name)
    if values is None:
        return ABSENT
    # which of the values counts differs between servers: it is refused instead of guessed
    if len(values) > 1:
        raise Undecodable("repeated", f"must be given once, was given {len(values)} times", values)
    return values[0]


def _plain(name: str, decode: Callable[[str], str], kinds: frozenset[str]) -> Callable[[Pairs], Any]:
    """What finds a parameter that is sent as its own text, as most are, and as `content: {text/plain: …}` has it."""
    is_text = kinds.isdisjoint(READ)

    def find(pairs: Pairs) -> Any:
        values = pairs.get(name)
        if values is None:
            return ABSENT
        # nearly every one is sent once; `_single` refuses the others
        text = decode(values[0] if len(values) == 1 else str(_single(pairs, name)))
        return text if is_text else read_primitive(text, kinds)

    return find


def _content(text: str | Absent, decode: Callable[[str], str], codec: Codec, written: str) -> Any:
    """The value of a text in a media type."""
    if text is ABSENT:
        return ABSENT
    value, flaw = codec.read(decode(text).encode(), written)
    if flaw is not None:
        raise Undecodable(flaw.keyword, flaw.message, text)
    return value


@dataclass(frozen=True)
class _Reader:
    """Reads one parameter's raw values by style and explode (OpenAPI 3.0.3, Parameter Object, Style Values)."""

    name: str
    where: Where
    style: str
    explode: bool
    shape: Shape
    decode: Callable[[str], str]

    def primitive(self, pairs: Pairs) -> Any:
        text = _single(pairs, self.name)
        return text if text is ABSENT else read_primitive(self.decode(self._unwrapped(text)), self.shape.kinds)

    def array(self, pairs: Pairs) -> Any:
        parts = pairs.get(self.name) if self._spread else self._parts(pairs)
        if parts is None:
            return ABSENT
        if self.style == "matrix" and self.explode:
            parts = [self._named(part) for part in parts]
        return [read_primitive(self.decode(part), self.shape.items) for part in parts]

    def object(self, pairs: Pairs) -> Any:
        properties, others = self.shape.properties, self.shape.others
        found = self._properties(pairs)
        if found is None:
            return ABSENT
        return {key: read_primitive(self.decode(value), properties.get(key, others)) for key, value in found}

    @property
    def _spread(self) -> bool:
        return self.explode and self.style in SPREAD

    def _properties(self, pairs: Pairs) -> list[tuple[str, str]] | None:
        """Decoded names and raw values; None if nothing was sent."""
        if self._spread:
            return [(name, str(_single(pairs, name))) for name in self.shape.properties if name in pairs] or None
        parts = self._parts(pairs)
        return None if parts is None else [(self.decode(name), value) for name, value in self._paired(parts)]

    def _paired(self, parts: list[str]) -> list[tuple[str, str]]:
        if self.explode:
            return [(name, value) for name, _, value in (part.partition("=") for part in parts)]
        if len(parts) % 2:
            raise Undecodable("style", "must be alternating names and values", parts)
        return list(zip(parts[::2], parts[1::2], strict=True))

    def _parts(self, pairs: Pairs) -> list[str] | None:
        """The raw parts of a value that is sent as one text; None if it was not sent."""
        several = self.where == "header" and self.name in pairs  # lines of a header are one list (RFC 9110, 5.3)
        whole = ",".join(pairs[self.name]) if several else _single(pairs, self.name)
        if whole is ABSENT:
            return None
        text = self._unwrapped(whole, self.explode)
        if self.style == "pipeDelimited":
            text = text.replace("%7C", "|").replace("%7c", "|")  # a URL must encode it (RFC 3986), but not all do
        # split while still encoded, so that an encoded delimiter stays part of its value (OpenAPI 3.0.3, Style Values)
        delimiter = (EXPLODED_DELIMITERS if self.explode else DELIMITERS)[self.style]
        return text.split(delimiter) if text else []

    def _unwrapped(self, text: str, many: bool = False) -> str:
        """The text without the prefix that its style puts before it."""
        if self.style not in PREFIXED:
            return text
        if self.style == "matrix" and not many:
            # `matrix` writes an empty value without an equals sign (RFC 6570, 3.2.7)
            if text == f";{self.name}":
                return ""
            prefix = f";{self.name}="
        else:
            prefix = "." if self.style == "label" else ";"
        if not text.startswith(prefix):
            raise Undecodable("style", f"must begin with {prefix!r}", text)
        return text[len(prefix) :]

    def _named(self, part: str) -> str:
        name, _, value = part.partition("=")
        if name != self.name:
            raise Undecodable("style", f"must repeat the name {self.name!r} in each part", part)
        return value
