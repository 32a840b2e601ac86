"""JSON merge patches, by which records are changed in part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def merged(record: Any, change: Any) -> Any:
    """A JSON merge patch (RFC 7396) applied; neither is changed."""
    if not isinstance(change, Mapping):
        return change
    target = dict(record) if isinstance(record, Mapping) else {}
    for name, value in change.items():
        if value is None:
            target.pop(name, None)
        else:
            target[name] = merged(target.get(name), value)
    return target
