"""A part of a public document that can be asked for completely: some of its paths, and answers that hold any JSON.

The oracle's handlers echo what they were given, which no public document describes as an answer. What is asked of a
request stays as it was written: parameters, bodies, references. Credentials are left out, for which stock Connexion
needs a function of each API.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from mockserver.contract.contract import Contract
from mockserver.contract.document import METHODS, Document

ECHO = {"200": {"description": "What the handler was given.", "content": {"application/json": {"schema": {}}}}}
LEFT_OUT = ("callbacks", "security", "servers")


def portion(document: Document, operations: int, seed: int) -> dict[str, Any]:
    """The document with paths of at most so many operations, drawn by the seed, that answer with any JSON.

    Paths with a fragment or a query are left out, as stock Connexion routes none of them.
    """
    raw = _without(document.raw)
    names = {(each.method.lower(), each.path): name for name, each in Contract(document).operations.items()}
    paths = [path for path in raw["paths"] if not set(path) & set("#?")]
    random.Random(seed).shuffle(paths)
    kept: dict[str, Any] = {}
    for path in paths:
        item = document.resolve(raw["paths"][path])
        methods = [method for method in METHODS if isinstance(item.get(method), Mapping)]
        if methods and len(methods) <= operations:
            operations -= len(methods)
            given = {method: _echoing(item[method], names[method, path]) for method in methods}
            kept[path] = {**_without(item), **given}
    return {**raw, "paths": {path: kept[path] for path in raw["paths"] if path in kept}}


def _echoing(operation: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {**_without(operation), "operationId": name, "responses": ECHO}


def _without(described: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in described.items() if name not in LEFT_OUT}
