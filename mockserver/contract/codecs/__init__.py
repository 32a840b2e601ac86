"""How the values of each media type stand in a body; where the text alone has no types, its schema gives them.

Each codec is imported when a document first asks for it: most documents know JSON only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mockserver.contract.bodies import BYTES, JSON, TEXT, Codec, is_json
from mockserver.contract.codecs.typed import Typed
from mockserver.contract.document import Document
from mockserver.contract.kinds import kinds_of

LINES = ("application/jsonl", "application/x-ndjson", "application/ndjson", "application/x-jsonlines", "text/jsonl")
"""Media types of JSON, a value a line."""
SEQUENCES = (*LINES, "application/json-seq", "text/event-stream")
"""Media types of a sequence of items, of which OpenAPI 3.2 describes one as `itemSchema`."""

Make = Callable[[Typed, Any, Mapping[str, Any], str], Codec]


def codec_of(media: str, document: Document, schema: Any, members: Mapping[str, Any]) -> Codec:
    """The codec of a media type or range, in lower case and without parameters, for values of the schema.

    members: the media type object, of which the `encoding` counts.
    """
    if is_json(media) or media in ("*/*", "application/*"):
        return JSON
    make = MAKERS.get(media) or next((make for part, make in FAMILIES if part in media), None)
    if make is not None:
        encoding = members.get("encoding")
        return make(Typed(document), schema, encoding if isinstance(encoding, Mapping) else {}, media)
    if not media.startswith("text/"):
        return BYTES
    kinds = kinds_of(document, schema)
    return JSON if kinds and "string" not in kinds else TEXT  # a schema of objects can only mean JSON


def _form(typed: Typed, schema: Any, encodings: Mapping[str, Any], _: str) -> Codec:
    from mockserver.contract.codecs.forms import FormCodec

    return FormCodec(typed, schema, encodings)


def _multipart(typed: Typed, schema: Any, encodings: Mapping[str, Any], media: str) -> Codec:
    from mockserver.contract.codecs.multipart import MultipartCodec

    return MultipartCodec(typed, schema, encodings, media)


def _xml(typed: Typed, schema: Any, _: Mapping[str, Any], __: str) -> Codec:
    from mockserver.contract.codecs.xml import XMLCodec

    return XMLCodec(typed, schema)


def _lines(_: Typed, __: Any, ___: Mapping[str, Any], media: str) -> Codec:
    from mockserver.contract.codecs.lines import LinesCodec

    return LinesCodec(media == "application/json-seq")


def _events(_: Typed, __: Any, ___: Mapping[str, Any], ____: str) -> Codec:
    from mockserver.contract.codecs.lines import EventStreamCodec

    return EventStreamCodec()


def _csv(typed: Typed, schema: Any, _: Mapping[str, Any], media: str) -> Codec:
    from mockserver.contract.codecs.csv import CSVCodec

    return CSVCodec(typed, schema, "," if media == "text/csv" else "\t")


MAKERS: Mapping[str, Make] = {
    "application/x-www-form-urlencoded": _form,
    "application/xml": _xml,
    "text/xml": _xml,
    "application/json-seq": _lines,
    "text/event-stream": _events,
    "text/csv": _csv,
    "text/tab-separated-values": _csv,
    "text/tsv": _csv,
    **dict.fromkeys(LINES, _lines),
}
"""By media type."""
FAMILIES: tuple[tuple[str, Make], ...] = (("multipart/", _multipart), ("+xml", _xml))
"""By a part of the media type."""
