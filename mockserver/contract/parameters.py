"""Parameters, compiled: how the value of each is found in the raw text of path, query, header or cookie, and judged.

Most are their own text; arrays and objects are read by their style, nested ones by `deepObject` or with dots.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.contract.bodies import Codec, media_type
from mockserver.contract.codecs import codec_of
from mockserver.contract.deep import DeepObject
from mockserver.contract.document import Document
from mockserver.contract.dotted import Dotted
from mockserver.contract.kinds import READ, read_primitive
from mockserver.contract.pairs import Pairs, Undecodable, percent_decode, single
from mockserver.contract.pointers import pointer_of
from mockserver.contract.schemas import SchemaCompiler
from mockserver.contract.styles import PREFIXED, Shape, StyleReader
from mockserver.contract.validator import Validator
from mockserver.contract.violations import ABSENT, Absent, Violation, Where
from mockserver.errors import DocumentError

SHORT = 20
"""Digits below which an integer is read at once, as nearly all are."""

DEFAULT_STYLES = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}
STYLES = {
    "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
    "cookie": ("form", "cookie"),
    "path": ("simple", "label", "matrix"),
    "header": ("simple",),
}


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
        return content, lambda pairs: _content(single(pairs, key), decode, codec, written)
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
    reader = StyleReader(key, where, style, explode, shape, decode)
    # a schema that allows both is read as an array: a single value is one of one item
    if "array" in shape.kinds:
        return schema, _or_dotted(reader.array, document, schema, reader)
    if "object" in shape.kinds:
        return schema, _or_dotted(reader.object, document, schema, reader)
    kinds = shape.kinds
    return schema, reader.primitive if style in PREFIXED else _plain(key, decode, kinds)


def _or_dotted(
    find: Callable[[Pairs], Any], document: Document, schema: Any, reader: StyleReader
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


def _plain(name: str, decode: Callable[[str], str], kinds: frozenset[str]) -> Callable[[Pairs], Any]:
    """What finds a parameter that is sent as its own text, as most are, and as `content: {text/plain: …}` has it."""
    is_text = kinds.isdisjoint(READ)
    is_integer = "integer" in kinds

    def find(pairs: Pairs) -> Any:
        values = pairs.get(name)
        if values is None:
            return ABSENT
        # what nearly every integer is written as says the same whatever it is decoded from
        if is_integer and len(values) == 1 and len(text := values[0]) < SHORT and text.isascii() and text.isdecimal():
            return int(text)
        # nearly every one is sent once; `_single` refuses the others
        text = decode(values[0] if len(values) == 1 else str(single(pairs, name)))
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
