"""Exchanges of a journal: exported into a file, or fetched from a running server."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from mockserver.addresses import shown
from mockserver.client import Trust
from mockserver.contract.bodies import read_json
from mockserver.contract.violations import Rejection
from mockserver.errors import StartError
from mockserver.limits import FILE_LIMIT
from mockserver.remote import ask
from mockserver.runtime.answered import AnsweredBy
from mockserver.runtime.exchange import Exchange
from mockserver.runtime.message import Message


@dataclass(frozen=True)
class Journal:
    """What was asked: of which APIs, in which order, and how many requests before these are forgotten."""

    apis: tuple[str, ...]
    exchanges: tuple[Exchange, ...]
    forgotten: int


def fetch(url: str, world: str, token: str | None, trust: Trust | None = None) -> Journal:
    """The journal of a world of a running server; StartError if it cannot be fetched."""
    return _journal(ask(url, "/_mock/export/journal", {"world": world}, token, trust), shown(url))


def document(url: str, api: str, token: str | None, trust: Trust | None = None) -> bytes:
    """The document, as JSON, that a running server has of an API; StartError if it cannot be fetched."""
    return ask(url, f"/_mock/apis/{quote(api, safe='')}/openapi.json", {}, token, trust)


def read(path: Path) -> Journal:
    """The journal that was exported into a file; StartError if it is none."""
    try:
        with path.open("rb") as file:
            return _journal(file.read(FILE_LIMIT), str(path))
    except OSError as error:
        raise StartError(f"{path}: the journal cannot be read ({error.strerror}). Check the path.") from None


def _journal(text: bytes, source: str) -> Journal:
    exported, flaw = read_json(text)
    try:
        if flaw is None:
            exchanges = tuple(map(_exchange, exported["entries"]))
            return Journal(tuple(exported["apis"]), exchanges, int(exported["total"]) - len(exchanges))
    except (KeyError, TypeError, ValueError, AttributeError, Error):
        pass
    raise StartError(
        f"{source}: expected an exported journal, got something else. Export one: curl {{URL}}/_mock/export/journal."
    )


def _exchange(entry: Mapping[str, Any]) -> Exchange:
    target = entry["target"]
    rejection = entry["explain"]["rejection"]
    return Exchange(
        world=entry["world"],
        method=entry["method"],
        target=target,
        path=target.partition("?")[0],
        request=_message(entry["request"]),
        started_at=0.0,
        api=entry["api"],
        operation_id=entry["operationId"],
        status=entry["status"],
        response=None if entry["response"] is None else _message(entry["response"]),
        answered_by=AnsweredBy.read(entry["answeredBy"]),
        breach=entry["breach"],
        rejection=None if rejection is None else Rejection(rejection["kind"], rejection["message"]),
        number=entry["number"],
    )


def _message(written: Mapping[str, Any]) -> Message:
    body = b64decode(written["body"]) if written["encoding"] == "base64" else written["body"].encode()
    headers = [(each["name"].encode("latin-1"), each["value"].encode("latin-1")) for each in written["headers"]]
    return Message(headers, body, written["bytes"])
