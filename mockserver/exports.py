"""Exported worlds outside of a server: read from a file, fetched from a running server, written."""

from __future__ import annotations

import http.client
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

from mockserver.admin import exports
from mockserver.admin.apis import Apis
from mockserver.catalog import Api, load_apis
from mockserver.contract.bodies import read_json, write_json
from mockserver.errors import StartError, StateError
from mockserver.output.replacement import Replacement
from mockserver.world import DEFAULT, World

LIMIT = 1024 * 1024 * 1024
"""Bytes of an exported world that are read."""

TIMEOUT = 60
"""Seconds to wait for a server."""


def read(path: Path) -> Any:
    """What the file holds, not judged yet beyond being JSON; StateError if it cannot be read."""
    try:
        if path.stat().st_size > LIMIT:
            raise StateError("invalid", f"{path}: an exported world of at most {LIMIT} bytes is taken. Export less.")
        text = path.read_bytes()
    except OSError as error:
        message = f"{path}: the exported world cannot be read ({error.strerror}). Check the path."
        raise StateError("invalid", message) from None
    exported, flaw = read_json(text, exports.DEEPEST_WORLD)
    if flaw is not None:
        message = f"{path}: an exported world {flaw.message}. Export it anew with `mockserver export`."
        raise StateError("invalid", message)
    return exported


def apis_of(exported: Any) -> tuple[str, ...]:
    """The APIs whose state it is, as far as it says so."""
    collections = exported.get("collections") if isinstance(exported, dict) else None
    return tuple(dict.fromkeys(name.partition(".")[0] for name in collections)) if isinstance(collections, dict) else ()


def begin(path: Path, names: tuple[str, ...]) -> tuple[list[Api], World]:
    """The APIs to serve, those of the file if none is named, and the default world as the file has it."""
    exported = read(path)
    try:
        apis = load_apis(names or apis_of(exported))
        return apis, World(DEFAULT, exports.snapshot(Apis(apis), exported))
    except (StateError, StartError) as error:
        raise StateError("conflict", f"{path}: {error}") from None


def fetch(url: str, world: str = DEFAULT, token: str | None = None) -> bytes:
    """A world of a running server, exported; StartError says why it cannot be had."""
    return ask(url, "/_mock/export", {"world": world}, token)


def ask(url: str, path: str, query: Mapping[str, str], token: str | None = None) -> bytes:
    """What the control plane of a running server answers; StartError says why it does not."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise StartError(f"expected a URL such as http://127.0.0.1:8080, got {url!r}.")
    where = f"{url.rstrip('/')}{path}?{urlencode(query)}"
    request = Request(where, headers={} if token is None else {"X-Mock-Token": token})  # noqa: S310  # scheme checked above
    try:
        with urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310  # as above
            text: bytes = answer.read(LIMIT + 1)
    except HTTPError as error:
        raise StartError(f"{url} answered {error.code}: {_detail(error)}") from None
    except (URLError, OSError, http.client.HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        raise StartError(f"{url} does not answer: {reason}. Is the server running?") from None
    if len(text) > LIMIT:
        raise StartError(f"{url} answered more than {LIMIT} bytes, which is more than is read. Delete some records.")
    return text


def write(text: bytes, output: Path | None) -> None:
    """To the file, whole or not at all, or to standard output; StartError if the file cannot be written."""
    if output is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(text + b"\n")
        sys.stdout.buffer.flush()
        return
    try:
        with Replacement(output) as file:
            file.write(text.decode())
    except OSError as error:
        raise StartError(f"{output}: cannot be written ({error.strerror}). Choose another --output.") from None


def seeded(world: World, apis: list[Api]) -> bytes:
    """What a server of these APIs starts with, exported."""
    return write_json(exports.export(world, Apis(apis)))


def _detail(error: HTTPError) -> str:
    problem, flaw = read_json(error.read(LIMIT))
    if flaw is not None or not isinstance(problem, dict) or "detail" not in problem:
        return "no mockserver seems to run there, or it runs with --no-control."
    return str(problem["detail"])
