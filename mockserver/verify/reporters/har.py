"""All requests and responses as an HTTP Archive (HAR 1.2), written at once, so that a long run needs no memory."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import IO, Any
from urllib.parse import parse_qsl, urlsplit

from mockserver import __version__
from mockserver.verify.events import CaseRun, Event, Exchange, ScenarioFinished


class Har:
    """Writes to `file`, which is a complete archive after `close`."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._first = True
        creator = json.dumps({"name": "mockserver verify", "version": __version__})
        file.write(f'{{"log": {{"version": "1.2", "creator": {creator}, "pages": [], "entries": [')

    def on_event(self, event: Event) -> None:
        if isinstance(event, ScenarioFinished):
            for case in event.cases:
                text = json.dumps(entry(case, event.phase), ensure_ascii=False)
                self._file.write(f"\n{text}" if self._first else f",\n{text}")
                self._first = False

    def close(self, broke_off: str = "") -> None:
        """Complete the archive; `broke_off`: why it does not contain the whole run."""
        comment = f', "comment": {json.dumps(f"not the whole run: {broke_off}")}' if broke_off else ""
        self._file.write(f"\n]{comment}}}}}\n")


def entry(case: CaseRun, phase: str) -> dict[str, Any]:
    """One case as an entry of the archive; its comment has the operation, the phase and the failed checks."""
    exchange = case.exchange
    milliseconds = round(exchange.seconds * 1000, 3)
    failed = f"; failed: {', '.join(case.failed)}" if case.failed else ""
    return {
        "startedDateTime": datetime.fromtimestamp(exchange.started_at, UTC).isoformat(timespec="milliseconds"),
        "time": milliseconds,
        "request": _request(exchange),
        "response": _response(exchange),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        "comment": f"{case.operation.api}.{case.operation.operation_id}; {phase}{failed}",
    }


def _request(exchange: Exchange) -> dict[str, Any]:
    query = parse_qsl(urlsplit(exchange.url).query, keep_blank_values=True)
    request: dict[str, Any] = {
        "method": exchange.method,
        "url": exchange.url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(exchange.request_headers),
        "queryString": _pairs(query),
        "headersSize": -1,
        "bodySize": len(exchange.request_body or b""),
    }
    if exchange.request_body:
        mime = _header(exchange.request_headers, "content-type")
        request["postData"] = {"mimeType": mime, "text": exchange.request_body.decode("utf-8", "replace")}
    return request


def _response(exchange: Exchange) -> dict[str, Any]:
    return {
        "status": exchange.status or 0,
        "statusText": exchange.reason,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(exchange.response_headers),
        "content": _content(exchange),
        "redirectURL": _header(exchange.response_headers, "location"),
        "headersSize": -1,
        "bodySize": len(exchange.response_body),
    }


def _content(exchange: Exchange) -> dict[str, Any]:
    body = exchange.response_body
    content = {"size": len(body), "mimeType": _header(exchange.response_headers, "content-type")}
    try:
        return {**content, "text": body.decode()}
    except UnicodeDecodeError:
        return {**content, "text": base64.b64encode(body).decode(), "encoding": "base64"}


def _pairs(pairs: Any) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _header(headers: Any, name: str) -> str:
    return next((value for each, value in headers if each.lower() == name), "")
