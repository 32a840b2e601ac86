"""Base paths of a document: the paths of its `servers` URLs, with the defaults of their variables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from mockserver.contract.document import Document

VARIABLE = re.compile(r"\{([^{}]+)\}")


def base_paths(document: Document) -> list[str]:
    """The base paths, without a slash at the end; the root is left out."""
    found = dict.fromkeys(path for server in _servers(document) if (path := _path(server)))
    return list(found)


def _servers(document: Document) -> Iterator[Mapping[str, Any]]:
    servers = document.raw.get("servers")
    yield from (each for each in servers if isinstance(each, Mapping)) if isinstance(servers, list) else ()


def _path(server: Mapping[str, Any]) -> str:
    url = server.get("url")
    variables = server.get("variables")
    known = variables if isinstance(variables, Mapping) else {}

    def default(found: re.Match[str]) -> str:
        variable = known.get(found[1])
        return str(variable.get("default", found[1])) if isinstance(variable, Mapping) else found[1]

    try:
        path = urlsplit(VARIABLE.sub(default, url)).path if isinstance(url, str) else ""
    except ValueError:  # no URL at all
        return ""
    path = path.rstrip("/")
    return path if path.startswith("/") or not path else f"/{path}"
