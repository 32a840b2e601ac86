"""Copies of JSON values, which share nothing with what they are copies of."""

from __future__ import annotations

from typing import Any

CONTAINERS = (dict, list)


def copied(value: Any) -> Any:
    """A deep copy of a JSON value. What stands in several places of it, as an alias of YAML, is copied for each."""
    if isinstance(value, dict):
        return {name: copied(each) if isinstance(each, CONTAINERS) else each for name, each in value.items()}
    return [copied(each) for each in value] if isinstance(value, list) else value
