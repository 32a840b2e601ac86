"""Media types, compiled: those of a request or response body, each with its codec, schema and examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mockserver.contract.bodies import BYTES, TEXT, Codec, JSONCodec, charset, media_type
from mockserver.contract.codecs import LINES, SEQUENCES, codec_of
from mockserver.contract.document import Document
from mockserver.contract.examples import named_examples
from mockserver.contract.kinds import kinds_of
from mockserver.contract.links import Places, compile_links
from mockserver.contract.negotiation import ranges_of, sent_as
from mockserver.contract.pointers import pointer_of
from mockserver.contract.schemas import Direction, SchemaCompiler
from mockserver.contract.validator import Validator
from mockserver.contract.violations import ABSENT, Violation
from mockserver.errors import DocumentError

HOLLOW = ("application/x-www-form-urlencoded", "application/octet-stream", "text/plain", *LINES)
"""Types in which no bytes are a value: a form without fields, a file or text of no length, a sequence of nothing."""


@dataclass(frozen=True)
class Media:
    """One media type, or a range such as `image/*`, of a body.

    `name` is in lower case and without parameters; `content_type` is the header of a response of this type. `schema`
    is as the document has it at `pointer`.
    """

    name: str
    content_type: str
    pointer: str
    schema: Any
    codec: Codec
    members: Mapping[str, Any]
    document: Document
    compiler: SchemaCompiler
    direction: Direction

    @cached_property
    def validator(self) -> Validator:
        """Compiled on first use: most of the responses in a document are never sent."""
        return self.compiler.compile(self.schema, self.direction)

    @cached_property
    def links(self) -> Places | None:
        """Where its values have links."""
        return compile_links(self.document, self.schema)

    @cached_property
    def examples(self) -> Mapping[str, Any]:
        """Named values, in the document's order. One that is written as the text of a body is read as one."""
        return {name: self._read(each) for name, each in named_examples(self.document, self.members).items()}

    def _read(self, example: Any) -> Any:
        kinds = kinds_of(self.document, self.schema)
        if not isinstance(example, str) or not kinds or "string" in kinds:
            return example
        # what JSON cannot express, such as XML, stands as text (OpenAPI 3.0.3, Example Object)
        value, flaw = self.codec.read(example.encode(), self.content_type)
        return example if flaw is not None else value

    def accepts(self, value: Any) -> bool:
        """Whether the schema allows the value; binary content is not interpreted, so any is allowed."""
        return self.codec is BYTES or self.validator.accepts(value)

    def flaw(self, value: Any) -> tuple[str, str, str]:
        """The first rule that a value breaks: (pointer into it, pointer into the document, message)."""
        return self.validator.flaw(value, self.pointer)


def compile_media(
    document: Document, compiler: SchemaCompiler, content: Mapping[str, Any], pointer: str, direction: Direction
) -> tuple[Media, ...]:
    """The media types of the `content` object at the pointer, those of JSON first."""
    found = []
    for written, members in content.items():
        name = media_type(written)
        keyword, schema, codec = _described(document, name, members)
        label: str = getattr(codec, "label", written)  # one that must say more of itself than its name
        found.append(
            Media(
                name=name,
                content_type=sent_as(name, label),
                pointer=f"{pointer}{pointer_of([written, keyword])}",
                schema=schema,
                codec=codec,
                members=members,
                document=document,
                compiler=compiler,
                direction=direction,
            )
        )
    # sorting is stable: among themselves they keep the document's order
    return tuple(sorted(found, key=lambda media: not isinstance(media.codec, JSONCodec)))


def _described(document: Document, name: str, members: Mapping[str, Any]) -> tuple[str, Any, Codec]:
    """Under which keyword a media type has its schema, the schema of the whole body, and what reads and writes it."""
    schema = members.get("schema", {})
    if name not in SEQUENCES:
        return "schema", schema, codec_of(name, document, schema, members)
    if "itemSchema" in members:
        whole = {"type": "array", "items": members["itemSchema"]}
        return "itemSchema", whole, codec_of(name, document, whole, members)
    kinds = kinds_of(document, schema)
    if kinds == {"string"}:
        return "schema", schema, TEXT
    # documents before 3.2 have the schema of one item, or of all of them
    whole = schema if "array" in kinds else {"type": "array", "items": schema}
    return "schema", whole, codec_of(name, document, whole, members)


@dataclass(frozen=True)
class RequestBody:
    """The body that an operation takes: one or more media types, the preferred one first."""

    required: bool
    media: tuple[Media, ...]

    def decode(self, content_type: str | None, text: bytes, violations: list[Violation]) -> Any:
        """The value of the body, or ABSENT; its violations are added to `violations`.

        A body without a Content-Type is read as the preferred media type. No bytes are a body where one is required and
        they are a value of the type that was sent; elsewhere they are none.
        """
        if not text and not (self.required and self._is_hollow(content_type)):
            if self.required:
                words = "a JSON body" if isinstance(self.media[0].codec, JSONCodec) else "a body"
                message = f"{words} is required, but none was sent"
                violations.append(Violation("body", "", "required", True, ABSENT, message))
            return ABSENT
        # most clients write the header as the document does, and nothing of it has to be parsed
        media = self.media[0] if content_type is None else self._by_type.get(content_type) or self.find(content_type)
        if media is None:
            names = [each.name for each in self.media]
            encoding = " in UTF-8" if isinstance(self.media[0].codec, JSONCodec) else ""
            message = f"must be {' or '.join(names)}{encoding}, got {content_type!r:.80}"
            violations.append(Violation("body", "", "contentType", names, content_type, message))
            return ABSENT
        value, flaw = self._codec(media, content_type).read(text, content_type or "")
        if flaw is not None:
            violations.append(flaw)
        elif not media.accepts(value):
            violations.extend(media.validator.violations(value, "body"))
        return value

    def _is_hollow(self, content_type: str | None) -> bool:
        return content_type is not None and media_type(content_type) in HOLLOW and self.find(content_type) is not None

    def documented(self, content_type: str | None) -> Media | None:
        """The media type that is written like that, if its schema judges the value and no range stands for it."""
        media = self.media[0] if content_type is None else self._by_type.get(content_type)
        return None if media is None or media.codec is BYTES or "*" in media.name else media

    @cached_property
    def _by_type(self) -> Mapping[str, Media]:
        return {each.name: each for each in self.media}

    def find(self, content_type: str) -> Media | None:
        """The media type that a Content-Type header names, or else the narrowest range that it is in."""
        name = media_type(content_type)
        ranges = (name, *ranges_of(name))
        media = next((self._by_type[each] for each in ranges if each in self._by_type), None)
        if media is None or "/" not in name:
            return None
        return media if self._codec(media, content_type).takes(charset(content_type)) else None

    @staticmethod
    def _codec(media: Media, content_type: str | None) -> Codec:
        """The codec of the media type that was sent, where the document has a range."""
        if content_type is None or "*" not in media.name:
            return media.codec
        return codec_of(media_type(content_type), media.document, media.schema, media.members)


def compile_body(
    document: Document, compiler: SchemaCompiler, operation: Mapping[str, Any], pointer: str
) -> RequestBody | None:
    """The request body of the operation at the pointer, ready to decode; DocumentError if it has no media type."""
    described: Mapping[str, Any] | None = operation.get("requestBody")
    if described is None:
        return None
    body = document.resolve(described)
    where = described.get("$ref", f"{pointer}/requestBody")
    media = compile_media(document, compiler, body.get("content", {}), f"{where}/content", "request")
    if not media:
        raise DocumentError(f"{document.source}: its request body has no media type; expected one in `content`.")
    return RequestBody(body.get("required", False), media)
