"""`multipart/form-data` and its like: parts with headers of their own, parsed by python-multipart.

A part that is a file is its bytes, one character each, so that its value is a text like every `format: binary`.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from mockserver.contract.bodies import TEXT, charset, is_json, media_type, parameter_of, read_json, write_json
from mockserver.contract.codecs.forms import MOST, assembled, flaw
from mockserver.contract.codecs.typed import Typed
from mockserver.contract.pointers import pointer_of
from mockserver.contract.violations import ABSENT, Violation

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

BOUNDARY = "mockserver-part-b3a1f0"
"""Between the parts of an answer."""
SILENT = logging.Logger("multipart", logging.CRITICAL + 1)
"""Takes what the parser has to say of a body: the client is told, and nobody else needs to be."""


@dataclass
class Part:
    """One part of a body. `file_name` is None where the part is no file."""

    headers: dict[str, str] = field(default_factory=dict)
    data: bytes = b""

    @property
    def name(self) -> str | None:
        found = parse_options_header(self.headers.get("content-disposition", ""))[1].get(b"name")
        return None if found is None else found.decode("utf-8", "replace")

    @property
    def is_file(self) -> bool:
        return b"filename" in parse_options_header(self.headers.get("content-disposition", ""))[1]

    @property
    def content_type(self) -> str | None:
        return self.headers.get("content-type")


class _Collector:
    """What python-multipart calls as it goes through a body."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.ended = False
        self._data: list[bytes] = []
        self._field = self._value = b""

    def begin(self) -> None:
        if len(self.parts) >= MOST:
            raise FormParserError(f"it has more than {MOST} parts")
        self.parts.append(Part())
        self._data = []

    def data(self, data: bytes, start: int, end: int) -> None:
        self._data.append(data[start:end])

    def end_part(self) -> None:
        self.parts[-1].data = b"".join(self._data)

    def name(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def end_header(self) -> None:
        self.parts[-1].headers[self._field.decode("latin-1").lower()] = self._value.decode("latin-1")
        self._field = self._value = b""

    def finish(self) -> None:
        self.ended = True

    def callbacks(self) -> MultipartCallbacks:
        return {
            "on_part_begin": self.begin,
            "on_part_data": self.data,
            "on_part_end": self.end_part,
            "on_header_field": self.name,
            "on_header_value": self.value,
            "on_header_end": self.end_header,
            "on_end": self.finish,
        }


@dataclass(frozen=True)
class MultipartCodec:
    """Multipart bodies of one schema; `media` is their type without parameters."""

    typed: Typed
    schema: Any
    encodings: Mapping[str, Any]
    media: str

    @property
    def label(self) -> str:
        """The media type of an answer, with its boundary."""
        return f"{self.media}; boundary={BOUNDARY}"

    def takes(self, charset: str) -> bool:
        del charset  # each part has its own
        return True

    def read(self, text: bytes, content_type: str) -> tuple[Any, Violation | None]:
        boundary = parameter_of(content_type, "boundary")
        if not boundary:
            return ABSENT, flaw("contentType", "must name the boundary of its parts: multipart/form-data; boundary=…")
        collector = _Collector()
        try:
            parser = MultipartParser(boundary, collector.callbacks())
            parser.logger = SILENT
            parser.write(text)
            parser.finalize()
        except FormParserError as error:
            return ABSENT, flaw("multipart", f"must be {self.media}: {error}")
        if not collector.ended:
            return ABSENT, flaw("multipart", f"must be {self.media} that ends with its boundary")
        return self._value(collector.parts)

    def _value(self, parts: list[Part]) -> tuple[Any, Violation | None]:
        if self.media != "multipart/form-data" and "object" not in self.typed.kinds(self.schema):
            return [_content(part)[0] for part in parts], None
        fields = []
        for part in parts:
            name = part.name
            if name is None:
                return ABSENT, flaw("multipart", "has a part without a name in its Content-Disposition")
            wrong = self._flaw(name, part)
            value, unread = _content(part)
            if wrong is not None or unread is not None:
                return ABSENT, wrong or flaw("encoding", str(unread), pointer_of([name]))
            fields.append((name, value))
        return assembled(fields, self.typed, self.schema, self._read_as_they_are)

    @property
    def _read_as_they_are(self) -> Mapping[str, Any]:
        """The encodings that say how text is written; a part says itself which type it is of."""
        members = ((name, each) for name, each in self.encodings.items() if isinstance(each, Mapping))
        return {name: {key: value for key, value in each.items() if key != "contentType"} for name, each in members}

    def _flaw(self, name: str, part: Part) -> Violation | None:
        """What a part breaks of its property's encoding: its type, or a header that it must have."""
        encoding = self.encodings.get(name)
        members: Mapping[str, Any] = encoding if isinstance(encoding, Mapping) else {}
        wanted = members.get("contentType")
        if isinstance(wanted, str) and part.content_type is not None and not _fits(part.content_type, wanted):
            message = f"must be sent as {wanted}, got {part.content_type!r:.80}"
            return flaw("contentType", message, pointer_of([name]), part.content_type)
        headers = members.get("headers")
        for header, described in headers.items() if isinstance(headers, Mapping) else ():
            resolved = self.typed.document.resolve(described)
            if header.lower() not in ("content-type", *part.headers) and resolved.get("required"):
                return flaw("required", f"must be sent with the header {header}", pointer_of([name]))
        return None

    def write(self, value: Any) -> bytes:
        mark = BOUNDARY.encode()
        parts = (self._written(name, each) for name, each in _fields(value))
        return b"".join(b"--%b\r\n%b\r\n" % (mark, part) for part in parts) + b"--%b--\r\n" % mark

    def _written(self, name: str, value: Any) -> bytes:
        """One part: a file as its bytes, with a name; other text as it is; anything else as JSON."""
        encoding = self.encodings.get(name)
        wanted = encoding.get("contentType") if isinstance(encoding, Mapping) else None
        listed = media_type(wanted.partition(",")[0]) if isinstance(wanted, str) else None
        is_file = (
            isinstance(value, str) and self.typed.own(self.typed.property(self.schema, name), "format") == "binary"
        )
        if is_file:
            listed = listed or "application/octet-stream"
        elif not isinstance(value, str):
            listed = listed if listed is not None and is_json(listed) else "application/json"
        # quotes and line ends as browsers write them (HTML standard, Multipart form data)
        quoted = name.replace("\\", "\\\\").replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
        disposition = f'form-data; name="{quoted}"' + (f'; filename="{quoted}"' if is_file else "")
        head = f"Content-Disposition: {disposition}\r\n" + (f"Content-Type: {listed}\r\n" if listed else "")
        return head.encode() + b"\r\n" + _bytes(value, is_file)


def _content(part: Part) -> tuple[Any, str | None]:
    """The value of one part, as its own type says; a text for a file or what is not known."""
    content_type = part.content_type or ("application/octet-stream" if part.is_file else "text/plain")
    media = media_type(content_type)
    if is_json(media):
        value, wrong = read_json(part.data)
        return value, None if wrong is None else wrong.message
    if media.startswith("text/") and not part.is_file and TEXT.takes(charset(content_type)):
        value, wrong = TEXT.read(part.data, content_type)
        return value, None if wrong is None else wrong.message
    return part.data.decode("latin-1"), None  # which has a character for each byte


def _fits(given: str, wanted: str) -> bool:
    name = media_type(given)
    ranges = {media_type(each) for each in wanted.split(",")}
    return bool({name, f"{name.partition('/')[0]}/*", "*/*"} & ranges)


def _fields(value: Any) -> Iterator[tuple[str, Any]]:
    pairs = value.items() if isinstance(value, Mapping) else [("value", value)]
    for name, each in pairs:
        yield from ((name, item) for item in each) if isinstance(each, list) else [(name, each)]


def _bytes(value: Any, is_file: bool) -> bytes:
    if not isinstance(value, str):
        return write_json(value)
    return value.encode("latin-1", "replace") if is_file else value.encode()
