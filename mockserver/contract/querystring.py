"""The whole query as one value (`in: querystring`, since OpenAPI 3.2), compiled: a form, JSON or what else it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from mockserver.contract.bodies import JSONCodec
from mockserver.contract.document import Document
from mockserver.contract.media import compile_media
from mockserver.contract.pairs import Pairs, Undecodable
from mockserver.contract.parameters import Parameter
from mockserver.contract.schemas import SchemaCompiler
from mockserver.contract.violations import ABSENT

FORM: Mapping[str, Any] = {"application/x-www-form-urlencoded": {}}


def compile_querystring(document: Document, compiler: SchemaCompiler, parameter: Mapping[str, Any]) -> Parameter:
    """A parameter object of that place, ready to decode; its violations are those of the query."""
    media = compile_media(document, compiler, parameter.get("content") or FORM, "", "request")[0]

    def find(pairs: Pairs) -> Any:
        if not pairs:
            return ABSENT
        value, flaw = media.codec.read(_text(pairs, encoded=not isinstance(media.codec, JSONCodec)), media.content_type)
        if flaw is not None:
            raise Undecodable(flaw.keyword, flaw.message, ABSENT)
        return value

    return Parameter(
        name=parameter["name"],
        where="query",
        required=parameter.get("required", False),
        default=ABSENT,
        validator=media.validator,
        find=find,
    )


def _text(pairs: Pairs, *, encoded: bool) -> bytes:
    """The query that was split into those pairs; what is no form was a name without a value, percent-encoded."""
    # JSON was split at its ampersands and equals signs, and is put together again
    if not encoded:
        return "&".join(
            f"{name}={value}" if value else name for name, values in pairs.items() for value in values
        ).encode()
    return "&".join(f"{quote(name)}={value}" for name, values in pairs.items() for value in values).encode("latin-1")
