"""Base paths of a document: the paths of its `servers` URLs, with the values that their variables may have."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice, product
from typing import Any
from urllib.parse import urljoin, urlsplit

from mockserver.contract.document import Document

VARIABLE = re.compile(r"\{([^{}]+)\}")

MOST = 100
"""Base paths of an operation: the values of variables can be combined in very many ways."""


def base_paths(document: Document) -> list[str]:
    """The base paths of a document, without a slash at the end; the root is left out."""
    return _base_paths(document.raw.get("servers"))


def own_base_paths(document: Document, path: str, operation: Mapping[str, Any]) -> list[str] | None:
    """Those that an operation on a path, or else its path item, has instead of the document's; None if neither has."""
    servers = operation.get("servers") or document.item(path).get("servers")
    return _base_paths(servers) if servers else None


def _base_paths(servers: Any) -> list[str]:
    given = servers if isinstance(servers, list) else []
    found = (path for server in given if isinstance(server, Mapping) for path in _paths(server))
    return [each for each in dict.fromkeys(islice(found, MOST)) if each]


def _paths(server: Mapping[str, Any]) -> list[str]:
    """The path of a server's URL, once for each combination of what stands in it; the defaults first."""
    url = server.get("url")
    if not isinstance(url, str):
        return []
    variables = server.get("variables")
    known = variables if isinstance(variables, Mapping) else {}
    names = list(dict.fromkeys(VARIABLE.findall(url)))
    # the first combination is of the defaults, as each variable's values begin with its own
    combined = islice(product(*(_values(name, known.get(name)) for name in names)), MOST)
    return list(dict.fromkeys(_path(url, dict(zip(names, each, strict=True))) for each in combined))


def _values(name: str, variable: Any) -> list[str]:
    """The default of a variable, then the others of its `enum`; its own name where the document says nothing."""
    if not isinstance(variable, Mapping):
        return [name]
    listed = variable.get("enum")
    known = listed[:MOST] if isinstance(listed, list) else []
    return list(dict.fromkeys(str(each) for each in (variable.get("default", name), *known)))


def _path(url: str, values: Mapping[str, str]) -> str:
    written = VARIABLE.sub(lambda found: values[found[1]], url)
    try:
        # a relative URL is relative to where the document lies (OpenAPI 3.0.3, Server Object), which is no path of the
        # API
        path = urlsplit(urljoin("http://host/", written)).path.rstrip("/")
    except ValueError:  # no URL at all
        return ""
    return path if path.startswith("/") or not path else f"/{path}"
