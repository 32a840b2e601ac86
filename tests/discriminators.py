"""The discriminators of a document, for whoever judges what depends on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def discriminating(node: Any) -> Iterator[str]:
    """The properties that discriminators name, anywhere in a document."""
    if isinstance(node, Mapping):
        discriminator = node.get("discriminator")
        if isinstance(discriminator, Mapping) and isinstance(discriminator.get("propertyName"), str):
            yield discriminator["propertyName"]
    for each in node.values() if isinstance(node, Mapping) else node if isinstance(node, list) else ():
        yield from discriminating(each)
